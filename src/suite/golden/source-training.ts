import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeWire, parseJson } from "../../program/decode.js";
import { ProgramError } from "../../program/program-error.js";
import { validateProgram } from "../../program/validate.js";
import { checkClause } from "../check-clause.js";
import type { StoredCase } from "../run-stored-case.js";
import { type GoldenPrograms, goldenManifestCodec, goldenProgramsCodec } from "./golden-format.js";
import { checkLoss, RegressionLoss } from "./training-loss.js";

/**
 * Trainings by the source's own code, of which the gradients were recorded. Any implementation of its rule can follow
 * them; nothing is expected of its bits, so that there are programs and no observations.
 *
 * @throws {ProgramError} for a file that is missing, edited or malformed
 */
export function sourceTraining(folder: string): GoldenPrograms["cases"] {
  return filesOf(folder).flatMap((file) => {
    const source = join(folder, file.path);
    const text = readFileSync(source, "utf8");
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (sha256 !== file.sha256)
      throw new ProgramError(source, "", "it is not the file that the manifest names");
    const { cases } = decodeWire(goldenProgramsCodec, parseJson(text, source), source);
    for (const { id, program, clause } of cases) {
      validateProgram(program, `${source}: case ${id}`);
      checkClause(clause, `${source}: case ${id}`, "clause");
    }
    return cases;
  });
}

/** Paths of the files that the manifest names. @throws {ProgramError} */
export function sourceTrainingPaths(folder: string): string[] {
  return filesOf(folder).map(({ path }) => path);
}

function filesOf(folder: string) {
  const path = join(folder, "manifest.json");
  return decodeWire(goldenManifestCodec, parseJson(readFileSync(path, "utf8"), path), path).files;
}

/** The same as cases of the gate: each step is judged, and the loss that the last parameters give. */
export function sourceTrainingCases(folder: string): StoredCase[] {
  return sourceTraining(folder).map(({ id, clause, program, facts }) => {
    const loss = RegressionLoss.of(facts);
    if (!loss) throw new ProgramError(folder, `case ${id}`, "it does not say what its loss is computed from");
    return {
      id,
      kind: "golden",
      clauses: [clause],
      program,
      check: (observations, run, declaration) => {
        checkLoss(loss, run, observations, declaration);
      },
    };
  });
}

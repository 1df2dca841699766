import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { isAccepted } from "../../judge/judge-program.js";
import { decodeWire, parseJson } from "../../program/decode.js";
import { ProgramError } from "../../program/program-error.js";
import { checkTrace, type TraceCheck, traceHolds } from "../onnx/cross-check.js";
import { OnnxSet } from "../onnx/onnx-set.js";
import { GoldenSet } from "./golden-set.js";
import { sourceTrainingCases, sourceTrainingPaths } from "./source-training.js";
import { refuseUnlistedFiles } from "./unlisted-files.js";
import { type GoldenVerification, isVerified, verifyGoldens } from "./verify.js";

/** The sets that a folder of goldens has, each in a folder of this name with a manifest. */
const SETS = ["torch", "onnx", "source"] as const;

/** What was found in all sets of a folder. Null where the folder is a set of the other kind. */
export interface FolderVerification {
  /** Traces of PyTorch's optimizer, by kind and capability. */
  readonly traces: readonly GoldenVerification[] | null;
  /** Exported training graphs with the traces of their training. */
  readonly graphs: readonly TraceCheck[] | null;
  /** Ids of the trainings by a source's own code, each followed by the bundled implementation to the loss that it has. */
  readonly trainings: readonly string[] | null;
}

/**
 * Verify a folder of goldens, `torch` and `onnx` in it, or one of those sets alone.
 * @param onFile given each file or graph that was verified
 * @throws {ProgramError} for a file that is missing, edited, malformed or not in a manifest
 */
export async function verifyGoldenFolder(
  folder: string,
  onFile: (path: string) => void = () => {},
): Promise<FolderVerification> {
  const isSet = existsSync(join(folder, "manifest.json"));
  const [torch, onnx, source] = SETS.map((name) => (isSet ? folder : join(folder, name)));
  if (!isSet) checkContents(folder);
  const kind = isSet ? kindOfSet(folder) : undefined;
  let graphs: TraceCheck[] | null = null;
  if (kind === undefined || kind === "onnx") {
    const set = OnnxSet.open(onnx);
    refuseUnlistedFiles(onnx, set.paths());
    graphs = set.names.map((name) => {
      const check = checkTrace(set.open(name));
      onFile(`${name}/model.onnx, ${name}/trace.json`);
      return check;
    });
  }
  let traces: GoldenVerification[] | null = null;
  if (kind === undefined || kind === "torch") {
    refuseUnlistedFiles(torch, GoldenSet.open(torch).paths());
    traces = await verifyGoldens(torch, onFile);
  }
  const trainings = kind === undefined ? await verifyTrainings(source, onFile) : null;
  return { traces, graphs, trainings };
}

/** Every training of a source is followed by the bundled implementation, judged, and held against its loss. */
async function verifyTrainings(folder: string, onFile: (path: string) => void): Promise<string[]> {
  refuseUnlistedFiles(folder, sourceTrainingPaths(folder));
  const adapter = bundledAdapter("unfused");
  const trainings: string[] = [];
  for (const { id, program, check } of sourceTrainingCases(folder)) {
    const declaration = declarationOf(dialectById(program.dialect), "unfused");
    const [reply] = await adapter.run([program]);
    if (reply.status !== "ok")
      throw new ProgramError(folder, `case ${id}`, "the bundled implementation refused it");
    if (!isAccepted(program, reply.observations, declaration))
      throw new ProgramError(
        folder,
        `case ${id}`,
        "the bundled implementation is outside its acceptance sets",
      );
    check?.(reply.observations, program, declaration);
    trainings.push(id);
    onFile(`source: ${id}`);
  }
  return trainings;
}

/** Whether there was something to judge in every set of the folder, and nothing was found. */
export function isFolderVerified({ traces, graphs, trainings }: FolderVerification): boolean {
  if (traces === null && graphs === null) return false;
  return (
    (trainings === null || trainings.length > 0) &&
    (traces === null || isVerified(traces)) &&
    (graphs === null || (graphs.length > 0 && graphs.every(traceHolds)))
  );
}

/** @throws {ProgramError} where the folder has no set, not all of them, or something else next to them */
function checkContents(folder: string): void {
  const entries = existsSync(folder) ? readdirSync(folder) : [];
  if (!SETS.some((name) => entries.includes(name))) {
    const problem = "there is no manifest; a golden set is made by `golden certify`";
    throw new ProgramError(join(folder, "manifest.json"), "", problem);
  }
  for (const name of SETS)
    if (!entries.includes(name)) throw new ProgramError(join(folder, name), "", "this set is missing");
  for (const entry of entries) {
    if (entry !== "README.md" && !SETS.some((name) => name === entry))
      throw new ProgramError(join(folder, entry), "", "it belongs to no set of goldens");
  }
}

function kindOfSet(folder: string): (typeof SETS)[number] {
  const path = join(folder, "manifest.json");
  const manifest = z.looseObject({ format: z.string() });
  const { format } = decodeWire(manifest, parseJson(readFileSync(path, "utf8"), path), path);
  return format.startsWith("rmsprop-onnx-manifest/") ? "onnx" : "torch";
}

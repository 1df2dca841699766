import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { ProgramError } from "../../program/program-error.js";
import type { StoredCase } from "../run-stored-case.js";
import { parseStoredProgram } from "../stored-program.js";
import type { Expectations } from "./expectation-schema.js";
import { type Circumstances, holds } from "./when.js";

/** The id of a witness in results. It is the name of its file, because entries move while reports are kept. */
export function witnessId(witness: string): string {
  return `witness/${witness}`;
}

/**
 * The witnesses of entries, as cases to run; one that several entries name is one case.
 * @param circumstances leave out the witnesses of entries that do not hold there: they decide nothing, and their
 *   failure would match no entry. All are read if this is left out.
 * @throws {ProgramError} for a file that cannot be read or is no program
 */
export function witnessCases({ source, entries }: Expectations, circumstances?: Circumstances): StoredCase[] {
  const cases = new Map<string, StoredCase>();
  for (const { witness, when, line } of entries) {
    if (witness === undefined || cases.has(witness)) continue;
    if (circumstances && !holds(when, circumstances)) continue;
    const path = isAbsolute(witness) ? witness : join(dirname(source), witness);
    const text = readWitness(path, `${source}:${line}`);
    cases.set(witness, { id: witnessId(witness), kind: "witness", ...parseStoredProgram(text, path) });
  }
  return [...cases.values()];
}

/** The system's message does not always name the file. */
function readWitness(file: string, place: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ProgramError(place, "witness", `${file} cannot be read: ${(error as Error).message}`);
  }
}

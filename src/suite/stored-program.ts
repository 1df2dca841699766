import { parseJson } from "../program/decode.js";
import { decodeProgram } from "../program/program-codec.js";
import { ProgramError } from "../program/program-error.js";
import { parseRegression } from "./regression.js";
import type { StoredCase } from "./run-stored-case.js";

/**
 * The program of a file, which is a regression or a bare program, and what it is about. A regression brings its
 * clauses; of a bare program only the acceptance set is asked.
 * @throws {ProgramError}
 */
export function parseStoredProgram(text: string, source: string): Pick<StoredCase, "clauses" | "program"> {
  const json = parseJson(text, source) as { format?: unknown } | null;
  if (json?.format === "rmsprop-regression/1") {
    const { clauses, program } = parseRegression(text, source);
    return { clauses, program };
  }
  if (json?.format === "rmsprop-program/1")
    return { clauses: ["RMS-11.7"], program: decodeProgram(json, source) };
  const problem = `expected "rmsprop-program/1" or "rmsprop-regression/1", found ${JSON.stringify(json?.format)}`;
  throw new ProgramError(source, "format", problem);
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { decodeWire, parseJson } from "../program/decode.js";
import { programCodec } from "../program/program.js";
import { validateProgram } from "../program/validate.js";
import { checkClause } from "./check-clause.js";
import type { StoredCase } from "./run-stored-case.js";

/** A program that once failed, with what it showed. Replayed first, forever. */
export const regressionCodec = z
  .strictObject({
    format: z.literal("rmsprop-regression/1"),
    clauses: z.array(z.string()).min(1),
    note: z.string().meta({ description: "What failed and why, in a sentence" }),
    program: programCodec,
  })
  .meta({ id: "Regression", description: "A shrunk program that once failed" });

export type Regression = z.output<typeof regressionCodec>;

/**
 * A regression from its JSON text.
 * @throws {ProgramError}
 */
export function parseRegression(text: string, source: string): Regression {
  const regression = decodeWire(regressionCodec, parseJson(text, source), source);
  validateProgram(regression.program, source);
  for (const [k, clause] of regression.clauses.entries()) checkClause(clause, source, `clauses[${k}]`);
  return regression;
}

/**
 * The regressions of a folder, by file name.
 * @throws {ProgramError} for a file that is not one
 */
export function regressionCases(folder: string): StoredCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { clauses, program } = parseRegression(readFileSync(path, "utf8"), path);
      return { id: `regression/${name.slice(0, -".json".length)}`, kind: "regression", clauses, program };
    });
}

import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { dialectById } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import { decodeWire, parseJson } from "../program/decode.js";
import { type Program, programCodec } from "../program/program.js";
import { ProgramError } from "../program/program-error.js";
import { validateProgram } from "../program/validate.js";
import { replayReport } from "../report/replay.js";
import { parseRegression } from "../suite/regression.js";
import { replay } from "../suite/replay.js";
import { EXIT } from "./exit-codes.js";

/** `replay`: run one stored program against the bundled implementation and judge it. */
export function replayCommand(): Command {
  return new Command("replay")
    .description(
      "run one program file (a finding, a regression or a bare program) and show every judged value",
    )
    .argument("<program file>", "JSON file")
    .addOption(
      new Option("--evaluation <name>", "evaluation of the bundled implementation")
        .choices(Object.keys(PINNED_EVALUATIONS))
        .default("fused"),
    )
    .action(async (file: string, { evaluation }: { evaluation: PinnedEvaluationName }) => {
      const program = readProgram(file);
      const declaration = declarationOf(dialectById(program.dialect), evaluation);
      const result = await replay(program, bundledAdapter(evaluation), declaration);
      console.log(replayReport(result));
      process.exitCode = result.accepted ? EXIT.conforms : EXIT.failure;
    });
}

/** The system's message does not always name the file. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ProgramError(file, "", `cannot be read: ${(error as Error).message}`);
  }
}

/** @throws {ProgramError} */
function readProgram(file: string): Program {
  const text = readText(file);
  const json = parseJson(text, file) as { format?: unknown } | null;
  if (json?.format === "rmsprop-regression/1") return parseRegression(text, file).program;
  if (json?.format === "rmsprop-program/1") {
    const program = decodeWire(programCodec, json, file);
    validateProgram(program, file);
    return program;
  }
  const problem = `expected "rmsprop-program/1" or "rmsprop-regression/1", found ${JSON.stringify(json?.format)}`;
  throw new ProgramError(file, "format", problem);
}

import { readFileSync } from "node:fs";
import { ProgramError } from "../program/program-error.js";
import { systemErrorText } from "./system-error-text.js";

/**
 * The text of a file that was named on the command line. The system's message does not always name it.
 * @throws {ProgramError}
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ProgramError(file, "", `cannot be read: ${systemErrorText(error as Error)}`);
  }
}

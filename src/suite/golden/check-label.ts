import { ProgramError } from "../../program/program-error.js";

interface Label {
  readonly kind: string;
  readonly capability: string;
  readonly family: string;
}

/**
 * A golden file says itself what it is; its path must say the same, or it is judged by another evaluation.
 * @throws {ProgramError} naming the first field that differs
 */
export function checkLabel(file: Label, path: Label, source: string): void {
  for (const field of ["kind", "capability", "family"] as const) {
    if (file[field] === path[field]) continue;
    throw new ProgramError(source, field, `"${file[field]}", but the path says "${path[field]}"`);
  }
}

import { CLAUSES } from "../../spec/clauses.js";
import { ProgramError } from "../program/program-error.js";

/**
 * A stored case that names a clause which the specification does not have would show nothing, and that
 * would go unnoticed.
 * @throws {ProgramError}
 */
export function checkClause(clause: string, source: string, path: string): void {
  if (CLAUSES.some(({ id }) => id === clause)) return;
  throw new ProgramError(source, path, `the specification has no clause ${JSON.stringify(clause)}`);
}

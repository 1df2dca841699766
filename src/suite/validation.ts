import { type CaseResult, isPass, isSkipped } from "./case-result.js";

/** What became of the checks of hyperparameters: a profile of its own, which no level depends on. */
export const VALIDATION_OUTCOMES = [
  "passed",
  /** A refusal that was declared did not come, or a value that is allowed was refused. */
  "failed",
  /** The same, as the expectations say. */
  "xfailed",
  /** No case of it was run. */
  "skipped",
] as const;
export type ValidationOutcome = (typeof VALIDATION_OUTCOMES)[number];

/** What is known of the failure of a case. */
interface KnownFailure {
  readonly refusal?: true;
}

type ValidationCase = Pick<CaseResult, "id" | "clauses" | "verdict"> & { readonly failure?: KnownFailure };

/** Whether a case asks only which hyperparameters are refused: family 12. */
export function isValidation({ clauses }: Pick<CaseResult, "clauses">): boolean {
  return clauses.length > 0 && clauses.every((clause) => clause.startsWith("RMS-12."));
}

/** Whether a case fails for a refusal alone: values that are wrong in a case of family 12 are no matter of validation. */
export function isValidationFailure({ failure }: { readonly failure?: KnownFailure }): boolean {
  return failure?.refusal === true;
}

/** @param expected ids of the cases that fail as expected */
export function validationOutcome(
  cases: readonly ValidationCase[],
  expected: ReadonlySet<string> = new Set(),
): ValidationOutcome {
  const failures = cases.filter(isValidationFailure);
  if (failures.some(({ id }) => !expected.has(id))) return "failed";
  if (failures.length > 0) return "xfailed";
  const run = cases.filter((one) => isValidation(one) && !isSkipped(one.verdict));
  return run.some(isPass) ? "passed" : "skipped";
}

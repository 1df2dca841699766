import { type CaseResult, isSelfCheck } from "./case-result.js";
import { decides, type Level, levelOf, type ReachedLevel, reaches } from "./level.js";
import { type ValidationOutcome, validationOutcome } from "./validation.js";

/** What a conclusion needs to know of a case. */
export type ConcludedCase = Pick<CaseResult, "id" | "kind" | "clauses" | "verdict" | "tally"> & {
  /** Present if the case fails. */
  readonly failure?: { readonly message: string; readonly refusal?: true };
};

/** What the cases of a run come to. */
export interface Conclusion {
  readonly reached: ReachedLevel;
  /** Whether the hyperparameters are refused that must be. It lowers no level, and fails the run. */
  readonly validation: ValidationOutcome;
  /** At the level that was asked for, but for failures that are expected. */
  readonly conforms: boolean;
  /** Whether any case says something of the implementation; if none does, nothing was shown. */
  readonly decided: boolean;
  /** A clause over the reals failed on the oracle: the suite is wrong, not the implementation. */
  readonly selfCheckFailed: boolean;
}

/** How cases are put together. */
export interface ConclusionContext {
  readonly requested: Level;
  /** Whether the bits of an evaluation are claimed. */
  readonly hasReference: boolean;
  /** Whether everything that was selected has a result. */
  readonly complete: boolean;
  readonly expectations?: {
    /** Ids of the cases that fail as expected. */
    readonly expected: ReadonlySet<string>;
    readonly breaches: readonly unknown[];
  };
}

export function conclude(cases: readonly ConcludedCase[], context: ConclusionContext): Conclusion {
  const { requested: requestedLevel, hasReference, complete, expectations } = context;
  const ownCases = cases.filter((one) => !isSelfCheck(one));
  const unexpected = ownCases.filter(({ id }) => !expectations?.expected.has(id));
  const validation = validationOutcome(ownCases, expectations?.expected);
  const selfCheckFailed = cases.some((one) => one.failure && isSelfCheck(one));
  return {
    reached: levelOf(ownCases, hasReference),
    validation,
    conforms:
      complete &&
      !selfCheckFailed &&
      validation !== "failed" &&
      (expectations?.breaches.length ?? 0) === 0 &&
      (unexpected.some(decides)
        ? reaches(levelOf(unexpected, hasReference), requestedLevel)
        : everythingIsExpected(unexpected, expectations)),
    decided: ownCases.some(({ failure }) => failure) || ownCases.some(decides),
    selfCheckFailed,
  };
}

/** Of a restricted run, what fails as expected may be all that there is. */
function everythingIsExpected(
  unexpected: readonly ConcludedCase[],
  expectations: ConclusionContext["expectations"],
): boolean {
  return (expectations?.expected.size ?? 0) > 0 && !unexpected.some(({ failure }) => failure);
}

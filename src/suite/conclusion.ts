import type { InconclusiveCause, Outcome } from "../../spec/outcomes.js";
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
  /** `xfailed` where it passes at the requested level but for failures that are known. */
  readonly outcome: Exclude<Outcome, "skipped">;
  /** Why it is inconclusive, if it is. */
  readonly inconclusive?: InconclusiveCause;
  readonly reached: ReachedLevel;
  /** Whether the hyperparameters are refused that must be. It lowers no level, and fails the run. */
  readonly validation: ValidationOutcome;
  /** Whether the outcome is `passed` or `xfailed`. */
  readonly conforms: boolean;
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
  const { requested, hasReference, complete, expectations } = context;
  const ownCases = cases.filter((one) => !isSelfCheck(one));
  const unexpected = ownCases.filter(({ id }) => !expectations?.expected.has(id));
  const validation = validationOutcome(ownCases, expectations?.expected);
  const conclusion = { reached: levelOf(ownCases, hasReference), validation };
  const cause = inconclusiveBecause(cases, ownCases, complete);
  if (cause) return { ...conclusion, outcome: "inconclusive", inconclusive: cause, conforms: false };
  const hasKnown = (expectations?.expected.size ?? 0) > 0;
  const conforms =
    validation !== "failed" &&
    (expectations?.breaches.length ?? 0) === 0 &&
    (unexpected.some(decides)
      ? reaches(levelOf(unexpected, hasReference), requested)
      : // Of a restricted run, known failures may be all that there is.
        hasKnown && !unexpected.some(({ failure }) => failure));
  return { ...conclusion, outcome: conforms ? (hasKnown ? "xfailed" : "passed") : "failed", conforms };
}

function inconclusiveBecause(
  cases: readonly ConcludedCase[],
  ownCases: readonly ConcludedCase[],
  complete: boolean,
): InconclusiveCause | undefined {
  if (cases.some((one) => one.failure && isSelfCheck(one))) return "self-check-failed";
  if (!complete) return "interrupted";
  return ownCases.some(({ failure }) => failure) || ownCases.some(decides) ? undefined : "no-evidence";
}

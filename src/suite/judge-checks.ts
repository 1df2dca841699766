import { emptyTally } from "../judge/tally.js";
import type { FoundInCase, SelfCheck } from "../self-check/self-check.js";
import type { CaseResult } from "./case-result.js";
import type { GateOptions } from "./gate-options.js";
import { describeSelection } from "./plan.js";

/** The self-checks that every gate makes while it judges. */
export const JUDGE_CHECKS = ["cross-check", "controls"] as const;

/**
 * The results of the checks of the judge, as self-checks: one that fails is a defect of the suite and of nothing else.
 * One of them is left out if nothing that it applies to was judged.
 */
export function judgeChecks(
  selfCheck: SelfCheck,
  { seed, replay = describeSelection }: GateOptions,
): CaseResult[] {
  const { counts, crossCheckFailure, controlFailure } = selfCheck;
  const { negative, positive } = counts.controls;
  const resultOf = (
    id: (typeof JUDGE_CHECKS)[number],
    runs: number,
    found: FoundInCase | undefined,
  ): CaseResult => ({
    id,
    kind: "self-check",
    // It shows no clause; one that fails is about those that every judgement rests on.
    clauses: found ? ["RMS-1.1", "RMS-1.2"] : [],
    verdict: found ? "differs" : "certified",
    runs,
    tally: emptyTally(),
    multiStep: emptyTally(),
    ...(found && {
      failure: {
        message: `in ${found.caseId}: ${found.message}`,
        minimal: found.minimal,
        others: [],
        replay: replay(`--only ${found.caseId} --seed ${seed}`),
      },
    }),
  });
  return [
    resultOf("cross-check", counts.emulated, crossCheckFailure),
    resultOf("controls", negative + positive, controlFailure),
  ].filter(({ runs }) => runs > 0);
}

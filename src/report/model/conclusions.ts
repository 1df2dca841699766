import { addTally, emptyTally } from "../../judge/tally.js";
import { isSkipped } from "../../suite/case-result.js";
import { clauseMatrix } from "../../suite/clause-matrix.js";
import { conclude } from "../../suite/conclusion.js";
import { type CaseWithoutOutcome, withOutcomes } from "./case-outcomes.js";
import type { LineOf } from "./report-schema.js";
import { outcomesOf } from "./stored-outcome.js";

/** What follows from the cases of a report, derived in this place only. */
export interface Conclusions {
  readonly cases: LineOf<"case">[];
  readonly clauses: LineOf<"clause">[];
  readonly footer: Pick<
    LineOf<"footer">,
    "outcome" | "inconclusive" | "reached" | "validation" | "cases" | "skipped" | "tally" | "multiStep"
  >;
}

/** The run of the cases. */
export interface ConcludedRun {
  readonly header: Pick<LineOf<"header">, "level" | "reference">;
  readonly cases: readonly CaseWithoutOutcome[];
  readonly footer: Pick<LineOf<"footer">, "complete" | "expectations">;
}

/** Draw the conclusions of a report from its cases. */
export function conclusionsOf({ header, cases, footer }: ConcludedRun): Conclusions {
  const { complete, expectations } = footer;
  const expected = new Set(expectations?.expected);
  const stored = outcomesOf(cases);
  const { outcome, inconclusive, reached, validation } = conclude(stored, {
    requested: header.level,
    hasReference: header.reference !== undefined,
    complete,
    ...(expectations && { expectations: { expected, breaches: expectations.breaches } }),
  });
  const tally = emptyTally();
  const multiStep = emptyTally();
  for (const one of cases) {
    addTally(tally, one.tally);
    addTally(multiStep, one.multiStep);
  }
  return {
    cases: withOutcomes(cases, expected),
    clauses: clauseMatrix(stored, expected).map((row) => ({ type: "clause" as const, ...row })),
    footer: {
      outcome,
      ...(inconclusive && { inconclusive }),
      reached,
      validation,
      cases: cases.length,
      skipped: cases.filter(({ verdict }) => isSkipped(verdict)).length,
      tally,
      multiStep,
    },
  };
}

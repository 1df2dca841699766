import { isSelfCheck, isSkipped } from "../../suite/case-result.js";
import type { Report } from "../model/report.js";
import { countedText, countText } from "./count-text.js";
import { restrictionText } from "./headline.js";
import { printableLine } from "./printable.js";

/** What this report does not show, one sentence per limit, the most important one first. */
export function limitsOf(report: Report): string[] {
  const { header, cases, clauses, footer } = report;
  const restriction = restrictionText(report);
  const requested = cases.filter((one) => !isSelfCheck(one));
  const skipped = requested.filter(({ verdict }) => isSkipped(verdict)).length;
  const unshown = clauses.filter(({ outcome }) => outcome === "skipped" || outcome === "inconclusive").length;
  const specOnly = clauses.filter(({ outcome }) => outcome === "spec-only").length;
  const { tally } = footer;
  return [
    ...(footer.inconclusive === "self-check-failed"
      ? ["Anything: the suite failed its own self-check, so none of its verdicts can be relied on."]
      : []),
    ...(footer.complete
      ? []
      : [
          `A level: ${countText(footer.planned - footer.cases)} of ${countedText(footer.planned, "case")} have no result.`,
        ]),
    ...(restriction === undefined ? [] : [`What was left out: the run was restricted to ${restriction}.`]),
    ...(skipped > 0
      ? [`What was skipped: ${countedText(skipped, "case")}, each with its reason above.`]
      : []),
    ...(header.domain === undefined
      ? []
      : [`Values of hyperparameters outside the declared domain, ${printableLine(header.domain)}.`]),
    ...(header.gradient === "scratch"
      ? ["That a step leaves its gradient alone: it is declared as scratch."]
      : []),
    ...(unshown > 0
      ? [`${countedText(unshown, "clause")} that no case which was run decides; see the table of clauses.`]
      : []),
    ...(specOnly > 0
      ? [
          `${countedText(specOnly, "clause")} that ${specOnly === 1 ? "was" : "were"} checked on the specification only, not on this implementation.`,
        ]
      : []),
    ...(tally.weak + tally.indeterminate > 0
      ? [
          `Much by ${countedText(tally.weak, "weak observation")}, where the update is nearly lost in the parameter, and nothing by ${countedText(tally.indeterminate, "indeterminate one", "indeterminate ones")}.`,
        ]
      : []),
    ...(header.reference === undefined
      ? ["That results are the same bits elsewhere: the implementation claims no evaluation."]
      : []),
    "Inputs that were not tried: properties draw from stated distributions, and the failure rate that is still possible under them is given above; of inputs beyond them nothing is said.",
    "Anything but float32, dense gradients and the options of the specification; nothing about float64, lower precisions or sparse gradients.",
    `Another dialect than ${header.dialect}, another version of the implementation, another compiler or another machine than this one.`,
    "Speed, memory, thread safety, or whether training converges.",
  ];
}

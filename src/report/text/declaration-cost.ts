import { declaredChoices } from "../model/claim.js";
import type { Report } from "../model/report.js";
import { countText } from "./count-text.js";
import { printableLine } from "./printable.js";

/**
 * What the declared rounding costs, one sentence a line: sets on the same observations compared with those of the
 * default freedom, and what was left out of cases. Nothing where the default was declared.
 */
export function declarationCostLines({ header, cases, sets }: Report): string[] {
  const declared = declaredChoices(header).map((choice) => choice.replace(" declared ", " "));
  if (declared.length === 0) return [];
  const sizes = sets.flatMap(({ slot, observations, median, p99, weak, indeterminate, byDefault }) => {
    if (!byDefault) return [];
    const decided = observations - weak - indeterminate;
    const decidedByDefault = observations - byDefault.weak - byDefault.indeterminate;
    return [
      `${slot}: ${countText(median)} accepted floats in the median (${countText(byDefault.median)} by default), ${countText(p99)} at the 99th percentile (${countText(byDefault.p99)}); ${countText(decided)} of ${countText(observations)} observations decide (${countText(decidedByDefault)})`,
    ];
  });
  const less = cases.flatMap(({ id, lessJudged }) =>
    lessJudged === undefined ? [] : [`${id}: ${lessJudged}`],
  );
  const lines = [...sizes, ...less.map((text) => `less is judged in ${text}`)];
  return lines.map((line) => printableLine(`cost of ${declared.join(", ")}: ${line}`));
}

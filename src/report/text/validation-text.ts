import { isSkipped } from "../../suite/case-result.js";
import { isValidation, isValidationFailure } from "../../suite/validation.js";
import type { Report } from "../model/report.js";
import { outcomesOf } from "../model/stored-outcome.js";
import { countedText } from "./count-text.js";

/** Whether the hyperparameters that must be refused are refused, in one line; undefined if nothing shows it. */
export function validationText({ cases, footer }: Report): string | undefined {
  const { validation = "skipped" } = footer;
  if (validation === "skipped") return undefined;
  const all = outcomesOf(cases);
  const failing = all.filter(isValidationFailure);
  const run = all.filter((one) => isValidation(one) && !isSkipped(one.verdict));
  const counted =
    failing.length > 0
      ? `${failing.length} of ${countedText(run.length, "case")}: ${failing.map(({ id }) => id).join(", ")}`
      : countedText(run.length, "case");
  return `validation: ${validation} (${counted})`;
}

/** What the declared domain excluded, in one line; undefined if it excluded nothing. */
export function domainLine({ header, cases }: Report): string | undefined {
  const programs = cases.reduce((sum, { outsideDomain = 0 }) => sum + outsideDomain, 0);
  if (header.domain === undefined || programs === 0) return undefined;
  const skipped = cases.filter((one) => one.outsideDomain !== undefined && one.verdict === "skipped").length;
  return `outside the declared domain (${header.domain}): ${countedText(programs, "program")} not sent, ${countedText(skipped, "case")} skipped`;
}

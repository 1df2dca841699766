import { VERDICT_MEANINGS, VERDICTS, type Verdict } from "../../spec/verdicts.js";

export { VERDICT_MEANINGS, VERDICTS, type Verdict };

/** Verdicts that fail a run at any level. */
export function isFailure(verdict: Verdict): boolean {
  return VERDICTS.indexOf(verdict) >= VERDICTS.indexOf("inaccurate");
}

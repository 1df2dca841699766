import { VERDICTS, type Verdict } from "../../spec/verdicts.js";

export { VERDICTS, type Verdict };

/** Verdicts that fail a run at any level. */
export function isFailure(verdict: Verdict): boolean {
  return VERDICTS.indexOf(verdict) >= VERDICTS.indexOf("inaccurate");
}

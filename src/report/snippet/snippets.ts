import type { ReportFinding } from "../model/report.js";
import { cSnippet } from "./c.js";
import { goSnippet } from "./go.js";
import { javascriptSnippet } from "./javascript.js";
import { numpySnippet } from "./python-numpy.js";
import { pytorchSnippet } from "./python-pytorch.js";
import { rustSnippet } from "./rust.js";
import type { Snippet } from "./snippet.js";
import { snippetPlan } from "./snippet-plan.js";

export { whyNoSnippets } from "./snippet-plan.js";

/**
 * A finding as small programs to paste, one a language; none where `whyNoSnippets` says why.
 * @throws {ProgramError} for a finding whose program is none, or has nothing where the finding points
 */
export function snippetsOf(finding: ReportFinding): readonly Snippet[] {
  const plan = snippetPlan(finding);
  if (!plan) return [];
  return [
    numpySnippet(plan),
    pytorchSnippet(plan),
    javascriptSnippet(plan),
    rustSnippet(plan),
    cSnippet(plan),
    goSnippet(plan),
  ];
}

import { SLOTS } from "../../../../../spec/arithmetic.js";
import { CLAUSES } from "../../../../../spec/clauses.js";
import { CLAUSE_OUTCOMES, INCONCLUSIVE_CAUSES } from "../../../../../spec/outcomes.js";
import { VERDICTS } from "../../../../judge/verdict.js";
import { CASE_KINDS, SKIPPED } from "../../../../suite/case-result.js";
import { LEVELS } from "../../../../suite/level.js";
import type { Report } from "../../../model/report.js";

/** What somebody might send who wants the page to do something. Each ends in `#`, by which a test finds all of them. */
export const HOSTILE: readonly string[] = [
  `</script><script>document.title="owned"</script>#`,
  `"><img src=x onerror="document.title='owned'">#`,
  `'><svg onload=alert(1)>#`,
  `</style></title></bdi></pre><iframe src="javascript:alert(1)"></iframe>#`,
  `javascript:alert(document.domain)//#`,
  `data:text/html,<script>alert(1)</script>#`,
  `<a href="javascript:alert(1)" id="findings">click</a>#`,
  `<!--<base href="https://example.invalid/">#`,
  `&lt;img src=x onerror=alert(1)&gt;&#60;script&#62;#`,
  `\${alert(1)} {{constructor.constructor("alert(1)")()}} <%= 1 %>#`,
  `<meta http-equiv="refresh" content="0;url=https://example.invalid/">#`,
  `<link rel=stylesheet href=https://example.invalid/x.css>#`,
  `url(https://example.invalid/x.png);}*{display:none}#`,
  "\u001b[2J\u001b]0;owned\u0007\u0008\u0000#",
  "right\u202eto left\u202c \u2066isolate\u2069\u200b#",
  "lone \ud800 and \udfff#",
  "line\nnext\r\nlast\u2028paragraph\u2029#",
  `${"wide".repeat(300)}#`,
  `${"\u0301".repeat(200)}#`,
  "#",
];

/** Words that the suite itself writes. A report that has others in their place is refused when it is read. */
const OWN_WORDS: ReadonlySet<string> = new Set<string>([
  ...SLOTS,
  ...VERDICTS,
  SKIPPED,
  ...CASE_KINDS,
  ...CLAUSE_OUTCOMES,
  ...Object.keys(INCONCLUSIVE_CAUSES),
  ...Object.keys(LEVELS),
  ...CLAUSES.map(({ id }) => id),
  ...["none", "dialect", "evaluation", "listed", "intervals", "got", "exact"],
]);

/**
 * The same report with hostile text wherever the schema allows any text, names of records included. Programs stay: theirs
 * is a schema of their own.
 */
export function hostileReport(report: Report): Report {
  let next = 0;
  const hostile = () => HOSTILE[next++ % HOSTILE.length];
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === "string")
      return OWN_WORDS.has(value) || ["type", "format", "bits", "started"].includes(key) ? value : hostile();
    if (Array.isArray(value)) return value.map((each) => visit(each, key));
    if (typeof value !== "object" || value === null || key === "program") return value;
    const entries = Object.entries(value).map(([name, each]) => [
      key === "evaluation" ? hostile() : name,
      visit(each, name),
    ]);
    return Object.fromEntries(entries);
  };
  return visit(report, "") as Report;
}

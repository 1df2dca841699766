import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";

/** The parts of the page in their order. */
export function Navigation({ report }: { readonly report: Report }) {
  const failed = report.clauses.filter(({ outcome }) => outcome === "failed").length;
  const parts: readonly [id: string, title: string, count?: number][] = [
    ["findings", "Findings", report.findings.length],
    ["clauses", failed > 0 ? "Clauses failed" : "Clauses", failed > 0 ? failed : report.clauses.length],
    ["accuracy", "Worst error"],
    ["evidence", "Sharpness"],
    ["trainings", "Over many steps"],
    ["run", "The run"],
    ["limits", "What is not shown"],
    ["glossary", "Glossary"],
  ];
  return (
    <nav aria-label="Parts of the report">
      <ul>
        {parts.map(([id, title, count]) => (
          <li key={id}>
            <a href={`#${id}`}>
              {title}
              {count === undefined ? null : <b> {countText(count)}</b>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

import { draftEntries, draftItem } from "../../suite/expectations/draft-entries.js";
import { EXPECTATIONS_FORMAT } from "../../suite/expectations/expectation-schema.js";
import type { Report, ReportFinding } from "../model/report.js";
import { outcomesOf } from "../model/stored-outcome.js";
import { printable, printableLine } from "./printable.js";

/** The title of the file in reports. */
export const EXPECTATION_FILE_TITLE =
  "Known-failures file that silences it, once reason and issue are filled in";

/**
 * A known-failures file, in YAML, that silences a finding; if there is a file already, add the items to its list. Reason
 * and issue are left empty, and the file is rejected until they are filled in. Undefined if nothing in the finding can
 * be expected to fail: self-checks, and verdicts that do not fail.
 * @param report whose finding it is
 */
export function expectationFile(finding: ReportFinding, report: Pick<Report, "cases">): string | undefined {
  const items = itemsOf(finding, report);
  return items && `format: ${EXPECTATIONS_FORMAT}\nexpectations:\n${items.replace(/^(?=.)/gm, "  ")}`;
}

/** The items, not indented. */
function itemsOf(finding: ReportFinding, report: Pick<Report, "cases">): string | undefined {
  const group = { sentence: printableLine(finding.sentence), cases: finding.cases };
  const lines = draftEntries(group, outcomesOf(report.cases)).flatMap((entry) => draftItem(entry).block);
  return lines.length === 0 ? undefined : `${lines.map(escaped).join("\n")}\n`;
}

/** An id that has more than plain characters is in quotation marks, where YAML knows escapes. */
function escaped(line: string): string {
  return line.replace(/[^\n -~]/gu, (character) =>
    printable(character) === character
      ? character
      : `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`,
  );
}

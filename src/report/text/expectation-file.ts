import { draftEntries, draftItem } from "../../suite/expectations/draft-entries.js";
import { EXPECTATIONS_FORMAT } from "../../suite/expectations/expectation-schema.js";
import type { Report, ReportFinding } from "../model/report.js";
import { outcomesOf } from "../model/stored-outcome.js";
import { printable, printableLine } from "./printable.js";

/** What the file is called where it is shown. */
export const EXPECTATION_FILE_TITLE = "Expectations file that silences it, once reason and issue are written";

/**
 * What would silence a finding: an expectations file, in YAML; where there is a file already, the items go into its list.
 * Reason and issue are left empty, and the file is refused until somebody writes them. Undefined where nothing of the
 * finding can be expected: self-checks, and verdicts that do not fail.
 * @param report whose finding it is
 */
export function expectationFile(finding: ReportFinding, report: Pick<Report, "cases">): string | undefined {
  const items = itemsOf(finding, report);
  return items && `format: ${EXPECTATIONS_FORMAT}\nexpectations:\n${items.replace(/^(?=.)/gm, "  ")}`;
}

/** At no indentation. */
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

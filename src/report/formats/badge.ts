import { type Level, reaches } from "../../suite/level.js";
import type { Report } from "../model/report.js";
import { restrictionText } from "../text/headline.js";

/** What a shields.io endpoint answers, as far as it is used here. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
  /** Keeps pages that embed the badge from giving it another colour. */
  readonly isError?: true;
}

/** Levels in a word or two. */
const WORDS: Readonly<Record<Level, string>> = {
  L0: "L0 protocol",
  L1: "L1 semantics",
  L2: "L2 certified",
  L3: "L3 bit-exact",
};

const COLOURS: Readonly<Record<Level, string>> = {
  L0: "yellow",
  L1: "yellowgreen",
  L2: "green",
  L3: "brightgreen",
};

/**
 * The JSON of a shields.io endpoint badge. It names a level only where the whole run supports it, and says so for a
 * partial run. No text of the implementation goes into it.
 */
export function badgeReport(report: Report): string {
  return `${JSON.stringify(badgeOf(report))}\n`;
}

function badgeOf(report: Report): Badge {
  const { header, footer } = report;
  const { outcome } = footer;
  const isPart = restrictionText(report) !== undefined;
  const base = { schemaVersion: 1, label: "RMSprop" } as const;
  switch (outcome) {
    case "passed":
    case "xfailed": {
      // Known failures count against any level above the required one.
      const level = outcome === "xfailed" || footer.reached === "none" ? header.level : footer.reached;
      const failures = footer.expectations?.expected.length ?? 0;
      const known = outcome === "xfailed" ? `, ${failures} known to fail` : "";
      return {
        ...base,
        message: `${WORDS[level]}${known}${isPart ? ", partial run" : ""}`,
        color: isPart || outcome === "xfailed" ? "yellow" : COLOURS[level],
      };
    }
    case "failed": {
      const { reached, validation } = footer;
      const message =
        validation === "failed" && reached !== "none" && reaches(reached, header.level)
          ? `${WORDS[reached]}, validation fails`
          : `fails ${header.level}`;
      return {
        ...base,
        message: `${message}${isPart ? ", partial run" : ""}`,
        color: "red",
        isError: true,
      };
    }
    case "inconclusive":
      return {
        ...base,
        message: outcome,
        color: footer.inconclusive === "self-check-failed" ? "critical" : "inactive",
        isError: true,
      };
  }
}

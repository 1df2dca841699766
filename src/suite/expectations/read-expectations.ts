import type { z } from "zod";
import {
  draftExpectationsSchema,
  type Expectation,
  type Expectations,
  expectationsSchema,
  type When,
} from "./expectation-schema.js";
import { isListedAs } from "./listed-case.js";
import { canBothHold } from "./when.js";
import { pathText, YamlSource } from "./yaml-source.js";

type Entry = z.output<typeof draftExpectationsSchema>["expectations"][number];

/**
 * Parse a known-failures file.
 * @param source path of the file
 * @param drafts accept entries whose reason and issue are not written yet
 * @throws {ProgramError} with line, column and field
 */
export function readExpectations(text: string, source: string, drafts = false): Expectations {
  const yaml = new YamlSource(text, source);
  const result = (drafts ? draftExpectationsSchema : expectationsSchema).safeParse(yaml.value);
  if (!result.success) throw issueError(result.error.issues[0], yaml);
  refuseRepeated(result.data.expectations, yaml);
  const entries = result.data.expectations.map((entry, k) => readEntry(entry, k, yaml));
  return { source, entries };
}

/** A schema issue as an error with its place in the file. */
function issueError(issue: z.core.$ZodIssue, yaml: YamlSource) {
  if (issue.code !== "unrecognized_keys") {
    return yaml.error(yaml.offsetOf(issue.path), pathText(issue.path), issue.message);
  }
  const path = [...issue.path, issue.keys[0]];
  return yaml.error(
    yaml.offsetOf(path, true),
    pathText(path),
    "unknown field; remove it or check its spelling",
  );
}

function readEntry(entry: Entry, k: number, yaml: YamlSource): Expectation {
  const { until, owner, witness } = entry;
  return {
    number: k + 1,
    line: yaml.lineOf(["expectations", k]),
    cases: casesOf(entry, k).map(({ pattern, path }) => ({ pattern, line: yaml.lineOf(path) })),
    verdict: entry.verdict,
    reason: entry.reason ?? "",
    issue: entry.issue ?? "",
    ...(until !== undefined && { until }),
    ...(owner !== undefined && { owner }),
    when: whenOf(entry),
    ...(witness !== undefined && { witness }),
  };
}

/** What an entry lists, and where. */
function casesOf(entry: Entry, k: number): { pattern: string; path: PropertyKey[] }[] {
  const path = ["expectations", k];
  if (entry.case !== undefined) return [{ pattern: entry.case, path: [...path, "case"] }];
  return (entry.cases ?? []).map((pattern, i) => ({ pattern, path: [...path, "cases", i] }));
}

function whenOf({ when = {} }: Entry): When {
  return Object.fromEntries(
    Object.entries(when).map(([name, values]) => [name, Array.isArray(values) ? values : [values]]),
  );
}

/**
 * Of two entries for the same case, one would be forgotten. Patterns that may overlap are left to the run, which
 * knows the cases.
 */
function refuseRepeated(entries: readonly Entry[], yaml: YamlSource): void {
  const listed = entries.flatMap((entry, k) =>
    casesOf(entry, k).map((one) => ({ ...one, when: whenOf(entry) })),
  );
  for (const [i, { pattern, path, when }] of listed.entries()) {
    const before = listed
      .slice(0, i)
      .find(
        (one) =>
          (isListedAs(one.pattern, pattern) || isListedAs(pattern, one.pattern)) &&
          canBothHold(one.when, when),
      );
    if (!before) continue;
    const as = before.pattern === pattern ? "" : ` as ${before.pattern}`;
    const place = `line ${yaml.lineOf(before.path)}`;
    const problem = `${pattern} is already listed on ${place}${as}; list it once, or give the entries a \`when\` that cannot hold for both`;
    throw yaml.error(yaml.offsetOf(path), pathText(path), problem);
  }
}

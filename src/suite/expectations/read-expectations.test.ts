import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { packageRoot } from "../../package-info.js";
import { ProgramError } from "../../program/program-error.js";
import { expectationsSchema } from "./expectation-schema.js";
import { readExpectations } from "./read-expectations.js";

const FULL = `# Known failures.
format: rmsprop-expectations/1
expectations:
  - cases: [plain-steps-are-accepted, golden/momentum-*]
    verdict: other-dialect
    reason: epsilon stands inside the root; changing it would break saved models
    issue: https://example.org/issues/12
    until: 2027-01-01
    owner: numerics
    when: { os: linux, arch: [x64, arm64], profile: nightly }
    witness: witnesses/eps.json

  - case: "large-tensors-are-accepted"
    verdict: crash
    reason: |
      More than a page
      of memory.
    issue: "#13"
`;

/** One entry with these fields in addition to the required ones. */
function withFields(fields: string, cases = "case: a"): string {
  const lines = [cases, "verdict: differs", "reason: known", "issue: tracked", ...fields.split("\n")];
  return `format: rmsprop-expectations/1\nexpectations:\n  - ${lines.filter(Boolean).join("\n    ")}\n`;
}

/** The same with one line replaced. */
function replaced(before: string, after: string): string {
  const text = withFields("");
  expect(text).toContain(before);
  return text.replace(before, after);
}

describe("readExpectations", () => {
  it("reads every field, and knows the lines", () => {
    const { source, entries } = readExpectations(FULL, "dir/expectations.yaml");
    expect(source).toBe("dir/expectations.yaml");
    expect(entries).toEqual([
      {
        number: 1,
        line: 4,
        cases: [
          { pattern: "plain-steps-are-accepted", line: 4 },
          { pattern: "golden/momentum-*", line: 4 },
        ],
        verdict: "other-dialect",
        reason: "epsilon stands inside the root; changing it would break saved models",
        issue: "https://example.org/issues/12",
        until: "2027-01-01",
        owner: "numerics",
        when: { os: ["linux"], arch: ["x64", "arm64"], profile: ["nightly"] },
        witness: "witnesses/eps.json",
      },
      {
        number: 2,
        line: 13,
        cases: [{ pattern: "large-tensors-are-accepted", line: 13 }],
        verdict: "crash",
        reason: "More than a page\nof memory.\n",
        issue: "#13",
        when: {},
      },
    ]);
  });

  it("reads JSON, lines that end as on Windows, a byte order mark, and a file that expects nothing", () => {
    const { entries } = readExpectations(FULL, "e");
    const plain = entries.map(({ line: _, cases, ...rest }) => ({
      ...rest,
      cases: cases.map((c) => c.pattern),
    }));
    const json = {
      format: "rmsprop-expectations/1",
      expectations: plain.map(({ number: _, when, ...rest }) => ({
        ...rest,
        ...(Object.keys(when).length > 0 && { when }),
      })),
    };
    const read = readExpectations(JSON.stringify(json, null, 2), "e").entries;
    expect(
      read.map(({ line: _, cases, ...rest }) => ({ ...rest, cases: cases.map((c) => c.pattern) })),
    ).toEqual(plain);
    expect(readExpectations(`\uFEFF${FULL.replaceAll("\n", "\r\n")}`, "e").entries).toEqual(entries);
    expect(readExpectations("format: rmsprop-expectations/1\nexpectations: []\n", "e").entries).toEqual([]);
  });

  it("knows the line of each case of a list", () => {
    const text = withFields("", "cases:\n      # why\n      - a\n\n      - b # and b");
    expect(readExpectations(text, "e").entries[0].cases).toEqual([
      { pattern: "a", line: 5 },
      { pattern: "b", line: 7 },
    ]);
  });

  it.each<[what: string, text: string, said: RegExp]>([
    ["an empty file", "", /^e: the file is empty$/],
    ["a file of comments", "# nothing\n", /^e: the file is empty$/],
    ["text", "nonsense", /^e:1:1: expected a map with `format` and `expectations`$/],
    ["a list", "- a\n", /^e:1:1: expected a map/],
    ["broken YAML", "format: [1\nexpectations:\n", /^e:\d+:\d+: not valid YAML: [^\n]+$/],
    ["two documents", `${FULL}---\n${FULL}`, /^e:19:1: not valid YAML: .*multiple documents/],
    [
      "a key twice",
      replaced("reason: known", "verdict: crash"),
      /^e:5:5: not valid YAML: Map keys must be unique$/,
    ],
    ["a tag", replaced("reason: known", "reason: !secret known"), /^e:5:13: not valid YAML: .*!secret/],
    [
      "an alias",
      replaced("reason: known\n    issue: tracked", "reason: &r known\n    issue: *r"),
      /^e:5:16: anchors and aliases are not read; write the value out$/,
    ],
    [
      "aliases of aliases",
      `a: &a [x, x]\nb: &b [${"*a, ".repeat(50)}]\nc: &c [${"*b, ".repeat(50)}]\nd: [${"*c, ".repeat(50)}]\n`,
      /^e:1:7: anchors and aliases are not read/,
    ],
    ["an alias of nothing", replaced("known", "*known"), /^e:5:13: /],
    ["no format", "expectations: []\n", /^e:1:1: format: .*"rmsprop-expectations\/1"/],
    [
      "another format",
      "format: rmsprop-expectations/2\nexpectations: []",
      /^e:1:9: format: .*"rmsprop-expectations\/1"/,
    ],
    [
      "no list",
      "format: rmsprop-expectations/1\nexpectations:\n",
      /^e:2:1: expectations: expected a list; write \[\] where nothing/,
    ],
    ["no expectations", "format: rmsprop-expectations/1\n", /^e:1:1: expectations: expected a list/],
    [
      "an unknown field",
      `${FULL}notes: x\n`,
      /^e:19:1: notes: unknown field; remove it or check its spelling$/,
    ],
    [
      "an unknown field of an entry",
      withFields("platform: x"),
      /^e:7:5: expectations\[0\]\.platform: unknown field/,
    ],
    [
      "a field of an object's own",
      withFields("__proto__: x"),
      /^e:7:5: expectations\[0\]\.__proto__: unknown field/,
    ],
    [
      "an unknown field of when",
      withFields("when: { system: linux }"),
      /^e:7:13: expectations\[0\]\.when\.system: unknown field/,
    ],
    ["no case", withFields("", "owner: me"), /^e:3:5: expectations\[0\]: names cases twice or not at all/],
    [
      "case and cases",
      withFields("cases: [b]"),
      /^e:3:5: expectations\[0\]: names cases twice or not at all/,
    ],
    [
      "a list for a case",
      withFields("", "case: [a, b]"),
      /^e:3:11: expectations\[0\]\.case: expected text, found a list/,
    ],
    [
      "text for cases",
      withFields("", "cases: a"),
      /^e:3:12: expectations\[0\]\.cases: expected a list of cases.*`case`/,
    ],
    ["no case in the list", withFields("", "cases: []"), /^e:3:12: expectations\[0\]\.cases: lists no case/],
    [
      "an empty case in the list",
      withFields("", "cases:\n    - a\n    -"),
      /^e:5:6: expectations\[0\]\.cases\[1\]: missing or empty/,
    ],
    [
      "a number for a case",
      withFields("", "case: 7"),
      /^e:3:11: .*case: expected text, found the number 7; put it in quotes$/,
    ],
    [
      "no verdict",
      replaced("    verdict: differs\n", ""),
      /^e:3:5: expectations\[0\]\.verdict: .*"other-dialect"/,
    ],
    [
      "an unknown verdict",
      replaced("differs", "wrong"),
      /^e:4:14: expectations\[0\]\.verdict: .*"other-dialect"/,
    ],
    [
      "a verdict that is no failure",
      replaced("differs", "bit-exact"),
      /^e:4:14: expectations\[0\]\.verdict: /,
    ],
    [
      "a verdict that decides nothing",
      replaced("differs", "inconclusive"),
      /^e:4:14: expectations\[0\]\.verdict: /,
    ],
    [
      "no reason",
      replaced("    reason: known\n", ""),
      /^e:3:5: expectations\[0\]\.reason: missing or empty; say why the failure is known and not fixed$/,
    ],
    [
      "an empty reason",
      replaced("reason: known", "reason:"),
      /^e:5:5: expectations\[0\]\.reason: missing or empty; say/,
    ],
    [
      "a reason of blanks",
      replaced("reason: known", 'reason: "  \\t"'),
      /^e:5:13: expectations\[0\]\.reason: missing or empty; say/,
    ],
    [
      "no issue",
      replaced("    issue: tracked\n", ""),
      /^e:3:5: expectations\[0\]\.issue: missing or empty; name the issue/,
    ],
    [
      "an issue that is a comment",
      replaced("issue: tracked", "issue: #12"),
      /^e:6:5: expectations\[0\]\.issue: missing or empty; name the issue that tracks it, in quotes if it begins with #$/,
    ],
    [
      "a number for an issue",
      replaced("tracked", "12"),
      /^e:6:12: .*issue: expected text, found the number 12; put it in quotes$/,
    ],
    [
      "true for a reason",
      replaced("known", "true"),
      /reason: expected text, found the boolean true; put it in quotes$/,
    ],
    ["a map for a reason", replaced("known", "{ a: b }"), /reason: expected text, found a map/],
    [
      "no date",
      withFields("until: soon"),
      /^e:7:12: expectations\[0\]\.until: expected a calendar date, as in 2027-01-31$/,
    ],
    ["a date that does not exist", withFields("until: 2027-02-29"), /until: expected a calendar date/],
    ["a time", withFields("until: 2027-01-01T00:00:00Z"), /until: expected a calendar date/],
    ["an empty owner", withFields("owner: ''"), /^e:7:12: .*owner: missing or empty; name the owner/],
    ["an empty when", withFields("when:"), /^e:7:5: expectations\[0\]\.when: /],
    [
      "a when without conditions",
      withFields("when: {}"),
      /^e:7:11: expectations\[0\]\.when: has no condition/,
    ],
    [
      "an unknown system",
      withFields("when: { os: macos }"),
      /^e:7:17: expectations\[0\]\.when\.os: expected one of .*darwin.*, or a list of them$/,
    ],
    [
      "an empty list of systems",
      withFields("when: { os: [] }"),
      /^e:7:17: expectations\[0\]\.when\.os: expected one of/,
    ],
    [
      "an unknown processor",
      withFields("when: { arch: amd64 }"),
      /^e:7:19: expectations\[0\]\.when\.arch: expected one of .*x64/,
    ],
    [
      "an unknown profile",
      withFields("when: { profile: [ci, fast] }"),
      /^e:7:22: expectations\[0\]\.when\.profile: expected one of smoke, ci, nightly/,
    ],
    [
      "an empty witness",
      withFields("witness:"),
      /^e:7:5: expectations\[0\]\.witness: missing or empty; name a program file/,
    ],
  ])("refuses %s, in one line that says where", (_, text, expectedMessage) => {
    let error: unknown;
    try {
      readExpectations(text, "e");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ProgramError);
    expect((error as ProgramError).message).toMatch(expectedMessage);
    expect((error as ProgramError).message).not.toContain("\n");
  });

  it("accepts `certified`, with which a case fails at level L3, and every verdict that fails at any level", () => {
    for (const verdict of ["certified", "inaccurate", "nondeterministic", "protocol-error"]) {
      expect(readExpectations(replaced("differs", verdict), "e").entries[0].verdict).toBe(verdict);
    }
  });
});

describe("a case that is listed twice", () => {
  const entry = (fields: string, when = "") =>
    `  - { ${fields}, verdict: crash, reason: r, issue: i${when ? `, when: { ${when} }` : ""} }\n`;
  const read = (...entries: string[]) =>
    readExpectations(`format: rmsprop-expectations/1\nexpectations:\n${entries.join("")}`, "e");

  it.each([
    [
      "in two entries",
      entry("case: a"),
      entry("case: a"),
      /^e:4:13: expectations\[1\]\.case: a is already listed on line 3; list it once, or give/,
    ],
    [
      "by a pattern before",
      entry("case: gold*"),
      entry("cases: [b, golden]"),
      /^e:4:18: expectations\[1\]\.cases\[1\]: golden is already listed on line 3 as gold\*;/,
    ],
    [
      "by a pattern behind",
      entry("case: golden"),
      entry("case: '*'"),
      /expectations\[1\]\.case: \* is already listed on line 3 as golden;/,
    ],
    ["by a wider pattern", entry("case: a*c"), entry("case: a*"), /a\* is already listed on line 3 as a\*c;/],
    [
      "in one entry",
      entry("cases: [a, b, a]"),
      "",
      /expectations\[0\]\.cases\[2\]: a is already listed on line 3;/,
    ],
    ["for one system and for all", entry("case: a", "os: linux"), entry("case: a"), /is already listed/],
    [
      "for lists that meet",
      entry("case: a", "os: [linux, darwin]"),
      entry("case: a", "os: [win32, darwin]"),
      /is already listed/,
    ],
    [
      "under other conditions that can both hold",
      entry("case: a", "os: linux"),
      entry("case: a", "arch: x64"),
      /is already listed/,
    ],
  ])("is refused %s", (_, first, second, printed) => {
    expect(() => read(first, second)).toThrow(ProgramError);
    expect(() => read(first, second)).toThrow(printed);
  });

  it("is fine where both cannot hold at once, or other cases are meant", () => {
    const apart = read(
      entry("case: a", "os: linux"),
      entry("case: a", "os: darwin, arch: x64"),
      entry("case: a", "os: darwin, arch: arm64"),
      entry("cases: [b, ab, a-*]"),
    );
    expect(apart.entries).toHaveLength(4);
    // Only the run knows whether a case is meant by both.
    expect(read(entry("case: x*"), entry("case: '*y'")).entries).toHaveLength(2);
  });
});

describe("drafts", () => {
  it("may leave out reason and issue, and are told from what is complete", () => {
    const text = replaced("reason: known\n    issue: tracked", "reason:\n    issue: ''");
    expect(() => readExpectations(text, "e")).toThrow(/reason: missing or empty/);
    expect(readExpectations(text, "e", true).entries[0]).toMatchObject({ reason: "", issue: "" });
    // Nothing else is easier.
    expect(() => readExpectations(`${text}    platform: x\n`, "e", true)).toThrow(/unknown field/);
  });
});

describe("docs/expectations.md", () => {
  const page = readFileSync(join(packageRoot(), "docs", "expectations.md"), "utf8");

  it("shows files that can be read", () => {
    const files = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text);
    expect(files.length).toBeGreaterThan(0);
    for (const text of files) expect(readExpectations(text, "docs").entries.length).toBeGreaterThan(0);
  });

  it("has a row for every field", () => {
    const fields = Object.keys(expectationsSchema.shape.expectations.element.shape);
    const rows = page.split("\n").filter((line) => /^\| `/.test(line));
    const named = rows.flatMap((row) => [...row.split("|")[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named).toEqual(fields);
  });
});

describe("the published schema", () => {
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  const json: any = z.toJSONSchema(expectationsSchema, { io: "input", target: "draft-2020-12" });
  const { Expectations: file } = json.$defs;
  const entry = file.properties.expectations.items;

  it("says what must be there, and refuses what is unknown", () => {
    expect(json.$ref).toBe("#/$defs/Expectations");
    expect(file).toMatchObject({ required: ["format", "expectations"], additionalProperties: false });
    expect(entry).toMatchObject({ required: ["verdict", "reason", "issue"], additionalProperties: false });
    expect(entry.oneOf).toEqual([{ required: ["case"] }, { required: ["cases"] }]);
    expect(entry.properties.reason).toMatchObject({ type: "string", pattern: "\\S" });
    expect(entry.properties.until).toMatchObject({ type: "string", format: "date" });
  });

  it("describes every field that is read", () => {
    expect(Object.keys(entry.properties)).toEqual([
      "case",
      "cases",
      "verdict",
      "reason",
      "issue",
      "until",
      "owner",
      "when",
      "witness",
    ]);
  });
});

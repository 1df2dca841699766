import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../judge/verdict.js";
import { ProgramError } from "../../program/program-error.js";
import { type FixOptions, fixExpectations } from "./fix-expectations.js";
import type { CaseOutcome, RunContext } from "./judge-expectations.js";
import { readExpectations } from "./read-expectations.js";

const FULL: RunContext = {
  os: "linux",
  arch: "x64",
  profile: "ci",
  today: "2026-06-15",
  complete: true,
};

const fails = (id: string, verdict: Verdict = "differs"): CaseOutcome => ({
  id,
  kind: "property",
  verdict,
  failure: { message: "it fails" },
});
const passes = (id: string): CaseOutcome => ({ id, kind: "property", verdict: "bit-exact" });
const skipped = (id: string): CaseOutcome => ({ id, kind: "property", verdict: "skipped", reason: "none" });
const witness = (outcome: CaseOutcome): CaseOutcome => ({
  ...outcome,
  id: "witness/w.json",
  kind: "witness",
});

/** An expectations file of these lines. */
const fileOf = (...lines: string[]) =>
  `format: rmsprop-expectations/1\nexpectations:\n${lines.map((line) => `  ${line}\n`).join("")}`;
const REST = ["  reason: known", "  issue: i"];

function fix(text: string, results: CaseOutcome[], options: Partial<FixOptions> = {}) {
  const all = { source: "e.yaml", report: "r.jsonl", results, findings: [], context: FULL, ...options };
  const fixed = fixExpectations(text, all);
  // Fixing twice changes nothing more.
  expect(fixExpectations(fixed.text, all)).toEqual({ ...fixed, changes: [] });
  return {
    ...fixed,
    breaches: fixed.breaches.map(({ kind, line }) => `${kind} ${line}`),
    drafts: fixed.drafts.map(({ line }) => line),
  };
}

const DONE = { breaches: [], unexpected: [], drafts: [] };

describe("cases that no longer fail", () => {
  it("are removed, and what still fails stays as it is written", () => {
    const text = fileOf(
      "# Known since the beginning.",
      "- cases:",
      "    # on a",
      "    - a   # too",
      "    - 'b'",
      "  verdict: differs",
      "  reason:   known",
      "",
      "  issue: i # tracked",
    );
    const { text: after, ...rest } = fix(text, [passes("a"), fails("b")]);
    expect(after).toBe(text.replace("      # on a\n      - a   # too\n", ""));
    expect(rest).toEqual({ ...DONE, changes: ["line 6: removed a: it does not fail (bit-exact)"] });
  });

  it("take their entry along when they were its last, with its own comments", () => {
    const text = fileOf(
      "# on a",
      "- case: a",
      "  verdict: differs",
      ...REST,
      "  # still on a",
      "",
      "# on b",
      "- cases: [b, c]",
      "  verdict: differs",
      ...REST,
    );
    const one = fix(text, [passes("a"), passes("b"), fails("c")]);
    expect(one).toEqual({
      ...DONE,
      text: fileOf("# on b", "- cases: [c]", "  verdict: differs", ...REST),
      changes: [
        "line 4: removed a: it does not fail (bit-exact)",
        "line 4: removed the entry, which lists no other case",
        "line 11: removed b: it does not fail (bit-exact)",
      ],
    });
    const all = fix(text, [passes("a"), passes("b"), passes("c")]);
    expect(all.text).toBe("format: rmsprop-expectations/1\nexpectations: []\n");
    expect(all.changes).toHaveLength(5);
  });

  it("are replaced by the others where a pattern stands for both", () => {
    const results = [passes("g/1"), fails("g/2"), fails("g/3", "crash"), skipped("g/4"), fails("h")];
    const list = fileOf("- cases:", "  - g/* # all of g", "  - h", "  verdict: differs", ...REST);
    expect(fix(list, results)).toEqual({
      text: list.replace("- g/* # all of g\n", "- g/2 # all of g\n    - g/3\n"),
      changes: ["line 4: replaced g/* by g/2, g/3: 1 of 3 cases do not fail"],
      breaches: ["fails-otherwise 5"],
      unexpected: [],
      drafts: [],
    });
    const single = fileOf('- case: "g/*"', "  verdict: differs", ...REST);
    expect(fix(single, results).text).toBe(single.replace('case: "g/*"', 'cases: ["g/2", "g/3"]'));
    expect(
      fix(
        single,
        results.filter(({ id }) => id !== "g/3"),
      ).text,
    ).toBe(single.replace("g/*", "g/2"));
    expect(fix(single, [passes("g/1"), skipped("g/2")]).text).toMatch(/expectations: \[\]\n$/);
  });

  it("stay in a pattern where another one stands for the rest too", () => {
    const text = fileOf(
      "- { case: x*, verdict: differs, reason: r, issue: i }",
      "- { case: '*y', verdict: differs, reason: r, issue: i }",
    );
    const results = [passes("x1"), fails("xy"), passes("2y")];
    expect(fix(text, results)).toEqual({
      text,
      changes: [],
      breaches: ["passes 3", "passes 4", "listed-twice 4"],
      unexpected: [],
      drafts: [],
    });
    const [first, second] = text.split("issue: i }");
    const apart = `${first}issue: i, when: { os: darwin } }${second}issue: i, when: { os: linux } }\n`;
    expect(fix(apart, results).text).toBe(apart.replace("'*y'", "'xy'"));
  });
});

describe("cases that do not exist", () => {
  it("are removed", () => {
    const text = fileOf("- cases: [a, gone, gone/*]", "  verdict: differs", ...REST);
    expect(fix(text, [fails("a")])).toEqual({
      ...DONE,
      text: text.replace(", gone, gone/*", ""),
      changes: ["line 3: removed gone: no case matches it", "line 3: removed gone/*: no case matches it"],
    });
  });
});

describe("a verdict", () => {
  const text = fileOf("- cases: [a, b, c]", '  verdict: "differs" # since 2019', ...REST);

  it("is corrected where all that fails of the entry fails with another one", () => {
    expect(fix(text, [fails("a", "crash"), fails("b", "crash"), passes("c")])).toEqual({
      ...DONE,
      text: text.replace("[a, b, c]", "[a, b]").replace('"differs" #', '"crash" #'),
      changes: [
        "line 3: removed c: it does not fail (bit-exact)",
        "line 3: changed the verdict from differs to crash",
      ],
    });
  });

  it("stays where cases disagree", () => {
    for (const other of ["timeout", "differs"] as const) {
      const {
        text: after,
        changes,
        breaches,
      } = fix(text, [fails("a", "crash"), fails("b", "crash"), fails("c", other)]);
      expect(after).toBe(text);
      expect(changes).toEqual([]);
      expect(breaches).toHaveLength(other === "differs" ? 2 : 3);
    }
  });

  it("stays where nothing was run", () => {
    expect(fix(text, [skipped("a"), skipped("b"), skipped("c")])).toMatchObject({
      text,
      changes: [],
      breaches: ["skipped 3", "skipped 3", "skipped 3"],
    });
  });
});

describe("what people decide stays:", () => {
  const stale = ["- case: a", "  verdict: differs", ...REST];

  it("an expired date", () => {
    const text = fileOf(...stale, "  until: 2020-01-01");
    expect(fix(text, [fails("a")])).toMatchObject({ text, changes: [], breaches: ["expired 3"] });
  });

  it("a case that was not run", () => {
    const text = fileOf(...stale);
    expect(fix(text, [skipped("a")])).toMatchObject({ text, changes: [], breaches: ["skipped 3"] });
  });

  it("an entry not applicable here", () => {
    const text = fileOf(...stale, "  when: { os: darwin }");
    expect(fix(text, [passes("a")])).toEqual({ ...DONE, text, changes: [] });
    expect(fix(text, [fails("a")], { add: true, findings: [{ sentence: "S.", cases: ["a"] }] })).toEqual({
      ...DONE,
      text,
      changes: [],
      unexpected: ["a"],
    });
  });
});

describe("a witness decides", () => {
  const text = fileOf("- cases: [a, b]", "  verdict: differs", ...REST, "  witness: w.json");

  it.each<[string, CaseOutcome[], string[]]>([
    ["fails as expected", [witness(fails(""))], []],
    ["fails otherwise", [witness(fails("", "crash"))], ["witness-fails-otherwise 3"]],
    ["was not run", [witness(skipped(""))], ["witness-skipped 3"]],
    ["has no result", [], ["witness-skipped 3"]],
  ])("that cases which pass stay where it %s", (_, proof, breaches) => {
    expect(fix(text, [...proof, passes("a"), fails("b")])).toMatchObject({ text, changes: [], breaches });
  });

  it("that they go where it passes; the rest is for people", () => {
    const part = fix(text, [witness(passes("")), passes("a"), fails("b")]);
    expect(part.text).toBe(text.replace("[a, b]", "[b]"));
    expect(part.breaches).toEqual(["witness-passes 3"]);
    const all = fix(text, [witness(passes("")), passes("a"), passes("b")]);
    expect(all.text).toMatch(/expectations: \[\]\n$/);
    expect(all.changes.at(-1)).toBe(
      "line 3: removed the entry, which lists no other case; its witness w.json is no longer needed",
    );
  });

  it("the verdict too: it is corrected where the witness agrees", () => {
    const crashes = [fails("a", "crash"), fails("b", "crash")];
    const corrected = text.replace("verdict: differs", "verdict: crash");
    expect(fix(text, [witness(fails("", "crash")), ...crashes]).text).toBe(corrected);
    expect(fix(text, [witness(fails("", "crash")), passes("a"), fails("b", "crash")]).text).toBe(corrected);
    for (const proof of [fails("", "differs"), passes(""), skipped("")]) {
      expect(fix(text, [witness(proof), ...crashes]).text).toBe(text);
    }
    expect(fix(text, crashes).text).toBe(text);
  });

  it("under the name of its file, so that it is found when entries before it go", () => {
    const first = ["- case: z", "  verdict: differs", ...REST];
    const two = text.replace("expectations:\n", `${fileOf(...first).slice(31)}`);
    const { text: after, breaches } = fix(two, [passes("z"), witness(fails("")), passes("a"), fails("b")]);
    expect(after).toBe(text);
    expect(breaches).toEqual([]);
  });
});

describe("unexpected failures", () => {
  const findings = [
    { sentence: "epsilon stands\n  inside.", cases: ["a", "b", "c", "listed"] },
    { sentence: "Nothing known explains it.", cases: ["d"] },
  ];
  const results = [
    fails("a", "other-dialect"),
    fails("b", "other-dialect"),
    fails("c", "crash"),
    fails("d"),
    fails("listed"),
    { ...fails("witness/x.json"), kind: "witness" as const },
  ];
  const text = fileOf("- case: listed", "  verdict: differs", ...REST);

  it("are told, and not written", () => {
    expect(fix(text, results, { findings })).toEqual({
      ...DONE,
      text,
      changes: [],
      unexpected: ["a", "b", "c", "d"],
    });
  });

  it("are written where that is asked for, by finding and verdict, without reason and issue", () => {
    const { text: after, ...rest } = fix(text, results, { findings, add: true });
    const added = (sentence: string, verdict: string, ...ids: string[]) =>
      ["", `# ${sentence}`, "- cases:", ...ids.map((id) => `    - ${id}`), `  verdict: ${verdict}`]
        .concat("  reason:", "  issue:")
        .map((line) => (line === "" ? "\n" : `  ${line}\n`))
        .join("");
    expect(after).toBe(
      text +
        added("epsilon stands inside.", "other-dialect", "a", "b") +
        added("epsilon stands inside.", "crash", "c") +
        added("Nothing known explains it.", "differs", "d"),
    );
    expect(rest).toEqual({
      ...DONE,
      drafts: [9, 17, 24],
      changes: [
        "added 2 cases as other-dialect: epsilon stands inside.",
        "added 1 case as crash: epsilon stands inside.",
        "added 1 case as differs: Nothing known explains it.",
      ],
    });
    expect(() => readExpectations(after, "e.yaml")).toThrow(
      /^e\.yaml:13:5: expectations\[1\]\.reason: missing or empty/,
    );
    const written = after.replaceAll("reason:\n", "reason: r\n").replaceAll("issue:\n", "issue: i\n");
    expect(readExpectations(written, "e.yaml").entries).toHaveLength(4);
  });

  it("are the first ones of a file that expects nothing, in YAML and in JSON", () => {
    const none = { format: "rmsprop-expectations/1", expectations: [] };
    const yaml = fix("format: rmsprop-expectations/1\nexpectations: []\n", results, { findings, add: true });
    expect(readExpectations(yaml.text, "e", true).entries).toHaveLength(4);
    expect(yaml.text).toMatch(/\nexpectations:\n {2}# epsilon stands inside\.\n {2}- cases:\n/);
    const json = fix(JSON.stringify(none, null, 2), results, { findings, add: true });
    expect(JSON.parse(json.text).expectations).toHaveLength(4);
  });
});

describe("a report that shows only a part", () => {
  const text = fileOf("- case: a", "  verdict: differs", ...REST);

  it.each<[string, Partial<RunContext>, RegExp]>([
    ["restricted", { only: "RMS-1" }, /^r\.jsonl: the run was restricted to RMS-1; .* full run only$/],
    ["interrupted", { complete: false }, /^r\.jsonl: the run was not completed; .* full run only$/],
  ])("because it was %s is refused", (_, part, expectedMessage) => {
    const attempt = () => fix(text, [passes("a")], { context: { ...FULL, ...part } });
    expect(attempt).toThrow(ProgramError);
    expect(attempt).toThrow(expectedMessage);
  });

  it("because the suite itself is wrong is refused", () => {
    const wrong = { ...fails("variance-over-the-reals-is-not-negative"), kind: "self-check" as const };
    expect(() => fix(text, [fails("a"), wrong])).toThrow(
      /^r\.jsonl: variance-over-the-reals-is-not-negative failed: the suite itself is wrong/,
    );
  });
});

describe("a file that is no expectations file", () => {
  it("is refused", () => {
    expect(() => fix("- a\n", [])).toThrow(/^e\.yaml:1:1: expected a map/);
    expect(() => fix(fileOf("- case: a", "  verdict: bit-exact", ...REST), [])).toThrow(/verdict/);
  });
});

describe("whatever the layout,", () => {
  /** Lines of a file; those with an owner belong to an entry, or to one of its cases. */
  interface Line {
    readonly text: string;
    readonly entry?: number;
    readonly case?: string;
  }
  interface Layout {
    readonly lines: readonly Line[];
    readonly cases: readonly (readonly string[])[];
    readonly lineBreak: string;
    readonly lastBreak: boolean;
  }

  const comment = fc.constantFrom("# why", "#", "# - case: no", "# a: b, [c", "# ünï");
  const blanks = fc.nat(2);
  const quoted = (id: string, quote: string) => `${quote}${id}${quote}`;

  /** The lines of one entry, with comments that belong to it and to its cases. */
  const entryLines = (number: number, indent: string): fc.Arbitrary<{ lines: Line[]; ids: string[] }> =>
    fc
      .record({
        above: fc.array(comment, { maxLength: 2 }),
        form: fc.constantFrom("case", "block", "wide block", "brackets"),
        count: fc.integer({ min: 1, max: 4 }),
        quote: fc.constantFrom("", "'", '"'),
        caseComments: fc.array(comment, { maxLength: 2 }),
        trailing: fc.constantFrom("", " # t", "   #t"),
        reason: fc.constantFrom(
          ["  reason: known"],
          ["  reason: >-", "    folded", "", "    # and not a comment"],
          ["  reason: known", "    in two lines"],
          ["  # on the reason", '  reason:   "known"', ""],
        ),
        order: fc.boolean(),
        end: fc.array(comment, { maxLength: 1 }),
      })
      .map(({ above, form, count, quote, caseComments, trailing, reason, order, end }) => {
        const ids = Array.from({ length: form === "case" ? 1 : count }, (_, k) => `e${number}/c${k}`);
        const own = (text: string): Line => ({ text: text && indent + text, entry: number });
        const listed: Line[] =
          form === "case"
            ? [own(`case: ${quoted(ids[0], quote)}${trailing}`)]
            : form === "brackets"
              ? [own(`cases:  [${ids.map((id) => quoted(id, quote)).join(", ")}]${trailing}`)]
              : [
                  own("cases:"),
                  ...ids.flatMap((id) => [
                    ...caseComments.map((text) => ({ ...own(`    ${text}`), case: id })),
                    {
                      ...own(`    ${form === "block" ? "- " : "-   "}${quoted(id, quote)}${trailing}`),
                      case: id,
                    },
                  ]),
                ];
        const [first, ...rest] = listed;
        const fields = [own("  verdict: differs"), ...reason.map(own), own("  issue: i")];
        const dashed = (line: Line): Line => ({ ...line, text: `${indent}- ${line.text.trimStart()}` });
        const lines = order
          ? [dashed(first), ...rest, ...fields]
          : [
              dashed(fields[0]),
              { ...first, text: `${indent}  ${first.text.trimStart()}` },
              ...rest,
              ...fields.slice(1),
            ];
        return {
          ids,
          lines: [...above.map(own), ...lines, ...end.map((text) => own(`  ${text}`))],
        };
      });

  const layouts: fc.Arbitrary<Layout> = fc
    .record({
      head: fc.array(comment, { maxLength: 2 }),
      indent: fc.constantFrom("", "  ", "    "),
      count: fc.integer({ min: 1, max: 4 }),
      lineBreak: fc.constantFrom("\n", "\r\n"),
      lastBreak: fc.boolean(),
      tail: fc.array(comment, { maxLength: 1 }),
    })
    .chain(({ head, indent, count, lineBreak, lastBreak, tail }) =>
      fc
        .tuple(...Array.from({ length: count }, (_, k) => fc.tuple(blanks, entryLines(k, indent))))
        .map((entries): Layout => {
          const text = (line: string): Line => ({ text: line });
          const lines = [
            ...head.map(text),
            text("format: rmsprop-expectations/1 # the format"),
            text(""),
            text("expectations: # the list"),
            ...entries.flatMap(([blank, { lines }]) => [...Array(blank).fill(text("")), ...lines]),
            ...tail.flatMap((line) => [text(""), text(line)]),
          ];
          return { lines, cases: entries.map(([, { ids }]) => ids), lineBreak, lastBreak };
        }),
    );

  const textOf = ({ lines, lineBreak, lastBreak }: Layout) =>
    lines.map(({ text }) => text).join(lineBreak) + (lastBreak ? lineBreak : "");

  /** Ids that no longer fail, by a mask. */
  const passing = ({ cases }: Layout, mask: readonly boolean[]) =>
    cases.flat().filter((_, k) => mask[k % mask.length]);

  const masks = fc.array(fc.boolean(), { minLength: 1, maxLength: 16 });
  const fixed = (layout: Layout, exited: readonly string[]) =>
    fix(
      textOf(layout),
      layout.cases.flat().map((id) => (exited.includes(id) ? passes(id) : fails(id))),
    );

  it("a file that holds keeps every byte", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        expect(fixed(layout, [])).toEqual({ ...DONE, text: textOf(layout), changes: [] });
      }),
    );
  });

  it("exactly the lines go that belong to what goes; the others keep their bytes and their order", () => {
    fc.assert(
      fc.property(layouts, masks, (layout, mask) => {
        const gone = passing(layout, mask);
        const { text, breaches } = fixed(layout, gone);
        expect(breaches).toEqual([]);
        const { lineBreak, cases } = layout;
        const isGone = (entry: number) => cases[entry].every((id) => gone.includes(id));
        const kept = layout.lines
          .filter((line) => line.entry === undefined || !isGone(line.entry))
          .filter((line) => line.case === undefined || !gone.includes(line.case))
          .map((line) => {
            // Of a list in brackets the rest stays.
            return line.text.replace(/\[(['"]?e.*?)\]/, (_, items: string) => {
              const rest = items.split(", ").filter((item) => !gone.includes(item.replace(/['"]/g, "")));
              return `[${rest.join(", ")}]`;
            });
          });
        if (cases.every((_, entry) => isGone(entry))) {
          const key = kept.indexOf("expectations: # the list");
          kept[key] = "expectations: [] # the list";
        }
        const written = (lines: readonly string[]) => lines.filter((line) => line.trim() !== "");
        const after = text.split(lineBreak);
        expect(written(after)).toEqual(written(kept));
        // Line breaks are as they were, and blank lines are never more.
        expect(text.replaceAll(lineBreak, "")).not.toMatch(/[\r\n]/);
        expect(after.length).toBeLessThanOrEqual(textOf(layout).split(lineBreak).length);
      }),
    );
  });

  it("what was added is found again, and what was there keeps its bytes", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const results = [
          ...layout.cases.flat().map((id) => fails(id)),
          fails("new/1"),
          fails("new/2", "crash"),
        ];
        const findings = [{ sentence: "It is new.", cases: ["new/1", "new/2"] }];
        const before = textOf(layout);
        const { text, drafts, unexpected } = fix(before, results, { findings, add: true });
        expect(drafts).toHaveLength(2);
        expect(unexpected).toEqual([]);
        const written = (file: string) => file.split(layout.lineBreak).filter((line) => line.trim() !== "");
        const after = written(text);
        const start = after.findIndex((line) => line.trim() === "# It is new.");
        const added = after.splice(start, 12);
        expect(after).toEqual(written(before));
        expect(added.map((line) => line.trim())).toEqual([
          "# It is new.",
          "- cases:",
          "- new/1",
          "verdict: differs",
          "reason:",
          "issue:",
          "# It is new.",
          "- cases:",
          "- new/2",
          "verdict: crash",
          "reason:",
          "issue:",
        ]);
      }),
    );
  });
});

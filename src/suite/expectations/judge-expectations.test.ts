import { describe, expect, it } from "vitest";
import { emptyTally } from "../../judge/tally.js";
import type { Verdict } from "../../judge/verdict.js";
import type { CaseResult } from "../case-result.js";
import type { Expectation } from "./expectation-schema.js";
import { type CaseOutcome, judgeExpectations, type RunContext } from "./judge-expectations.js";

const FULL: RunContext = {
  os: "linux",
  arch: "x64",
  profile: "ci",
  today: "2026-06-15",
  complete: true,
};

const fails = (id: string, verdict: Verdict): CaseOutcome => ({
  id,
  kind: "property",
  verdict,
  failure: { message: "it fails" },
});
const passes = (id: string, verdict: Verdict = "bit-exact"): CaseOutcome => ({
  id,
  kind: "property",
  verdict,
});
const skipped = (id: string): CaseOutcome => ({
  id,
  kind: "property",
  verdict: "skipped",
  reason: "the implementation does not offer momentum",
});
const witness = (outcome: CaseOutcome): CaseOutcome => ({
  ...outcome,
  id: "witness/w.json",
  kind: "witness",
});

/** An entry that expects cases to fail as `other-dialect`; listed on lines 11, 12, … below line 10. */
function entry(cases: string[], rest: Partial<Expectation> = {}): Expectation {
  return {
    number: 1,
    line: 10,
    cases: cases.map((pattern, k) => ({ pattern, line: 11 + k })),
    verdict: "other-dialect",
    reason: "known",
    issue: "#1",
    when: {},
    ...rest,
  };
}

function judge(entries: Expectation[], results: CaseOutcome[], context: Partial<RunContext> = {}) {
  const judged = judgeExpectations({ source: "e.yaml", entries }, results, { ...FULL, ...context });
  return {
    expected: [...judged.expected],
    breaches: judged.breaches.map(({ kind, line }) => `${kind} ${line}`),
    messages: judged.breaches.map(({ message }) => message),
    open: judged.open.map(({ number }) => number),
    inconclusive: judged.inconclusive.map(({ number }) => number),
    unexpected: judged.unexpected,
  };
}

const NOTHING = { expected: [], breaches: [], messages: [], open: [], inconclusive: [], unexpected: [] };

describe("a listed case that was run", () => {
  it("is expected where it fails with the verdict", () => {
    expect(judge([entry(["a"])], [fails("a", "other-dialect"), passes("b")])).toEqual({
      ...NOTHING,
      expected: ["a"],
    });
  });

  it.each<Verdict>(["bit-exact", "certified", "inconclusive"])("breaches where it is %s", (verdict) => {
    const { expected, breaches, messages } = judge([entry(["a"])], [passes("a", verdict)]);
    expect(expected).toEqual([]);
    expect(breaches).toEqual(["passes 11"]);
    expect(messages).toEqual([
      `a is expected to fail as other-dialect, but does not fail (${verdict}); remove it`,
    ]);
  });

  it("breaches, and is not expected, where it fails otherwise", () => {
    const { expected, breaches, messages } = judge([entry(["a"])], [fails("a", "crash")]);
    expect(expected).toEqual([]);
    expect(breaches).toEqual(["fails-otherwise 11"]);
    expect(messages[0]).toMatch(/^a is expected to fail as other-dialect, but fails as crash; /);
  });

  it("may fail as certified: accepted, but not the bits that level L3 demands", () => {
    const certified = entry(["a"], { verdict: "certified" });
    expect(judge([certified], [fails("a", "certified")])).toMatchObject({ expected: ["a"], breaches: [] });
    expect(judge([certified], [passes("a", "certified")])).toMatchObject({
      expected: [],
      breaches: ["passes 11"],
    });
  });

  it("is each case that a pattern stands for", () => {
    const results = [
      fails("g/1", "other-dialect"),
      passes("g/2"),
      fails("g/3", "crash"),
      skipped("g/4"),
      fails("h", "differs"),
    ];
    const { expected, breaches, messages, unexpected } = judge([entry(["g/*"])], results);
    expect(expected).toEqual(["g/1"]);
    expect(breaches).toEqual(["passes 11", "fails-otherwise 11"]);
    expect(messages.map((message) => message.split(" ")[0])).toEqual(["g/2", "g/3"]);
    expect(unexpected).toEqual(["h"]);
  });

  it("is judged in results of the gate as in lines of a report", () => {
    const result: CaseResult = {
      id: "a",
      kind: "golden",
      clauses: [],
      verdict: "other-dialect",
      runs: 1,
      tally: emptyTally(),
      multiStep: emptyTally(),
      failure: { message: "", others: [], replay: "" },
    };
    expect(judge([entry(["a"])], [result]).expected).toEqual(["a"]);
  });
});

describe("of a full run, what was not reached breaches:", () => {
  it("a case that does not exist", () => {
    const { breaches, messages } = judge([entry(["a", "b", "c*"])], [fails("a", "other-dialect")]);
    expect(breaches).toEqual(["matches-nothing 12", "matches-nothing 13"]);
    expect(messages).toEqual([
      "no case matches b; correct or remove it",
      "no case matches c*; correct or remove it",
    ]);
  });

  it("a case that is skipped, with the reason", () => {
    const { expected, breaches, messages } = judge([entry(["a"])], [skipped("a")]);
    expect(expected).toEqual([]);
    expect(breaches).toEqual(["skipped 11"]);
    expect(messages[0]).toMatch(/^a was not run \(the implementation does not offer momentum\); /);
  });

  it("a pattern of which no case was run", () => {
    expect(judge([entry(["g/*"])], [skipped("g/1"), skipped("g/2")]).breaches).toEqual(["skipped 11"]);
  });
});

describe.each<[string, Partial<RunContext>]>([
  ["restricted", { only: "a*" }],
  ["interrupted", { complete: false }],
])("of a run that was %s", (_, part) => {
  it("what was not reached is inconclusive", () => {
    const results = [fails("a", "other-dialect"), skipped("d")];
    for (const missing of ["b", "b*", "d"]) {
      expect(judge([entry(["a", missing])], results, part)).toEqual({
        ...NOTHING,
        expected: ["a"],
        inconclusive: [1],
      });
    }
  });

  it("what was reached breaches as ever", () => {
    const expired = entry(["a", "b"], { until: "2026-06-14" });
    expect(judge([expired], [passes("a"), fails("b", "crash")], part)).toMatchObject({
      breaches: ["expired 10", "passes 11", "fails-otherwise 12"],
      inconclusive: [],
    });
  });
});

describe("a date", () => {
  it("is the last day on which the entry stands", () => {
    const until = entry(["a"], { until: "2026-06-15" });
    const results = [fails("a", "other-dialect")];
    expect(judge([until], results, { today: "2026-06-15" })).toEqual({ ...NOTHING, expected: ["a"] });
    const { expected, breaches, messages, unexpected } = judge([until], results, { today: "2026-06-16" });
    expect(breaches).toEqual(["expired 10"]);
    expect(messages).toEqual(["the entry was valid until 2026-06-15; fix the failure or set a later date"]);
    // It excuses nothing any more, but the failure is still written down.
    expect(expected).toEqual([]);
    expect(unexpected).toEqual([]);
  });
});

describe("an entry outside its `when`", () => {
  it("is open: nothing is asked of it, and it excuses nothing", () => {
    const elsewhere = entry(["a", "b", "c"], { when: { os: ["darwin", "win32"] }, until: "2020-01-01" });
    expect(judge([elsewhere], [fails("a", "other-dialect"), passes("b")])).toEqual({
      ...NOTHING,
      open: [1],
      unexpected: ["a"],
    });
    expect(judge([elsewhere], [], { os: "win32", today: "2019-01-01" })).toMatchObject({ open: [] });
  });

  it.each([
    [{ os: ["linux"] }, true],
    [{ arch: ["arm64"] }, false],
    [{ profile: ["nightly", "ci"] }, true],
    [{ os: ["linux"], profile: ["nightly"] }, false],
  ])("%j", (when, inForce) => {
    const { expected, open } = judge([entry(["a"], { when })], [fails("a", "other-dialect")]);
    expect([expected, open]).toEqual(inForce ? [["a"], []] : [[], [1]]);
  });
});

describe("a witness decides:", () => {
  const witnessed = (cases: string[]) => entry(cases, { witness: "w.json" });

  it("while it fails as expected, cases that happen to pass are no breach", () => {
    const results = [witness(fails("", "other-dialect")), passes("a"), fails("b", "other-dialect")];
    expect(judge([witnessed(["a", "b"])], results)).toEqual({
      ...NOTHING,
      expected: ["witness/w.json", "b"],
    });
  });

  it("a case that fails otherwise, or is not there, is one all the same", () => {
    const results = [witness(fails("", "other-dialect")), fails("a", "crash"), skipped("c")];
    expect(judge([witnessed(["a", "b", "c"])], results).breaches).toEqual([
      "fails-otherwise 11",
      "matches-nothing 12",
      "skipped 13",
    ]);
  });

  it.each<[string, CaseOutcome | undefined, string, RegExp]>([
    [
      "passes",
      witness(passes("", "certified")),
      "witness-passes",
      /^the witness w\.json must fail as other-dialect, but does not fail \(certified\); /,
    ],
    [
      "decides nothing",
      witness(passes("", "inconclusive")),
      "witness-passes",
      /does not fail \(inconclusive\)/,
    ],
    ["fails otherwise", witness(fails("", "crash")), "witness-fails-otherwise", /but fails as crash; /],
    [
      "is not run",
      witness(skipped("")),
      "witness-skipped",
      /was not run \(the implementation does not offer/,
    ],
    ["has no result", undefined, "witness-skipped", /was not run \(it has no result\)/],
  ])("where it %s, the entry excuses nothing", (_, proof, kind, expectedMessage) => {
    const results = [...(proof ? [proof] : []), passes("a"), fails("b", "other-dialect")];
    const { expected, breaches, messages } = judge([witnessed(["a", "b"])], results);
    expect(expected).toEqual([]);
    expect(breaches).toEqual([`${kind} 10`]);
    expect(messages[0]).toMatch(expectedMessage);
  });

  it("where a part run does not reach it, cases that fail as expected are, and the entry is inconclusive", () => {
    const results = [passes("a"), fails("b", "other-dialect")];
    expect(judge([witnessed(["a", "b"])], results, { only: "*" })).toEqual({
      ...NOTHING,
      expected: ["b"],
      inconclusive: [1],
    });
  });

  it("it is never listed itself, and never unexpected", () => {
    const results = [witness(fails("", "crash")), fails("a", "other-dialect")];
    expect(judge([entry(["*"])], results)).toEqual({ ...NOTHING, expected: ["a"] });
  });
});

describe("several entries", () => {
  it("may not list the same case, which only the run can tell of patterns", () => {
    const first = entry(["x*"]);
    const second = entry(["*y"], { number: 2, line: 20, cases: [{ pattern: "*y", line: 21 }] });
    const results = [
      fails("xy", "other-dialect"),
      fails("x1", "other-dialect"),
      fails("2y", "other-dialect"),
    ];
    const { breaches, messages } = judge([first, second], results);
    expect(breaches).toEqual(["listed-twice 21"]);
    expect(messages).toEqual(["xy is also listed by the entry on line 10; list it once"]);
    expect(judge([first, { ...second, when: { os: ["darwin"] } }], results).breaches).toEqual([]);
  });

  it("are told from each other, and failures that none lists are unexpected", () => {
    const entries = [
      entry(["a"]),
      entry(["b"], { number: 2, verdict: "crash", cases: [{ pattern: "b", line: 31 }] }),
      entry(["c"], { number: 3, when: { arch: ["arm64"] } }),
    ];
    const results = [
      fails("a", "other-dialect"),
      fails("b", "timeout"),
      fails("c", "differs"),
      fails("d", "differs"),
    ];
    const judged = judgeExpectations({ source: "e.yaml", entries }, results, FULL);
    expect([...judged.expected]).toEqual(["a"]);
    expect(judged.breaches).toMatchObject([{ kind: "fails-otherwise", entry: 2, line: 31 }]);
    expect(judged.open).toEqual([entries[2]]);
    expect(judged.unexpected).toEqual(["c", "d"]);
  });

  it("may be none", () => {
    expect(judge([], [passes("a")])).toEqual(NOTHING);
  });
});

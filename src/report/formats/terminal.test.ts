import { beforeAll, describe, expect, it } from "vitest";
import { CLAUSES } from "../../../spec/clauses.js";
import { dialectById } from "../../../spec/dialects.js";
import type { Adapter } from "../../adapter/adapter.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { emptyTally } from "../../judge/tally.js";
import { dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import type { Finding } from "../../suite/finding.js";
import type { GateResult } from "../../suite/gate-result.js";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { RUN, realGate } from "../__test-helpers__/real-reports.js";
import { reportOf } from "../model/report.js";
import { headline } from "../text/headline.js";
import { terminalReport } from "./terminal.js";

const gate = (adapter: Adapter, dialect = "pytorch") =>
  realGate(adapter, {
    declaration: declarationOf(dialectById(dialect), "fused"),
    replay: (selection) => `gate ${selection}`,
  });

const textOf = (result: GateResult, colour: boolean) => terminalReport(reportOf(result, RUN), colour);
const headlineOf = (result: GateResult) => headline(reportOf(result, RUN));

let right: GateResult;
let failing: GateResult;
beforeAll(async () => {
  right = await gate(bundledAdapter("fused"));
  failing = await gate(dialectAdapter({ epsilon: "inside" }));
});

describe("the first line", () => {
  it("says verdict, level, cases and what was not run", () => {
    expect(headlineOf(right)).toMatch(
      /^PASSED at L2 \(reached L3: bit-exact to the reference evaluation\) · only torch\/groups\/\* · bundled \(fused\) · 12 cases run, 0 skipped, 2 self-checks · 1 of 65 clauses passed · [\d,]+ observations judged \([\d,]+ one-step, 0 multi-step\): /,
    );
    expect(headlineOf(failing)).toMatch(
      /^FAILED at L2 \(reached L0: speaks the protocol\) · only .* · planted · 12 cases run/,
    );
    expect(headlineOf(failing)).toMatch(/, [1-9][\d,]* rejected$/);
    expect(headlineOf({ ...right, complete: false, planned: 3000 })).toMatch(
      /^INCONCLUSIVE after 14 of 3,000 cases: stopped · /,
    );
  });

  it("counts one as one", () => {
    const one = madeUpRun({
      cases: [{ id: "a", verdict: "differs", message: "it differs" }],
      clauses: [{ outcome: "xfailed", counts: { differs: 1 } }],
      footer: {
        restarts: 1,
        tally: { ...emptyTally(), judged: 1 },
        expectations: { expected: ["a"], breaches: [] },
      },
    });
    expect(headline(one)).toMatch(
      / with 1 known failure · .* · 1 case run, 0 skipped · 0 of 1 clauses passed · 1 restart · 1 observation judged /,
    );
    const needy = { ...right.results[0], verdict: "skipped" as const, missingCapabilities: ["set"] };
    expect(textOf({ ...right, results: [needy] }, false)).toContain(
      "\n  skipped: 1 needs a capability that is not offered (set 1)\n",
    );
    expect(textOf({ ...right, results: [needy, { ...needy, id: "b" }] }, false)).toContain(
      "\n  skipped: 2 need a capability that is not offered (set 2)\n",
    );
  });

  it("is followed by the expectations that do not hold, before all that fails nothing", () => {
    const expectations = {
      expected: new Set(),
      breaches: [{ kind: "passes", line: 3, message: "remove it" }],
    } as unknown as NonNullable<GateResult["expectations"]>;
    const skipped = { ...right.results[0], verdict: "skipped" as const, reason: "no reason" };
    expect(
      textOf({ ...right, expectations, results: [skipped] }, false)
        .split("\n")
        .slice(1, 3),
    ).toEqual(["  known failure in line 3: remove it", "  skipped: 1 (no reason)"]);
  });

  it("counts what was not run, with reasons below", async () => {
    const other = await gate(bundledAdapter("fused"), "keras");
    const [first, second] = textOf(other, false).split("\n");
    expect(first).toMatch(/^INCONCLUSIVE: .* 0 cases run, 12 skipped · 0 of 65 clauses passed/);
    expect(second).toBe("  skipped: 12 (for dialect pytorch)");
  });
});

describe("the report", () => {
  it("has a card for each finding: sentence, clause, program, values, replay", () => {
    const text = textOf(failing, false);
    const card = text.slice(text.indexOf("Finding 1"), text.indexOf("clause    standing"));
    expect(card).toMatch(
      /^Finding 1 · other-dialect · This is another dialect: epsilon is inside instead of outside\.\n/,
    );
    expect(card).toContain("  RMS-8.6 Each parameter group uses its own hyperparameters");
    expect(card).toMatch(/ {2}cases: torch\/groups\/.*, … \d+ more\n/);
    expect(card).toMatch(/ {2}program:\n {4}init pytorch \{/);
    expect(card).toMatch(/ {2}\w+ of parameter 0, element 0, after step \d+:\n/);
    expect(card).toMatch(
      / {4}got {6}-?[\d.e+-]+ \(0x[0-9a-f]{8}\)\n {4}accepted -?[\d.e+-]+ \(0x[0-9a-f]{8}\)/,
    );
    expect(card).toMatch(/ {4}distance [\d,]+ ulp to the nearest accepted value\n/);
    expect(card).toMatch(/ {4}reference -?[\d.e+-]+ \(0x[0-9a-f]{8}\)\n/);
    expect(card).toMatch(/ {2}replay: gate --only torch\/groups\//);
  });

  it("has a row for every clause, or for those that a restricted run is about", () => {
    const rowsOf = (result: GateResult) =>
      textOf(result, false)
        .split("\n")
        .filter((line) => /^RMS-/.test(line));
    const { only, ...whole } = failing;
    expect(only).toBe("torch/groups/*");
    const rows = rowsOf(whole);
    expect(rows).toHaveLength(CLAUSES.length);
    expect(rows.find((row) => row.startsWith("RMS-8.6"))).toMatch(/^RMS-8\.6 +FAILED +other-dialect 12$/);
    expect(rows.find((row) => row.startsWith("RMS-1.1 "))).toMatch(/^RMS-1\.1 +skipped +no case$/);
    expect(rowsOf(right)).toEqual([expect.stringMatching(/^RMS-8\.6 +passed +bit-exact 12$/)]);
  });

  it("folds what passed of a family into one row, with its cases together", () => {
    const report = madeUpRun({
      clauses: [
        { clause: "RMS-1.1", outcome: "passed", counts: { certified: 2 } },
        { clause: "RMS-1.2", outcome: "passed", counts: { certified: 3, skipped: 1 } },
        { clause: "RMS-1.3", outcome: "failed", counts: { differs: 1 } },
        { clause: "RMS-14.1", outcome: "passed", counts: { certified: 1 } },
      ],
    });
    const text = terminalReport(report, false);
    expect(text.slice(text.indexOf("clause ")).split("\n").slice(0, 4)).toEqual([
      "clause    outcome       cases by verdict",
      "RMS-1     2 passed      certified 5, skipped 1",
      "RMS-1.3   FAILED        differs 1",
      "RMS-14.1  passed        certified 1",
    ]);
    expect(text.match(/PASSED at L2/g)).toHaveLength(1);
  });

  it("has colours only where they are wanted, and the same words", () => {
    const plain = textOf(failing, false);
    const coloured = textOf(failing, true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what colours are made of.
    const escapes = /\u001b\[\d+m/g;
    expect(plain).not.toMatch(escapes);
    expect(coloured).toMatch(escapes);
    expect(coloured.replace(escapes, "")).toBe(plain);
  });

  it("shows distances where there are numbers, intervals as they are, and messages of properties", () => {
    const [finding] = failing.findings;
    const withMismatch = (more: Partial<NonNullable<Finding["mismatch"]>>): string => {
      const changed: Finding = { ...finding, mismatch: { ...finding.mismatch!, ...more } };
      return textOf({ ...failing, findings: [changed] }, false);
    };
    const nan = withMismatch({ got: Number.NaN, accepted: { kind: "listed", values: [1, -0] } });
    expect(nan).toMatch(/accepted 1 \(0x3f800000\), -0 \(0x80000000\)\n/);
    expect(nan).not.toContain("distance");
    const far = withMismatch({
      got: 1,
      accepted: { kind: "listed", values: [1 + 2 ** -22, 2, 3, 4, 5, Number.NaN] },
    });
    expect(far).toMatch(/distance 2 ulp/);
    expect(far).toMatch(/ and 2 more\n/);
    const hidden = withMismatch({
      accepted: {
        kind: "intervals",
        text: ["0 to 1", "+∞"],
        ranges: [
          [0, 1],
          [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
        ],
      },
    });
    expect(hidden).toMatch(/accepted 0 to 1\n {4}accepted \+∞\n/);
    const said: Finding = {
      diagnosis: {
        verdict: "differs",
        sentence: "1 is not 2.",
        axes: [],
        alternatives: [[{ kind: "dialect", axis: "momentum", declared: "none", observed: "nesterov" }]],
      },
      cases: ["proof"],
      clauses: ["RMS-5.1", "RMS-5.2"],
      message: "1 is not 2",
      alone: false,
      replay: "gate --only proof",
    };
    const text = textOf({ ...failing, findings: [said] }, false);
    expect(text).toContain("  clauses: RMS-5.1 RMS-5.2\n");
    expect(text).toContain("  or: momentum is nesterov\n");
    expect(text.match(/1 is not 2/g)).toHaveLength(1);
  });

  it("says how much of the judging was checked", () => {
    const line = textOf(right, false)
      .split("\n")
      .find((each) => each.startsWith("  judge cross-checked: "));
    expect(line).toMatch(
      /: [1-9][\d,]* of [\d,]+ observations recomputed in decimal arithmetic \([\d.]+ %\), .*; negative controls: ([1-9][\d,]*) of \1 rejected; positive controls: ([1-9][\d,]*) of \2 accepted$/,
    );
  });

  it("counts and lists apart what was checked on the specification only", () => {
    const selfCheck = {
      ...right.results[0],
      id: "proof",
      kind: "self-check" as const,
      clauses: ["RMS-2.1"],
      verdict: "certified" as const,
    };
    const lines = textOf({ ...right, results: [...right.results, selfCheck] }, false).split("\n");
    expect(lines[0]).toContain(
      " · 12 cases run, 0 skipped, 3 self-checks · 1 of 65 clauses passed, 1 checked on the specification only · ",
    );
    expect(lines[1]).toBe("  checked on the specification only, not on this implementation: RMS-2.1");
    expect(lines).toContainEqual(expect.stringMatching(/^RMS-2\.1 +spec-only +certified 1$/));
  });

  it("has one line on how often what was drawn may fail", () => {
    expect(textOf(right, false)).not.toContain("confidence");
    const drawn = { ...right.results[0], kind: "property" as const, runs: 20, distribution: "traces" };
    const lines = textOf({ ...right, results: [drawn, { ...drawn, runs: 40 }] }, false).split("\n");
    expect(lines.filter((line) => line.includes("confidence"))).toEqual([
      expect.stringMatching(
        /^ {2}2 properties passed 60 draws .* less than 14 % of such draws, and where most were made in less than 7\.3 %; /,
      ),
    ]);
  });

  it("shows as escapes what an adapter says to the terminal and not to the reader", () => {
    const evil = "\u001b[2J\u202e\r\nCONFORMS at L3";
    const shown = "\\x1b[2J\\u{202e}\\r";
    const { implementation } = failing.hello;
    const [finding] = failing.findings;
    const diagnosis = { verdict: "crash" as const, sentence: `It said ${evil}.`, axes: [], alternatives: [] };
    const result: GateResult = {
      ...failing,
      hello: { ...failing.hello, implementation: { ...implementation, name: `n${evil}` } },
      complete: false,
      stopped: `s${evil}`,
      results: [{ ...failing.results[0], verdict: "skipped", reason: `r${evil}` }],
      findings: [{ ...finding, message: `m${evil}`, diagnosis }],
    };
    const text = textOf(result, false);
    for (const place of ["n", "s", "r", "m", "It said "]) expect(text).toContain(`${place}${shown}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text.split("\n")).not.toContainEqual(expect.stringMatching(/^PASSED/));
    const claimed = {
      ...right,
      hello: { ...right.hello, implementation: { ...implementation, name: evil } },
    };
    expect(textOf(claimed, false)).toContain(`claim: ${shown}\\nCONFORMS at L3 1: `);
  });
});

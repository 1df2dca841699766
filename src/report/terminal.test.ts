import { beforeAll, describe, expect, it } from "vitest";
import { CLAUSES } from "../../spec/clauses.js";
import { dialectById } from "../../spec/dialects.js";
import type { Adapter } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import type { Finding } from "../suite/finding.js";
import { runGate } from "../suite/gate.js";
import type { GateResult } from "../suite/gate-result.js";
import { REAL_GOLDENS } from "../suite/golden/golden-copy.test-support.js";
import { dialectAdapter } from "../suite/planted.test-support.js";
import { headline, terminalReport } from "./terminal.js";

const gate = (adapter: Adapter, dialect = "pytorch") =>
  runGate({
    adapter,
    declaration: declarationOf(dialectById(dialect), "fused"),
    level: "L2",
    profile: "smoke",
    seed: 7,
    only: "torch/groups/*",
    goldens: REAL_GOLDENS,
    replay: (selection) => `gate ${selection}`,
  });

let right: GateResult;
let failing: GateResult;
beforeAll(async () => {
  right = await gate(bundledAdapter("fused"));
  failing = await gate(dialectAdapter({ epsilon: "inside" }));
});

describe("the first line", () => {
  it("says verdict, level, cases and what was not run", () => {
    expect(headline(right)).toMatch(
      /^CONFORMS at L2 \(reached L3: bit-exact to the reference evaluation\) · only torch\/groups\/\* · bundled \(fused\) · 12 cases run, 0 not run · 1 of 59 clauses shown · [\d,]+ observations judged \([\d,]+ one-step, 0 multi-step\): /,
    );
    expect(headline(failing)).toMatch(
      /^DOES NOT CONFORM at L2 \(reached L0: speaks the protocol\) · only .* · planted · 12 cases run/,
    );
    expect(headline(failing)).toMatch(/, [1-9][\d,]* rejected$/);
    expect(headline({ ...right, complete: false, planned: 3000 })).toMatch(
      /^INCOMPLETE after 12 of 3,000 cases, which decides no level: stopped · /,
    );
  });

  it("counts what was not run, with reasons below", async () => {
    const other = await gate(bundledAdapter("fused"), "keras");
    const [first, second] = terminalReport(other, false).split("\n");
    expect(first).toMatch(/^NOTHING SHOWN: .* 0 cases run, 12 not run · 0 of 59 clauses shown/);
    expect(second).toBe("  not run: 12 (for dialect pytorch)");
  });
});

describe("the report", () => {
  it("has a card for each finding: sentence, clause, program, values, replay", () => {
    const text = terminalReport(failing, false);
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
      terminalReport(result, false)
        .split("\n")
        .filter((line) => /^RMS-/.test(line));
    const { only, ...whole } = failing;
    expect(only).toBe("torch/groups/*");
    const rows = rowsOf(whole);
    expect(rows).toHaveLength(CLAUSES.length);
    expect(rows.find((row) => row.startsWith("RMS-8.6"))).toMatch(/^RMS-8\.6 +FAILED +other-dialect 12$/);
    expect(rows.find((row) => row.startsWith("RMS-1.1 "))).toMatch(/^RMS-1\.1 +not shown +no case ran$/);
    expect(rowsOf(right)).toEqual([expect.stringMatching(/^RMS-8\.6 +shown +bit-exact 12$/)]);
  });

  it("has colours only where they are wanted, and the same words", () => {
    const plain = terminalReport(failing, false);
    const coloured = terminalReport(failing, true);
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
      return terminalReport({ ...failing, findings: [changed] }, false);
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
    const hidden = withMismatch({ accepted: { kind: "intervals", text: ["0 to 1", "+∞"] } });
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
      replay: "gate --only proof",
    };
    const text = terminalReport({ ...failing, findings: [said] }, false);
    expect(text).toContain("  clauses: RMS-5.1 RMS-5.2\n");
    expect(text).toContain("  or: momentum is nesterov\n");
    expect(text.match(/1 is not 2/g)).toHaveLength(1);
  });
});

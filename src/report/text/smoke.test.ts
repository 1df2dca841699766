import { describe, expect, it } from "vitest";
import type { SmokeCaseResult, SmokeResult } from "../../suite/smoke/run-smoke.js";
import { smokeReport } from "./smoke.js";

const hello = {
  implementation: { name: "mine", version: "1.2", language: "Rust" },
  dialects: ["pytorch"],
  capabilities: [],
};
const passed: SmokeCaseResult = { id: "one", says: "It does one thing.", outcome: "passed" };
const failed: SmokeCaseResult = {
  id: "another",
  says: "It does another.",
  outcome: "failed",
  message: "sent: {}\nreceived: []\nexpected: {}",
};
const skipped = (id: string): SmokeCaseResult => ({
  id,
  says: "",
  outcome: "skipped",
  message: "interrupted",
});

const report = (cases: readonly SmokeCaseResult[], options?: Parameters<typeof smokeReport>[2]) => {
  const result: SmokeResult = { hello, cases, passed: cases.every(({ outcome }) => outcome === "passed") };
  return smokeReport(result, ["node", "my adapter.mjs"], options).split("\n");
};

const NOT_SHOWN = [
  "",
  "Smoke judges the adapter and not the mathematics: no computed value was held against a formula.",
  "Passing it means level L0 (speaks the protocol) and nothing more.",
];

describe("smokeReport", () => {
  it("of a pass says what it is not, and what comes next", () => {
    expect(report([passed])).toEqual([
      "SMOKE PASSED · mine 1.2 · 1 of 1 cases passed, 0 failed, 0 skipped",
      "",
      "passed  one  It does one thing.",
      ...NOT_SHOWN,
      "Next: npx rmsprop-conformance gate -- node 'my adapter.mjs'",
    ]);
  });

  it("of a failure says what went wrong, and what was skipped", () => {
    expect(report([passed, failed, skipped("a"), skipped("b")], { dialect: "keras" })).toEqual([
      "SMOKE FAILED · mine 1.2 · 1 of 4 cases passed, 1 failed, 2 skipped",
      "",
      "passed  one      It does one thing.",
      "failed  another  It does another.",
      "        sent: {}",
      "        received: []",
      "        expected: {}",
      "skipped 2 cases: interrupted",
      ...NOT_SHOWN,
      "Next: fix the first failing case, then npx rmsprop-conformance smoke --dialect keras -- node 'my adapter.mjs'",
    ]);
  });

  it("of an interruption is no failure", () => {
    const lines = report([passed, skipped("a")]);
    expect(lines[0]).toBe("SMOKE INCONCLUSIVE · mine 1.2 · 1 of 2 cases passed, 0 failed, 1 skipped");
    expect(lines.at(-1)).toBe("Next: npx rmsprop-conformance smoke -- node 'my adapter.mjs', to the end");
  });

  it("of an adapter that did not introduce itself has no name for it", () => {
    const text = smokeReport({ cases: [failed, skipped("a")], passed: false }, ["x"]);
    expect(text).toMatch(/^SMOKE FAILED · 0 of 2 cases passed, 1 failed, 1 skipped\n/);
  });

  it("shows the end of standard error, and lets it do nothing to the terminal", () => {
    const stderr = `${Array.from({ length: 25 }, (_, k) => `\u001b[31mline ${k}\u001b[0m`).join("\n")}\n`;
    const lines = report([{ ...failed, stderr }]);
    const start = lines.indexOf("        stderr:");
    expect(lines.slice(start + 1, start + 12)).toEqual([
      "          (15 lines before)",
      ...Array.from({ length: 10 }, (_, k) => `          line ${k + 15}`),
    ]);
    expect(report([{ ...failed, stderr: "\n" }]).join("\n")).not.toContain("stderr");
  });

  it("is coloured where it is asked for", () => {
    const colour = "\u001b[";
    expect(report([failed]).join("\n")).not.toContain(colour);
    const [headline] = report([failed], { colour: true });
    expect(headline).toMatch(/SMOKE FAILED/);
    expect(headline.startsWith(colour)).toBe(true);
  });
});

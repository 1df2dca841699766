import { beforeAll, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import { runGate } from "../../suite/gate.js";
import type { GateResult } from "../../suite/gate-result.js";
import { RUN } from "../__test-helpers__/real-reports.js";
import { reportOf } from "./report.js";

const pytorch = dialectById("pytorch");

const gate = (
  adapter = bundledAdapter("fused") as Parameters<typeof runGate>[0]["adapter"],
  only = "RMS-1",
) =>
  runGate({
    adapter,
    declaration: declarationOf(pytorch, "fused", { root: ["correct", "one-ulp-low"] }),
    level: "L2",
    profile: "smoke",
    seed: 3,
    only,
  });

const claimOf = (one: GateResult) => reportOf(one, RUN).footer.claim;

let result: GateResult;
beforeAll(async () => {
  result = await gate();
});

it("names level, dialect, capabilities, choices, counts, versions, profile, seed and restriction", () => {
  const claim = claimOf(result);
  expect(claim).toMatch(
    /^bundled \(fused\) [\d.]+: L3 bit-exact to the reference evaluation \(fused\); dialect pytorch; over core, momentum, /,
  );
  expect(claim).toContain("; root declared correct or one-ulp-low; ");
  expect(claim).toMatch(
    /; [1-9][\d,]* values judged by one step, [\d,]+ over many steps \([\d,]+ indeterminate\); /,
  );
  expect(claim).toMatch(
    /; only RMS-1; rmsprop-conformance [\d.]+, profile smoke, seed 3, \d+ cases of which \d+ skipped$/,
  );
});

it("names the axes on which the implementation says that it differs from its dialect, and no others", () => {
  const dialect = { ...pytorch, epsilon: "inside" as const };
  const claim = claimOf({ ...result, declaration: { ...result.declaration, dialect } });
  expect(claim).toContain("; dialect pytorch with epsilon inside; ");
  expect(claimOf(result)).toContain("; dialect pytorch; ");
});

it("is the level that was asked for where failures are expected", () => {
  const expectations = { expected: new Set(["one"]), breaches: [] } as unknown as GateResult["expectations"];
  const claim = claimOf({ ...result, reached: "L0", ...(expectations && { expectations }) });
  expect(claim).toMatch(/: L2 certified accuracy; .*; with 1 known failure; /);
});

it("is not made for what does not conform, or is not complete", async () => {
  expect(claimOf({ ...result, complete: false })).toBeUndefined();
  const breaches = [{ kind: "passes", line: 1, message: "remove it" }];
  const expectations = { expected: new Set(), breaches } as unknown as NonNullable<
    GateResult["expectations"]
  >;
  expect(claimOf({ ...result, expectations })).toBeUndefined();
  const other = await gate(dialectAdapter({ epsilon: "inside" }), "plain-steps-are-accepted");
  expect(other.findings.length).toBeGreaterThan(0);
  expect(claimOf(other)).toBeUndefined();
});

import { join } from "node:path";
import { it, vi } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { nextDown, nextUp } from "../float32/neighbours.js";
import { declarationOf } from "../judge/declaration.js";
import { packageRoot } from "../package-info.js";
import { runGate } from "./gate.js";
import { defectiveAdapter, dialectAdapter } from "./planted.test-support.js";

vi.mock("../../properties/index.js", async () => {
  const { recurrenceProperties } = await vi.importActual<typeof import("../../properties/recurrence.js")>("../../properties/recurrence.js");
  return { PROPERTIES: recurrenceProperties };
});
const truncated = (x: number) => { const r = Math.fround(x); return r > x ? nextDown(r) : r; };
const cases = {
  honest: [defectiveAdapter(), "unfused"],
  inside: [dialectAdapter({ epsilon: "inside" }), "fused"],
  unfused: [dialectAdapter({}, "unfused"), "fused"],
  lrInside: [dialectAdapter({ momentum: "lr-inside" }), "fused"],
  one: [dialectAdapter({ initialAccumulator: "one" }), "fused"],
  lerp: [defectiveAdapter({}), "fused"],
  rootHigh: [defectiveAdapter({ root: (x) => { const r = Math.fround(Math.sqrt(x)); return r > 0 && r < Infinity ? nextUp(r) : r; } }), "unfused"],
  truncated: [defectiveAdapter({ meanSquare: truncated }), "unfused"],
  complement: [defectiveAdapter({ complement: (a) => Math.fround(1 - Math.fround(a)) }), "unfused"],
  writes: [defectiveAdapter({ writesGradient: true }), "unfused"],
  skips: [defectiveAdapter({ skipsOnNaN: true }), "unfused"],
  forgets: [defectiveAdapter({ forgets: "momentum_buffer" }), "unfused"],
  missing: [defectiveAdapter({ missingIsZero: true }), "unfused"],
} as const;
for (const [name, [adapter, evaluation]] of Object.entries(cases)) for (const level of ["L2", "L3"] as const) it(name + level, async () => {
  const started = performance.now();
  const result = await runGate({ adapter, declaration: declarationOf(dialectById("pytorch"), evaluation), level, profile: "smoke", seed: 20130, goldens: join(packageRoot(), "golden", "torch"), command: "gate", ...(process.env.ONLY && {only: process.env.ONLY}) });
  console.log(name, level, Math.round(performance.now() - started), result.conforms, result.reached, result.results.filter(r => r.failure).length, result.results.length, JSON.stringify(result.findings.slice(0, 4).map(({diagnosis, cases, clauses}) => [diagnosis.verdict, diagnosis.sentence, diagnosis.alternatives.map(a => a.map(x => x.axis+"="+x.observed).join("+")), cases.length, clauses[0]])), result.findings.length);
});

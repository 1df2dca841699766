import { describe, expect, it } from "vitest";
import type { Adapter, Outcome, RunOptions } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import type { Program } from "../program/program.js";
import { FaultBudget } from "./fault-budget.js";

const bundled = bundledAdapter("fused");

function crashing(calls: (RunOptions | undefined)[]): Adapter {
  return {
    hello: () => bundled.hello(),
    stop: async () => {},
    run: async (programs, options) => {
      calls.push(options);
      return programs.map((): Outcome => ({ status: "fault", verdict: "crash", message: "it is gone" }));
    },
  };
}

describe("what a run may spend on faults", () => {
  it("sends programs alone after many faults, whichever case had them", async () => {
    const calls: (RunOptions | undefined)[] = [];
    const faultBudget = new FaultBudget();
    const [one, other] = [faultBudget.watch(crashing(calls)), faultBudget.watch(crashing(calls))];
    const program: Program = { format: "rmsprop-program/1", dialect: "pytorch", operations: [] };
    for (let k = 0; k < 12; k++) await (k % 2 === 0 ? one : other).run([program]);
    expect(calls.map((options) => options?.alone)).toEqual([
      ...Array.from({ length: 8 }, () => false),
      ...Array.from({ length: 4 }, () => true),
    ]);
    await one.run([program], { alone: true });
    expect(calls.at(-1)?.alone).toBe(true);
  });

  it("lets fewer time-outs than crashes be made small", () => {
    const spends = (verdict: "crash" | "timeout") => {
      const faultBudget = new FaultBudget();
      let count = 0;
      while (faultBudget.mayShrink) {
        faultBudget.spend(verdict);
        count++;
      }
      return count;
    };
    expect(spends("timeout")).toBeGreaterThan(0);
    expect(spends("timeout")).toBeLessThan(spends("crash"));
  });
});

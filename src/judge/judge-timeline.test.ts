import { describe, expect, it } from "vitest";
import type { Slot } from "../../spec/arithmetic.js";
import { dialectById } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { timelinesOf } from "../program/timeline.js";
import { EVERYTHING, init, observe, programOf, simulate, step } from "./__test-helpers__/simulated.js";
import { pinnedDeclaration } from "./declaration.js";
import { judgeTimeline } from "./judge-timeline.js";
import type { Tally } from "./tally.js";

const pytorch = dialectById("pytorch");
const { fused } = PINNED_EVALUATIONS;

describe("judgeTimeline", () => {
  it("counts each slot of each observation by itself, and says whether its sets were carried", () => {
    const program = programOf(
      pytorch,
      init({ lr: 2 ** -10, alpha: 0.75 }, [1, 0]),
      step([1, 1]),
      EVERYTHING,
      step([1, 2 ** -10]),
      step([1, 1]),
      observe("parameter"),
    );
    const counted: [Slot, Tally, boolean][] = [];
    const mismatches: string[] = [];
    const [timeline] = timelinesOf(program, pytorch);
    const observations = simulate(program, pytorch, fused);
    judgeTimeline(timeline, observations, pinnedDeclaration(pytorch, "fused", fused), {
      count: (...one) => counted.push(one),
      reject: () => mismatches.push("rejected"),
      differ: () => mismatches.push("differs"),
      breach: (problem) => mismatches.push(problem),
    });
    expect(mismatches).toEqual([]);
    const right: Tally = { judged: 2, bitExact: 2, weak: 0, indeterminate: 0, rejected: 0 };
    expect(counted).toEqual([
      ["parameter", right, false],
      ["square_avg", right, false],
      ["parameter", right, true],
    ]);
  });
});

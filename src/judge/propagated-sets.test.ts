import { describe, expect, it } from "vitest";
import type { Hyperparameters } from "../../spec/dialect.js";
import { dialectById } from "../../spec/dialects.js";
import { type Evaluation, evaluationOf, type PinnedEvaluation } from "../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { nextUp } from "../float32/neighbours.js";
import { evaluateStep } from "../oracle/evaluator.js";
import { type Declaration, pinnedDeclaration } from "./declaration.js";
import { PropagatedSets } from "./propagated-sets.js";

const pytorch = dialectById("pytorch");
const plain = PINNED_EVALUATIONS["operation-by-operation"];
const h: Hyperparameters = { ...pytorch.defaults, lr: 0.1, alpha: 0.9, eps: 1e-3 };
const withMomentum: Hyperparameters = { ...h, momentum: 0.9 };

/** Parameter and mean square after one step of one element. */
function stepped(evaluation: PinnedEvaluation, parameter: number, gradient: number, square_avg: number) {
  const { stored } = evaluateStep(pytorch, h, 1, evaluation, { parameter, gradient, square_avg });
  return stored as { parameter: number; square_avg: number };
}

function setsFrom(evaluation: Evaluation, ...parameter: number[]): PropagatedSets {
  const declaration: Declaration = { dialect: pytorch, evaluation };
  return new PropagatedSets(declaration, { parameter: Float64Array.from(parameter) }, false);
}

const floats = (...values: number[]) => Float64Array.from(values);

describe("sets that are propagated", () => {
  it("are points under a pinned evaluation, however long nothing is shown", () => {
    const exact = setsFrom(evaluationOf(plain), 0.5);
    let state = { parameter: 0.5, square_avg: 0 };
    for (let t = 1; t <= 20; t++) {
      const gradient = Math.fround(1 / t);
      exact.step(h, t, floats(gradient), {});
      state = stepped(plain, state.parameter, gradient, state.square_avg);
      for (const slot of ["parameter", "square_avg"] as const) {
        expect(exact.accepts(slot, 0, state[slot])).toBe(true);
        expect(exact.accepts(slot, 0, nextUp(state[slot]))).toBe(false);
        expect(exact.evidence(slot, 0)).toBe("full");
      }
    }
    expect(exact.describe("parameter", 0)).toHaveLength(1);
  });

  it("hold an element to one order: what fits one order now and another one later is rejected", () => {
    const orders = ["scale-first", "ratio-first"] as const;
    const evaluation: Evaluation = { ...evaluationOf(plain), "order.update": orders };
    const [first, second] = orders.map((order): PinnedEvaluation => ({ ...plain, "order.update": order }));
    let switched = 0;
    let anchored = 0;
    for (let k = 1; k <= 2000; k++) {
      const gradients = [Math.fround(k / 7), Math.fround(k / 11)];
      const one = stepped(first, 0, gradients[0], 0);
      const other = stepped(second, 0, gradients[0], 0);
      const same = stepped(first, one.parameter, gradients[1], one.square_avg);
      const crossed = stepped(second, one.parameter, gradients[1], one.square_avg);
      if (one.parameter === other.parameter || same.parameter === crossed.parameter) continue;
      const isPropagated = setsFrom(evaluation, 0);
      isPropagated.step(h, 1, floats(gradients[0]), {});
      expect(isPropagated.accepts("parameter", 0, one.parameter)).toBe(true);
      expect(isPropagated.accepts("parameter", 0, other.parameter)).toBe(true);
      expect(isPropagated.describe("parameter", 0)).toHaveLength(2);
      isPropagated.anchor({ parameter: floats(one.parameter) });
      isPropagated.step(h, 2, floats(gradients[1]), {});
      expect(isPropagated.describe("parameter", 0)).toHaveLength(1);
      expect(isPropagated.accepts("parameter", 0, same.parameter)).toBe(true);
      expect(isPropagated.accepts("parameter", 0, crossed.parameter)).toBe(false);
      switched++;
      // A value that no order gives rules none out: one wrong value is one rejection.
      const lost = setsFrom(evaluation, 0);
      lost.step(h, 1, floats(gradients[0]), {});
      lost.anchor({ parameter: floats(2) });
      lost.step(h, 2, floats(gradients[1]), {});
      for (const order of [first, second]) {
        const { parameter } = stepped(order, 2, gradients[1], one.square_avg);
        expect(lost.accepts("parameter", 0, parameter)).toBe(true);
      }
      anchored++;
    }
    expect(switched).toBeGreaterThan(20);
    expect(anchored).toBe(switched);
  });

  it("never take an order back that was ruled out, even where it gave what was seen later", () => {
    const evaluation: Evaluation = {
      ...evaluationOf(plain),
      "order.update": ["scale-first", "ratio-first"],
    };
    const [first, second] = (["scale-first", "ratio-first"] as const).map(
      (order): PinnedEvaluation => ({ ...plain, "order.update": order }),
    );
    let reported = 0;
    for (let k = 1; k <= 200; k++) {
      // A gradient of zero parts no orders: either gives what is seen after it.
      const gradients = [Math.fround(k / 7), 0, Math.fround(k / 11)];
      const propagated = setsFrom(evaluation, 0);
      let state = { parameter: 0, square_avg: 0 };
      const others = gradients.map((gradient, t) => {
        propagated.step(h, t + 1, floats(gradient), {});
        const other = stepped(second, state.parameter, gradient, state.square_avg).parameter;
        state = stepped(first, state.parameter, gradient, state.square_avg);
        const accepted = propagated.accepts("parameter", 0, other);
        propagated.anchor({ parameter: floats(state.parameter) });
        return { differs: other !== state.parameter, accepted };
      });
      expect(others[1]).toEqual({ differs: false, accepted: true });
      if (!others[0].differs || !others[2].differs) continue;
      expect(others.map(({ accepted }) => accepted)).toEqual([true, true, false]);
      reported++;
    }
    expect(reported).toBeGreaterThan(5);
  });

  it("rule orders out for each element by itself", () => {
    const orders = ["scale-first", "ratio-first"] as const;
    const evaluation: Evaluation = { ...evaluationOf(plain), "order.update": orders };
    const gradient = Array.from({ length: 50 }, (_, k) => Math.fround((k + 1) / 7));
    const [byFirst, bySecond] = orders.map((order) =>
      gradient.map((g) => stepped({ ...plain, "order.update": order }, 0, g, 0).parameter),
    );
    const apart = gradient.findIndex((_, i) => byFirst[i] !== bySecond[i]);
    const alike = gradient.findIndex((_, i) => byFirst[i] === bySecond[i]);
    const propagated = setsFrom(evaluation, 0, 0);
    propagated.step(h, 1, floats(gradient[apart], gradient[alike]), {});
    propagated.anchor({ parameter: floats(byFirst[apart], byFirst[alike]) });
    propagated.step(h, 2, floats(gradient[apart], gradient[apart]), {});
    const counts = [0, 1].map((i) => propagated.describe("square_avg", i).length);
    expect(counts).toEqual([1, 1]);
    const [ruledOut, open] = [0, 1].map((i) => propagated.describe("parameter", i).length);
    expect(ruledOut).toBe(1);
    expect(open).toBeGreaterThanOrEqual(ruledOut);
  });

  it("know the slots that were written, given or loaded", () => {
    const propagated = setsFrom(evaluationOf(plain), 0);
    expect(propagated.slots).toEqual(["parameter"]);
    // Of a slot that nothing has written, nothing is accepted.
    expect(propagated.accepts("momentum_buffer", 0, 0)).toBe(false);
    expect(propagated.describe("momentum_buffer", 0)).toEqual([]);
    propagated.step(withMomentum, 1, floats(1), {});
    expect(propagated.slots).toEqual(["parameter", "square_avg", "momentum_buffer"]);
    propagated.load({ square_avg: floats(4) });
    expect(propagated.slots).toEqual(["parameter", "square_avg"]);
  });

  it("forget the buffer that a load leaves out: it begins at zero again", () => {
    const { dialect, evaluation } = pinnedDeclaration(pytorch, "plain", plain);
    const known = {
      parameter: floats(0),
      state: { square_avg: floats(1), momentum_buffer: floats(8) },
    };
    const propagated = new PropagatedSets({ dialect, evaluation }, known, false);
    propagated.step(h, 1, floats(1), {});
    propagated.load({ square_avg: floats(1) });
    propagated.step(withMomentum, 2, floats(1), {});
    const { stored } = evaluateStep(pytorch, withMomentum, 2, plain, {
      parameter: 0,
      gradient: 1,
      square_avg: 1,
      momentum_buffer: 0,
    });
    expect(propagated.accepts("momentum_buffer", 0, stored.momentum_buffer as number)).toBe(true);
  });

  it("say what they accept, special values included", () => {
    const propagated = setsFrom(evaluationOf(plain), 0, 1, 1);
    propagated.step({ ...h, eps: 0 }, 1, floats(0, Number.POSITIVE_INFINITY, 1), {});
    expect(propagated.describe("parameter", 0)).toEqual(["NaN"]);
    expect(propagated.describe("square_avg", 1)).toEqual(["+∞"]);
    expect(propagated.ranges("parameter", 0)).toEqual([[Number.NaN, Number.NaN]]);
    expect(propagated.ranges("square_avg", 1)).toEqual([
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ]);
    expect(propagated.ranges("square_avg", 2)).toEqual([[Math.fround(0.1), Math.fround(0.1)]]);
    expect(propagated.describe("square_avg", 2)[0]).toMatch(/^0\.1 \(0x3dcccccd\) to 0\.1 \(0x3dcccccd\)$/);
    expect(propagated.accepts("parameter", 0, Number.NaN)).toBe(true);
    expect(propagated.accepts("parameter", 0, 0)).toBe(false);
    expect(propagated.accepts("square_avg", 1, Number.NEGATIVE_INFINITY)).toBe(false);
    expect(propagated.evidence("parameter", 0)).toBe("full");
    expect(propagated.evidence("square_avg", 1)).toBe("full");
  });

  it("say what they accept where some orders overflow, or some results of one order", () => {
    const order = { ...evaluationOf(plain), "order.mean-square": ["weight-first", "square-first"] as const };
    const propagated = setsFrom(order, 0);
    propagated.step(h, 1, floats(2 ** 65), {});
    expect(propagated.describe("square_avg", 0)).toEqual([
      expect.stringMatching(/^1.36\S+e\+38 .* to /),
      "+∞",
    ]);
    const [finite, infinite, ...more] = propagated.ranges("square_avg", 0);
    expect(finite[0]).toBeCloseTo(1.36e38, -37);
    expect([infinite, more]).toEqual([[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], []]);
    expect(propagated.evidence("square_avg", 0)).toBe("weak");
    // The rate is the largest float32, and the quotient of the update may be two ulps larger.
    const division = setsFrom({ ...evaluationOf(plain), division: ["within-two-ulps"] }, 0);
    const rate = { ...h, lr: 2 ** 128 - 2 ** 104, alpha: 0, eps: 0 };
    division.step(rate, 1, floats(1), {});
    expect(division.describe("parameter", 0)).toEqual([
      expect.stringMatching(/^-3.4\S+e\+38 .* to .* or −∞$/),
    ]);
    expect(division.evidence("parameter", 0)).toBe("weak");
  });

  it("measure a change from the state that was known", () => {
    const { dialect, evaluation } = pinnedDeclaration(pytorch, "plain", plain);
    const known = { parameter: floats(0), state: { square_avg: floats(1) } };
    const propagated = new PropagatedSets({ dialect, evaluation }, known, false);
    propagated.step({ ...h, alpha: 0.75 }, 1, floats(1), {});
    expect(propagated.evidence("square_avg", 0)).toBe("indeterminate");
    expect(propagated.evidence("parameter", 0)).toBe("full");
  });

  it("show nothing where no change would be accepted too", () => {
    const propagated = setsFrom(evaluationOf(plain), 1);
    propagated.step({ ...h, lr: 1e-12 }, 1, floats(1), {});
    expect(propagated.evidence("parameter", 0)).toBe("indeterminate");
    expect(propagated.evidence("square_avg", 0)).toBe("full");
  });
});

import { describe, expect, it } from "vitest";
import type { Hyperparameters } from "../../spec/dialect.js";
import { dialectById } from "../../spec/dialects.js";
import { type Evaluation, evaluationOf } from "../../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { nextUp } from "../float32/neighbours.js";
import type { Observation } from "../program/observation.js";
import type { OperationOf, Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { ALL_STEP_REGIMES, elementSteps, RandomSource, type StepRegime } from "../search/element-steps.js";
import {
  type Approximation,
  approximateStep,
  type Element,
  floatsOff,
  within,
} from "./__test-helpers__/approximate.js";
import { extendedStep } from "./__test-helpers__/extended.js";
import { EVERYTHING, init, observe, programOf, step } from "./__test-helpers__/simulated.js";
import { judgeProgram } from "./judge-program.js";

const pytorch = dialectById("pytorch");
const f = Math.fround;

const SETTINGS: Readonly<Record<string, Partial<Hyperparameters>>> = {
  plain: {},
  "centered, with momentum and weight decay": { centered: true, momentum: 0.9, weight_decay: 0.01 },
};
const SITUATIONS = Object.entries(SETTINGS).flatMap(([name, given]) =>
  ALL_STEP_REGIMES.map((regime) => ({ name: `${name}, ${regime}`, given, regime })),
);

const TWO_ULPS = ["within-two-ulps"] as const;
const APPROXIMATE: Evaluation = { ...DEFAULT_FREEDOM, root: TWO_ULPS, division: TWO_ULPS };
/** What `approximateStep` does, and no other order: what is rejected under it is not excused by another one. */
const ONE_ORDER = {
  ...evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]),
  "order.update": DEFAULT_FREEDOM["order.update"],
  quotient: DEFAULT_FREEDOM.quotient,
};

const hyperparameters = (given: Partial<Hyperparameters>): Hyperparameters => ({
  ...pytorch.defaults,
  ...given,
});

function elementsOf(regime: StepRegime, count: number, random: RandomSource): Element[] {
  const blocks = Object.entries(elementSteps(regime, count, random));
  return Array.from(
    { length: count },
    (_, i) => Object.fromEntries(blocks.map(([slot, block]) => [slot, block[i]])) as unknown as Element,
  );
}

const column = (elements: readonly Element[], slot: keyof Element) => vector(elements.map((x) => x[slot]));

/** A program that starts from any state. */
function programFrom(
  elements: readonly Element[],
  given: Partial<Hyperparameters>,
  ...operations: (OperationOf<"step"> | OperationOf<"observe">)[]
): Program {
  const { centered, momentum } = hyperparameters(given);
  const state = {
    parameter: 0,
    step: 1,
    square_avg: column(elements, "square_avg"),
    ...(centered && { grad_avg: column(elements, "grad_avg") }),
    ...(momentum > 0 && { momentum_buffer: column(elements, "momentum_buffer") }),
  };
  const parameters = init(
    given,
    elements.map(({ parameter }) => parameter),
  );
  return programOf(pytorch, parameters, { op: "load", state: [state] }, ...operations);
}

/** What is seen of elements, of which a step has only the slots that it needs. */
function observed(elements: readonly Element[], given: Partial<Hyperparameters>): Observation {
  const { centered, momentum } = hyperparameters(given);
  const entry = {
    parameter: column(elements, "parameter"),
    square_avg: column(elements, "square_avg"),
    ...(centered && { grad_avg: column(elements, "grad_avg") }),
    ...(momentum > 0 && { momentum_buffer: column(elements, "momentum_buffer") }),
  };
  return { parameters: [entry] };
}

/** Judge one step of every element, with everything observed. */
function judgeStep(
  before: readonly Element[],
  after: readonly Element[],
  given: Partial<Hyperparameters>,
  evaluation: Evaluation,
) {
  const program = programFrom(before, given, step(before.map(({ gradient }) => gradient)), EVERYTHING);
  return judgeProgram(program, [observed(after, given)], { dialect: pytorch, evaluation });
}

/** The share of elements in which a wrong operation is rejected, among those in which it shows. */
function rejectedShare(wrong: Approximation, evaluation: Evaluation): number {
  const random = new RandomSource(3);
  const h = hyperparameters({});
  const before = elementsOf("update-sized p", 4096, random);
  const after = before.map((x) => approximateStep(x, h, wrong, random));
  const { tally } = judgeStep(before, after, {}, evaluation);
  return tally.rejected / before.length;
}

/** Roots that are always some floats off. */
const highRoot = (floats: number): Approximation => ({
  root: (v) => (v > 0 ? floatsOff(f(Math.sqrt(v)), floats) : f(Math.sqrt(v))),
  quotient: (x, d) => f(x / d),
});
const highQuotient = (floats: number): Approximation => ({
  root: (v) => f(Math.sqrt(v)),
  quotient: (x, d) => (x === 0 ? f(x / d) : Math.sign(x / d) * floatsOff(f(Math.abs(x / d)), floats)),
});

describe("roots and quotients within two ulps", () => {
  it.each(SITUATIONS)("are accepted where everything is observed: $name", ({ given, regime }) => {
    const random = new RandomSource(1 + ALL_STEP_REGIMES.indexOf(regime));
    const h = hyperparameters(given);
    for (let run = 0; run < 12; run++) {
      const before = elementsOf(regime, 1024, random);
      const after = before.map((x) =>
        approximateStep(x, h, within({ root: 2, quotient: 2 }, random), random),
      );
      const { tally, multiStep, rejected, contract } = judgeStep(before, after, given, APPROXIMATE);
      expect(rejected.slice(0, 1)).toEqual([]);
      expect(contract).toEqual([]);
      expect(tally.judged).toBe(before.length * (given.centered ? 4 : 2));
      expect(multiStep.judged).toBe(0);
    }
  });

  it.each(SITUATIONS)("are accepted after steps of which nothing is seen: $name", ({ given, regime }) => {
    const random = new RandomSource(20 + ALL_STEP_REGIMES.indexOf(regime));
    const h = hyperparameters(given);
    const before = elementsOf(regime, 256, random);
    const steps = Array.from({ length: 5 }, () => elementsOf(regime, 256, random).map((x) => x.gradient));
    let elements = before;
    for (const gradients of steps) {
      elements = elements.map((x, i) =>
        approximateStep(
          { ...x, gradient: gradients[i] },
          h,
          within({ root: 2, quotient: 2 }, random),
          // An element keeps its order from step to step.
          new RandomSource(i),
        ),
      );
    }
    const program = programFrom(
      before,
      given,
      ...steps.map((gradients) => step(gradients)),
      observe("parameter"),
    );
    const seen = { parameters: [{ parameter: column(elements, "parameter") }] };
    const { rejected, multiStep } = judgeProgram(program, [seen], {
      dialect: pytorch,
      evaluation: APPROXIMATE,
    });
    expect(rejected.slice(0, 1)).toEqual([]);
    expect(multiStep.judged).toBe(before.length);
  });

  it.each([
    ["a root two floats high", highRoot(2)],
    ["a root two floats low", highRoot(-2)],
    ["a quotient two floats high", highQuotient(2)],
  ])("are rejected where correct ones, or those within one float, are declared: %s", (_, wrong) => {
    const oneFloat: Evaluation = {
      ...ONE_ORDER,
      root: ["correct", "one-ulp-low", "one-ulp-high"],
      division: ["correct"],
    };
    expect(rejectedShare(wrong, DEFAULT_FREEDOM)).toBeGreaterThan(0.5);
    expect(rejectedShare(wrong, oneFloat)).toBeGreaterThan(0.25);
  });

  it.each([
    ["a root three floats high", highRoot(3), { root: TWO_ULPS }, 0.35],
    ["a root five floats high", highRoot(5), { root: TWO_ULPS }, 0.8],
    ["a root five floats low", highRoot(-5), { root: TWO_ULPS }, 0.8],
    ["a quotient five floats high", highQuotient(5), { division: TWO_ULPS }, 0.3],
    [
      "a root five floats high where such quotients are declared",
      highRoot(5),
      { root: TWO_ULPS, division: TWO_ULPS },
      0.06,
    ],
    ["a root sixteen floats high where such quotients are declared", highRoot(16), APPROXIMATE, 0.98],
  ])("and what is further away is rejected: %s", (_, wrong, declared, share) => {
    expect(rejectedShare(wrong, { ...ONE_ORDER, ...declared })).toBeGreaterThan(share);
  });
});

describe("wider intermediates", () => {
  const WIDER: Evaluation = { ...DEFAULT_FREEDOM, intermediates: ["wider"] };
  const ORDERS = [0, 1, 2, 3] as const;

  it.each(SITUATIONS)("are accepted in 53, 64 and 113 bits: $name", ({ given, regime }) => {
    const random = new RandomSource(40 + ALL_STEP_REGIMES.indexOf(regime));
    const h = hyperparameters(given);
    for (const bits of [53, 64, 113]) {
      const pairs = elementsOf(regime, 200, random).flatMap((before) => {
        const after = extendedStep(before, h, bits, random.pick(ORDERS));
        return after ? [{ before, after }] : [];
      });
      if (pairs.length === 0) continue;
      const before = pairs.map((pair) => pair.before);
      const after = pairs.map((pair) => pair.after);
      const { tally, multiStep, rejected } = judgeStep(before, after, given, WIDER);
      expect(rejected.slice(0, 1)).toEqual([]);
      expect(multiStep.judged).toBe(0);
      expect(tally.judged).toBeGreaterThan(0);
    }
  });

  it("are not what rounds at once, nor what rounds at once what they are", () => {
    const random = new RandomSource(60);
    const h = hyperparameters({});
    const before = elementsOf("update-sized p", 2048, random);
    const atOnce = before.map((x) => approximateStep(x, h, within({ root: 0, quotient: 0 }, random), random));
    const kept = before.map((x) => extendedStep(x, h, 64, random.pick(ORDERS)) as Element);
    const share = (after: readonly Element[], evaluation: Evaluation) => {
      const { tally, bySlot } = judgeStep(before, after, {}, evaluation);
      expect(tally.rejected).toBe((bySlot.parameter?.rejected ?? 0) + (bySlot.square_avg?.rejected ?? 0));
      return tally.rejected / before.length;
    };
    expect(share(atOnce, WIDER)).toBeGreaterThan(0.2);
    expect(share(kept, DEFAULT_FREEDOM)).toBeGreaterThan(0.1);
    expect(share(kept, WIDER)).toBe(0);
  });

  it("lie in sets of about one float, told as intervals", () => {
    const random = new RandomSource(61);
    const h = hyperparameters({});
    const before = elementsOf("normal", 1024, random);
    const off = before.map((x) => {
      const after = extendedStep(x, h, 64, 0) as Element;
      return { ...after, parameter: nextUp(nextUp(after.parameter)) };
    });
    const { bySlot, rejected } = judgeStep(before, off, {}, WIDER);
    // Where p and the update cancel, sets are wider than that.
    expect(bySlot.parameter?.rejected).toBeGreaterThan(0.99 * before.length);
    expect(bySlot.square_avg?.rejected).toBe(0);
    expect(rejected[0].accepted.kind).toBe("intervals");
  });
});

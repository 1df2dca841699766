import { afterEach, describe, expect, test, vi } from "vitest";
import type { Dialect, DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { type Evaluation, evaluationOf, type PinnedEvaluation } from "../../../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import { elementSteps, RandomSource } from "../../search/element-steps.js";
import { evaluateStep } from "../evaluator.js";
import { Arena } from "./arena.js";
import { EnumeratedArithmetic, type Outcomes } from "./enumerated-arithmetic.js";
import { type EnumeratedStep, Enumerator } from "./enumerated-step.js";

const PINNED = evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]);

function arithmeticOf(length: number, changes: Partial<Evaluation>): EnumeratedArithmetic {
  return new EnumeratedArithmetic(new Arena(length), { ...PINNED, ...changes }, {});
}

const block = (...values: number[]) => [{ values: Float64Array.from(values) }];
const listOf = (outcomes: Outcomes) => outcomes.map(({ values }) => [...values]);

describe("a mirrored lerp's weight of the old value", () => {
  const OLD = [3, 5, 7, 11, 13, 0.25];

  function meanOf(scalars: "float32" | "binary64", complement: number): number[] {
    const ar = arithmeticOf(OLD.length, { scalars: [scalars], "order.mean-gradient": ["lerp-mirrored"] });
    const all = (x: number) => block(...OLD.map(() => x));
    const mean = ar.weightedMean("mean-gradient", all(1 - complement), all(complement), block(...OLD), [
      all(1),
    ]);
    return listOf(mean)[0];
  }

  const mirrored = (weightOfOld: number) =>
    OLD.map((old) => Math.fround(1 - Math.fround((1 - old) * weightOfOld)));

  test("is subtracted in binary64 where scalars are kept in it", () => {
    expect(meanOf("binary64", 0.7)).toEqual(mirrored(1 - 0.7));
    expect(mirrored(1 - 0.7)).not.toEqual(mirrored(Math.fround(1 - 0.7)));
  });

  test("is rounded to float32 where scalars are", () => {
    // Only a complement far from [½, 2] has a difference that is not a float32 by itself.
    const complement = -(2 ** 24);
    expect(meanOf("float32", complement)).toEqual(mirrored(2 ** 24));
    expect(mirrored(2 ** 24)).not.toEqual(mirrored(2 ** 24 + 1));
  });
});

describe("a negated product", () => {
  // x·x is 1 + 2^-11 + 2^-24, of which float32 loses the last bit.
  const x = 1 + 2 ** -12;
  const rounded = 1 + 2 ** -11;

  test("is the negated value, and is fused as the product of a negated factor", () => {
    const ar = arithmeticOf(1, {
      "contraction.momentum": ["none", "left"],
      "contraction.lookahead": ["none", "right"],
    });
    const negated = ar.negate(ar.multiply(block(x), block(x)));
    expect(listOf(negated)).toEqual([[-rounded]]);
    expect(listOf(ar.add("momentum", negated, block(rounded)))).toEqual([[0], [-(2 ** -24)]]);
    expect(listOf(ar.add("lookahead", block(rounded), negated))).toEqual([[0], [-(2 ** -24)]]);
    expect(listOf(ar.add(null, block(rounded), negated))).toEqual([[0]]);
  });

  test("of two different factors negates one of them", () => {
    const ar = arithmeticOf(1, { "contraction.momentum": ["left"] });
    const negated = ar.negate(ar.multiply(block(3), block(5)));
    expect(listOf(ar.add("momentum", negated, block(1)))).toEqual([[-14]]);
  });

  test("is no product where its value was none", () => {
    const ar = arithmeticOf(1, { "contraction.momentum": ["left"] });
    expect(listOf(ar.add("momentum", ar.negate(block(x)), block(1)))).toEqual([[1 - x]]);
  });
});

describe("roots and quotients with choices", () => {
  test("a correct root stays a binary64 where intermediates are kept; what is a float off is a float32", () => {
    const ar = arithmeticOf(1, {
      intermediates: ["binary64"],
      root: ["correct", "one-ulp-low", "one-ulp-high"],
    });
    const rounded = Math.fround(Math.SQRT2);
    expect(listOf(ar.squareRoot(block(2)))).toEqual([[Math.SQRT2], [nextDown(rounded)], [nextUp(rounded)]]);
  });

  test("the reciprocal of a root is within two ulps where it is declared, whatever roots are", () => {
    const ar = arithmeticOf(1, { "reciprocal-root": ["within-two-ulps"], quotient: ["reciprocal-root"] });
    const listed = listOf(ar.quotient(block(1), ar.squareRoot(block(2)))).map(([value]) => value);
    const nearest = Math.fround(Math.SQRT1_2);
    const low = nextDown(nearest);
    const high = nextUp(nearest);
    expect(listed.sort()).toEqual([nextDown(low), low, nearest, high, nextUp(high)]);
  });

  test("the reciprocal of a root is correct where roots are a float off", () => {
    const ar = arithmeticOf(1, { root: ["one-ulp-low"], quotient: ["reciprocal-root"] });
    expect(listOf(ar.quotient(block(1), ar.squareRoot(block(2))))).toEqual([[Math.fround(Math.SQRT1_2)]]);
  });

  test("correct ones have one result for each operand, in the order of the operands", () => {
    const ar = arithmeticOf(1, {});
    const operands = [9, 4, 4, 16, 9, 1].flatMap((x) => block(x));
    expect(listOf(ar.squareRoot(operands))).toEqual([[3], [2], [2], [4], [3], [1]]);
    expect(listOf(ar.quotient(operands, block(1)))).toEqual([[9], [4], [4], [16], [9], [1]]);
  });

  test("up to four results are listed as they come, and of more each value once", () => {
    const ar = arithmeticOf(1, { root: ["one-ulp-low", "one-ulp-high"] });
    const zeros = (count: number) => Array.from({ length: count }, () => block(0)[0]);
    expect(listOf(ar.squareRoot(zeros(1)))).toEqual([[0], [0]]);
    expect(listOf(ar.squareRoot(zeros(2)))).toEqual([[0], [0], [0], [0]]);
    expect(listOf(ar.squareRoot(zeros(3)))).toEqual([[0]]);
  });
});

/** What may be stored of one element, in order and once. */
const ordered = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b);
const valuesAt = (outcomes: readonly Float64Array[] = [], i: number) =>
  ordered(outcomes.map((values) => values[i]));
/** Copies, since the arrays of a step are handed out again. */
const kept = (step: EnumeratedStep) =>
  Object.fromEntries(Object.entries(step).map(([slot, some]) => [slot, some.map((values) => [...values])]));

const COUNT = 12;
const enumerator = new Enumerator();
const nesterov = dialectById("optax-nesterov");
const withMomentum = (dialect: Dialect): Hyperparameters => ({ ...dialect.defaults, momentum: 0.9 });

describe("an explained step", () => {
  const inputs = elementSteps("normal", COUNT, new RandomSource(7));
  const observed = { momentum_buffer: inputs.momentum_buffer };

  test("is a step where no buffer was observed", () => {
    const h = withMomentum(nesterov);
    const others = { square_avg: inputs.square_avg };
    const step = kept(enumerator.step(nesterov, h, 2, DEFAULT_FREEDOM, inputs, others));
    expect(step.parameter.length).toBeGreaterThan(1);
    expect(kept(enumerator.explainedStep(nesterov, h, 2, DEFAULT_FREEDOM, inputs, others))).toEqual(step);
  });

  test.each(["lr-outside", "lr-inside", "raw-gradient"] as const)(
    "is a step where momentum is %s",
    (momentum) => {
      const dialect: DialectAxes = { ...nesterov, momentum };
      const h = withMomentum(nesterov);
      const step = kept(enumerator.step(dialect, h, 2, DEFAULT_FREEDOM, inputs, observed));
      const explained = enumerator.explainedStep(dialect, h, 2, DEFAULT_FREEDOM, inputs, observed);
      expect(kept(explained)).toEqual(step);
    },
  );

  test("is a step where there is no momentum, and has no buffer", () => {
    const h = { ...nesterov.defaults, momentum: 0 };
    const plain: DialectAxes = { ...nesterov, zeroMomentum: "unbuffered" };
    const step = kept(enumerator.step(plain, h, 2, DEFAULT_FREEDOM, inputs, observed));
    const explained = kept(enumerator.explainedStep(plain, h, 2, DEFAULT_FREEDOM, inputs, observed));
    expect(explained).toEqual(step);
    expect(Object.keys(explained).sort()).toEqual(["parameter", "square_avg"]);
  });

  test("stores any buffer that the step stores", () => {
    const h = withMomentum(nesterov);
    const step = enumerator.step(nesterov, h, 2, DEFAULT_FREEDOM, inputs, observed);
    const buffers = inputs.parameter.map((_, i) => i);
    const expected = Array.from(buffers, (i) => valuesAt(step.momentum_buffer, i));
    const explained = enumerator.explainedStep(nesterov, h, 2, DEFAULT_FREEDOM, inputs, observed);
    expect(Array.from(buffers, (i) => valuesAt(explained.momentum_buffer, i))).toEqual(expected);
    expect(Math.max(...expected.map(({ length }) => length))).toBeGreaterThan(1);
  });

  test("lists an inverse once, however many methods of division there are", () => {
    const h = withMomentum(nesterov);
    const evaluation: Evaluation = {
      ...PINNED,
      "order.update": ["inverse"],
      quotient: ["division", "reciprocal", "reciprocal-root"],
    };
    const { parameter } = enumerator.explainedStep(nesterov, h, 2, evaluation, inputs, observed);
    expect(parameter).toHaveLength(1);
  });
});

describe("an explained Nesterov step that is centered", () => {
  const dialect: DialectAxes = { ...nesterov, centered: "always", epsilon: "inside" };
  const h: Hyperparameters = { ...withMomentum(nesterov), eps: 2 ** -40 };
  const ways: PinnedEvaluation[] = (["none", "right"] as const).map((variance) => ({
    ...PINNED_EVALUATIONS["operation-by-operation"],
    "contraction.variance": variance,
  }));
  const evaluation: Evaluation = { ...PINNED, "contraction.variance": ["none", "right"] };
  const random = new RandomSource(11);
  // The variance is a small difference, and the buffer of the increment's size: last bits show both.
  const inputs = (() => {
    const float = () => Math.fround(1 + random.uniform());
    const some = (make: () => number) => Float64Array.from({ length: COUNT }, make);
    const grad_avg = some(float);
    return {
      parameter: some(() => Math.fround(float() * 2 ** -8)),
      gradient: grad_avg.slice(),
      grad_avg,
      square_avg: grad_avg.map((a) => Math.fround(a * a * (1 + 2 ** -12))),
      momentum_buffer: some(() => Math.fround(float() * 2 ** -6)),
    };
  })();
  const results = Array.from({ length: COUNT }, (_, i) => {
    const element = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, values[i]]));
    return ways.map((way) => evaluateStep(dialect, h, 2, way, element as never).stored);
  });

  test.each([0, 1])("makes one variance: way %i", (way) => {
    const seen = (slot: "square_avg" | "grad_avg" | "momentum_buffer") =>
      Float64Array.from(results, (ofElement) => ofElement[way][slot] as number);
    const observed = {
      square_avg: seen("square_avg"),
      grad_avg: seen("grad_avg"),
      momentum_buffer: seen("momentum_buffer"),
    };
    const { parameter } = enumerator.explainedStep(dialect, h, 2, evaluation, inputs, observed);
    let rejects = 0;
    for (const [i, ofElement] of results.entries()) {
      const explaining = ofElement.filter((one) =>
        Object.is(one.momentum_buffer, observed.momentum_buffer[i]),
      );
      expect(valuesAt(parameter, i)).toEqual(ordered(explaining.map((one) => one.parameter as number)));
      if (explaining.length === 1 && !Object.is(ofElement[0].parameter, ofElement[1].parameter)) rejects++;
    }
    expect(rejects).toBeGreaterThan(0);
  });
});

test("a scalar of −0 is not the +0 of an earlier step", () => {
  const { defaults, ...dialect } = dialectById("pytorch");
  const one = new Enumerator();
  const inputs = {
    parameter: Float64Array.of(-0),
    gradient: Float64Array.of(1),
    square_avg: Float64Array.of(1),
  };
  const stored = (lr: number) =>
    one.step(dialect, { ...defaults, lr }, 1, PINNED, inputs, {}).parameter!.map(([value]) => value);
  // −0 − (+0) is −0, and −0 − (−0) is +0.
  expect(stored(0)).toEqual([-0]);
  expect(stored(-0)).toEqual([0]);
  expect(stored(0)).toEqual([-0]);
});

describe("an arena", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("hands out different blocks, and the same ones again after a reset", () => {
    const arena = new Arena(3);
    const blocks = [arena.take(), arena.take()];
    expect(blocks[1]).not.toBe(blocks[0]);
    expect(blocks.map(({ length }) => length)).toEqual([3, 3]);
    arena.reset();
    expect(arena.take()).toBe(blocks[0]);
    expect(arena.take()).toBe(blocks[1]);
    expect(blocks).not.toContain(arena.take());
  });

  test("makes a block only where none is left", () => {
    const made = vi.fn();
    vi.stubGlobal(
      "Float64Array",
      class extends Float64Array {
        constructor(length: number) {
          super(length);
          made();
        }
      },
    );
    const arena = new Arena(3);
    for (const blocksSoFar of [2, 2, 3]) {
      for (let k = 0; k < blocksSoFar; k++) arena.take();
      arena.reset();
      expect(made).toHaveBeenCalledTimes(blocksSoFar);
    }
  });
});

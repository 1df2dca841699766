import { describe, expect, test } from "vitest";
import { DIALECT_AXES, type Dialect, type DialectAxes, type Hyperparameters } from "../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import { naiveStep, randomFloat32 } from "./__test-helpers__/naive-step.js";
import { BLOCK } from "./block.js";
import { configureStep } from "./configuration.js";
import { InvalidArgumentError } from "./invalid-argument-error.js";
import { completeState, createState } from "./parameter-state.js";
import { rmspropStep } from "./step.js";

const EVALUATIONS: PinnedEvaluationName[] = ["fused", "unfused", "cuda", "operation-by-operation"];

/** Run both for some steps and count the values that differ; also says how many were finite and not zero. */
function compare(
  dialect: Dialect,
  hyperparameters: Hyperparameters,
  evaluation: PinnedEvaluationName,
  length: number,
  steps: number,
  seed: number,
): { different: number; telling: number } {
  const random = randomFloat32(seed);
  const configuration = configureStep({
    ...hyperparameters,
    dialect,
    evaluation,
    ...(dialect.initialAccumulator === "given" ? { initial_accumulator: 0.5 } : {}),
  });
  const parameter = Float32Array.from({ length }, random.uniform);
  const start = parameter.slice();
  const gradients = Array.from({ length: steps }, () => Float32Array.from({ length }, random.mixed));
  const state = createState(configuration, parameter, gradients[0]);
  const first = state.square_avg.slice();
  for (const gradient of gradients) rmspropStep(configuration, parameter, gradient, state);

  let different = 0;
  let telling = 0;
  for (let i = 0; i < length; i++) {
    // Exact arithmetic is slow: look at both sides of every block's end.
    if (i % BLOCK >= 25 && i % BLOCK < BLOCK - 25) continue;
    let e = { p: start[i], s: first[i], a: 0, b: 0 };
    gradients.forEach((gradient, k) => {
      e = naiveStep(dialect, hyperparameters, evaluation, k + 1, gradient[i], e);
    });
    const pairs = [
      [parameter[i], e.p],
      [state.square_avg[i], e.s],
      [state.grad_avg?.[i] ?? 0, e.a],
      [state.momentum_buffer?.[i] ?? 0, e.b],
    ];
    for (const [actual, expected] of pairs) {
      if (!Object.is(actual, expected)) different++;
      if (Number.isFinite(expected) && expected !== 0) telling++;
    }
  }
  return { different, telling };
}

const SETTING: Hyperparameters = {
  lr: 0.1,
  alpha: 0.9,
  eps: 1e-3,
  momentum: 0.7,
  weight_decay: 0.05,
  centered: true,
  maximize: true,
  lr_decay: 0.3,
  clip_value: 0.75,
};

describe("rmspropStep equals the formula spelt out for one element", () => {
  describe.each(EVALUATIONS)("%s", (evaluation) => {
    test.each(DIALECTS.map((d) => d.id))("%s, with every flag on and with its defaults", (id) => {
      const dialect = dialectById(id);
      for (const hyperparameters of [SETTING, dialect.defaults]) {
        const { different, telling } = compare(dialect, hyperparameters, evaluation, 2 * BLOCK + 150, 4, 11);
        expect(different).toBe(0);
        expect(telling).toBeGreaterThan(150);
      }
    });

    test("every combination of ε, momentum form, weight decay, bias correction and clipping", () => {
      let combinations = 0;
      let telling = 0;
      for (const epsilon of DIALECT_AXES.epsilon)
        for (const momentum of DIALECT_AXES.momentum)
          for (const weightDecay of DIALECT_AXES.weightDecay)
            for (const biasCorrection of DIALECT_AXES.biasCorrection)
              for (const clipping of DIALECT_AXES.clipping) {
                const axes: DialectAxes = {
                  epsilon,
                  initialAccumulator: "given",
                  momentum,
                  zeroMomentum: combinations % 3 === 0 ? "buffered" : "unbuffered",
                  centered: "optional",
                  negativeVariance: combinations % 5 === 0 ? "clamped" : "kept",
                  weightDecay,
                  biasCorrection,
                  maximize: "optional",
                  lrDecay: "inverse-time",
                  clipping,
                };
                const dialect: Dialect = { ...axes, id: "any", title: "any", defaults: SETTING };
                const centered = combinations++ % 2 === 0;
                const setting = { ...SETTING, centered, alpha: centered && epsilon === "none" ? 0.3 : 0.9 };
                const result = compare(dialect, setting, evaluation, 8, 3, combinations);
                expect(result.different, JSON.stringify(axes)).toBe(0);
                telling += result.telling;
              }
      expect(telling).toBeGreaterThan(combinations * 8);
    });

    // 0.5 and 1.5 are the edges of lerp's two branches; 0 and 1 have a weight of exactly 1 and 0.
    test.each([0, 0.25, 0.5, 0.500001, 0.99, 1, 1.3, 1.5, 2.5, Number.POSITIVE_INFINITY])(
      "alpha = %s",
      (alpha) => {
        const pytorch = dialectById("pytorch");
        const setting = { ...SETTING, alpha };
        expect(compare(pytorch, setting, evaluation, BLOCK + 300, 4, 5).different).toBe(0);
        expect(
          compare(pytorch, { ...setting, centered: false }, evaluation, BLOCK + 300, 4, 6).different,
        ).toBe(0);
      },
    );

    test.each([1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK])("tensors of length %s", (length) => {
      const { different, telling } = compare(dialectById("pytorch"), SETTING, evaluation, length, 2, length);
      expect(different).toBe(0);
      expect(telling).toBeGreaterThan(0);
    });
  });

  test("the comparison notices one evaluation taken for another", () => {
    const differs = (
      dialect: string,
      hyperparameters: Partial<Hyperparameters>,
      other: PinnedEvaluationName,
    ) => {
      const options = { dialect, lr: 0.1, alpha: 0.9, ...hyperparameters };
      const random = randomFloat32(3);
      const parameter = Float32Array.from({ length: 500 }, random.uniform);
      const gradient = Float32Array.from({ length: 500 }, random.uniform);
      const results = (["fused", other] as const).map((evaluation) => {
        const configuration = configureStep({ ...options, evaluation });
        const p = parameter.slice();
        const state = createState(configuration, p, gradient);
        for (let k = 0; k < 5; k++) rmspropStep(configuration, p, gradient, state);
        return p;
      });
      return results[0].some((x, i) => x !== results[1][i]);
    };
    expect(differs("pytorch", {}, "unfused")).toBe(true);
    expect(differs("keras", { weight_decay: 0.1 }, "unfused")).toBe(true);
    expect(differs("graves-2013", {}, "operation-by-operation")).toBe(true);
    expect(differs("pytorch", {}, "cuda")).toBe(true);
    expect(differs("optax", { momentum: 0.9 }, "cuda")).toBe(true);
  });
});

describe("a step as CUDA rounds it", () => {
  const stepped = (evaluation: PinnedEvaluationName, options: Partial<Hyperparameters>, g: number, p = 0) => {
    const configuration = configureStep({ eps: 0, ...options, evaluation });
    const parameter = Float32Array.of(p);
    const state = createState(configuration, parameter, parameter);
    rmspropStep(configuration, parameter, Float32Array.of(g), state);
    return { p: parameter[0], s: state.square_avg[0] };
  };

  test("squares the gradient first: it overflows at 1.84e19, on a CPU at 1.84e20", () => {
    // The root of the largest float32 is 1.8447e19; a weight of 0.01 in front of the square lifts it tenfold.
    for (const evaluation of ["fused", "unfused", "operation-by-operation"] as const) {
      expect(stepped(evaluation, { alpha: 0.99 }, 1.8e20).s).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(stepped(evaluation, { alpha: 0.99 }, 1.9e20).s).toBe(Number.POSITIVE_INFINITY);
    }
    expect(stepped("cuda", { alpha: 0.99 }, 1.84e19).s).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(stepped("cuda", { alpha: 0.99 }, 1.85e19)).toEqual({ p: 0, s: Number.POSITIVE_INFINITY });
  });

  test("squares the gradient first: it underflows where a weighted one does not", () => {
    // g² is half of the smallest subnormal and rounds to 0; a β of 3 weighs it −2 times.
    expect(stepped("unfused", { alpha: 3 }, 2 ** -75).s).toBe(-(2 ** -149));
    expect(stepped("cuda", { alpha: 3 }, 2 ** -75).s).toBe(0);
  });

  test("divides first, then fuses the product with the parameter", () => {
    // fl(1/3) is 2^-25/3 too large. Three times that misses 1 by 2^-25, which only the fused product keeps.
    expect(stepped("cuda", { alpha: 0, eps: 2, lr: 3 }, 1, 1).p).toBe(-(2 ** -25));
    expect(stepped("fused", { alpha: 0, eps: 2, lr: 3 }, 1, 1).p).toBe(0);
    // η·g is beyond float32, η·(g/d) is not.
    expect(stepped("unfused", { alpha: 0, lr: 3e38 }, 4).p).toBe(Number.NEGATIVE_INFINITY);
    expect(stepped("cuda", { alpha: 0, lr: 3e38 }, 4).p).toBe(-Math.fround(3e38));
  });
});

describe("initial mean square", () => {
  const parameter = Float32Array.of(1, -2);
  const gradient = Float32Array.of(0.1, 3);

  test.each([
    ["pytorch", 0],
    ["tensorflow", 1],
    ["dl4j", Math.fround(1e-8)],
  ])("%s", (dialect, value) => {
    const state = createState(configureStep({ dialect }), parameter, gradient);
    expect(state).toMatchObject({ step: 0, square_avg: Float32Array.of(value, value) });
    // TensorFlow's kernels feed the buffer at μ = 0 too.
    expect(state.momentum_buffer?.length).toBe(dialect === "tensorflow" ? 2 : undefined);
  });

  test("given", () => {
    const dialect: Dialect = { ...dialectById("pytorch"), initialAccumulator: "given" };
    const configuration = configureStep({ dialect, initial_accumulator: 0.1 });
    expect(createState(configuration, parameter, gradient).square_avg[1]).toBe(Math.fround(0.1));
    expect(() => configureStep({ dialect })).toThrow(
      /initial_accumulator must be a number in \[0, Infinity\]/,
    );
    expect(() => configureStep({ initial_accumulator: 1 })).toThrow(/starts its mean square at "zero"/);
  });

  test("first gradient squared: the gradient as it is passed in", () => {
    const dialect: Dialect = { ...dialectById("pytorch"), initialAccumulator: "first-gradient-squared" };
    const plain = createState(configureStep({ dialect }), parameter, gradient);
    expect(plain.square_avg).toEqual(Float32Array.of(Math.fround(0.1) ** 2, 9));
    const decayed = createState(configureStep({ dialect, weight_decay: 0.5 }), parameter, gradient);
    expect(decayed.square_avg).toEqual(plain.square_avg);
  });
});

describe("arguments of rmspropStep", () => {
  const configuration = configureStep({ momentum: 0.9, centered: true });

  test("missing buffers are refused and nothing changes, until completeState adds them", () => {
    const parameter = Float32Array.of(1);
    const gradient = Float32Array.of(1);
    const state = createState(configureStep(), parameter, gradient);
    expect(() => rmspropStep(configuration, parameter, gradient, state)).toThrow(InvalidArgumentError);
    expect(() => rmspropStep(configuration, parameter, gradient, state)).toThrow(
      /state\.momentum_buffer must be/,
    );
    expect([parameter[0], state.step, state.square_avg[0]]).toEqual([1, 0, 0]);
    completeState(configuration, state);
    rmspropStep(configuration, parameter, gradient, state);
    expect(state.step).toBe(1);
  });

  test("lengths and types are refused", () => {
    const parameter = Float32Array.of(1, 2);
    const state = createState(configuration, parameter, parameter);
    const call = (p: unknown, g: unknown) => () =>
      rmspropStep(configuration, p as Float32Array, g as Float32Array, state);
    expect(call(parameter, Float32Array.of(1))).toThrow(
      "gradient must be a Float32Array of length 2, but is a Float32Array of length 1",
    );
    expect(call(parameter, [1, 2])).toThrow("gradient must be a Float32Array, but is an array of length 2");
    expect(call(Float64Array.of(1, 2), parameter)).toThrow(
      "parameter must be a Float32Array, but is a Float64Array",
    );
    expect(call(Float32Array.of(1), Float32Array.of(1))).toThrow("state.square_avg must be");
    state.step = 0.5;
    expect(call(parameter, parameter.slice())).toThrow("state.step must be an integer");
    expect(parameter).toEqual(Float32Array.of(1, 2));
  });
});

import { describe, expect, it } from "vitest";
import type { Slot, StateSlot } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import type { Operation, Program } from "../../program/program.js";
import { type Tensor, vector } from "../../program/tensor.js";
import { RandomSource } from "../../search/element-steps.js";
import { approximateStep, within } from "../__test-helpers__/approximate.js";
import {
  type Alteration,
  EVERYTHING,
  init,
  observe,
  programOf,
  set,
  simulate,
  step,
} from "../__test-helpers__/simulated.js";
import { declarationOf, pinnedDeclaration } from "../declaration.js";
import { judgeProgram } from "../judge-program.js";
import type { DiagnosedCluster, FailingCase } from "./diagnosis.js";
import { dialectHypotheses, explains } from "./hypothesis.js";
import { diagnoseRejections } from "./rejections.js";

const pytorch = dialectById("pytorch");
const { fused, unfused } = PINNED_EVALUATIONS;
const declaration = declarationOf(pytorch, "fused");
const INFINITY = Number.POSITIVE_INFINITY;

/** Short programs that use every part of the rule, with gradients that no axis hides behind. */
function trace(seed: number): Program {
  const gradient = (k: number) => [0.3, -1.7, 0.011].map((g) => g * (seed + k));
  return programOf(
    pytorch,
    init({ lr: 0.1, alpha: 0.9, eps: 1e-3, momentum: 0.9, weight_decay: 0.1 }, [0.5, 0, -0.25]),
    step(gradient(1)),
    EVERYTHING,
    set({ lr: 0.05 }),
    step(gradient(-2)),
    EVERYTHING,
  );
}

const plainTrace = (seed: number) =>
  programOf(
    pytorch,
    init({ lr: 0.1, alpha: 0.9, eps: 1e-3 }, new Array(12).fill(0)),
    step(Array.from({ length: 12 }, (_, k) => (k + seed) / 7)),
    EVERYTHING,
  );

/** One failing case a program, of an implementation that is wrong in some way. */
function failing(
  programs: readonly Program[],
  dialect: Dialect,
  evaluation = fused,
  alter?: Alteration,
): FailingCase[] {
  return programs.map((program, k) => {
    const observations = simulate(program, dialect, evaluation, alter);
    expect(judgeProgram(program, observations, declaration).tally.rejected).toBeGreaterThan(0);
    return { id: `case-${k}`, programs: [{ program, observations }] };
  });
}

function onlyCluster(clusters: readonly DiagnosedCluster[]): DiagnosedCluster {
  expect(clusters.map(({ diagnosis }) => diagnosis.sentence)).toHaveLength(1);
  return clusters[0];
}

describe("diagnoseRejections", () => {
  it.each([
    ["epsilon", "inside", "momentum_buffer"],
    ["epsilon", "none", "momentum_buffer"],
    ["epsilon", "both", "momentum_buffer"],
    ["epsilon", "max-clamp", "momentum_buffer"],
    ["initialAccumulator", "one", "square_avg"],
    ["momentum", "lr-inside", "momentum_buffer"],
    ["momentum", "nesterov-lr-outside", "parameter"],
    ["momentum", "raw-gradient", "momentum_buffer"],
    ["momentum", "ignored", "parameter"],
    ["weightDecay", "none", "square_avg"],
    ["weightDecay", "decoupled-lr", "square_avg"],
    ["weightDecay", "decoupled", "square_avg"],
    ["biasCorrection", "always", "momentum_buffer"],
  ] as const)("names the axis %s with %s", (axis, observed, firstSlot) => {
    const clusters = diagnoseRejections(
      failing([trace(1), trace(2)], { ...pytorch, [axis]: observed }),
      declaration,
    );
    const { cases, diagnosis } = onlyCluster(clusters);
    expect(cases).toHaveLength(2);
    expect(diagnosis.verdict).toBe("other-dialect");
    const explanations = [diagnosis.axes, ...diagnosis.alternatives];
    expect(explanations).toContainEqual([{ kind: "dialect", axis, declared: pytorch[axis], observed }]);
    expect(diagnosis.sentence).toContain(diagnosis.axes[0].observed);
    expect(diagnosis.firstDiverging).toBe(firstSlot);
  });

  it("names a rounding that was not declared, which is no other dialect", () => {
    const high = { ...fused, root: "one-ulp-high" as const };
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1), plainTrace(5)], pytorch, high), declaration),
    );
    expect(diagnosis.verdict).toBe("inaccurate");
    expect(diagnosis.axes).toEqual([
      { kind: "evaluation", axis: "root", declared: "correct", observed: "one-ulp-low or one-ulp-high" },
    ]);
    expect(diagnosis.firstDiverging).toBe("parameter");
  });

  it("names roots that are off by one and by two floats as what they are together", () => {
    const random = new RandomSource(5);
    const cases = [1, 2, 3].map((k) => {
      const gradients = Array.from({ length: 24 }, (_, i) => Math.fround((i + k) / 7));
      const h = { ...pytorch.defaults, lr: 0.1, alpha: 0.9, eps: 1e-3 };
      const program = programOf(
        pytorch,
        init({ lr: 0.1, alpha: 0.9, eps: 1e-3 }, new Array(24).fill(0)),
        step(gradients),
        EVERYTHING,
      );
      const after = gradients.map((gradient) => {
        const start = { parameter: 0, gradient, square_avg: 0, grad_avg: 0, momentum_buffer: 0 };
        return approximateStep(start, h, within({ root: 2, quotient: 0 }, random), random);
      });
      const slot = (name: "parameter" | "square_avg") => vector(after.map((x) => x[name]));
      const observations = [
        { parameters: [{ parameter: slot("parameter"), square_avg: slot("square_avg") }] },
      ];
      return { id: `case-${k}`, programs: [{ program, observations }] as const };
    });
    const { diagnosis } = onlyCluster(diagnoseRejections(cases, declaration));
    expect(diagnosis.verdict).toBe("inaccurate");
    const reported = [diagnosis.axes, ...diagnosis.alternatives];
    expect(reported).toContainEqual([
      { kind: "evaluation", axis: "root", declared: "correct", observed: "within-two-ulps" },
    ]);
  });

  it("names two axes where no single one is enough", () => {
    const other: Dialect = { ...pytorch, epsilon: "inside", initialAccumulator: "one" };
    const { diagnosis } = onlyCluster(diagnoseRejections(failing([trace(1)], other), declaration));
    expect(diagnosis.verdict).toBe("other-dialect");
    expect(
      [diagnosis.axes, ...diagnosis.alternatives].map((axes) => axes.map(({ observed }) => observed)),
    ).toContainEqual(["inside", "one"]);
    expect(diagnosis.axes).toHaveLength(2);
  });

  it("keeps causes apart, each with its own cases", () => {
    const inside = failing([trace(1), trace(2), trace(3)], { ...pytorch, epsilon: "inside" });
    const one = failing([trace(4)], { ...pytorch, initialAccumulator: "one" });
    const mixed = [...inside, ...one.map((each) => ({ ...each, id: "other" }))];
    const clusters = diagnoseRejections(mixed, declaration);
    expect(clusters.map(({ cases }) => cases.map(({ id }) => id))).toEqual([
      ["case-0", "case-1", "case-2"],
      ["other"],
    ]);
    expect(clusters[1].diagnosis.axes[0]).toMatchObject({ axis: "initialAccumulator", observed: "one" });
  });

  it("says of a result of another class that every declared evaluation gives another", () => {
    const nan: Alteration = (value, { slot, element }) =>
      slot === "parameter" && element === 1 ? Number.NaN : value;
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1)], pytorch, fused, nan), declaration),
    );
    expect(diagnosis.verdict).toBe("special-mismatch");
    expect(diagnosis.sentence).toBe("The parameter is NaN where every declared evaluation gives finite.");
    expect(diagnosis.axes).toEqual([]);
    const clamped: Alteration = (value, { slot }) => (slot === "square_avg" ? Math.min(value, 3e38) : value);
    const overflow = programOf(pytorch, init({}, [1]), step([1e30]), EVERYTHING);
    const [{ diagnosis: finite }] = diagnoseRejections(
      failing([overflow], pytorch, fused, clamped),
      declaration,
    );
    expect(finite).toMatchObject({ verdict: "special-mismatch", firstDiverging: "square_avg" });
    expect(finite.sentence).toBe("The square_avg is finite where every declared evaluation gives +∞.");
  });

  it("counts the bits that are right where the formula is", () => {
    // Eight significant bits, as in bfloat16.
    const coarse: Alteration = (value, { slot }) =>
      slot === "square_avg" ? Number(value.toPrecision(3)) : value;
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1)], pytorch, fused, coarse), declaration),
    );
    expect(diagnosis.verdict).toBe("inaccurate");
    expect(diagnosis.sentence).toMatch(/^The square_avg is right to about (8|9|10|11) bits of its change/);
  });

  it("takes state that is the neighbouring float for rounding, among subnormals and where nothing changed too", () => {
    const down: Alteration = (value, { slot }) => (slot === "square_avg" ? nextDown(value) : value);
    // A mean square of a few subnormals; and one that is where it stays.
    const tiny = programOf(pytorch, init({ alpha: 0.75 }, [0]), step([2 ** -73]), EVERYTHING);
    const still = programOf(
      pytorch,
      init({ alpha: 0.75 }, [0]),
      { op: "load", state: [{ parameter: 0, step: 1, square_avg: vector([1]) }] },
      step([1]),
      EVERYTHING,
    );
    for (const program of [tiny, still]) {
      const [{ diagnosis }] = diagnoseRejections(failing([program], pytorch, fused, down), declaration);
      expect(diagnosis.verdict).toBe("inaccurate");
    }
  });

  it("admits that nothing explains a formula of no known dialect", () => {
    const cube: Alteration = (value, { slot }) => (slot === "square_avg" ? value ** 1.5 : value);
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1)], pytorch, fused, cube), declaration),
    );
    expect(diagnosis.verdict).toBe("differs");
    expect(diagnosis.sentence).toMatch(/no known dialect explains it/);
    expect(diagnosis.axes).toEqual([]);
  });

  it("never takes single floats that are off for another dialect", () => {
    for (const [k, off] of [nextUp, nextDown].entries()) {
      for (const slot of ["square_avg", "parameter"] as const) {
        const alter: Alteration = (value, at) =>
          at.slot === slot && at.element % 3 === k ? off(off(value)) : value;
        for (const { diagnosis } of diagnoseRejections(
          failing([plainTrace(1), plainTrace(4)], pytorch, unfused, alter),
          declaration,
        )) {
          expect(diagnosis.verdict).toBe("inaccurate");
        }
      }
    }
  });

  it("has nothing to say of no cases", () => {
    expect(diagnoseRejections([], declaration)).toEqual([]);
  });
});

/** What one step of one element begins with, and what is wrong of what it shows. */
interface WrongStep {
  readonly hyperparameters: Partial<Hyperparameters>;
  readonly parameter?: number;
  readonly gradient: number;
  /** Loaded before the step. */
  readonly before?: Partial<Record<StateSlot, number>>;
  /** Shown instead of what is right. */
  readonly got: Partial<Record<Slot, number>>;
}

/** A case of one step in which everything else is right. With a rate of 0, a wrong state is all that is wrong. */
function wrongStep({ hyperparameters, parameter = 0, gradient, before, got }: WrongStep, id = "wrong") {
  const state = Object.entries(before ?? {}).map(([slot, value]) => [slot, vector([value])]);
  const load = { op: "load", state: [{ parameter: 0, step: 1, ...Object.fromEntries(state) }] } as Operation;
  const program = programOf(
    pytorch,
    init(hyperparameters, [parameter]),
    ...(before ? [load] : []),
    step([gradient]),
    EVERYTHING,
  );
  const observations = simulate(program, pytorch, fused);
  const [printed] = observations[0].parameters;
  for (const [slot, value] of Object.entries(got)) (printed[slot as Slot] as Tensor).values[0] = value;
  return { id, programs: [{ program, observations }] } satisfies FailingCase;
}

const judgeOf = ({ programs: [{ program, observations }] }: FailingCase) =>
  judgeProgram(program, observations, declaration);

const diagnosed = (wrong: WrongStep, declared = declaration) =>
  onlyCluster(diagnoseRejections([wrongStep(wrong)], declared)).diagnosis;

/** A mean square of 1/4 from a gradient of 1, whatever the order; the parameter stays. */
const QUARTER: Omit<WrongStep, "got"> = { hyperparameters: { lr: 0, alpha: 0.75 }, gradient: 1 };
/** A mean square of 9e36 or +∞: only some orders make the square of the gradient first. */
const OVERFLOW: Omit<WrongStep, "got"> = { hyperparameters: { lr: 0, alpha: 0.99 }, gradient: 3e19 };

const special = (sentence: string) => ({ verdict: "special-mismatch", sentence, axes: [], alternatives: [] });
const differs = (slot: Slot) => ({
  verdict: "differs",
  sentence: `The ${slot} is not what the dialect computes, and no known dialect explains it.`,
  axes: [],
  alternatives: [],
  firstDiverging: slot,
});

describe("a zero of the other sign", () => {
  it("is told as such, though a formula that leaves the sign open would seem to explain it", () => {
    const buffer: WrongStep = {
      hyperparameters: { lr: 0, momentum: 0.5 },
      gradient: 0,
      got: { momentum_buffer: -0 },
    };
    const without = dialectHypotheses(declaration).filter(
      ({ differences: [{ axis }] }) => axis === "momentum",
    );
    expect(without.some((hypothesis) => explains(hypothesis, wrongStep(buffer)))).toBe(true);
    expect(diagnosed(buffer)).toEqual({
      ...special("The momentum_buffer is −0 where every declared evaluation gives +0."),
      firstDiverging: "momentum_buffer",
    });
    const parameter = { hyperparameters: {}, parameter: -0, gradient: 0, got: { parameter: 0 } };
    expect(diagnosed(parameter)).toMatchObject(
      special("The parameter is +0 where every declared evaluation gives −0."),
    );
  });

  it("is told as such where a number of that sign would be right too", () => {
    // Rounded at once the parameter and its update cancel; fused, the rest of the product is left.
    const lr = Math.fround(1 / 7);
    expect(Math.fround(lr * lr)).toBeLessThan(lr * lr);
    const cancelled: WrongStep = {
      hyperparameters: { lr, momentum: 0.5 },
      parameter: Math.fround(lr * lr),
      gradient: 0,
      before: { square_avg: 1, momentum_buffer: 2 * lr },
      got: { parameter: -0 },
    };
    expect(diagnosed(cancelled)).toMatchObject(
      special("The parameter is −0 where every declared evaluation gives finite or +0."),
    );
  });

  it("does not hide a formula among other rejections", () => {
    const decoupled: Dialect = { ...pytorch, weightDecay: "decoupled" };
    const program = programOf(
      pytorch,
      init({ lr: 0.1, weight_decay: 0.1 }, [-0, 0.5]),
      step([0, 1]),
      EVERYTHING,
    );
    const { diagnosis } = onlyCluster(diagnoseRejections(failing([program], decoupled), declaration));
    expect(diagnosis.verdict).toBe("other-dialect");
    expect(diagnosis.axes).toMatchObject([{ axis: "weightDecay" }]);
  });

  it("is grouped apart from what a formula explains", () => {
    const [inside] = failing([trace(1)], { ...pytorch, epsilon: "inside" });
    const zero = wrongStep(
      { hyperparameters: { lr: 0, momentum: 0.5 }, gradient: 0, got: { momentum_buffer: -0 } },
      "zero",
    );
    const clusters = diagnoseRejections([zero, inside], declaration);
    expect(clusters.map(({ cases, diagnosis }) => [diagnosis.verdict, cases.map(({ id }) => id)])).toEqual([
      ["other-dialect", ["case-0"]],
      ["special-mismatch", ["zero"]],
    ]);
  });
});

describe("what no hypothesis explains", () => {
  it.each([
    ["−∞ for a number", { ...QUARTER, got: { parameter: -INFINITY } }, "parameter is −∞", "+0"],
    ["+∞ for a positive number", { ...QUARTER, got: { square_avg: INFINITY } }, "square_avg is +∞", "finite"],
    ["−0 for a positive number", { ...QUARTER, got: { square_avg: -0 } }, "square_avg is −0", "finite"],
    [
      "+0 for a negative number",
      { hyperparameters: { lr: 0.5, alpha: 0 }, gradient: 1, got: { parameter: 0 } },
      "parameter is +0",
      "finite",
    ],
    [
      "−∞ for a number or an overflow",
      { ...OVERFLOW, got: { parameter: Number.NaN, square_avg: -INFINITY } },
      "square_avg is −∞",
      "finite or +∞",
    ],
  ])("is a mismatch of classes: %s", (_, wrong: WrongStep, got, accepted) => {
    expect(diagnosed(wrong)).toMatchObject(
      special(`The ${got} where every declared evaluation gives ${accepted}.`),
    );
  });

  it("differs where the class is right and the number is not", () => {
    const half = { hyperparameters: { lr: 0.5, alpha: 0 }, gradient: 1 };
    const fromOne = { ...half, parameter: 1 };
    const ofState = {
      "+0 for a positive number, which may have been rounded to it": { ...QUARTER, got: { square_avg: 0 } },
      "a number where another number or an overflow is right": { ...OVERFLOW, got: { square_avg: 1 } },
      "+0 where a positive number or an overflow is right": { ...OVERFLOW, got: { square_avg: 0 } },
      "a little beyond the coarsest format": {
        ...QUARTER,
        got: { square_avg: nextUp(0.25 + 2 ** -10) },
      },
    };
    const ofParameter = {
      "−0 for a negative number": { ...half, got: { parameter: -0 } },
      "a number of the other sign": { ...half, got: { parameter: 0.375 } },
      "all of an update lost, if only in one float": {
        ...fromOne,
        hyperparameters: { lr: 2 ** -24, alpha: 0 },
        got: { parameter: 1 },
      },
      "beyond any format in its update, however near the parameter is": {
        ...fromOne,
        hyperparameters: { lr: 2 ** -10, alpha: 0 },
        got: { parameter: 1 - 2 ** -10 - 2 ** -16 },
      },
    };
    const named = Object.entries<WrongStep>({ ...ofState, ...ofParameter });
    const clusters = diagnoseRejections(
      named.map(([id, wrong]) => wrongStep(wrong, id)),
      declaration,
    );
    expect(clusters).toMatchObject([
      {
        cases: Object.keys(ofState).map((id) => ({ id })),
        diagnosis: differs("square_avg"),
      },
      {
        cases: Object.keys(ofParameter).map((id) => ({ id })),
        diagnosis: differs("parameter"),
      },
    ]);
  });

  it.each([
    ["of the coarsest format", "square_avg", 8, { ...QUARTER, got: { square_avg: 0.25 + 2 ** -10 } }],
    [
      "of an update",
      "parameter",
      9,
      {
        hyperparameters: { lr: 2 ** -10, alpha: 0 },
        parameter: 1,
        gradient: 1,
        got: { parameter: 1 - 2 ** -10 - 2 ** -19 },
      },
    ],
    [
      "where an overflow is right too",
      "square_avg",
      9,
      { ...OVERFLOW, got: { square_avg: 9e36 * (1 + 1.5 * 2 ** -10) } },
    ],
  ] as const)("is inaccurate by the bits that are right: %s", (_, slot, bits, wrong: WrongStep) => {
    expect(diagnosed(wrong)).toMatchObject({
      verdict: "inaccurate",
      sentence: `The ${slot} is right to about ${bits} bits of its change, which no declared rounding explains.`,
      firstDiverging: slot,
    });
  });

  it("is measured from the nearest value that is accepted", () => {
    // 1 − α is 2^-25, or 0 where α is rounded first.
    const both = declarationOf(pytorch, "fused", { complement: ["binary64", "float32"] });
    const alpha = 1 - 2 ** -25;
    const wrong = {
      hyperparameters: { lr: 0, alpha },
      gradient: 1,
      got: { square_avg: 2 ** -25 + 2 ** -34 },
    };
    expect(diagnosed(wrong, both)).toMatchObject({ verdict: "inaccurate" });
    expect(diagnosed(wrong, both).sentence).toMatch(/about 9 bits/);
  });

  it("is measured from the numbers where NaN is accepted too", () => {
    // The variance is 0, or a rest below 0 where its product is fused.
    const mean = Math.fround(1 / 7);
    const square_avg = Math.fround(mean * mean);
    expect(mean * mean).toBeGreaterThan(square_avg);
    const wrong = {
      hyperparameters: { lr: 0, alpha: 1, momentum: 0.5, centered: true, eps: 1 },
      gradient: 1,
      before: { square_avg, grad_avg: mean, momentum_buffer: 0 },
      got: { parameter: 0, momentum_buffer: 1 + 2 ** -9 },
    };
    const { rejected } = judgeOf(wrongStep(wrong));
    expect(rejected.map(({ accepted }) => accepted)).toEqual([{ kind: "listed", values: [1, Number.NaN] }]);
    expect(diagnosed(wrong).sentence).toMatch(/about 9 bits/);
  });

  it("is one float off where any accepted value is the neighbour", () => {
    // Accepted are the value that it was and the floats on either side.
    const square_avg = Math.fround(3 / 7);
    const wrong = {
      hyperparameters: { lr: 0, alpha: 0.3 },
      gradient: Math.fround(Math.sqrt(square_avg)),
      before: { square_avg },
      got: { square_avg: nextUp(nextUp(square_avg)) },
    };
    expect(judgeOf(wrongStep(wrong)).rejected.map(({ accepted }) => accepted)).toEqual([
      { kind: "listed", values: [nextDown(square_avg), square_avg, nextUp(square_avg)] },
    ]);
    expect(diagnosed(wrong).sentence).toMatch(/about 23 bits/);
  });

  it("differs where only intervals are known of it", () => {
    const hidden = programOf(pytorch, init({ lr: 0.1 }, [0]), step([1]), observe("parameter"));
    const half: Alteration = (value, { slot }) => (slot === "parameter" ? value / 2 : value);
    const pinned = pinnedDeclaration(pytorch, "fused", fused);
    const { diagnosis } = onlyCluster(diagnoseRejections(failing([hidden], pytorch, fused, half), pinned));
    expect(diagnosis).toEqual(differs("parameter"));
  });

  it("is grouped by its verdict and by the slot that is wrong first", () => {
    const cases = [
      wrongStep({ ...QUARTER, got: { square_avg: 1.5 } }, "differs"),
      wrongStep({ ...QUARTER, got: { square_avg: Number.NaN } }, "special"),
      wrongStep({ ...QUARTER, got: { square_avg: 2.5 } }, "differs too"),
      wrongStep({ ...QUARTER, parameter: 1, got: { parameter: 1.5 } }, "elsewhere"),
    ];
    expect(diagnoseRejections(cases, declaration).map(({ cases }) => cases.map(({ id }) => id))).toEqual([
      ["differs", "differs too"],
      ["special"],
      ["elsewhere"],
    ]);
  });
});

describe("the program that is shown", () => {
  const nan = { ...QUARTER, got: { square_avg: Number.NaN } };
  const number = { ...QUARTER, got: { square_avg: 1.5 } };
  /** The same failure in a program with one more operation. */
  const longer = (wrong: WrongStep) => {
    const [{ program, observations }] = wrongStep(wrong).programs;
    const [first, ...rest] = program.operations;
    return {
      program: { ...program, operations: [first, set(wrong.hyperparameters), ...rest] },
      observations,
    };
  };

  it("is one in which the sentence can be seen, though a smaller one of the case fails otherwise", () => {
    const [small] = wrongStep(number).programs;
    const large = longer(nan);
    const { diagnosis, representative: visible } = onlyCluster(
      diagnoseRejections([{ id: "case", programs: [small, large] }], declaration),
    );
    expect(diagnosis).toMatchObject(
      special("The square_avg is NaN where every declared evaluation gives finite."),
    );
    expect(visible.program).toBe(large.program);
    expect(visible.mismatch).toMatchObject({ slot: "square_avg", got: Number.NaN, operation: 2 });
  });

  it("is one that differs rather than one that is inaccurate", () => {
    const off = { ...QUARTER, got: { square_avg: 0.25 + 2 ** -12 } };
    const [inaccurate] = wrongStep(off).programs;
    const other = longer(number);
    const { diagnosis, representative } = onlyCluster(
      diagnoseRejections([{ id: "case", programs: [inaccurate, other] }], declaration),
    );
    expect(diagnosis).toEqual(differs("square_avg"));
    expect(representative.program).toBe(other.program);
  });

  it("shows the mismatch that is told, though the number before it is wrong too", () => {
    const wrong = { ...QUARTER, got: { square_avg: 1.5, parameter: Number.NaN } };
    const { diagnosis, representative } = onlyCluster(diagnoseRejections([wrongStep(wrong)], declaration));
    expect(diagnosis.sentence).toBe("The parameter is NaN where every declared evaluation gives +0.");
    expect(diagnosis.firstDiverging).toBe("square_avg");
    expect(representative.mismatch).toMatchObject({ slot: "parameter", got: Number.NaN });
  });

  it("is the smallest of those of which the same is said, and its case comes first", () => {
    const cases = [
      { id: "large", programs: [longer(number)] as const },
      wrongStep(number, "small"),
      wrongStep({ ...number, got: { square_avg: 2.5 } }, "small too"),
    ];
    const { cases: ordered, representative } = onlyCluster(diagnoseRejections(cases, declaration));
    expect(ordered.map(({ id }) => id)).toEqual(["small", "large", "small too"]);
    expect(representative.program).toBe(cases[1].programs[0].program);
    expect(representative.mismatch).toMatchObject({ slot: "square_avg", got: 1.5, operation: 1 });
  });

  it("of inaccurate ones is the worst, so that as many bits are right in all of them", () => {
    const off = (bits: number): WrongStep => ({ ...QUARTER, got: { square_avg: 0.25 * (1 + 2 ** -bits) } });
    const large = longer(off(10));
    const [small] = wrongStep(off(14)).programs;
    const cases = [wrongStep(off(12), "first"), { id: "worst", programs: [small, large] as const }];
    const { diagnosis, cases: ordered, representative } = onlyCluster(diagnoseRejections(cases, declaration));
    expect(diagnosis).toMatchObject({ verdict: "inaccurate" });
    expect(diagnosis.sentence).toMatch(/right to about 10 bits/);
    expect(representative.program).toBe(large.program);
    expect(ordered.map(({ id }) => id)).toEqual(["worst", "first"]);
  });

  it("of those that one axis explains is the smallest, and where it diverges is told of it", () => {
    const [large, small] = failing([trace(1), plainTrace(1)], { ...pytorch, epsilon: "inside" });
    const { diagnosis, cases, representative } = onlyCluster(diagnoseRejections([large, small], declaration));
    expect(cases.map(({ id }) => id)).toEqual(["case-0", "case-1"]);
    expect(representative.program).toBe(large.programs[0].program);
    expect(diagnosis.firstDiverging).toBe("momentum_buffer");
    expect(representative.mismatch).toMatchObject({ slot: "momentum_buffer", operation: 1 });
    const [reversed] = diagnoseRejections([small, large], declaration);
    expect(reversed.cases).toEqual([large, small]);
    expect(reversed.representative).toEqual(representative);
  });
});

describe("an explanation", () => {
  it("of two axes of rounding is one sentence, and still the declared formula", () => {
    const double = { ...fused, scalars: "binary64", intermediates: "binary64" } as const;
    const { diagnosis } = onlyCluster(diagnoseRejections(failing([trace(1)], pytorch, double), declaration));
    expect(diagnosis.verdict).toBe("inaccurate");
    expect(diagnosis.sentence).toBe(
      "The formula is the declared one, but it is rounded in a way that was not declared: scalars is binary64 instead of float32, and intermediates is binary64 instead of float32.",
    );
  });

  it("of a formula and a rounding is another dialect", () => {
    const high = { ...fused, root: "one-ulp-high" } as const;
    const program = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.9, eps: 1e-3 }, new Array(4).fill(0)),
      step([1 / 7, 2 / 7, 3 / 7, 4 / 7]),
      EVERYTHING,
    );
    const inside = failing([program], { ...pytorch, epsilon: "inside" }, high);
    const { diagnosis } = onlyCluster(diagnoseRejections(inside, declaration));
    expect(diagnosis.axes.map(({ kind }) => kind)).toEqual(["evaluation", "dialect"]);
    expect(diagnosis.verdict).toBe("other-dialect");
    expect(diagnosis.sentence).toMatch(
      /^This is another dialect: .+ is .+ instead of .+, and epsilon is inside instead of outside\.$/,
    );
  });

  it("says where it shows first, in the mean gradient too", () => {
    const program = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.75, centered: true, maximize: true }, [0]),
      step([1]),
      EVERYTHING,
    );
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([program], { ...pytorch, maximize: "never" }), declaration),
    );
    expect(diagnosis).toMatchObject({ axes: [{ axis: "maximize" }], firstDiverging: "grad_avg" });
  });

  /** An ε that shows, and one so small relative to the root that outside it does not show. */
  const [SEEN, UNSEEN] = [
    { eps: 1e-3, gradient: 1 },
    { eps: 1e-16, gradient: 1e-6 },
  ];
  const epsilonCase = (id: string, epsilon: Dialect["epsilon"], { eps, gradient } = SEEN): FailingCase => {
    const program = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.75, eps }, [0]),
      step([gradient]),
      EVERYTHING,
    );
    return { ...failing([program], { ...pytorch, epsilon })[0], id };
  };
  const observedIn = ({ diagnosis: { axes, alternatives } }: DiagnosedCluster) =>
    [axes, ...alternatives].map(([{ observed }]) => observed);

  it("has for alternatives what explains all of its cases, not some of them nor as many others", () => {
    const shared = epsilonCase("shared", "inside", UNSEEN);
    const both = dialectHypotheses(declaration).filter(
      ({ differences: [{ observed }] }) => observed === "both",
    );
    expect(both.map((hypothesis) => explains(hypothesis, shared))).toEqual([true]);
    const cases = [epsilonCase("inside", "inside"), shared, epsilonCase("both", "both")];
    const clusters = diagnoseRejections(cases, declaration);
    expect(clusters.map((cluster) => cluster.cases.map(({ id }) => id))).toEqual([
      ["inside", "shared"],
      ["both"],
    ]);
    expect(observedIn(clusters[0])).toContain("inside");
    expect(observedIn(clusters[0])).not.toContain("both");
    expect(observedIn(clusters[1])).toEqual(["both"]);
  });

  it("of two axes is looked for by the first case that is left", () => {
    const two = failing([trace(1)], { ...pytorch, epsilon: "inside", initialAccumulator: "one" });
    const none = wrongStep({ ...QUARTER, got: { square_avg: 1.5 } });
    const found = ([one, other]: FailingCase[]) =>
      diagnoseRejections([one, other], declaration).map(({ diagnosis }) => diagnosis.verdict);
    expect(found([...two, none])).toEqual(["other-dialect", "differs"]);
    expect(found([none, ...two])).toEqual(["differs"]);
  });
});

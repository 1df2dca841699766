import { describe, expect, it } from "vitest";
import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import { dialectById } from "../../spec/dialects.js";
import { type Evaluation, evaluationOf } from "../../spec/evaluation.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { nextDown, nextUp } from "../float32/neighbours.js";
import type { Observation } from "../program/observation.js";
import { vector } from "../program/tensor.js";
import { EVERYTHING, init, observe, programOf, set, simulate, step } from "./__test-helpers__/simulated.js";
import { type Declaration, declarationOf, pinnedDeclaration } from "./declaration.js";
import { isAccepted, judgeProgram, MAX_LISTED_MISMATCHES, verdictOf } from "./judge-program.js";
import { emptyTally } from "./tally.js";

const pytorch = dialectById("pytorch");
const { fused, unfused } = PINNED_EVALUATIONS;
const pinned = pinnedDeclaration(pytorch, "fused", fused);

/** Dyadic hyperparameters and gradients of like size, so that every observation is full evidence. */
const full = {
  lr: 2 ** -5,
  alpha: 0.75,
  eps: 2 ** -20,
  momentum: 0.5,
  centered: true,
  weight_decay: 2 ** -4,
};
const trace = programOf(
  pytorch,
  init(full, [0, 0.125, -0.25], [0.5]),
  step([1, -2, 3], [0.3]),
  EVERYTHING,
  step([0.5, -0.75, 1], [-0.4]),
  EVERYTHING,
  step([-1, 2.5, 0.1], [0.7]),
  EVERYTHING,
);

/** Observations with one value replaced. */
function replaced(
  observations: readonly Observation[],
  at: { observation: number; parameter: number; slot: Slot | "gradient"; element: number },
  change: (value: number) => number,
): Observation[] {
  const copy = structuredClone(observations) as Observation[];
  const { values } = copy[at.observation].parameters[at.parameter][at.slot]!;
  values[at.element] = change(values[at.element]);
  return copy;
}

describe("a pinned declaration", () => {
  const right = simulate(trace, pytorch, fused);

  it("is met to the bit by its own evaluation", () => {
    const judgement = judgeProgram(trace, right, pinned);
    expect(judgement.rejected).toEqual([]);
    expect(judgement.notBitExact).toEqual([]);
    expect(judgement.contract).toEqual([]);
    // Four elements in four slots after three steps.
    expect(judgement.tally).toEqual({ judged: 48, bitExact: 48, weak: 0, indeterminate: 0, rejected: 0 });
    for (const slot of SLOTS) expect(judgement.bySlot[slot]?.judged).toBe(12);
    expect(judgement.multiStep).toEqual(emptyTally());
    expect(verdictOf(judgement, pinned)).toBe("bit-exact");
    expect(isAccepted(trace, right, pinned)).toBe(true);
  });

  it.each(SLOTS.flatMap((slot) => [nextUp, nextDown].map((change) => [slot, change] as const)))(
    "rejects a %s that is one float off, and says what was got, accepted and referred to",
    (slot, change) => {
      const at = { observation: 1, parameter: 0, slot, element: 2 };
      const value = right[1].parameters[0][slot]!.values[2];
      const wrong = replaced(right, at, change);
      const judgement = judgeProgram(trace, wrong, pinned);
      expect(verdictOf(judgement, pinned)).toBe("differs");
      expect(isAccepted(trace, wrong, pinned)).toBe(false);
      // What is computed from the shown value may be rejected too, but nothing earlier and no other element.
      expect(judgement.rejected[0].operation).toBe(3);
      expect(judgement.rejected.every((one) => one.operation >= 3 && one.element === 2)).toBe(true);
      const first = judgement.rejected.find((one) => one.slot === slot)!;
      expect(first).toMatchObject({
        operation: 3,
        step: 2,
        parameter: 0,
        element: 2,
        got: change(value),
        accepted: { kind: "listed", values: [value] },
        reference: value,
        hyperparameters: { ...pytorch.defaults, ...full },
        inputs: { gradient: 1, parameter: right[0].parameters[0].parameter!.values[2] },
      });
      expect(first.observed[slot]).toBe(change(value));
    },
  );

  it("judges each step from the observed state: one wrong value is one rejection at that step", () => {
    // The parameter is not read by the state, and the next step starts from what was shown.
    const program = programOf(
      pytorch,
      init({ lr: 0.5, alpha: 0.75, eps: 2 ** -10 }, [0, 0]),
      step([1, 2]),
      EVERYTHING,
      step([1, 2]),
      EVERYTHING,
    );
    const goingOn = simulate(program, pytorch, fused, (value, { slot, element, step: at }) =>
      slot === "parameter" && element === 1 && at === 1 ? nextUp(value) : value,
    );
    const judgement = judgeProgram(program, goingOn, pinned);
    expect(judgement.tally).toMatchObject({ judged: 8, bitExact: 7, rejected: 1 });
    expect(judgement.rejected).toMatchObject([{ slot: "parameter", element: 1, step: 1 }]);
  });

  it("judges every element of a large tensor, and says which one is wrong", () => {
    const gradient = Array.from({ length: 4097 }, (_, i) => 1 + (i % 7));
    const program = programOf(pytorch, init({}, gradient), step(gradient), EVERYTHING);
    const observations = simulate(program, pytorch, fused);
    expect(judgeProgram(program, observations, pinned).tally).toMatchObject({ judged: 8194, bitExact: 8194 });
    for (const element of [0, 4095, 4096]) {
      const wrong = replaced(
        observations,
        { observation: 0, parameter: 0, slot: "parameter", element },
        nextUp,
      );
      const { rejected, tally } = judgeProgram(program, wrong, pinned);
      expect(tally).toMatchObject({ judged: 8194, rejected: 1 });
      expect(rejected).toMatchObject([{ slot: "parameter", element }]);
    }
  });

  it("lists no more mismatches than it says, and counts them all", () => {
    const many = Array.from({ length: 50 }, (_, i) => i + 1);
    const program = programOf(pytorch, init({}, many), step(many), EVERYTHING);
    const wrong = simulate(program, pytorch, fused, (value, { slot }) =>
      slot === "parameter" ? nextUp(value) : value,
    );
    const judgement = judgeProgram(program, wrong, pinned);
    expect(judgement.tally.rejected).toBe(50);
    expect(judgement.rejected).toHaveLength(MAX_LISTED_MISMATCHES);
  });

  it("does not need anything to be shown", () => {
    const program = programOf(pytorch, init({}, [0]), step([1]), EVERYTHING, step([1]));
    const judgement = judgeProgram(program, simulate(program, pytorch, fused), pinned);
    expect(judgement.contract).toEqual([]);
    expect(judgement.tally).toMatchObject({ judged: 2, bitExact: 2 });
  });

  it("hands out every listed set in order", () => {
    const sets: (readonly number[])[] = [];
    judgeProgram(trace, right, pinned, (values) => sets.push(values));
    expect(sets).toHaveLength(48);
    expect(sets.slice(0, 3)).toEqual([...right[0].parameters[0].parameter!.values].map((value) => [value]));
  });

  it("hands out nothing where sets are intervals", () => {
    const sets: (readonly number[])[] = [];
    const wider = declarationOf(pytorch, undefined, { intermediates: ["wider"] });
    const { tally } = judgeProgram(trace, right, wider, (values) => sets.push(values));
    expect(tally.judged).toBe(48);
    expect(sets).toEqual([]);
  });
});

describe("a declaration with freedom and a reference", () => {
  const declaration = declarationOf(pytorch, "fused");
  const sevenths = Array.from({ length: 16 }, (_, k) => (k + 1) / 7);
  const trace = programOf(
    pytorch,
    init({ lr: 0.1 }, new Array(16).fill(0)),
    step(sevenths),
    EVERYTHING,
    step([...sevenths].reverse()),
    EVERYTHING,
  );

  it("certifies other evaluations and lists where they are not the reference's bits", () => {
    const other = simulate(trace, pytorch, unfused);
    const judgement = judgeProgram(trace, other, declaration);
    expect(judgement.tally.rejected).toBe(0);
    expect(judgement.tally.bitExact).toBeLessThan(judgement.tally.judged);
    expect(judgement.notBitExact).toHaveLength(judgement.tally.judged - judgement.tally.bitExact);
    expect(verdictOf(judgement, declaration)).toBe("certified");
    const [first] = judgement.notBitExact;
    if (first.accepted.kind !== "listed") throw new Error("sets of one step are listed");
    expect(first.accepted.values).toContain(first.got);
    expect(first.accepted.values).toContain(first.reference);
    expect(first.got).not.toBe(first.reference);
    // Against its own name, the same bits are exact.
    expect(verdictOf(judgeProgram(trace, other, declarationOf(pytorch, "unfused")), declaration)).toBe(
      "bit-exact",
    );
  });

  it("lists no more of them than it says, and counts them all", () => {
    const many = Array.from({ length: 250 }, (_, i) => (i + 1) / 7);
    const program = programOf(
      pytorch,
      init({ lr: 0.1 }, many),
      step(many),
      EVERYTHING,
      step(many),
      EVERYTHING,
    );
    const judgement = judgeProgram(program, simulate(program, pytorch, unfused), declaration);
    const { judged, bitExact, rejected } = judgement.tally;
    expect(rejected).toBe(0);
    expect(judged - bitExact).toBeGreaterThan(MAX_LISTED_MISMATCHES);
    expect(judgement.notBitExact).toHaveLength(MAX_LISTED_MISMATCHES);
  });

  it("has no bit-exactness without a reference", () => {
    const judgement = judgeProgram(trace, simulate(trace, pytorch, fused), declarationOf(pytorch));
    expect(judgement.tally.bitExact).toBe(0);
    expect(judgement.notBitExact).toEqual([]);
    expect(verdictOf(judgement, declarationOf(pytorch))).toBe("certified");
  });
});

describe("special values", () => {
  const { NaN: NAN, POSITIVE_INFINITY: INFINITY } = Number;
  const special = programOf(
    pytorch,
    init({ lr: 0.5 }, [1, 1, 0, -0]),
    step([NAN, INFINITY, 0, 0]),
    EVERYTHING,
  );
  const right = simulate(special, pytorch, fused);

  it("are what IEEE 754 makes of the rule", () => {
    expect([...right[0].parameters[0].square_avg!.values]).toEqual([NAN, INFINITY, 0, 0]);
    expect([...right[0].parameters[0].parameter!.values]).toEqual([NAN, NAN, 0, -0]);
    expect(judgeProgram(special, right, pinned).tally).toMatchObject({ judged: 8, bitExact: 8 });
  });

  it("take every NaN for the same", () => {
    const copy = structuredClone(right) as Observation[];
    const bits = new Uint32Array(copy[0].parameters[0].parameter!.values.buffer);
    bits[0] = 0xffc12345;
    bits[1] = 0x7fc00001;
    expect(isAccepted(special, copy, pinned)).toBe(true);
  });

  it.each([
    ["a number for NaN", 0, "parameter", 1],
    ["infinity for NaN", 1, "parameter", INFINITY],
    ["NaN for infinity", 1, "square_avg", NAN],
    ["the largest float for infinity", 1, "square_avg", 2 ** 128 - 2 ** 104],
    ["minus infinity for infinity", 1, "square_avg", -INFINITY],
    ["NaN for a number", 2, "parameter", NAN],
    ["−0 for +0", 2, "parameter", -0],
    ["+0 for −0", 3, "parameter", 0],
    ["−0 for a mean square of +0", 2, "square_avg", -0],
  ] as const)("reject %s", (_, element, slot, value) => {
    const wrong = replaced(right, { observation: 0, parameter: 0, slot, element }, () => value);
    const { tally, rejected } = judgeProgram(special, wrong, pinned);
    // A wrong mean square that the parameter does not follow is one rejection or two.
    expect(tally.rejected).toBeGreaterThan(0);
    expect(rejected.some((mismatch) => mismatch.slot === slot && mismatch.element === element)).toBe(true);
    expect(isAccepted(special, wrong, pinned)).toBe(false);
  });
});

describe("evidence", () => {
  const tiny = (parameter: number) =>
    programOf(pytorch, init({ lr: 1e-12 }, [parameter]), step([1]), observe("parameter", "square_avg"));

  it("is indeterminate for a parameter of 1 under a tiny update, and full for one of 0", () => {
    const one = tiny(1);
    const atOne = judgeProgram(one, simulate(one, pytorch, fused), pinned);
    expect(atOne.bySlot.parameter).toMatchObject({ judged: 1, bitExact: 1, indeterminate: 1 });
    expect(atOne.bySlot.square_avg).toMatchObject({ judged: 1, weak: 0, indeterminate: 0 });
    const zero = tiny(0);
    const atZero = judgeProgram(zero, simulate(zero, pytorch, fused), pinned);
    expect(atZero.bySlot.parameter).toMatchObject({ judged: 1, weak: 0, indeterminate: 0 });
  });

  it("is the same where the state is hidden", () => {
    const hidden = (parameter: number) => {
      const program = programOf(
        pytorch,
        init({ lr: 1e-12 }, [parameter]),
        step([1]),
        step([1]),
        observe("parameter"),
      );
      return judgeProgram(program, simulate(program, pytorch, fused), pinned);
    };
    expect(hidden(1).tally).toMatchObject({ judged: 1, bitExact: 1, indeterminate: 1 });
    expect(verdictOf(hidden(1), pinned)).toBe("inconclusive");
    expect(hidden(0).tally).toMatchObject({ judged: 1, bitExact: 1, weak: 0, indeterminate: 0 });
  });

  it("that is weak or indeterminate throughout decides nothing", () => {
    // No gradient and no state to decay: nothing moves, whatever the rule is. And an update of few floats.
    const program = programOf(
      pytorch,
      init({ lr: 2 ** -22, alpha: 0, eps: 2 ** -10 }, [1, 1]),
      { op: "load", state: [{ parameter: 0, step: 1, square_avg: vector([1, 0]) }] },
      step([1, 0]),
      EVERYTHING,
    );
    const judgement = judgeProgram(program, simulate(program, pytorch, fused), pinned);
    expect(judgement.tally).toEqual({ judged: 4, bitExact: 4, weak: 1, indeterminate: 3, rejected: 0 });
    expect(verdictOf(judgement, pinned)).toBe("inconclusive");
  });

  it("of nothing at all decides nothing", () => {
    const program = programOf(pytorch, init({}, []), step([]), EVERYTHING);
    const judgement = judgeProgram(program, simulate(program, pytorch, fused), pinned);
    expect(judgement.tally.judged).toBe(0);
    expect(verdictOf(judgement, pinned)).toBe("inconclusive");
  });
});

describe("hidden state", () => {
  const hidden = programOf(
    pytorch,
    init({ lr: 0.25, alpha: 0.75, eps: 2 ** -6, momentum: 0.5, centered: true }, [0, 0.5, -0.25]),
    ...[
      [1, -2, 0.5],
      [0.5, 3, -0.75],
      [-1, 0.125, 0.3],
    ].flatMap((gradient) => [step(gradient), observe("parameter")]),
  );

  it.each(Object.keys(PINNED_EVALUATIONS) as PinnedEvaluationName[])("is accepted for %s", (name) => {
    const observations = simulate(hidden, pytorch, PINNED_EVALUATIONS[name]);
    const declaration = declarationOf(pytorch, name);
    const judgement = judgeProgram(hidden, observations, declaration);
    expect(judgement.tally).toEqual({ judged: 9, bitExact: 9, weak: 0, indeterminate: 0, rejected: 0 });
    expect(judgement.multiStep).toEqual(judgement.tally);
    expect(verdictOf(judgement, declaration)).toBe("bit-exact");
    // And by the other names it is certified.
    for (const other of Object.keys(PINNED_EVALUATIONS) as PinnedEvaluationName[]) {
      expect(judgeProgram(hidden, observations, declarationOf(pytorch, other)).tally.rejected).toBe(0);
    }
  });

  it.each([
    ["ε inside", { epsilon: "inside" }],
    ["an accumulator of 1", { initialAccumulator: "one" }],
    ["Nesterov", { momentum: "nesterov-lr-outside" }],
    ["no mean gradient", { centered: "never" }],
    ["bias correction", { biasCorrection: "always" }],
  ] as const)("is rejected for a dialect with %s", (_, axes) => {
    const observations = simulate(hidden, { ...pytorch, ...axes }, fused);
    const declaration = declarationOf(pytorch);
    const judgement = judgeProgram(hidden, observations, declaration);
    expect(judgement.tally.rejected).toBeGreaterThan(0);
    expect(judgement.rejected[0].accepted.kind).toBe("intervals");
    expect(verdictOf(judgement, declaration)).toBe("differs");
    expect(isAccepted(hidden, observations, declaration)).toBe(false);
  });

  describe.each([
    ["as soon as one step is centered", "float32", observe("parameter", "grad_avg")],
    ["where everything is shown and intermediates may be wider", "binary64", EVERYTHING],
  ] as const)("%s", (_, intermediates, displayed) => {
    const forms = ["two-term", "lerp"] as const;
    const sevenths = (k: number) => Array.from({ length: 100 }, (_, i) => (i + k) / 7);
    const program = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.99 }, new Array(100).fill(0)),
      step(sevenths(1)),
      displayed,
      set({ centered: true }),
      step(sevenths(2)),
      displayed,
      step(sevenths(30).reverse()),
      displayed,
    );
    const rejected = (form: (typeof forms)[number], declared: readonly (typeof forms)[number][]) => {
      const used = { ...unfused, intermediates, "order.mean-gradient": form } as const;
      const evaluation: Evaluation = {
        ...evaluationOf(used),
        ...(intermediates === "binary64" && { intermediates: ["wider"] }),
        "order.mean-gradient": declared,
      };
      const observations = simulate(program, pytorch, used);
      return judgeProgram(program, observations, { dialect: pytorch, evaluation }).tally.rejected;
    };

    it.each(forms)("each declared form of the mean gradient is accepted: %s", (form) => {
      const [other] = forms.filter((one) => one !== form);
      expect(rejected(form, [form, other])).toBe(0);
      expect(rejected(form, [other, form])).toBe(0);
      expect(rejected(form, [other])).toBeGreaterThan(0);
    });
  });

  it("does not excuse a parameter that does not follow from what is shown with it", () => {
    // The mean square is one of two neighbours, and each has its own parameter. The buffer is hidden.
    const declaration: Declaration = {
      dialect: pytorch,
      evaluation: { ...evaluationOf(unfused), "contraction.mean-square": ["none", "right"] },
    };
    const program = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.9, eps: 1e-3, momentum: 0.9 }, new Array(400).fill(0)),
      ...[7, 11].map((d) => step(Array.from({ length: 400 }, (_, i) => (i + 1) / d))),
      observe("parameter", "square_avg"),
    );
    const [one, other] = (["none", "right"] as const).map((contraction) =>
      simulate(program, pytorch, { ...unfused, "contraction.mean-square": contraction }),
    );
    const crossed = structuredClone(one) as Observation[];
    crossed[0].parameters[0].parameter = other[0].parameters[0].parameter;
    const rejected = [one, other, crossed].map(
      (observations) => judgeProgram(program, observations, declaration).bySlot.parameter?.rejected,
    );
    expect(rejected.slice(0, 2)).toEqual([0, 0]);
    expect(rejected[2]).toBeGreaterThan(0);
  });

  it("goes on for the reference too, though the shape of a step changes", () => {
    const program = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.9, eps: 1e-3 }, [0.5, 1, -2]),
      step([0.3, 1, -2]),
      set({ weight_decay: 0.1, momentum: 0.9, centered: true }),
      step([1, -0.7, 0.1]),
      step([1, -0.7, 0.1]),
      observe("parameter"),
    );
    const { tally } = judgeProgram(
      program,
      simulate(program, pytorch, fused),
      declarationOf(pytorch, "fused"),
    );
    expect(tally).toMatchObject({ judged: 3, bitExact: 3 });
  });

  it("is not held against an implementation that shows a slot the step does not have", () => {
    const program = programOf(pytorch, init({ lr: 0.25 }, [0]), step([1]), step([2]), observe("parameter"));
    const observations = structuredClone(simulate(program, pytorch, fused)) as Observation[];
    observations[0].parameters[0].grad_avg = vector([0]);
    observations[0].parameters[0].momentum_buffer = vector([0]);
    const judgement = judgeProgram(program, observations, pinned);
    expect(judgement.contract).toEqual([]);
    expect(judgement.tally).toMatchObject({ judged: 1, bitExact: 1, rejected: 0 });
  });

  it("is judged at the end of a trace of which nothing else is shown", () => {
    const program = programOf(
      pytorch,
      ...hidden.operations.filter(({ op }) => op !== "observe"),
      observe("parameter"),
    );
    const right = judgeProgram(program, simulate(program, pytorch, unfused), declarationOf(pytorch));
    expect(right.tally).toMatchObject({ judged: 3, rejected: 0 });
    const wrong = simulate(program, { ...pytorch, epsilon: "inside" }, unfused);
    expect(judgeProgram(program, wrong, declarationOf(pytorch)).tally.rejected).toBe(3);
  });
});

describe("operations between steps", () => {
  const base = { lr: 0.25, alpha: 0.75, eps: 2 ** -6, momentum: 0.5 };
  const loadIt = {
    op: "load" as const,
    state: [{ parameter: 0, step: 7, square_avg: vector([4]), momentum_buffer: vector([-1]) }],
  };

  const programs = (...last: Parameters<typeof observe>) => ({
    "a change of the learning rate": programOf(
      pytorch,
      init(base, [0]),
      step([1]),
      observe(...last),
      set({ lr: 0.125 }),
      step([2]),
      observe(...last),
    ),
    "a load": programOf(
      pytorch,
      init(base, [0]),
      step([1]),
      observe(...last),
      loadIt,
      step([2]),
      observe(...last),
    ),
    "a load before the first step": programOf(pytorch, init(base, [0]), loadIt, step([2]), observe(...last)),
    "a checkpoint": programOf(
      pytorch,
      init(base, [0]),
      step([1]),
      { op: "checkpoint" },
      observe(...last),
      step([2]),
      observe(...last),
    ),
    "a step without a gradient": programOf(
      pytorch,
      init(base, [0], [1]),
      step([1], [1]),
      observe(...last),
      step(null, [1]),
      observe(...last),
      step([1], null),
      observe(...last),
    ),
    "momentum that is switched off and on again": programOf(
      pytorch,
      init(base, [0]),
      step([1]),
      set({ momentum: 0 }),
      step([2]),
      observe(...last),
      set({ momentum: 0.5 }),
      step([2]),
      observe(...last),
    ),
    "a load that has no buffer yet": programOf(
      pytorch,
      init(base, [0]),
      step([1]),
      observe(...last),
      step([1]),
      set({ momentum: 0 }),
      { op: "load", state: [{ parameter: 0, step: 2, square_avg: vector([0.5]) }] },
      step([2]),
      observe(...last),
      set({ momentum: 0.5 }),
      step([1]),
      observe(...last),
    ),
  });

  const printed = programs("parameter", "square_avg", "momentum_buffer");
  const hidden = programs("parameter");
  const names = Object.keys(printed) as (keyof typeof printed)[];

  describe.each([
    ["all of the state shown", printed],
    ["the state hidden", hidden],
    ["the mean square shown", programs("parameter", "square_avg")],
    ["the buffer shown", programs("parameter", "momentum_buffer")],
  ] as const)("with %s", (_, table) => {
    it.each(names)("%s is followed", (name) => {
      const program = table[name];
      const judgement = judgeProgram(
        program,
        simulate(program, pytorch, fused),
        declarationOf(pytorch, "fused"),
      );
      expect(judgement.contract).toEqual([]);
      expect(judgement.rejected).toEqual([]);
      expect(judgement.tally.judged).toBeGreaterThan(0);
      expect(judgement.tally.bitExact).toBe(judgement.tally.judged);
    });
  });

  it.each([
    ["a learning rate that stays", "a change of the learning rate", (op: string) => op !== "set"],
    ["a state that is not loaded", "a load", (op: string) => op !== "load"],
  ] as const)("%s is rejected", (_, name, kept) => {
    for (const table of [printed, hidden]) {
      const program = table[name];
      const stale = { ...program, operations: program.operations.filter(({ op }) => kept(op)) };
      const judgement = judgeProgram(program, simulate(stale, pytorch, fused), declarationOf(pytorch));
      expect(judgement.tally.rejected + judgement.contract.length).toBeGreaterThan(0);
      expect(judgement.contract).toEqual([]);
    }
  });

  it("counts the steps of a load: the correction of the bias follows them", () => {
    const corrected = { ...pytorch, biasCorrection: "always" as const };
    const program = programOf(pytorch, init(base, [0]), loadIt, step([2]), EVERYTHING);
    const right = simulate(program, corrected, fused);
    const declaration: Declaration = pinnedDeclaration(corrected, "fused", fused);
    expect(isAccepted(program, right, declaration)).toBe(true);
    const fromZero = structuredClone(program);
    (fromZero.operations[1] as typeof loadIt).state[0].step = 0;
    expect(isAccepted(program, simulate(fromZero, corrected, fused), declaration)).toBe(false);
  });

  it("a gradient that is missing is not a zero gradient", () => {
    const program = printed["a step without a gradient"];
    const zeros = {
      ...program,
      operations: program.operations.map((operation) =>
        operation.op === "step"
          ? { ...operation, gradients: operation.gradients.map((gradient) => gradient ?? vector([0])) }
          : operation,
      ),
    };
    const judgement = judgeProgram(program, simulate(zeros, pytorch, fused), declarationOf(pytorch));
    expect(judgement.contract[0]).toMatch(/operation 4: parameter of parameter 0 changed without a step/);
  });
});

describe("breaches of the contract", () => {
  const right = () => structuredClone(simulate(trace, pytorch, fused)) as Observation[];
  const breaches = (observations: readonly Observation[], program = trace) => {
    const judgement = judgeProgram(program, observations, pinned);
    if (judgement.contract.length > 0) {
      expect(verdictOf(judgement, pinned)).toBe("contract-mismatch");
      expect(isAccepted(program, observations, pinned)).toBe(false);
    }
    return judgement.contract;
  };

  it("are not seen where there are none", () => {
    expect(breaches(right())).toEqual([]);
  });

  it("an observation too few or too many", () => {
    expect(breaches(right().slice(1))).toEqual(["2 observations were returned for 3 observe operations"]);
    expect(breaches([])).toEqual(["0 observations were returned for 3 observe operations"]);
    expect(breaches([...right(), right()[0]])).toEqual([
      "4 observations were returned for 3 observe operations",
    ]);
  });

  it("a parameter too few or too many", () => {
    const few = right();
    few[1].parameters.pop();
    expect(breaches(few)[0]).toMatch(/operation 4.* 1 parameters instead of 2/);
    const many = right();
    many[1].parameters.push(many[1].parameters[0]);
    expect(breaches(many)[0]).toMatch(/operation 4.* 3 parameters instead of 2/);
  });

  it("a slot that was asked for, that the step has and that was not returned", () => {
    for (const slot of SLOTS) {
      const observations = right();
      delete observations[1].parameters[0][slot];
      expect(breaches(observations)).toEqual([`operation 4, parameter 0: no ${slot} returned`]);
    }
  });

  it("but not a slot that the step does not have, or before the first step", () => {
    const program = programOf(pytorch, init({}, [1]), EVERYTHING, step([1]), EVERYTHING);
    const observations = simulate(program, pytorch, fused);
    expect(Object.keys(observations[0].parameters[0])).toEqual(["parameter"]);
    expect(Object.keys(observations[1].parameters[0])).toEqual(["parameter", "square_avg", "gradient"]);
    expect(breaches(observations, program)).toEqual([]);
  });

  it("a parameter that is not returned before the first step, or after a load", () => {
    const load = { op: "load" as const, state: [{ parameter: 0, step: 1, square_avg: vector([1]) }] };
    const program = programOf(pytorch, init({}, [1]), EVERYTHING, load, EVERYTHING);
    const observations = simulate(program, pytorch, fused);
    expect(breaches(observations, program)).toEqual([]);
    for (const [observation, slot] of [
      [0, "parameter"],
      [1, "parameter"],
      [1, "square_avg"],
    ] as const) {
      const copy = structuredClone(observations) as Observation[];
      delete copy[observation].parameters[0][slot];
      const operation = [1, 3][observation];
      expect(breaches(copy, program)).toEqual([`operation ${operation}, parameter 0: no ${slot} returned`]);
    }
  });

  it("a tensor of fewer values than its shape says", () => {
    const short = right();
    short[2].parameters[0].parameter = { shape: [3], values: Float32Array.of(1, 2) };
    short[1].parameters[0].gradient = { shape: [3], values: Float32Array.of(0.5, -0.75) };
    expect(breaches(short)).toEqual([
      "operation 4, parameter 0: gradient has 2 values instead of 3",
      "operation 6, parameter 0: parameter has 2 values instead of 3",
    ]);
  });

  it("a tensor that does not fit, of which nothing is judged", () => {
    const parameters = [{ shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }];
    const program = programOf(
      pytorch,
      { op: "init", groups: [{ hyperparameters: {}, parameters }] },
      { op: "step", gradients: parameters },
      EVERYTHING,
    );
    const bent = structuredClone(simulate(program, pytorch, fused)) as Observation[];
    bent[0].parameters[0].square_avg = { ...bent[0].parameters[0].square_avg!, shape: [4, 1] };
    expect(breaches(bent, program)).toEqual([
      "operation 2, parameter 0: square_avg has shape [4, 1] instead of [2, 2]",
    ]);
    const { bySlot } = judgeProgram(program, bent, pinned);
    expect(bySlot).toMatchObject({ parameter: { judged: 4, rejected: 0 } });
    expect(bySlot).not.toHaveProperty("square_avg");
  });

  it("a tensor of another length or shape", () => {
    const long = right();
    long[2].parameters[1].square_avg = vector([1, 2]);
    expect(breaches(long)[0]).toMatch(
      /operation 6, parameter 1: square_avg has shape \[2\] instead of \[1\]/,
    );
    const bent = right();
    bent[2].parameters[0].parameter = { ...bent[2].parameters[0].parameter!, shape: [3, 1] };
    expect(breaches(bent)[0]).toMatch(/parameter has shape \[3, 1\] instead of \[3\]/);
  });

  it("a gradient that the step changed", () => {
    const observations = replaced(
      right(),
      { observation: 1, parameter: 0, slot: "gradient", element: 1 },
      (value) => value + 1,
    );
    expect(breaches(observations)).toEqual([
      "operation 4, parameter 0: the gradient was changed by the step",
    ]);
    const sign = programOf(pytorch, init({}, [1]), step([-0]), EVERYTHING);
    const unsigned = replaced(
      simulate(sign, pytorch, fused),
      { observation: 0, parameter: 0, slot: "gradient", element: 0 },
      () => 0,
    );
    expect(breaches(unsigned, sign)[0]).toMatch(/gradient was changed/);
  });

  it("a gradient of another length", () => {
    for (const values of [
      [1, -2],
      [1, -2, 3, 4],
    ]) {
      const observations = right();
      observations[0].parameters[0].gradient = vector(values);
      expect(breaches(observations)).toEqual([
        `operation 2, parameter 0: gradient has shape [${values.length}] instead of [3]`,
      ]);
    }
  });

  it("a NaN gradient that comes back as another NaN is not one", () => {
    const program = programOf(pytorch, init({}, [1]), step([Number.NaN]), EVERYTHING);
    const observations = structuredClone(simulate(program, pytorch, fused)) as Observation[];
    new Uint32Array(observations[0].parameters[0].gradient!.values.buffer)[0] = 0xffc54321;
    expect(breaches(observations, program)).toEqual([]);
  });

  it("a step count that is not the number of steps", () => {
    const observations = right();
    observations[0].parameters[0].step = 1;
    expect(breaches(observations)).toEqual([]);
    observations[0].parameters[0].step = 2;
    expect(breaches(observations)).toEqual(["operation 2, parameter 0: the step count is 2 after 1 steps"]);
  });

  it.each(["momentum_buffer", "grad_avg"] as const)("a %s that changes in a step without it", (slot) => {
    const program = programOf(
      pytorch,
      init(full, [1, 2]),
      step([1, 2]),
      EVERYTHING,
      set({ momentum: 0, centered: false }),
      step([2, 1]),
      EVERYTHING,
      set({ momentum: 0.5, centered: true }),
      step([1, 1]),
      EVERYTHING,
    );
    const observations = simulate(program, pytorch, fused);
    expect(breaches(observations, program)).toEqual([]);
    for (const element of [0, 1]) {
      const changed = replaced(observations, { observation: 1, parameter: 0, slot, element }, nextUp);
      expect(breaches(changed, program)[0]).toMatch(
        new RegExp(
          `^step 2 \\(operation 4\\) does not use ${slot} of parameter 0, and yet element ${element} was `,
        ),
      );
    }
  });

  const twice = (...slots: Parameters<typeof observe>) =>
    programOf(
      pytorch,
      init(full, [0, 0.5]),
      observe(...slots),
      step([1, 2]),
      observe(...slots),
      { op: "checkpoint" },
      observe(...slots),
      step([2, 1]),
      observe(...slots),
    );

  it.each([
    ["parameter", 0, twice("parameter")],
    ["parameter", 2, twice("parameter")],
    ["parameter", 2, twice(...SLOTS)],
    ["square_avg", 2, twice(...SLOTS)],
    ["momentum_buffer", 2, twice(...SLOTS)],
    ["square_avg", 2, twice("parameter", "square_avg")],
  ] as const)("a %s that changed without a step, in observation %i", (slot, observation, program) => {
    const observations = simulate(program, pytorch, fused);
    expect(breaches(observations, program)).toEqual([]);
    const changed = replaced(observations, { observation, parameter: 0, slot, element: 1 }, nextUp);
    expect(breaches(changed, program)[0]).toMatch(
      new RegExp(`${slot} of parameter 0 changed without a step: element 1 was .* and is `),
    );
  });

  it("a parameter that a load of the state changed", () => {
    const load = { op: "load" as const, state: [{ parameter: 0, step: 1, square_avg: vector([4]) }] };
    const program = programOf(
      pytorch,
      init({}, [1]),
      step([1]),
      observe("parameter"),
      load,
      observe("parameter"),
    );
    const observations = simulate(program, pytorch, fused);
    expect(breaches(observations, program)).toEqual([]);
    const changed = replaced(
      observations,
      { observation: 1, parameter: 0, slot: "parameter", element: 0 },
      nextUp,
    );
    expect(breaches(changed, program)[0]).toMatch(/parameter of parameter 0 changed without a step/);
  });

  it("a loaded state that is not what is shown", () => {
    const program = programOf(
      pytorch,
      init({}, [1]),
      { op: "load", state: [{ parameter: 0, step: 1, square_avg: vector([4]) }] },
      observe("square_avg"),
    );
    const observations = simulate(program, pytorch, fused);
    expect(breaches(observations, program)).toEqual([]);
    const changed = replaced(
      observations,
      { observation: 0, parameter: 0, slot: "square_avg", element: 0 },
      nextUp,
    );
    expect(breaches(changed, program)[0]).toMatch(/square_avg of parameter 0 changed without a step/);
  });
});

describe("observations that are late or in parts", () => {
  const steps = [init(full, [0, 0.5]), step([1, 2]), step([2, 1])];

  it("are judged when they come: parameter first, the rest in a second observation", () => {
    const program = programOf(
      pytorch,
      ...steps,
      observe("parameter"),
      observe("square_avg", "momentum_buffer"),
    );
    const right = simulate(program, pytorch, fused);
    const judgement = judgeProgram(program, right, declarationOf(pytorch));
    expect(judgement.bySlot).toMatchObject({
      parameter: { judged: 2, rejected: 0 },
      square_avg: { judged: 2, rejected: 0 },
      momentum_buffer: { judged: 2, rejected: 0 },
    });
    const wrong = replaced(
      right,
      { observation: 1, parameter: 0, slot: "square_avg", element: 1 },
      (x) => 2 * x,
    );
    expect(judgeProgram(program, wrong, declarationOf(pytorch)).bySlot.square_avg?.rejected).toBe(1);
  });

  it("are the start of the next step, which is judged on its own when nothing is hidden any more", () => {
    const program = programOf(
      pytorch,
      init(full, [0, 0.5]),
      step([1, 2]),
      observe("parameter"),
      observe("square_avg", "grad_avg", "momentum_buffer"),
      step([2, 1]),
      EVERYTHING,
      EVERYTHING,
    );
    const judgement = judgeProgram(
      program,
      simulate(program, pytorch, fused),
      declarationOf(pytorch, "fused"),
    );
    expect(judgement.contract).toEqual([]);
    // Two elements of four slots after each step.
    expect(judgement.tally).toMatchObject({ judged: 16, bitExact: 16 });
    expect(judgement.multiStep).toMatchObject({ judged: 8, bitExact: 8 });
  });

  it("are judged after a load: the parameter by the step, the state by what was loaded", () => {
    const load = {
      op: "load" as const,
      state: [
        {
          parameter: 0,
          step: 5,
          square_avg: vector([4, 9]),
          grad_avg: vector([1, 1]),
          momentum_buffer: vector([0, 1]),
        },
      ],
    };
    const program = programOf(
      pytorch,
      ...steps,
      load,
      observe("parameter", "square_avg"),
      step([1, 1]),
      EVERYTHING,
    );
    const right = simulate(program, pytorch, fused);
    const good = judgeProgram(program, right, declarationOf(pytorch));
    expect(good.contract).toEqual([]);
    expect(good.tally.rejected).toBe(0);
    expect(good.bySlot.parameter?.judged).toBe(4);
    const wrong = replaced(
      right,
      { observation: 0, parameter: 0, slot: "parameter", element: 1 },
      (x) => 2 * x,
    );
    expect(judgeProgram(program, wrong, declarationOf(pytorch)).bySlot.parameter?.rejected).toBeGreaterThan(
      0,
    );
    const unloaded = replaced(
      right,
      { observation: 0, parameter: 0, slot: "square_avg", element: 1 },
      nextUp,
    );
    expect(judgeProgram(program, unloaded, declarationOf(pytorch)).contract[0]).toMatch(
      /square_avg of parameter 0 changed without a step/,
    );
  });
});

describe("a slot that the last step did not write", () => {
  const withoutMomentum = { ...full, momentum: 0 };
  const kept = programOf(
    pytorch,
    init(full, [0, 0.5]),
    step([1, 2]),
    EVERYTHING,
    set(withoutMomentum),
    step([2, 1]),
    observe("square_avg", "grad_avg", "momentum_buffer"),
    step([1, 1]),
    EVERYTHING,
  );
  const right = simulate(kept, pytorch, fused);
  const at = (observation: number) => ({
    observation,
    parameter: 0,
    slot: "momentum_buffer" as const,
    element: 1,
  });

  it("is no result of that step, shown or not", () => {
    const judgement = judgeProgram(kept, right, pinned);
    expect(verdictOf(judgement, pinned)).toBe("bit-exact");
    // Two elements after the first step alone.
    expect(judgement.bySlot.momentum_buffer?.judged).toBe(2);
    // Nothing is hidden after the last step, so a further one would be judged on its own.
    expect(judgement.multiStep.judged).toBe(2 * (2 + 3));
  });

  it.each([1, 2])("is what it was, also where other slots are hidden (observation %i)", (observation) => {
    const changed = replaced(right, at(observation), nextUp);
    expect(judgeProgram(kept, changed, pinned).contract[0]).toMatch(
      /does not use momentum_buffer of parameter 0, and yet element 1/,
    );
  });

  it("is the result of an earlier step if it was not shown since", () => {
    const late = programOf(
      pytorch,
      init(full, [0, 0.5]),
      step([1, 2]),
      set(withoutMomentum),
      step([2, 1]),
      EVERYTHING,
      observe("momentum_buffer"),
    );
    const visible = simulate(late, pytorch, fused);
    const judgement = judgeProgram(late, visible, pinned);
    expect(verdictOf(judgement, pinned)).toBe("bit-exact");
    expect(judgement.bySlot.momentum_buffer?.judged).toBe(2);
    const wrong = replaced(
      replaced(visible, at(0), (x) => 2 * x),
      at(1),
      (x) => 2 * x,
    );
    expect(judgeProgram(late, wrong, pinned).bySlot.momentum_buffer?.rejected).toBe(1);
  });

  it("may be shown although no step has ever written it", () => {
    const zeros = { ...right[0].parameters[0].square_avg!, values: new Float32Array(2) };
    const never = programOf(pytorch, init(withoutMomentum, [0, 0.5]), step([1, 2]), step([2, 1]), EVERYTHING);
    const shown = simulate(never, pytorch, fused).map(({ parameters }) => ({
      parameters: parameters.map((parameter) => ({ ...parameter, momentum_buffer: zeros })),
    }));
    const judgement = judgeProgram(never, shown, pinned);
    expect(verdictOf(judgement, pinned)).toBe("bit-exact");
    expect(judgement.bySlot.momentum_buffer).toBeUndefined();
  });
});

describe("isAccepted", () => {
  it("says no to observations that are missing, without breaking", () => {
    expect(isAccepted(trace, [], pinned)).toBe(false);
    expect(isAccepted(trace, simulate(trace, pytorch, fused).slice(1), pinned)).toBe(false);
  });

  it("takes no error of its own for a rejection", () => {
    const observations = structuredClone(simulate(trace, pytorch, fused)) as Observation[];
    Object.defineProperty(observations[1].parameters[0], "parameter", {
      get: () => {
        throw new Error("cannot be read");
      },
    });
    expect(() => isAccepted(trace, observations, pinned)).toThrow("cannot be read");
  });
});

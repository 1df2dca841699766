import { describe, expect, test } from "vitest";
import { bundledAdapter } from "../src/adapter/bundled.js";
import { nextDown, nextUp } from "../src/float32/neighbours.js";
import type { Observation, ObservedParameter } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";
import {
  asDialect,
  away,
  type Defect,
  defective,
  failureOf,
  hyperparameters,
  moved,
  operations,
  PROPERTIES_WITH_DEFECTS,
  type Slot,
} from "./__test-helpers__/defective.js";
import { PropertyFailure } from "./property-failure.js";

const withoutSet = operations((operation) => (operation.op === "set" ? [] : [operation]));
const times = (factor: number) => (x: number) => x * factor;
const observed = (at: ObservedParameter, slot: Slot, i: number) => at[slot]?.values[i] ?? Number.NaN;

const IMPLEMENTATION_DEFECTS: [property: string, what: string, defect: Defect, dialect?: string][] = [
  ["mean-square-stays-below-its-rounded-bound", "one float high", moved("square_avg", nextUp)],
  ["mean-square-stays-below-its-rounded-bound", "negative", moved("square_avg", (s) => -s)],
  ["mean-square-stays-below-its-rounded-bound", "NaN", moved("square_avg", () => Number.NaN)],
  [
    "first-step-stays-below-its-rounded-bound",
    "three floats long",
    moved("parameter", (x) => away(away(away(x)))),
  ],
  [
    "first-step-stays-below-its-rounded-bound",
    "η off by 2^-20",
    hyperparameters((h) => ({ lr: h.lr * (1 + 2 ** -20) })),
  ],
  ["zero-gradient-leaves-the-parameter", "one float away", moved("parameter", away)],
  ["zero-gradient-leaves-the-parameter", "+0 becomes −0", moved("parameter", (x) => (x === 0 ? -0 : x))],
  ["zero-gradient-leaves-the-parameter", "weight decay", hyperparameters(() => ({ weight_decay: 2 ** -20 }))],
  ["zero-gradient-decays-the-mean-square", "one float high", moved("square_avg", nextUp)],
  [
    "zero-gradient-decays-the-mean-square",
    "β one float low",
    hyperparameters((h) => ({ alpha: nextDown(Math.fround(h.alpha)) })),
  ],
  ["parameter-never-follows-the-gradient", "ascent", hyperparameters(() => ({ maximize: true }))],
  ["parameter-never-follows-the-gradient", "momentum", hyperparameters(() => ({ momentum: 0.9 }))],
  ["parameter-never-follows-the-gradient", "weight decay", hyperparameters(() => ({ weight_decay: 0.01 }))],
  [
    "constant-gradient-closed-form",
    "β off by 2^-20",
    hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -20) })),
  ],
  [
    "constant-gradient-closed-form",
    "four floats high",
    moved("square_avg", (s) => nextUp(nextUp(nextUp(nextUp(s))))),
  ],
  ["constant-gradient-closed-form", "starts at 1", asDialect("autograd")],
  [
    "weighted-sum-of-squares",
    "β off by 2^-20",
    hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -20) })),
  ],
  [
    "weighted-sum-of-squares",
    "a gradient is skipped",
    operations((o) => (o.op === "step" && o.gradients[0]?.values[0] === 1 ? [] : [o])),
  ],
  [
    "influence-of-one-gradient-decays",
    "β off by 2^-16",
    hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -16) })),
  ],
  ["influence-of-one-gradient-decays", "forgets nothing", { say: (observations) => summed(observations) }],
  [
    "rate-recovers-after-a-burst",
    "the mean square is a sum",
    { say: (observations) => summed(observations) },
  ],
  ["rate-recovers-after-a-burst", "the rate stays", { say: (observations) => evenSteps(observations) }],
  ["a-program-can-make-it-adagrad", "set is ignored", withoutSet],
  ["a-program-can-make-it-adagrad", "16 floats high", moved("square_avg", times(1 + 2 ** -19))],
  [
    "beta-one-keeps-the-initial-mean-square",
    "one float high",
    moved("square_avg", (s, k) => (k === 1 ? nextUp(s) : s)),
  ],
  [
    "beta-one-keeps-the-initial-mean-square",
    "η off by 2^-18",
    hyperparameters((h) => ({ lr: h.lr * (1 + 2 ** -18) })),
  ],
  ["beta-one-freezes-the-mean-square", "set is ignored", withoutSet],
  [
    "beta-one-freezes-the-mean-square",
    "β is almost 1",
    hyperparameters((h) => ({ alpha: h.alpha === 1 ? 1 - 2 ** -20 : h.alpha })),
  ],
  ["beta-one-freezes-the-mean-square", "ε inside the root", asDialect("pfrl")],
  [
    "dominant-epsilon-is-gradient-descent",
    "ε off by 2^-18",
    hyperparameters((h) => ({ eps: h.eps * (1 + 2 ** -18) })),
  ],
  [
    "dominant-epsilon-is-gradient-descent",
    "plain gradient descent",
    { say: (observations, program) => descent(observations, program) },
  ],
  ["beta-zero-is-sign-descent", "one float high", moved("square_avg", nextUp)],
  ["beta-zero-is-sign-descent", "the step one float long", moved("parameter", away)],
  ["beta-zero-is-sign-descent", "a default ε", hyperparameters((h) => ({ eps: h.eps || 1e-3 }))],
  [
    "momentum-zero-is-the-plain-rule",
    "a buffer that is filled",
    { say: (observations) => withBuffer(observations) },
  ],
  ["momentum-zero-is-the-plain-rule", "momentum in spite of 0", hyperparameters(() => ({ momentum: 0.5 }))],
  [
    "momentum-zero-is-the-plain-rule",
    "a default momentum",
    hyperparameters((h) => ({ momentum: h.momentum ?? 0.9 })),
  ],
  ["momentum-buffer-and-parameter-follow-the-form", "η inside", asDialect("optax")],
  ["momentum-buffer-and-parameter-follow-the-form", "looking ahead", asDialect("torchopt-nesterov")],
  ["momentum-buffer-and-parameter-follow-the-form", "raw gradients", asDialect("fastai")],
  [
    "momentum-buffer-and-parameter-follow-the-form",
    "dampened by 1 − μ",
    moved("momentum_buffer", times(0.5)),
  ],
  [
    "momentum-buffer-and-parameter-follow-the-form",
    "μ off by 2^-16",
    hyperparameters((h) => ({ momentum: h.momentum * (1 + 2 ** -16) })),
  ],
  [
    "momentum-buffer-and-parameter-follow-the-form",
    "η outside",
    asDialect("torchopt-nesterov"),
    "optax-nesterov",
  ],
  ["momentum-buffer-and-parameter-follow-the-form", "no looking ahead", asDialect("optax"), "optax-nesterov"],
  ["momentum-buffer-and-parameter-follow-the-form", "normalised gradients", asDialect("pytorch"), "fastai"],
  ["changed-learning-rate-enters-where-the-form-says", "set is ignored", withoutSet],
  ["changed-learning-rate-enters-where-the-form-says", "set comes a step late", { run: late }],
  [
    "changed-learning-rate-enters-where-the-form-says",
    "η inside, told as outside",
    insideAsOutside(),
    "pfrl",
  ],
  ["one-step-on-the-square", "the root is stored", moved("square_avg", Math.sqrt)],
  ["one-step-on-the-square", "1 − β^t", asDialect("optax-bias-corrected")],
  [
    "two-gradients-for-every-decay",
    "β off by 2^-20",
    hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -20) })),
  ],
  ["gradients-one-two-three", "forgets nothing", { say: (observations) => summed(observations) }],
  [
    "alternating-gradients-do-not-cancel-in-the-mean-square",
    "3 floats high",
    moved("square_avg", times(1 + 2 ** -20)),
  ],
  [
    "alternating-gradients-cancel-in-the-mean-gradient",
    "β off",
    hyperparameters((h) => ({ alpha: h.alpha * 0.999 })),
  ],
  [
    "last-terms-and-mean-age",
    "β off by 2^-20",
    hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -20) })),
  ],
  ["last-terms-and-mean-age", "nothing older than 3 steps", moved("square_avg", (s, k) => (k > 2 ? 0 : s))],
  ["loop-reaches-the-step-radius", "η off by 2^-18", hyperparameters((h) => ({ lr: h.lr * (1 + 2 ** -18) }))],
  ["loop-trajectory", "η off by 2^-20", hyperparameters((h) => ({ lr: h.lr * (1 + 2 ** -20) }))],
  ["loop-trajectory", "β off by 2^-20", hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -20) }))],
  ["loop-trajectory", "starts at 1", asDialect("autograd")],
  ["bowl", "ε inside the root", asDialect("pfrl")],
  ["bowl", "ε outside the root", asDialect("pytorch"), "textbook"],
  ["bowl", "β off by 2^-20", hyperparameters((h) => ({ alpha: h.alpha * (1 - 2 ** -20) }))],
  ["repeated-gradient", "η off by 2^-20", hyperparameters((h) => ({ lr: h.lr * (1 + 2 ** -20) }))],
  ["repeated-gradient", "1 − β^t", asDialect("optax-bias-corrected")],
  [
    "repeated-gradient",
    "the second component ten floats long",
    moved("parameter", (x, _, __, i) => (i === 1 ? x * (1 + 2 ** -20) : x)),
  ],
  ["adagrad-bowl", "set is ignored", withoutSet],
  ["adagrad-bowl", "set comes a step late", { run: late }],
  [
    "adagrad-bowl",
    "η off by 2^-20",
    hyperparameters((h) => ({ ...(h.lr && { lr: h.lr * (1 + 2 ** -20) }) })),
  ],
];

/** The mean square of AdaGrad: observed values without forgetting. */
function summed(observations: readonly Observation[]): readonly Observation[] {
  const sums: number[] = [];
  const { say } = moved("square_avg", (s, _, __, i) => {
    sums[i] = Math.fround((sums[i] ?? 0) + s);
    return sums[i];
  });
  return say?.(observations, {} as Program) ?? [];
}

/** Every step as long as the third: a rate that does not recover. */
function evenSteps(observations: readonly Observation[]): readonly Observation[] {
  const at = (k: number, i: number) => observed(observations[k].parameters[0], "parameter", i);
  const { say } = moved("parameter", (x, k, _, i) =>
    k > 2 ? at(2, i) + (k - 2) * (at(2, i) - at(1, i)) : x,
  );
  return say?.(observations, {} as Program) ?? [];
}

/** θ − η/ε·g, the reduction without its shortfall. */
function descent(observations: readonly Observation[], program: Program): readonly Observation[] {
  const [init] = program.operations;
  if (init.op !== "init") return observations;
  const { lr = 0, eps = 1 } = init.groups[0].hyperparameters;
  const before = [...init.groups[0].parameters[0].values];
  const { say } = moved("parameter", (_, __, at, i) => {
    before[i] = Math.fround(before[i] - (lr / eps) * (at.gradient?.values[i] ?? 0));
    return before[i];
  });
  return say?.(observations, program) ?? [];
}

function withBuffer(observations: readonly Observation[]): readonly Observation[] {
  return observations.map(({ parameters }) => ({
    parameters: parameters.map((p) => ({
      ...p,
      ...(p.parameter && {
        momentum_buffer: { ...p.parameter, values: new Float32Array(p.parameter.values.length).fill(1) },
      }),
    })),
  }));
}

/** Each change of hyperparameters after the step that it should precede. */
function late(program: Program): Program {
  const list = [...program.operations];
  for (let k = list.length - 1; k >= 0; k--) {
    if (list[k].op === "set") list.splice(k, 2, list[k + 1], list[k]);
  }
  return { ...program, operations: list };
}

/** The learning rate inside the buffer, which is divided by it before it is shown; ε is inside the root in both. */
function insideAsOutside(): Defect {
  return {
    run: (program) => ({ ...program, dialect: "optax" }),
    say: (observations, program) => {
      let lr = 1;
      const rates = program.operations.flatMap((operation) => {
        if (operation.op === "init") lr = operation.groups[0].hyperparameters.lr ?? lr;
        if (operation.op === "set") lr = operation.hyperparameters.lr ?? lr;
        return operation.op === "observe" ? [lr] : [];
      });
      return moved("momentum_buffer", (b, k) => b / rates[k]).say?.(observations, program) ?? [];
    },
  };
}

describe("a property of an implementation, without the acceptance sets, fails on", () => {
  test.each(IMPLEMENTATION_DEFECTS)("%s: %s", async (id, _what, defect, dialect = "pytorch") => {
    const failure = await failureOf(id, defective(bundledAdapter("unfused"), defect), dialect);
    expect(failure).toBeInstanceOf(PropertyFailure);
    expect((failure as PropertyFailure).evidence?.observations.length).toBeGreaterThan(0);
  });
});

test("under a zero gradient, −0 may become +0", async () => {
  const lost = defective(
    bundledAdapter("unfused"),
    moved("parameter", (x) => x + 0),
  );
  expect(await failureOf("zero-gradient-leaves-the-parameter", lost, "pytorch", 200)).toBeUndefined();
});

test("every property of an implementation is put to a defect", () => {
  const named = IMPLEMENTATION_DEFECTS.map(([id]) => id);
  const all = PROPERTIES_WITH_DEFECTS.filter((property) => property.target === "implementation");
  expect(all.map(({ id }) => id).filter((id) => !named.includes(id))).toEqual([]);
});

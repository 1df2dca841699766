import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Arithmetic, StepScalars } from "../spec/arithmetic.js";
import { type DialectAxes, dialectById } from "../spec/index.js";
import type { StepShape } from "../spec/step-shape.js";
import type { StepInputs } from "../spec/update-rule.js";
import type { Adapter, Outcome } from "../src/adapter/adapter.js";
import { bundledAdapter } from "../src/adapter/bundled.js";
import { CAPABILITIES } from "../src/adapter/capability.js";
import { nextDown, nextUp } from "../src/float32/neighbours.js";
import { declarationOf } from "../src/judge/declaration.js";
import type { Observation, ObservedParameter } from "../src/program/observation.js";
import type { Operation, Program } from "../src/program/program.js";
import { boundsProperties } from "./bounds.js";
import { closedFormProperties } from "./closed-forms.js";
import { momentumProperties } from "./momentum.js";
import { PropertyFailure } from "./property-failure.js";
import { reductionProperties } from "./reductions.js";
import { Subject } from "./subject.js";
import { zeroGradientAndSignProperties } from "./zero-gradient-and-sign.js";

const PROPERTIES = [
  ...boundsProperties,
  ...zeroGradientAndSignProperties,
  ...closedFormProperties,
  ...reductionProperties,
  ...momentumProperties,
];

/** The acceptance sets would catch these defects first; here a property has nothing but its own statement. */
class Unjudged extends Subject {
  override accept(): void {}
}

/** A defect: what is run in place of a program, and what is said in place of what was observed. */
interface Defect {
  readonly run?: (program: Program) => Program;
  readonly say?: (observations: readonly Observation[], program: Program) => readonly Observation[];
}

function defective(adapter: Adapter, { run = (p) => p, say = (o) => o }: Defect): Adapter {
  return {
    hello: () => adapter.hello(),
    stop: () => adapter.stop(),
    run: async (programs) => {
      const replies = await adapter.run(programs.map(run));
      return replies.map((reply, k): Outcome => {
        if (reply.status !== "ok") return reply;
        return { status: "ok", observations: [...say(reply.observations, programs[k])] };
      });
    },
  };
}

type Slot = "parameter" | "square_avg" | "momentum_buffer";

/** Change the values of a slot in every observation; `k` counts observations. */
function moved(
  slot: Slot,
  change: (x: number, k: number, at: ObservedParameter, i: number) => number,
): Defect {
  return {
    say: (observations) =>
      observations.map(({ parameters }, k) => ({
        parameters: parameters.map((parameter) => {
          const tensor = parameter[slot];
          if (!tensor) return parameter;
          const values = tensor.values.map((x, i) => change(x, k, parameter, i));
          return { ...parameter, [slot]: { ...tensor, values } };
        }),
      })),
  };
}

function operations(change: (operation: Operation) => readonly Operation[]): Defect {
  return { run: (program) => ({ ...program, operations: program.operations.flatMap(change) }) };
}

function hyperparameters(change: (h: Record<string, number>) => Record<string, unknown>): Defect {
  return operations((operation) => {
    if (operation.op === "init") {
      const groups = operation.groups.map((group) => ({
        ...group,
        hyperparameters: { ...group.hyperparameters, ...change(group.hyperparameters as never) },
      }));
      return [{ ...operation, groups }];
    }
    if (operation.op !== "set") return [operation];
    const { hyperparameters: h } = operation;
    const changed = Object.entries(change(h as never)).filter(([name]) => name in h);
    return [{ ...operation, hyperparameters: { ...h, ...Object.fromEntries(changed) } }];
  });
}

const withoutSet = operations((operation) => (operation.op === "set" ? [] : [operation]));
const asDialect = (dialect: string): Defect => ({ run: (program) => ({ ...program, dialect }) });
const away = (x: number) => (x < 0 ? -nextUp(-x) : nextUp(x));
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
  ["zero-gradient-leaves-the-parameter", "the sign of zero lost", moved("parameter", (x) => x + 0)],
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

async function failureOf(id: string, adapter: Adapter, dialect: string, runs = 60): Promise<unknown> {
  const property = PROPERTIES.find((p) => p.id === id);
  if (!property) throw new Error(`no property ${id}`);
  const declaration = declarationOf(dialectById(dialect));
  const subject = new Unjudged(adapter, CAPABILITIES, declaration, false);
  const details = await fc.check(
    fc.asyncProperty(property.arbitrary(declaration, CAPABILITIES), (input) =>
      property.check(input, subject),
    ),
    { seed: 5, numRuns: runs, endOnFailure: true },
  );
  return details.errorInstance ?? undefined;
}

describe("a property of an implementation, without the acceptance sets, fails on", () => {
  test.each(IMPLEMENTATION_DEFECTS)("%s: %s", async (id, _what, defect, dialect = "pytorch") => {
    const failure = await failureOf(id, defective(bundledAdapter("unfused"), defect), dialect);
    expect(failure).toBeInstanceOf(PropertyFailure);
    expect((failure as PropertyFailure).evidence?.observations.length).toBeGreaterThan(0);
  });
});

test("every property is put to a defect", () => {
  const named = [...IMPLEMENTATION_DEFECTS, ...SPECIFICATION_DEFECTS].map(([id]) => id);
  expect(PROPERTIES.map(({ id }) => id).filter((id) => !named.includes(id))).toEqual([]);
});

/** A wrong update rule: its parts are changed before or while the right one is read. */
interface WrongRule {
  readonly dialect?: (dialect: DialectAxes) => DialectAxes;
  readonly scalars?: <V>(ar: Arithmetic<V>, h: StepScalars<V>) => StepScalars<V>;
  readonly arithmetic?: <V>(ar: Arithmetic<V>) => Partial<Arithmetic<V>>;
}

const wrong = vi.hoisted(() => ({ rule: undefined as unknown }));

vi.mock("../spec/update-rule.js", async (importOriginal) => {
  const original = await importOriginal<typeof import("../spec/update-rule.js")>();
  return {
    ...original,
    updateRule: <V>(
      ar: Arithmetic<V>,
      dialect: DialectAxes,
      shape: StepShape,
      h: StepScalars<V>,
      inputs: StepInputs<V>,
    ) => {
      const rule = wrong.rule as WrongRule | undefined;
      const overridden = rule?.arithmetic?.(ar) ?? {};
      const arithmetic = new Proxy(ar, {
        get: (target, name) => {
          const member = overridden[name as keyof Arithmetic<V>] ?? target[name as keyof Arithmetic<V>];
          return typeof member === "function" ? member.bind(target) : member;
        },
      });
      const scalars = rule?.scalars?.(ar, h) ?? h;
      original.updateRule(arithmetic, rule?.dialect?.(dialect) ?? dialect, shape, scalars, inputs);
    },
  };
});

const doubled = <V>(ar: Arithmetic<V>, x: V) => ar.add(null, x, x);
const form = (from: DialectAxes["momentum"], to: DialectAxes["momentum"]): WrongRule => ({
  dialect: (dialect) => (dialect.momentum === from ? { ...dialect, momentum: to } : dialect),
});
const placed = (epsilon: DialectAxes["epsilon"]): WrongRule => ({
  dialect: (dialect) => ({ ...dialect, epsilon }),
});

const SPECIFICATION_DEFECTS: [property: string, what: string, rule: WrongRule][] = [
  [
    "mean-square-lies-within-its-data",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  [
    "mean-square-lies-within-its-data",
    "a sum instead of a mean",
    { scalars: (ar, h) => ({ ...h, alpha: ar.add(null, h.alpha, h.complement) }) },
  ],
  [
    "step-is-bounded-by-its-own-share",
    "(1 − β)² for 1 − β",
    { scalars: (ar, h) => ({ ...h, complement: ar.multiply(h.complement, h.complement) }) },
  ],
  ["step-is-bounded-by-its-own-share", "2η", { scalars: (ar, h) => ({ ...h, lr: doubled(ar, h.lr) }) }],
  [
    "adagrad-rate-never-rises-rmsprop-rate-does",
    "nothing is forgotten",
    { scalars: (ar, h) => ({ ...h, alpha: ar.add(null, h.alpha, h.complement) }) },
  ],
  [
    "adagrad-rate-never-rises-rmsprop-rate-does",
    "the last square alone",
    {
      scalars: (ar, h) => ({
        ...h,
        complement: ar.add(null, h.alpha, h.complement),
        alpha: ar.subtract(null, h.alpha, h.alpha),
      }),
    },
  ],
  ["adagrad-is-rmsprop-with-weight-one-over-t", "ε inside the root", placed("inside")],
  ["adagrad-is-rmsprop-with-weight-one-over-t", "no ε", placed("none")],
  [
    "adagrad-is-rmsprop-with-weight-one-over-t",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  ["dominant-epsilon-shortfall", "ε in both places", placed("both")],
  ["dominant-epsilon-shortfall", "the root clamped", placed("max-clamp")],
  [
    "every-momentum-form-starts-as-the-plain-rule",
    "η squared outside",
    { arithmetic: (ar) => ({ quotient: (x, d) => ar.quotient(doubled(ar, x), d) }) },
  ],
  [
    "every-momentum-form-starts-as-the-plain-rule",
    "μ + η for μ",
    { scalars: (ar, h) => ({ ...h, momentum: ar.add(null, h.momentum, h.lr) }) },
  ],
  ["constant-learning-rate-inside-or-outside", "looking ahead", form("lr-inside", "nesterov")],
  ["constant-learning-rate-inside-or-outside", "raw gradients", form("lr-outside", "raw-gradient")],
  [
    "constant-learning-rate-inside-or-outside",
    "no μ",
    { scalars: (ar, h) => ({ ...h, momentum: ar.subtract(null, h.momentum, h.momentum) }) },
  ],
  ["changed-learning-rate-parts-the-forms", "the same form twice", form("lr-inside", "lr-outside")],
  [
    "changed-learning-rate-parts-the-forms",
    "the same form twice, ahead",
    form("nesterov", "nesterov-lr-outside"),
  ],
];

describe("a property of the specification fails on a rule with", () => {
  test.each(SPECIFICATION_DEFECTS)("%s: %s", async (id, _what, rule) => {
    wrong.rule = rule;
    try {
      // A rule that is wrong in one dialect may be right in another.
      const failures = await Promise.all(
        ["pytorch", "autograd"].map((dialect) => failureOf(id, bundledAdapter("unfused"), dialect, 10)),
      );
      const failure = failures.find((found) => found !== undefined);
      expect(failure).toBeInstanceOf(PropertyFailure);
    } finally {
      wrong.rule = undefined;
    }
  });
});

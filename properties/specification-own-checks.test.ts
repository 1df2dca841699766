import { describe, expect, test, vi } from "vitest";
import type { Arithmetic, StepScalars } from "../spec/arithmetic.js";
import type { DialectAxes } from "../spec/index.js";
import type { StepShape } from "../spec/step-shape.js";
import type { StepInputs } from "../spec/update-rule.js";
import { bundledAdapter } from "../src/adapter/bundled.js";
import { failureOf, PROPERTIES_WITH_DEFECTS } from "./__test-helpers__/defective.js";
import { PropertyFailure } from "./property-failure.js";

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
  [
    "one-step-on-the-square-over-the-reals",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  [
    "two-gradients-for-every-decay-over-the-reals",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  [
    "gradients-one-two-three-over-the-reals",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  [
    "last-terms-and-mean-age-over-the-reals",
    "nothing is forgotten",
    { scalars: (ar, h) => ({ ...h, alpha: ar.add(null, h.alpha, h.complement) }) },
  ],
  [
    "loop-reaches-the-step-radius-over-the-reals",
    "η·(1 − β)²",
    { scalars: (ar, h) => ({ ...h, lr: ar.multiply(ar.multiply(h.lr, h.complement), h.complement) }) },
  ],
  ["bowl-over-the-reals", "ε in both places", placed("both")],
  ["bowl-over-the-reals", "ε outside the root", placed("outside")],
  [
    "repeated-gradient-over-the-reals",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  [
    "adagrad-bowl-over-the-reals",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
  [
    "loop-trajectory-over-the-reals",
    "2(1 − β)",
    { scalars: (ar, h) => ({ ...h, complement: doubled(ar, h.complement) }) },
  ],
];

test("every property of the specification is put to a defect", () => {
  const named = SPECIFICATION_DEFECTS.map(([id]) => id);
  const all = PROPERTIES_WITH_DEFECTS.filter((property) => property.target === "specification");
  expect(all.map(({ id }) => id).filter((id) => !named.includes(id))).toEqual([]);
});

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

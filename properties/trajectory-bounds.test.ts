import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hyperparameters } from "../spec/dialect.js";
import { dialectById } from "../spec/dialects.js";
import {
  EVALUATION_AXES,
  type Evaluation,
  type PinnedEvaluation,
  pinnedChoices,
} from "../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../spec/evaluations.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import { evaluateStep } from "../src/oracle/evaluator.js";
import {
  type Bounded,
  type BoundedStep,
  type Descent,
  isWithinBound,
  trajectoryBounds,
} from "./trajectory-bounds.js";
import { example } from "./worked-example-support.js";

/** The loops of the worked examples, and one under given gradients. */
const LOOP = { lr: 0.3, alpha: 0.9, eps: 1e-8 };
const BOWL = { lr: 0.4, alpha: 0.9, eps: 1e-6 };
const GIVEN = [0.7, -1.3, 0.001, 5, -0.2, 0.3];

function descentOf(h: Hyperparameters, steps: number, start: readonly number[], slopes?: readonly number[]) {
  const gradient = (k: number, i: number) =>
    slopes ? { slope: slopes[i] } : { value: Math.fround(GIVEN[(k + i) % GIVEN.length]) };
  return { schedule: Array.from({ length: steps }, () => h), start, gradient } satisfies Descent;
}

const EXAMPLES = {
  loop: (id: string) => descentOf(example(dialectById(id), LOOP), 100, [5], [2]),
  bowl: (id: string) => descentOf(example(dialectById(id), BOWL), 20, [-5, -2], [0.2, 4]),
  given: (id: string) => descentOf(example(dialectById(id), { ...LOOP, alpha: 0.99 }), 60, [0, 1]),
} as const;

/** A float32 trajectory in which each step is rounded as `evaluation` says for it. */
function trajectoryOf(
  id: string,
  { schedule, start, gradient }: Descent,
  evaluation: () => PinnedEvaluation,
) {
  const dialect = dialectById(id);
  let state = start.map((x) => ({ parameter: Math.fround(x), square_avg: 0 }));
  return schedule.map((h, k) => {
    state = state.map((before, i) => {
      const given = gradient(k, i);
      const g = "slope" in given ? Math.fround(given.slope * before.parameter) : given.value;
      const { stored } = evaluateStep(dialect, h, k + 1, evaluation(), { ...before, gradient: g });
      return { parameter: stored.parameter ?? Number.NaN, square_avg: stored.square_avg ?? Number.NaN };
    });
    return state.map(({ parameter }) => parameter);
  });
}

/** The share of the bound that a trajectory uses, at the step and element where it is largest. */
function largestShare(trajectory: readonly (readonly number[])[], bounds: readonly BoundedStep[][]): number {
  const shares = trajectory.flatMap((xs, k) =>
    xs.map((x, i) => {
      const { value, error } = bounds[k][i].parameter;
      return exactDecimal(x).sub(value).abs().toNumber() / error;
    }),
  );
  return Math.max(...shares);
}

const FREEDOMS: Record<string, Partial<Evaluation>> = {
  "the default freedom": {},
  "roots and quotients one float off": {
    root: ["correct", "one-ulp-low", "one-ulp-high"],
    division: ["correct", "one-ulp-low", "one-ulp-high"],
  },
  lerp: { "order.mean-square": ["lerp", "lerp-mirrored"] },
  "binary64 scalars": { scalars: ["binary64"] },
  "1 − β in float32": { complement: ["float32"] },
  "binary64 intermediates": { intermediates: ["binary64"] },
  "a reciprocal root": { quotient: ["reciprocal-root"] },
  "subnormals flushed": { subnormals: ["flushed-early"] },
};

describe("trajectoryBounds", () => {
  it.each(Object.entries(FREEDOMS))("holds where every step is rounded in another way: %s", (_, choices) => {
    const evaluation = { ...DEFAULT_FREEDOM, ...choices };
    const axes = Object.keys(EVALUATION_AXES) as (keyof Evaluation)[];
    let used = 0;
    for (const id of ["textbook", "pytorch"]) {
      for (const [name, exampleOf] of Object.entries(EXAMPLES)) {
        const descent = exampleOf(id);
        const alternatives = trajectoryBounds({ dialect: dialectById(id), evaluation }, descent);
        // What casts the scalars holds for a whole run, everything else for one step.
        const roll = fc.record(
          Object.fromEntries(
            axes.map((axis) => [
              axis,
              fc.constantFrom(
                ...pinnedChoices(axis).filter((one) => (evaluation[axis] as readonly string[]).includes(one)),
              ),
            ]),
          ),
        ) as unknown as fc.Arbitrary<PinnedEvaluation>;
        const rolls = fc.sample(roll, { seed: 7, numRuns: 600 });
        for (let run = 0; run < 5; run++) {
          let k = run * 47;
          const trajectory = trajectoryOf(id, descent, () => rolls[k++ % rolls.length]);
          const share = Math.min(...alternatives.map((bounds) => largestShare(trajectory, bounds)));
          expect(share, `${id}, ${name}, run ${run}`).toBeLessThanOrEqual(1);
          used = Math.max(used, share);
        }
      }
    }
    expect(used).toBeGreaterThan(0.1);
  });

  it("holds where every step is rounded away from the exact trajectory as far as it can be", () => {
    const reading = { dialect: dialectById("textbook"), evaluation: DEFAULT_FREEDOM };
    const descent = EXAMPLES.bowl("textbook");
    const [bounds] = trajectoryBounds(reading, descent);
    const choices = (["weight-first", "square-first"] as const).flatMap((meanSquare) =>
      (["scale-first", "quotient-first", "ratio-first", "inverse"] as const).flatMap((update) =>
        (["division", "reciprocal"] as const).flatMap((quotient) =>
          (["none", "left", "right"] as const).flatMap((contraction) =>
            (["none", "right"] as const).map((parameter) => ({
              ...PINNED_EVALUATIONS.unfused,
              "order.mean-square": meanSquare,
              "order.update": update,
              quotient,
              "contraction.mean-square": contraction,
              "contraction.parameter": parameter,
            })),
          ),
        ),
      ),
    );
    for (const direction of [1, -1]) {
      let state = descent.start.map((parameter) => ({ parameter, square_avg: 0 }));
      const trajectory = descent.schedule.map((h, k) => {
        state = state.map((before, i) => {
          const given = descent.gradient(k, i) as { slope: number };
          const gradient = Math.fround(given.slope * before.parameter);
          const results = choices.map((evaluation) => {
            const { stored } = evaluateStep(reading.dialect, h, k + 1, evaluation, { ...before, gradient });
            return { parameter: stored.parameter ?? 0, square_avg: stored.square_avg ?? 0 };
          });
          return results.sort((a, b) => direction * (a.parameter - b.parameter))[0];
        });
        return state.map(({ parameter }) => parameter);
      });
      expect(largestShare(trajectory, bounds)).toBeLessThanOrEqual(1);
      expect(largestShare(trajectory, bounds)).toBeGreaterThan(0.1);
    }
  });

  it("is narrow enough to decide what the source prints", () => {
    const decided = (id: string, name: "loop" | "bowl", step: number, decimals: number) => {
      const reading = { dialect: dialectById(id), evaluation: DEFAULT_FREEDOM };
      const [bounds] = trajectoryBounds(reading, EXAMPLES[name](id));
      return bounds[step - 1].map(({ parameter }) => decimalsOf(parameter, decimals));
    };
    expect(decided("textbook", "bowl", 20, 6)).toEqual(["-0.010599", "0.000000"]);
    expect(decided("pytorch", "bowl", 20, 6)).toEqual(["-0.010598", "0.000000"]);
    for (const id of ["textbook", "pytorch"]) {
      expect(decided(id, "loop", 1, 5)).toEqual(["4.05132"]);
      expect(decided(id, "loop", 10, 4)).toEqual(["1.0649"]);
      expect(decided(id, "loop", 100, 4)).toEqual(["-0.0125"]);
    }
  });

  it("says where nothing is known", () => {
    // Without ε the rate is infinite at a mean square of zero, which a gradient of zero leaves.
    const h = example(dialectById("hinton"), LOOP);
    const [bounds] = trajectoryBounds(
      { dialect: dialectById("hinton"), evaluation: DEFAULT_FREEDOM },
      { schedule: [h, h], start: [1], gradient: () => ({ value: 0 }) },
    );
    expect(bounds.map(([{ parameter }]) => parameter.error)).toEqual([Infinity, Infinity]);
    expect(isWithinBound(17, bounds[1][0].parameter)).toBe(true);
  });
});

/** The decimals that both ends of a bound print, or both where they differ. */
function decimalsOf({ value, error }: Bounded, decimals: number): string {
  // An end of an enclosure rounds outward, unless another rounding is named.
  const ends = [-error, error].map((e) =>
    value
      .add(exactDecimal(e))
      .toFixed(decimals, ExactDecimal.ROUND_HALF_EVEN)
      .replace(/^-(0\.0*)$/, "$1"),
  );
  return [...new Set(ends)].join(" … ");
}

import { DIALECT_AXES, type Dialect, type DialectAxes, type Hyperparameters } from "../spec/dialect.js";
import { DIALECTS } from "../spec/dialects.js";
import { roundingCell } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import {
  type CrossCheck,
  crossCheckStep,
  disagreementText,
  type OpinionRequest,
  roundingDifference,
} from "../src/oracle/cross-check/index.js";
import { FLOAT32_SCALARS, stepScalars } from "../src/oracle/scalars.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { ALL_REGIMES, edgeFloat, REGIMES } from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters } from "./arbitraries/hyperparameters.js";
import { type Property, property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";

/**
 * The self-check: what every judgement rests on, the exact oracle, against a second opinion that shares the update
 * rule with it and no arithmetic. The dialect under test does not matter; all axes are drawn.
 */

/** One choice on each axis: most of these dialects have never been published. */
function axes(): DescribedArbitrary<DialectAxes> {
  const choices = Object.entries(DIALECT_AXES).map(([axis, values]) => [axis, arb.constantFrom(...values)]);
  const drawn = arb.record(Object.fromEntries(choices)) as unknown as DescribedArbitrary<DialectAxes>;
  return drawn.as(() => "a dialect of any axes");
}

/** The hyperparameters of both strata, or any numbers in their ranges, which have up to 53 bits. */
function anyHyperparameters(dialect: DialectAxes): DescribedArbitrary<Hyperparameters> {
  const complete: Dialect = { ...DIALECTS[0], ...dialect };
  const share = arb.double({ min: 0, max: 1 });
  const numbers = arb.tuple(
    hyperparameters(complete, EVERY_PART),
    arb.record({ lr: share, alpha: share, momentum: share, weight_decay: share, lr_decay: share }),
    arb.double({ min: 0, max: 1e-3 }),
  );
  return arb.oneof(
    hyperparameters(complete, EVERY_PART),
    numbers.map(([h, some, eps]) => ({ ...h, ...some, eps })),
  );
}

/** Elements of one length, each tensor in a regime of its own, so that sums meet terms of any distance. */
function inputs(length: number): DescribedArbitrary<OpinionRequest["inputs"]> {
  const block = arb
    .constantFrom(...ALL_REGIMES)
    .chain((regime) =>
      arb.array(REGIMES[regime], { minLength: length, maxLength: length }).as(() => `${length} × ${regime}`),
    );
  const drawn = arb.record({
    parameter: block,
    gradient: block,
    square_avg: block.map((values) => values.map(Math.abs)),
    grad_avg: block,
    momentum_buffer: block,
  });
  return drawn.as(() => `${length} elements, each tensor in one of the regimes ${ALL_REGIMES.join(", ")}`);
}

const FORMS = ["two-term", "lerp"] as const;

/** Cast scalars, for which the two forms of a mean are two functions, in half of the draws. */
function requests(): DescribedArbitrary<OpinionRequest> {
  return axes().chain((dialect) =>
    arb
      .record({
        hyperparameters: anyHyperparameters(dialect),
        step: arb.constantFrom(1, 2, 3, 7, 100),
        inputs: arb.integer({ min: 1, max: 3 }).chain(inputs),
        digits: arb.constantFrom(50, 30, 80),
        cast: arb.boolean(),
        meanSquare: arb.constantFrom(...FORMS),
        meanGradient: arb.constantFrom(...FORMS),
      })
      .map(({ cast, ...drawn }): OpinionRequest => {
        const h = drawn.hyperparameters;
        const scalars = cast && { scalars: stepScalars(dialect, h, drawn.step, FLOAT32_SCALARS) };
        return { dialect, ...drawn, ...scalars };
      }),
  );
}

/** A float32 and a distance from an edge of its rounding cell: ±10^−places of the edge, or 0. */
interface NearEdge {
  readonly float: number;
  readonly side: "lower" | "upper";
  readonly places: number;
  readonly direction: -1 | 0 | 1;
}

const nearEdges: DescribedArbitrary<NearEdge> = arb.record({
  float: arb
    .oneof(
      arb.constantFrom(...ALL_REGIMES).chain((regime) => REGIMES[regime]),
      edgeFloat,
    )
    .filter((float) => !Number.isNaN(float))
    .as(() => `edge values of the format, or floats of the regimes ${ALL_REGIMES.join(", ")}`),
  side: arb.constantFrom("lower", "upper"),
  // 10^−16 is below the last place of binary64, 10^−1 is another float.
  places: arb.integer({ min: 1, max: 60 }),
  direction: arb.constantFrom(0, 1, -1),
});

/** The exact oracle proves its roots; where it cannot, it has failed its check as much as by a wrong number. */
function opinionOn(request: OpinionRequest): CrossCheck {
  try {
    return crossCheckStep(request);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new PropertyFailure(
      `an oracle broke down at ${request.digits} digits: ${error.message}`,
      "differs",
    );
  }
}

export const twoOraclesAgree = property<OpinionRequest>({
  id: "two-oracles-agree",
  clauses: ["RMS-1.1", "RMS-1.2"],
  target: "specification",
  requires: [],
  arbitrary: requests,
  check: async (request) => {
    const [first, ...others] = opinionOn(request).disagreements;
    if (!first) return;
    const more = others.length === 0 ? "" : `; and ${others.length} more of this step`;
    throw new PropertyFailure(
      `the oracles disagree at ${request.digits} digits: ${disagreementText(first)}${more}`,
      "differs",
    );
  },
});

export const twoRoundingsAgree = property<NearEdge>({
  id: "two-roundings-agree",
  clauses: ["RMS-1.1", "RMS-1.2"],
  target: "specification",
  requires: [],
  arbitrary: () => nearEdges,
  check: async ({ float, side, places, direction }) => {
    const edge = roundingCell(float)[side];
    if (!Number.isFinite(edge)) return;
    const adjacent = exactDecimal(edge).times(new ExactDecimal(10).pow(-places).times(direction).plus(1));
    const difference = roundingDifference(adjacent);
    if (!difference) return;
    const { what, exact, rational } = difference;
    throw new PropertyFailure(
      `the roundings to float32 disagree: ${what}: exact ${exact}, rational ${rational}`,
      "differs",
    );
  },
});

export const oracleCrossCheckProperties: readonly Property[] = [twoOraclesAgree, twoRoundingsAgree];

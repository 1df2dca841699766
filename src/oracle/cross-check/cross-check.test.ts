import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import type { StepScalars } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { stepShape } from "../../../spec/step-shape.js";
import { updateRule } from "../../../spec/update-rule.js";
import { float32FromDecimal } from "../../float32/from-decimal.js";
import { roundingCell } from "../../float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../../float32/to-decimal.js";
import {
  ALL_STEP_REGIMES,
  type ElementSteps,
  elementSteps,
  RandomSource,
} from "../../search/element-steps.js";
import { type Enclosure, point } from "../exact/enclosure.js";
import { EnclosureArithmetic } from "../exact/enclosure-arithmetic.js";
import { ExactArithmetic } from "../exact/exact-arithmetic.js";
import { exactScalars } from "../exact/exact-scalars.js";
import { type ExactStep, exactStep } from "../exact/exact-step.js";
import { FLOAT32_SCALARS, stepScalars } from "../scalars.js";
import { roundingDifference } from "./compare-rounding.js";
import { crossCheckOn, crossCheckStep, disagreementText, type OpinionRequest } from "./cross-check.js";

const DIGITS = 50;

function randomHyperparameters(random: RandomSource, hasEps: boolean): Hyperparameters {
  return {
    lr: random.pick([0.01, 0.25, 1, random.uniform()]),
    alpha: random.pick([0.99, 0.75, 0, random.uniform()]),
    eps: hasEps ? random.pick([1e-8, 2 ** -20, 0.1, 0]) : 0,
    momentum: random.pick([0, 0.9, 0.5]),
    weight_decay: random.pick([0, 0.01, 0.5]),
    centered: random.uniform() < 0.5,
    maximize: random.uniform() < 0.5,
    lr_decay: random.pick([0, 0.125]),
    clip_value: random.pick([0.5, Number.POSITIVE_INFINITY]),
  };
}

/** Each tensor of a regime of its own, so that sums meet terms of any distance. */
function mixedSteps(count: number, random: RandomSource): ElementSteps {
  const block = (name: keyof ElementSteps) =>
    elementSteps(random.pick(ALL_STEP_REGIMES), count, random)[name];
  return {
    parameter: block("parameter"),
    gradient: block("gradient"),
    square_avg: block("square_avg").map(Math.abs),
    grad_avg: block("grad_avg"),
    momentum_buffer: block("momentum_buffer"),
  };
}

/** Steps of each dialect: one in each regime, and as many in which the regimes are mixed. */
function requests(seed: number, count: number): OpinionRequest[] {
  return DIALECTS.flatMap((dialect, d) =>
    [...ALL_STEP_REGIMES, ...ALL_STEP_REGIMES.map(() => undefined)].map((regime, r): OpinionRequest => {
      const random = new RandomSource(1000 * seed + 40 * d + r);
      const hyperparameters = randomHyperparameters(random, dialect.epsilon !== "none");
      const step = random.integer(1, 5);
      const inputs = regime ? elementSteps(regime, count, random) : mixedSteps(count, random);
      return { dialect, hyperparameters, step, inputs, digits: DIGITS };
    }),
  );
}

/** The exact reading with an arithmetic, or a way to read inputs, of the caller's choice. */
function readWith(
  request: OpinionRequest,
  elements: EnclosureArithmetic,
  read: (x: number) => Enclosure = point,
): ExactStep {
  const { dialect, hyperparameters: h, step, inputs } = request;
  const ar = new ExactArithmetic(elements);
  const scalars = Object.entries(exactScalars(elements, dialect, h, step));
  const blocks = Object.fromEntries(scalars.map(([name, value]) => [name, [value]]));
  const tensors = Object.entries(inputs).map(([name, block]) => [name, Array.from(block, read)]);
  updateRule(
    ar,
    dialect,
    stepShape(dialect, h),
    blocks as unknown as StepScalars<Enclosure[]>,
    Object.fromEntries(tensors),
  );
  return { ...ar.named, ...ar.written } as ExactStep;
}

/** An arithmetic with other constructors of its ends. */
function withEnds(change: (given: Ends) => Partial<Ends>): EnclosureArithmetic {
  const ar = new EnclosureArithmetic(DIGITS);
  const right = new EnclosureArithmetic(DIGITS);
  return Object.assign(ar, change(ar as unknown as Ends), {
    // It proves its roots, and would say itself that these ends are wrong.
    squareRoot: (x: Enclosure) => right.squareRoot(x),
  });
}

interface Ends {
  readonly down: Decimal.Constructor;
  readonly up: Decimal.Constructor;
  readonly nearest: Decimal.Constructor;
}

/** A constructor that rounds to some digits first, and then as it should. */
function roundingTwice(
  directed: Decimal.Constructor,
  first: (x: Decimal, y: Decimal, operation: "add" | "sub" | "mul" | "div") => Decimal,
): Decimal.Constructor {
  const operations = (["add", "sub", "mul", "div"] as const).map((operation) => [
    operation,
    (x: Decimal, y: Decimal) => directed.add(first(x, y, operation), 0),
  ]);
  return Object.assign(Object.create(directed), Object.fromEntries(operations));
}

const Sixty = Decimal.clone({ defaults: true, precision: 60, rounding: Decimal.ROUND_HALF_EVEN });
const inSixtyDigits = (directed: Decimal.Constructor) =>
  roundingTwice(directed, (x, y, operation) => Sixty[operation](x, y));
const inBinary64 = (directed: Decimal.Constructor) =>
  roundingTwice(directed, (x, y, operation) => exactDecimal(ExactDecimal[operation](x, y).toNumber()));

/** What the second opinion says, over many steps, of an exact oracle that is made like this. */
function foundIn(wrong: (request: OpinionRequest) => ExactStep): {
  readonly share: number;
  readonly whats: ReadonlySet<string>;
} {
  const all = requests(2, 1);
  const found = all.map((request) => crossCheckOn(wrong(request), request).disagreements);
  return {
    share: found.filter(({ length }) => length > 0).length / all.length,
    whats: new Set(found.flat().map(({ what }) => what)),
  };
}

describe("the oracles agree", () => {
  it("in every dialect and regime, in every quantity", () => {
    let compared = 0;
    let withoutOpinion = 0;
    for (const request of requests(1, 2)) {
      const opinion = crossCheckStep(request);
      expect(opinion.disagreements.map(disagreementText)).toEqual([]);
      compared += opinion.compared;
      withoutOpinion += opinion.withoutOpinion;
    }
    // What begins outside of the reals, or leaves them, is a minority.
    expect(compared).toBeGreaterThan(4 * withoutOpinion);
  });

  it("at any number of digits, with cast scalars, both forms of a mean, and observed state", () => {
    for (const [i, request] of requests(3, 1).entries()) {
      const { dialect, hyperparameters, step, inputs } = request;
      const opinion = crossCheckStep({
        ...request,
        digits: [5, 20, 31, 100, 400][i % 5],
        scalars: stepScalars(dialect, hyperparameters, step, FLOAT32_SCALARS),
        meanSquare: i % 2 === 0 ? "lerp" : "two-term",
        meanGradient: i % 3 === 0 ? "lerp" : "two-term",
        observed: { square_avg: inputs.square_avg },
      });
      expect(opinion.disagreements.map(disagreementText)).toEqual([]);
    }
  });

  it("which this test's own reading of the step shows too", () => {
    const request = requests(2, 4)[0];
    const right = exactStep(
      request.dialect,
      request.hyperparameters,
      request.step,
      request.inputs as Parameters<typeof exactStep>[3],
      { digits: DIGITS },
    );
    const read = readWith(request, new EnclosureArithmetic(DIGITS));
    expect(JSON.stringify(read)).toBe(JSON.stringify(right));
  });
});

describe("an exact oracle that is wrong is found out", () => {
  it("computing in 12 digits while it claims 50", () => {
    const { share, whats } = foundIn((request) => readWith(request, new EnclosureArithmetic(12)));
    expect(share).toBeGreaterThan(0.9);
    expect([...whats]).toContain("is wider than its digits allow");
  });

  it("computing in 49 digits while it claims 50", () => {
    const { share } = foundIn((request) => readWith(request, new EnclosureArithmetic(DIGITS - 1)));
    expect(share).toBeGreaterThan(0.5);
  });

  it.each([
    ["60 digits", inSixtyDigits, 0.02],
    ["binary64", inBinary64, 0.9],
  ] as const)("rounding to %s first, and outward then", (_, twice, least) => {
    const ar = withEnds(({ down, up }) => ({ down: twice(down), up: twice(up) }));
    const { share, whats } = foundIn((request) => readWith(request, ar));
    expect(share).toBeGreaterThan(least);
    expect([...whats]).toContain("the enclosures have no number in common");
  });

  it("reading the shortest text of a number instead of its bits", () => {
    const shortest = (x: number): Enclosure => {
      const value = new ExactDecimal(x);
      return { lo: value, hi: value, nan: Number.isNaN(x) };
    };
    const { share, whats } = foundIn((request) =>
      readWith(request, new EnclosureArithmetic(DIGITS), shortest),
    );
    expect(share).toBeGreaterThan(0.6);
    expect([...whats]).toContain("the enclosures have no number in common");
  });

  it.each(["down", "up"] as const)("rounding to nearest where it should round %s", (end) => {
    const ar = withEnds(({ nearest }) => ({ [end]: nearest }));
    const { share, whats } = foundIn((request) => readWith(request, ar));
    expect(share).toBeGreaterThan(0.3);
    expect([...whats]).toContain("the enclosures have no number in common");
  });

  it("rounding to nearest at both ends: points that are not known", () => {
    const ar = withEnds(({ nearest }) => ({ down: nearest, up: nearest }));
    const { share } = foundIn((request) => readWith(request, ar));
    expect(share).toBeGreaterThan(0.8);
  });

  it("losing a quantity, rounding it to another float32, or saying a number where there is none", () => {
    const request: OpinionRequest = {
      dialect: dialectById("hinton"),
      hyperparameters: { ...dialectById("hinton").defaults, alpha: 0.5 },
      step: 1,
      inputs: { parameter: [1], gradient: [0], square_avg: [0] },
      digits: DIGITS,
    };
    const right = readWith(request, new EnclosureArithmetic(DIGITS));
    expect(crossCheckOn(right, request)).toEqual({ disagreements: [], compared: 4, withoutOpinion: 2 });
    const { update: _, ...less } = right;
    expect(crossCheckOn(less as ExactStep, request).disagreements).toEqual([
      {
        quantity: "update",
        element: 0,
        what: "not of one length",
        exact: "0 elements",
        rational: "1 elements",
      },
    ]);
    const more = { ...right, update: [...right.update, ...right.update] };
    expect(crossCheckOn(more, request).disagreements).toMatchObject([
      { quantity: "update", what: "not of one length", exact: "2 elements", rational: "1 elements" },
    ]);
    const unknown = { ...right, momentum_buffer: right.update };
    expect(crossCheckOn(unknown, request).disagreements).toMatchObject([
      { quantity: "momentum_buffer", what: "not of one length", exact: "1 elements", rational: "0 elements" },
    ]);
    const one = { ...right, parameter: [point(1)] };
    expect(crossCheckOn(one, request).disagreements.map(disagreementText)).toEqual([
      "parameter of element 0: is a number where the step leaves the reals: exact 1, rational undefined over the reals: division by zero (0 digits agree)",
    ]);
    // It prints as the right number, and rounds as another one.
    const misread = Object.assign(new ExactDecimal(1), { toString: () => "0" });
    const rounded = { ...right, square_avg: [{ lo: misread, hi: misread, nan: false }] };
    expect(crossCheckOn(rounded, request).disagreements.map(disagreementText)).toEqual([
      "square_avg of element 0: 0 in float32: exact 1 (0x3f800000), rational 0 (0x00000000)",
    ]);
    const nothing = { ...right, square_avg: [{ ...right.square_avg[0], nan: true }] };
    expect(crossCheckOn(nothing, request).disagreements).toMatchObject([
      { quantity: "square_avg", what: "leaves open whether it is a number, where it is one" },
    ]);
  });
});

describe("a disagreement", () => {
  it("names quantity and element, shows both enclosures, and counts the digits that agree", () => {
    const dialect = dialectById("hinton");
    const request: OpinionRequest = {
      dialect,
      hyperparameters: { ...dialect.defaults, alpha: 0.5, lr: 1 },
      step: 1,
      inputs: { parameter: [0, 0], gradient: [1, 1], square_avg: [1, 3] },
      digits: DIGITS,
    };
    const right = readWith(request, new EnclosureArithmetic(DIGITS));
    const [first, second] = right.denominator;
    // √2 to 20 digits
    const cut = new ExactDecimal("1.4142135623730950488");
    const wrong = { ...right, denominator: [first, { lo: cut, hi: cut, nan: false }] };
    expect(second.lo.toFixed(10)).toBe("1.4142135624");
    expect(crossCheckOn(wrong, request).disagreements.map(disagreementText)).toEqual([
      "denominator of element 1: the enclosures have no number in common: exact 1.4142135623730950488, rational [1.4142135623730950488016887, 1.4142135623730950488016887] (20 digits agree)",
    ]);
  });
});

describe("the rounding to float32", () => {
  const random = new RandomSource(8);
  const edges = Array.from({ length: 300 }, () => roundingCell(Math.fround(random.float(-149, 127))).upper);
  const adjacent = [2 ** 128 - 2 ** 103, 2 ** -150, -(2 ** -150), ...edges].flatMap((edge) =>
    [0, 20, -20, 60, -60, 17, -17].map((places) =>
      places === 0
        ? exactDecimal(edge)
        : exactDecimal(edge).times(new ExactDecimal(`${Math.sign(places)}e-${Math.abs(places)}`).plus(1)),
    ),
  );

  it("is that of integers, on midpoints and next to them", () => {
    for (const x of adjacent) expect(roundingDifference(x)).toBeUndefined();
    for (const zero of [0, -0]) expect(roundingDifference(exactDecimal(zero))).toBeUndefined();
  });

  it.each([
    ["by way of binary64", (x: Decimal) => Math.fround(x.toNumber())],
    ["with ties away from zero", (x: Decimal) => tiesAway(x)],
    ["without subnormals", (x: Decimal) => flushed(float32FromDecimal(x))],
    ["that overflows at 2^128", (x: Decimal) => saturated(x)],
  ])("%s is found out", (_, wrong) => {
    const found = adjacent.filter((x) => roundingDifference(x, wrong));
    expect(found.length).toBeGreaterThan(0);
    const [first] = found;
    expect(roundingDifference(first, wrong)).toMatchObject({
      what: `${first} in float32`,
      rational: expect.stringMatching(/0x[0-9a-f]{8}/),
    });
  });

  function tiesAway(x: Decimal): number {
    return float32FromDecimal(x.times(new ExactDecimal("1e-200").plus(1)));
  }

  function flushed(x: number): number {
    return Math.abs(x) < 2 ** -126 ? 0 * x : x;
  }

  function saturated(x: Decimal): number {
    const rounded = float32FromDecimal(x);
    return Number.isFinite(rounded) || x.abs().gte(exactDecimal(2 ** 128)) ? rounded : 2 ** 128 - 2 ** 104;
  }
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { float32FromDecimal } from "../../float32/from-decimal.js";
import { roundingCell } from "../../float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../../float32/to-decimal.js";
import { certainFloat32 } from "./certain-float32.js";
import { type Enclosure, enclosure, isPoint, isWithin } from "./enclosure.js";
import { type ExactInputs, type ExactStep, type ExactStepOptions, exactStep } from "./exact-step.js";
import { exactStepRounded } from "./exact-step-rounded.js";

const pytorch = dialectById("pytorch");
const textbook = dialectById("textbook");
const hinton = dialectById("hinton");

function withDefaults(dialect: Dialect, h: Partial<Hyperparameters>): Hyperparameters {
  return { ...dialect.defaults, ...h };
}

function step(
  dialect: Dialect,
  h: Partial<Hyperparameters>,
  inputs: ExactInputs,
  options?: ExactStepOptions & { step?: number },
): ExactStep {
  return exactStep(dialect, withDefaults(dialect, h), options?.step ?? 1, inputs, options);
}

/** The point that an enclosure is. */
function value(x: Enclosure | undefined): string {
  if (!x || !isPoint(x)) throw new Error(`not a point: ${x?.lo} … ${x?.hi}`);
  return x.lo.toString();
}

describe("exactStep", () => {
  it("gives the worked example: w = 1, g = 2, η = 0.1, β = 0.9, ε = 1e-8 under the root", () => {
    const h = { lr: 0.1, alpha: 0.9, eps: 1e-8 };
    const result = step(textbook, h, { parameter: [1], gradient: [2], square_avg: [0] });
    // 1 − β is that of the binary64 nearest to 0.9, which is 0.9 + 2.2e-17.
    expect(result.square_avg[0].lo.toFixed(25)).toBe("0.3999999999999999111821580");
    expect(result.parameter[0].lo.toFixed(15)).toBe("0.683772237936009");
    expect(result.update[0].hi.toFixed(15)).toBe("0.316227762063991");
    expect(result.parameter[0].hi.minus(result.parameter[0].lo).lt("1e-48")).toBe(true);
    expect(result.grad_avg).toBeUndefined();
    expect(result.momentum_buffer).toBeUndefined();
  });

  it("takes numbers exactly", () => {
    const g = Math.fround(0.1);
    const result = step(
      hinton,
      { alpha: 0, lr: 0.1 },
      { parameter: [0.3], gradient: Float32Array.of(0.1), square_avg: [0] },
      { digits: 100 },
    );
    expect(value(result.gradient[0])).toBe("0.100000001490116119384765625");
    expect(value(result.square_avg[0])).toBe(exactDecimal(g).times(exactDecimal(g)).toString());
    expect(value(result.update[0])).toBe("0.1000000000000000055511151231257827021181583404541015625");
    expect(value(result.parameter[0])).toBe(exactDecimal(0.3).minus(exactDecimal(0.1)).toString());
  });

  it("stays a point while everything is exact, with every optional part", () => {
    const h = {
      lr: 0.5,
      alpha: 0.75,
      eps: 0.5,
      momentum: 0.5,
      weight_decay: 0.25,
      centered: true,
      maximize: true,
    };
    const result = step(pytorch, h, {
      parameter: [4, 4],
      gradient: [-3, -3],
      square_avg: [4, 1.25],
      grad_avg: [0, -1],
      momentum_buffer: [1, 1],
    });
    // g = 3 + 0.25·4 = 4; a = 0.25·4 = 1; s = 3 + 4 = 7; v = 6
    expect(value(result.gradient[0])).toBe("4");
    expect(value(result.square_avg[0])).toBe("7");
    expect(value(result.grad_avg?.[0])).toBe("1");
    expect(value(result.variance[0])).toBe("6");
    expect(isPoint(result.denominator[0])).toBe(false);
    // a = −0.75 + 1 = 0.25; s = 0.9375 + 4; v = 4.9375 − 0.0625 = 4.875
    expect(value(result.variance[1])).toBe("4.875");
  });

  it("goes through momentum in points", () => {
    const h = { lr: 0.5, alpha: 0.75, eps: 0, momentum: 0.5 };
    const inputs = { parameter: [4], gradient: [3], square_avg: [9], momentum_buffer: [1] };
    // s = 9, d = 3, g/d = 1
    const outside = step(pytorch, h, inputs);
    expect([value(outside.momentum_buffer?.[0]), value(outside.parameter[0])]).toEqual(["1.5", "3.25"]);
    const nesterov = step(dialectById("optax-nesterov"), h, inputs);
    // b = 0.5 + 0.5 = 1; update = 0.5·1 + 0.5
    expect([value(nesterov.momentum_buffer?.[0]), value(nesterov.update[0])]).toEqual(["1", "1"]);
  });

  it("computes 1 − β, 1 − β^t and the decayed rate of the exact hyperparameters", () => {
    const corrected = dialectById("optax-bias-corrected");
    const result = step(
      corrected,
      { alpha: 0.99, eps: 0, lr: 1 },
      { parameter: [0], gradient: [1], square_avg: [0], momentum_buffer: [0] },
      { step: 3, digits: 60 },
    );
    const beta = exactDecimal(0.99);
    const variance = exactDecimal(1)
      .minus(beta)
      .div(exactDecimal(1).minus(beta.pow(3)));
    expect(result.variance[0].lo.lte(variance) && variance.lte(result.variance[0].hi)).toBe(true);
    expect(result.variance[0].hi.minus(result.variance[0].lo).lt("1e-58")).toBe(true);

    const decaying = dialectById("keras-2");
    const inputs = { parameter: [0], gradient: [1], square_avg: [1] };
    const h = { alpha: 0.5, eps: 0, lr: 1, lr_decay: 1 };
    expect([1, 2, 4].map((t) => value(step(decaying, h, inputs, { step: t }).update[0]))).toEqual([
      "1",
      "0.5",
      "0.25",
    ]);
    expect(value(step(decaying, h, inputs, { step: 4, scalars: { lr: 2 } }).update[0])).toBe("2");
  });

  it("reads the rule with explicit scalars, where the two forms of a mean are two functions", () => {
    const scalars = { alpha: 0.75, complement: 0.5 };
    const inputs = { parameter: [0], gradient: [2], square_avg: [8], grad_avg: [1] };
    const h = { centered: true };
    const means = (options: ExactStepOptions) => {
      const { square_avg, grad_avg } = step(pytorch, h, inputs, { scalars, ...options });
      return [value(square_avg[0]), value(grad_avg?.[0])];
    };
    expect(means({})).toEqual(["8", "1.75"]);
    expect(means({ meanSquare: "lerp" })).toEqual(["6", "1.75"]);
    expect(means({ meanGradient: "lerp" })).toEqual(["8", "1.5"]);
    // 1 − 0.1 is not exact in binary64, and is yet another number in float32.
    const square = (options: ExactStepOptions) => {
      const given = { parameter: [0], gradient: [1], square_avg: [0] };
      return value(step(pytorch, { alpha: 0.1 }, given, { digits: 80, ...options }).square_avg[0]);
    };
    const cast = Math.fround(1 - 0.1);
    expect(square({})).toBe(exactDecimal(1).minus(exactDecimal(0.1)).toString());
    expect(square({})).not.toBe(exactDecimal(1 - 0.1).toString());
    expect(square({ scalars: { complement: cast } })).toBe(exactDecimal(cast).toString());
  });

  it("lets later operations read the state that was observed", () => {
    const h = { alpha: 0.5, eps: 0, lr: 1 };
    const inputs = { parameter: [4], gradient: [1], square_avg: [0] };
    const result = step(pytorch, h, inputs, { observed: { square_avg: [0.25] } });
    expect([value(result.square_avg[0]), value(result.denominator[0]), value(result.parameter[0])]).toEqual([
      "0.5",
      "0.5",
      "2",
    ]);
  });

  it("gives infinities, NaN and the sign of zeros", () => {
    const result = exactStep(hinton, withDefaults(hinton, { lr: 0.5, alpha: 0.5 }), 1, {
      parameter: [-0, 1, 1, 1, Number.NaN, -0],
      gradient: [0, Number.POSITIVE_INFINITY, Number.NaN, 0, 1, -0],
      square_avg: [1, 1, 1, 0, 1, 1],
    });
    expect(result.parameter.map((x) => x.lo.toNumber())).toEqual([
      -0, // −0 − (+0)
      Number.NaN, // ∞/∞
      Number.NaN,
      Number.NaN, // 0/0
      Number.NaN,
      0, // −0 − (−0)
    ]);
    expect(result.parameter.every(isPoint)).toBe(true);
    const zeroRate = exactStep(pytorch, withDefaults(pytorch, { eps: 0, alpha: 1 }), 1, {
      parameter: [1, 1],
      gradient: [2, -2],
      square_avg: [0, 0],
    });
    expect(zeroRate.parameter.map((x) => x.lo.toNumber())).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("knows a variance that is exactly zero as soon as the digits hold its square", () => {
    const h = { alpha: 0, centered: true, eps: 0.5, lr: 0.5 };
    const inputs = { parameter: [1], gradient: [Math.fround(1e-3)], square_avg: [5], grad_avg: [7] };
    const few = step(pytorch, h, inputs, { digits: 30 });
    expect(few.variance[0].lo.isNegative() && few.denominator[0].nan).toBe(true);
    expect(value(step(pytorch, h, inputs, { digits: 120 }).variance[0])).toBe("0");
    const rounded = exactStepRounded(pytorch, withDefaults(pytorch, h), 1, inputs);
    expect(rounded.parameter).toEqual([
      { certain: true, value: Math.fround(1 - Math.fround(1e-3)), digits: 80 },
    ]);
  });

  it("knows that a square of a gradient of unknown sign is not negative", () => {
    const unsure = enclosure(exactDecimal(-1), exactDecimal(2), false);
    const result = step(pytorch, { alpha: 0.5 }, { parameter: [1], gradient: [unsure], square_avg: [0] });
    expect([result.square_avg[0].lo.toNumber(), result.square_avg[0].hi.toNumber()]).toEqual([0, 2]);
    expect(result.denominator[0].nan).toBe(false);
  });

  it("does not throw where a divisor may be zero", () => {
    const unsure = enclosure(exactDecimal(0), exactDecimal(1), false);
    const result = step(hinton, { alpha: 0.5 }, { parameter: [1], gradient: [0], square_avg: [unsure] });
    expect(result.update[0]).toMatchObject({ nan: true });
  });

  it("says what is wrong with its arguments", () => {
    const inputs = { parameter: [1, 2], gradient: [1, 2], square_avg: [0, 0] };
    expect(() => step(pytorch, { centered: true }, inputs)).toThrow(/needs grad_avg/);
    expect(() => step(pytorch, { momentum: 0.9 }, inputs)).toThrow(/needs momentum_buffer/);
    expect(() => step(pytorch, {}, { ...inputs, gradient: [1] })).toThrow(
      /gradient has 1 elements, the parameter 2/,
    );
    expect(() => step(pytorch, {}, inputs, { observed: { square_avg: [1] } })).toThrow(
      /observed square_avg has 1/,
    );
    expect(() => step(pytorch, {}, inputs, { step: 0 })).toThrow(/counted from 1/);
    expect(() => step(pytorch, {}, inputs, { digits: 0 })).toThrow(/digits must be/);
  });

  it("takes blocks of no elements and of one", () => {
    const none = { parameter: [], gradient: [], square_avg: [] };
    expect(exactStepRounded(pytorch, pytorch.defaults, 1, none)).toEqual({ parameter: [], square_avg: [] });
    expect(step(pytorch, {}, { parameter: [], gradient: [], square_avg: [] }).parameter).toEqual([]);
    expect(step(pytorch, {}, { parameter: [1], gradient: [1], square_avg: [1] }).parameter).toHaveLength(1);
  });
});

const float = fc
  .tuple(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.integer({ min: -60, max: 40 }))
  .map(([m, e]) => Math.fround(m * 2 ** e));
const square = float.map(Math.abs);
const element = fc.record({
  parameter: float,
  gradient: float,
  square_avg: square,
  grad_avg: float,
  momentum_buffer: float,
});
const decimalScalars = {
  lr: 0.01,
  alpha: 0.99,
  eps: 1e-8,
  momentum: 0.9,
  weight_decay: 0.1,
  centered: true,
  clip_value: 5,
};

describe("enclosures of steps", () => {
  it("many digits lie within few, in every dialect and every quantity", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DIALECTS), element, fc.integer({ min: 1, max: 20 }), (dialect, x, t) => {
        const inputs = Object.fromEntries(
          Object.entries(x).map(([k, v]) => [k, [v]]),
        ) as unknown as ExactInputs;
        const coarse = step(dialect, decimalScalars, inputs, { step: t, digits: 6 });
        const fine = step(dialect, decimalScalars, inputs, { step: t, digits: 60 });
        for (const [quantity, [enclosed]] of Object.entries(fine) as [keyof ExactStep, Enclosure[]][]) {
          const outer = coarse[quantity]?.[0];
          expect(outer && isWithin(enclosed, outer), `${dialect.id} ${quantity}`).toBe(true);
        }
      }),
      { seed: 31, numRuns: 400 },
    );
  });

  it("goes on from enclosures over several steps, and stays narrow in either form of the mean", () => {
    for (const form of ["two-term", "lerp"] as const) {
      const carry = (digits: number) => {
        let state: ExactInputs = { parameter: [1], gradient: [0], square_avg: [0], grad_avg: [0] };
        for (let t = 1; t <= 30; t++) {
          const gradient = [Math.fround(Math.sin(t))];
          const h = { alpha: 0.5, centered: true, eps: 1 };
          state = {
            ...step(
              pytorch,
              h,
              { ...state, gradient },
              { step: t, digits, meanSquare: form, meanGradient: form },
            ),
          };
        }
        return state as ExactStep;
      };
      const [coarse, fine] = [carry(20), carry(60)];
      for (const quantity of ["parameter", "square_avg", "grad_avg"] as const) {
        const [outer, inner] = [coarse[quantity]![0], fine[quantity]![0]];
        expect(isWithin(inner, outer)).toBe(true);
        expect(outer.hi.minus(outer.lo).lt("1e-17"), `${form} ${quantity} ${outer.lo} ${outer.hi}`).toBe(
          true,
        );
      }
    }
  });

  it("one form equals the other where alpha + complement is 1", () => {
    fc.assert(
      fc.property(element, (x) => {
        const inputs = Object.fromEntries(
          Object.entries(x).map(([k, v]) => [k, [v]]),
        ) as unknown as ExactInputs;
        const h = { alpha: 0.75, centered: true };
        const twoTerm = step(pytorch, h, inputs, { digits: 300 });
        const lerp = step(pytorch, h, inputs, { digits: 300, meanSquare: "lerp", meanGradient: "lerp" });
        expect(value(lerp.square_avg[0])).toBe(value(twoTerm.square_avg[0]));
        expect(value(lerp.grad_avg?.[0])).toBe(value(twoTerm.grad_avg?.[0]));
      }),
      { seed: 32, numRuns: 100 },
    );
  });
});

describe("exactStepRounded", () => {
  // With β = 1 the mean square is frozen at 1, so the update is η/(1 + ε): ε moves it off a midpoint by as
  // little as one likes. p − η is the midpoint between the odd 1 − 2^-24 and the even 1 − 2^-23.
  const odd = 1 - 2 ** -24;
  const frozen = { alpha: 1, lr: 2 ** -25 };
  const inputs = { parameter: [odd, 2], gradient: [1, 1], square_avg: [1, 1] };

  it.each([
    [1e-10, 30],
    [1e-40, 50],
    [1e-60, 80],
    [1e-300, 400],
  ])("needs the digits it needs when ε = %d", (eps, digits) => {
    const h = withDefaults(pytorch, { ...frozen, eps });
    const { parameter, square_avg } = exactStepRounded(pytorch, h, 1, inputs);
    expect(parameter?.[0]).toEqual({ certain: true, value: odd, digits });
    expect(square_avg?.[0]).toEqual({ certain: true, value: 1, digits: 30 });
    expect(parameter?.[1]).toEqual({ certain: true, value: 2, digits: 30 });
  });

  it("is undecided below the limit, certain and even at the midpoint itself", () => {
    const round = (eps: number, rising?: readonly number[]) =>
      exactStepRounded(
        pytorch,
        withDefaults(pytorch, { ...frozen, eps }),
        1,
        inputs,
        rising ? { rising } : {},
      ).parameter?.[0];
    expect(round(1e-300, [30, 200])).toEqual({
      certain: false,
      value: "undecided",
      lower: 1 - 2 ** -23,
      upper: odd,
      nan: false,
      digits: 200,
    });
    expect(round(0)).toEqual({ certain: true, value: 1 - 2 ** -23, digits: 30 });
  });

  it("rounds what is asked for, and what the step has", () => {
    const h = withDefaults(pytorch, { momentum: 0.5 });
    const all = exactStepRounded(pytorch, h, 1, { ...inputs, momentum_buffer: [0, 0] });
    expect(Object.keys(all).sort()).toEqual(["momentum_buffer", "parameter", "square_avg"]);
    const some = exactStepRounded(pytorch, pytorch.defaults, 1, inputs, {
      quantities: ["update", "grad_avg"],
    });
    expect(Object.keys(some)).toEqual(["update"]);
    expect(() => exactStepRounded(pytorch, pytorch.defaults, 1, inputs, { rising: [] })).toThrow(
      /at least one/,
    );
  });

  it("reads observed state for the elements that are computed again, too", () => {
    const h = withDefaults(pytorch, { ...frozen, alpha: 0.5, eps: 1e-60 });
    const given = { parameter: [2, odd], gradient: [1, 1], square_avg: [7, 7] };
    const { parameter } = exactStepRounded(pytorch, h, 1, given, { observed: { square_avg: [4, 1] } });
    expect(parameter?.map((x) => [x.value, x.digits])).toEqual([
      [2, 30],
      [odd, 80],
    ]);
  });

  /** m·2^e as numerator and denominator. */
  type Ratio = readonly [bigint, bigint];
  function ratioOfNumber(x: number): Ratio {
    let e = 0;
    while (!Number.isInteger(x)) {
      x *= 2;
      e++;
    }
    return [BigInt(x), 2n ** BigInt(e)];
  }
  const minus = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * d - c * b, b * d];
  const times = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * c, b * d];

  it("agrees with integers: p′ lies in the rounding cell of its float, by squares", () => {
    const moderate = fc
      .tuple(
        fc.integer({ min: -(2 ** 24), max: 2 ** 24 }).filter((m) => m !== 0),
        fc.integer({ min: -30, max: -20 }),
      )
      .map(([m, e]) => m * 2 ** e);
    fc.assert(
      fc.property(moderate, moderate, moderate.map(Math.abs), (p, g, s) => {
        const h = withDefaults(hinton, { lr: 0.01, alpha: 0.99 });
        const exact = exactStepRounded(hinton, h, 1, { parameter: [p], gradient: [g], square_avg: [s] });
        const rounded = exact.parameter![0];
        if (!rounded.certain) throw new Error("undecided");
        const [lr, alpha, P, G, S] = [h.lr, h.alpha, p, g, s].map(ratioOfNumber);
        const kept = times(alpha, S);
        const entering = times(minus([1n, 1n], alpha), times(G, G));
        const mean = minus(kept, times([-1n, 1n], entering));
        const squared = times(times(lr, lr), times(G, G)); // u² = squared / mean
        /** Sign of u − c. */
        const compare = ([c, d]: Ratio): number => {
          if (g > 0 !== c > 0n) return g > 0 ? 1 : -1;
          const left = squared[0] * mean[1] * d * d;
          const right = c * c * squared[1] * mean[0];
          const difference = left === right ? 0 : left > right ? 1 : -1;
          return g > 0 ? difference : -difference;
        };
        const cell = roundingCell(rounded.value);
        expect(compare(minus(P, ratioOfNumber(cell.lower)))).toBeLessThanOrEqual(0);
        expect(compare(minus(P, ratioOfNumber(cell.upper)))).toBeGreaterThanOrEqual(0);
      }),
      { seed: 33, numRuns: 400 },
    );
  });

  it("several steps are certain when all of them are computed again", () => {
    const gradients = [1, 0.5, -0.25];
    const trace = (digits: number) => {
      let state: ExactInputs = { parameter: [0], gradient: [0], square_avg: [0] };
      for (const [i, gradient] of gradients.entries()) {
        state = step(pytorch, {}, { ...state, gradient: [gradient] }, { digits, step: i + 1 });
      }
      return state as ExactStep;
    };
    // s₃ = (1 − β)(β² + β/4 + 1/16), in integers.
    const beta = ratioOfNumber(0.99);
    const [a, b] = times(minus([1n, 1n], beta), minus(times(beta, minus(beta, [-1n, 4n])), [-1n, 16n]));
    const expected = float32FromDecimal(new ExactDecimal(a).div(new ExactDecimal(b)));
    const rounded = certainFloat32((digits) => trace(digits).square_avg[0], [6, 20]);
    expect(rounded).toEqual({ certain: true, value: expected, digits: 20 });
  });
});

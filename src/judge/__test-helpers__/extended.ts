import type { Hyperparameters } from "../../../spec/dialect.js";
import type { Element } from "./approximate.js";

/** significand · 2^exponent, exactly. */
interface Binary {
  readonly significand: bigint;
  readonly exponent: number;
}

const ZERO: Binary = { significand: 0n, exponent: 0 };

/**
 * Binary arithmetic of any precision with unbounded exponents: every result is the exact one, rounded once to
 * nearest, ties to even. x87 has 64 bits, quadruple precision 113.
 */
class Extended {
  constructor(private readonly bits: number) {}

  /** A finite binary64, exactly. */
  of(x: number): Binary {
    let exponent = 0;
    let scaled = x;
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      exponent--;
    }
    return { significand: BigInt(scaled), exponent };
  }

  add(x: Binary, y: Binary): Binary {
    const exponent = Math.min(x.exponent, y.exponent);
    const aligned = (z: Binary) => z.significand << BigInt(z.exponent - exponent);
    return this.round({ significand: aligned(x) + aligned(y), exponent });
  }

  subtract(x: Binary, y: Binary): Binary {
    return this.add(x, { ...y, significand: -y.significand });
  }

  multiply(x: Binary, y: Binary): Binary {
    return this.round({ significand: x.significand * y.significand, exponent: x.exponent + y.exponent });
  }

  /** y ≠ 0. */
  divide(x: Binary, y: Binary): Binary {
    const shift = this.bits + 3 + Math.max(0, width(y.significand) - width(x.significand));
    const dividend = x.significand << BigInt(shift);
    const floor = dividend / y.significand;
    return this.round(sticky(floor, dividend % y.significand !== 0n, x.exponent - y.exponent - shift));
  }

  /** x ≥ 0. */
  root(x: Binary): Binary {
    if (x.significand === 0n) return ZERO;
    let shift = Math.max(0, 2 * this.bits + 6 - width(x.significand));
    if ((x.exponent - shift) % 2 !== 0) shift++;
    const radicand = x.significand << BigInt(shift);
    const floor = integerRoot(radicand);
    return this.round(sticky(floor, floor * floor !== radicand, (x.exponent - shift) / 2));
  }

  private round(x: Binary): Binary {
    return rounded(x, this.bits, Number.NEGATIVE_INFINITY);
  }
}

/** One bit more that says whether something was cut off: it decides between what are no ties. */
function sticky(floor: bigint, cut: boolean, exponent: number): Binary {
  const last = cut ? (floor < 0n ? -1n : 1n) : 0n;
  return { significand: 2n * floor + last, exponent: exponent - 1 };
}

function rounded(x: Binary, bits: number, leastExponent: number): Binary {
  const drop = Math.max(width(x.significand) - bits, leastExponent - x.exponent);
  if (!(drop > 0)) return x;
  const negative = x.significand < 0n;
  const magnitude = negative ? -x.significand : x.significand;
  const cut = BigInt(drop);
  const rest = magnitude & ((1n << cut) - 1n);
  const half = 1n << (cut - 1n);
  let kept = magnitude >> cut;
  if (rest > half || (rest === half && kept % 2n === 1n)) kept++;
  return { significand: negative ? -kept : kept, exponent: x.exponent + drop };
}

function width(x: bigint): number {
  return x === 0n ? 0 : (x < 0n ? -x : x).toString(2).length;
}

function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(width(n) / 2) + 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** What a store makes of it: a float32, rounded once. */
function storedFloat32(x: Binary): number {
  const { significand, exponent } = rounded(x, 24, -149);
  return Math.fround(Number(significand) * 2 ** Math.max(exponent, -1000));
}

/**
 * A step of PyTorch's RMSprop in which everything is kept in a precision of `bits` until it is stored. Undefined
 * where it leaves the finite numbers: a negative variance, or nothing to divide by.
 * @param order of the update: (η·g)/d, η·(g/d), (η/d)·g or g/(d/η)
 */
export function extendedStep(
  x: Element,
  h: Hyperparameters,
  bits: number,
  order: 0 | 1 | 2 | 3,
): Element | undefined {
  if (!Object.values(x).every(Number.isFinite)) return undefined;
  const ar = new Extended(bits);
  const [lr, alpha, eps, mu, lambda] = [h.lr, h.alpha, h.eps, h.momentum, h.weight_decay].map((scalar) =>
    ar.of(Math.fround(scalar)),
  );
  const t = ar.of(Math.fround(1 - h.alpha));
  const p = ar.of(x.parameter);
  const g = ar.add(ar.of(x.gradient), ar.multiply(p, lambda));
  const mean = (old: number, gained: Binary) => ar.add(ar.multiply(ar.of(old), alpha), gained);
  const s = mean(x.square_avg, ar.multiply(ar.multiply(t, g), g));
  const a = mean(x.grad_avg, ar.multiply(t, g));
  const v = h.centered ? ar.subtract(s, ar.multiply(a, a)) : s;
  if (v.significand < 0n) return undefined;
  const d = ar.add(ar.root(v), eps);
  if (d.significand === 0n) return undefined;
  let b = ar.of(x.momentum_buffer);
  let update: Binary;
  if (h.momentum > 0) {
    b = ar.add(ar.multiply(b, mu), ar.divide(g, d));
    update = ar.multiply(b, lr);
  } else {
    update = [
      () => ar.divide(ar.multiply(lr, g), d),
      () => ar.multiply(lr, ar.divide(g, d)),
      () => ar.multiply(ar.divide(lr, d), g),
      () => ar.divide(g, ar.divide(d, lr)),
    ][order]();
  }
  const next = {
    ...x,
    parameter: storedFloat32(ar.subtract(p, update)),
    square_avg: storedFloat32(s),
    ...(h.centered && { grad_avg: storedFloat32(a) }),
    ...(h.momentum > 0 && { momentum_buffer: storedFloat32(b) }),
  };
  return Object.values(next).every(Number.isFinite) ? next : undefined;
}

/**
 * Exact dyadic numbers, significand · 2^exponent, for the few cases in which error-free transformations in
 * binary64 would over- or underflow.
 */
export interface Dyadic {
  readonly significand: bigint;
  readonly exponent: number;
}

const VIEW = new DataView(new ArrayBuffer(8));

/** A finite binary64, exactly. */
export function dyadicOf(x: number): Dyadic {
  VIEW.setFloat64(0, x);
  const bits = VIEW.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { significand: bits >> 63n ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

export function timesDyadic(x: Dyadic, y: Dyadic): Dyadic {
  return { significand: x.significand * y.significand, exponent: x.exponent + y.exponent };
}

export function plusDyadic(x: Dyadic, y: Dyadic): Dyadic {
  const exponent = Math.min(x.exponent, y.exponent);
  const significand =
    (x.significand << BigInt(x.exponent - exponent)) + (y.significand << BigInt(y.exponent - exponent));
  return { significand, exponent };
}

export function minusDyadic(x: Dyadic, y: Dyadic): Dyadic {
  return plusDyadic(x, { significand: -y.significand, exponent: y.exponent });
}

/** −1, 0 or 1. */
export function signOfDyadic(x: Dyadic): number {
  return x.significand > 0n ? 1 : x.significand < 0n ? -1 : 0;
}

/** The nearest binary64, ties to even; ±∞ beyond the largest. Zero gives +0. */
export function nearestBinary64(x: Dyadic): number {
  const negative = x.significand < 0n;
  let magnitude = negative ? -x.significand : x.significand;
  let exponent = x.exponent;
  if (magnitude === 0n) return 0;
  const width = magnitude.toString(2).length;
  const drop = Math.max(width - 53, -1074 - exponent);
  if (drop > 0) {
    const cut = BigInt(drop);
    const rest = magnitude & ((1n << cut) - 1n);
    const half = 1n << (cut - 1n);
    magnitude >>= cut;
    exponent += drop;
    if (rest > half || (rest === half && magnitude & 1n)) magnitude += 1n;
  }
  // Two factors, since 2^exponent alone may leave the range of binary64 although the value does not.
  const first = Math.max(-1000, Math.min(900, exponent));
  const value = Number(magnitude) * 2 ** first * 2 ** (exponent - first);
  return negative ? -value : value;
}

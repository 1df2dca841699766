/** Formats narrower than float32, as values that are float32s too: rounded to nearest, ties to even. */
interface Format {
  /** Bits of the significand, the leading one included. */
  readonly precision: number;
  /** Of the smallest normal number. */
  readonly minExponent: number;
  readonly maxExponent: number;
}

export function bfloat16(x: number): number {
  return rounded(x, { precision: 8, minExponent: -126, maxExponent: 127 });
}

export function float16(x: number): number {
  return rounded(x, { precision: 11, minExponent: -14, maxExponent: 15 });
}

/** @param x a float32: it has bits enough to spare for the quotient to be exact */
function rounded(x: number, { precision, minExponent, maxExponent }: Format): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), minExponent);
  const unit = 2 ** (exponent - precision + 1);
  const result = toEven(x / unit) * unit;
  return Math.abs(result) < 2 ** (maxExponent + 1) ? result : Math.sign(x) * Number.POSITIVE_INFINITY;
}

function toEven(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

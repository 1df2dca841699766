import { bitLength, type Rational, ZERO } from "./rational.js";

/** Squares leave one of these remainders when they are divided by 64. */
const SQUARES_MODULO_64 = new Set([0, 1, 4, 9, 16, 17, 25, 33, 36, 41, 49, 57]);

/** ⌊√n⌋ for n ≥ 0, by Newton's iteration from above. */
export function integerRoot(n: bigint): bigint {
  if (n === 0n) return 0n;
  // √n < 2^⌈length/2⌉. A root of the leading bits saves most of the steps; it is rounded up to stay above.
  const half = Math.max(0, (bitLength(n) >> 1) - 26);
  const leading = Number(n >> BigInt(2 * half)) + 1;
  let root = BigInt(Math.ceil(Math.sqrt(leading)) + 1) << BigInt(half);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** √x where it is rational, and nothing where it is not. For x ≥ 0. */
export function exactRoot(x: Rational): Rational | undefined {
  if (x.numerator === 0n) return ZERO;
  const { numerator, denominator, exponent } = withEvenExponent(x);
  // √(n/d) = √(n·d)/d is rational if and only if n·d is a square.
  const n = numerator * denominator;
  if (!SQUARES_MODULO_64.has(Number(n & 63n))) return undefined;
  const root = integerRoot(n);
  return root * root === n ? { numerator: root, denominator, exponent: exponent / 2 } : undefined;
}

/**
 * Two neighbours on a grid, with √x between them: the lower one has at least `bits` bits, so the two are at most
 * 2^(1 − bits)·√x apart. They are numbers of `bits` bits even where √x is rational. For x > 0.
 */
export function rootBetween(x: Rational, bits: number): readonly [lower: Rational, upper: Rational] {
  const { numerator, denominator, exponent } = withEvenExponent(x);
  // The radicand, shifted by an even number of places, has at least 2·bits − 1 bits before the point.
  const places = 2 * bits - (bitLength(numerator) - bitLength(denominator));
  const shift = places + (places & 1);
  const radicand =
    shift >= 0 ? (numerator << BigInt(shift)) / denominator : numerator / (denominator << BigInt(-shift));
  const root = integerRoot(radicand);
  const unit = (exponent - shift) / 2;
  return [
    { numerator: root, denominator: 1n, exponent: unit },
    { numerator: root + 1n, denominator: 1n, exponent: unit },
  ];
}

function withEvenExponent(x: Rational): Rational {
  if (x.exponent % 2 === 0) return x;
  return { ...x, numerator: x.numerator << 1n, exponent: x.exponent - 1 };
}

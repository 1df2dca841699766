import { isEven64, nextDown64, nextUp64 } from "./binary64.js";
import { dyadicOf, minusDyadic, nearestBinary64, plusDyadic, signOfDyadic, timesDyadic } from "./dyadic.js";

/**
 * Signs of exact remainders. An exact result x is held as (h, r): h the nearest binary64, r the sign of x − h.
 * Every function here is exact for all finite arguments and finite h; where splitting could over- or underflow
 * it turns to BigInt.
 *
 * Sources: Dekker 1971 and Knuth (TwoProduct, TwoSum); Boldo and Melquiond 2008 (fused sum by rounding to odd).
 */

// Between these magnitudes products can be split and their parts stay normal enough to be exact.
const LARGE = 2 ** 990;
const SMALL_PRODUCT = 2 ** -900;
const SPLITTER = 2 ** 27 + 1;

function productError(x: number, y: number, h: number): number {
  const cx = SPLITTER * x;
  const xHigh = cx - (cx - x);
  const xLow = x - xHigh;
  const cy = SPLITTER * y;
  const yHigh = cy - (cy - y);
  const yLow = y - yHigh;
  return xHigh * yHigh - h + xHigh * yLow + xLow * yHigh + xLow * yLow;
}

function sumError(x: number, y: number, h: number): number {
  const yPart = h - x;
  return x - (h - yPart) + (y - yPart);
}

function canSplit(x: number, y: number, h: number): boolean {
  return Math.abs(x) < LARGE && Math.abs(y) < LARGE && Math.abs(h) > SMALL_PRODUCT && Math.abs(h) < LARGE;
}

/** Sign of x + y − h, where h = RN(x + y). */
export function sumRemainder(x: number, y: number, h: number): number {
  if (Math.abs(x) < LARGE && Math.abs(y) < LARGE) return Math.sign(sumError(x, y, h));
  return signOfDyadic(minusDyadic(plusDyadic(dyadicOf(x), dyadicOf(y)), dyadicOf(h)));
}

/** Sign of x·y − h, where h = RN(x·y). */
export function productRemainder(x: number, y: number, h: number): number {
  if (x === 0 || y === 0) return 0;
  if (canSplit(x, y, h)) return Math.sign(productError(x, y, h));
  return signOfDyadic(minusDyadic(timesDyadic(dyadicOf(x), dyadicOf(y)), dyadicOf(h)));
}

/** Sign of x/y − h, where h = RN(x/y) and y ≠ 0. */
export function quotientRemainder(x: number, y: number, h: number): number {
  if (x === 0) return 0;
  const back = h * y;
  let residual: number;
  // The residual x − h·y is itself a binary64 as long as nothing underflows.
  if (canSplit(h, y, back) && Math.abs(h) > SMALL_PRODUCT) residual = x - back - productError(h, y, back);
  else residual = signOfDyadic(minusDyadic(dyadicOf(x), timesDyadic(dyadicOf(h), dyadicOf(y))));
  return y > 0 ? Math.sign(residual) : -Math.sign(residual);
}

/** Sign of √x − h, where h = RN(√x) and x ≥ 0. */
export function rootRemainder(x: number, h: number): number {
  if (x === 0) return 0;
  const square = h * h;
  if (canSplit(h, h, square)) return Math.sign(x - square - productError(h, h, square));
  const exact = dyadicOf(h);
  return signOfDyadic(minusDyadic(dyadicOf(x), timesDyadic(exact, exact)));
}

/** Sign of 1/√x − h, for x > 0 and any h > 0. */
export function reciprocalRootRemainder(x: number, h: number): number {
  const exact = dyadicOf(h);
  const square = timesDyadic(timesDyadic(exact, exact), dyadicOf(x));
  return signOfDyadic(minusDyadic({ significand: 1n, exponent: 0 }, square));
}

/** Put RN(x·y + z) into `end[0]` and the sign of the exact remainder into `end[1]`. */
export function fusedEnd(x: number, y: number, z: number, end: Float64Array): void {
  const product = x * y;
  if (x === 0 || y === 0) {
    end[0] = product + z;
    end[1] = 0;
    return;
  }
  if (!canSplit(x, y, product) || Math.abs(z) >= LARGE) {
    fusedEndByBigInt(x, y, z, end);
    return;
  }
  const productLow = productError(x, y, product);
  const low = z + productLow;
  const lowError = sumError(z, productLow, low);
  const high = product + low;
  const highError = sumError(product, low, high);
  // The exact value is high + (lowError + highError); the bracket is rounded to odd, so that adding it to
  // `high` rounds as the exact value does.
  const rest = lowError + highError;
  const restError = sumError(lowError, highError, rest);
  let odd = rest;
  if (restError !== 0 && isEven64(rest)) odd = restError > 0 ? nextUp64(rest) : nextDown64(rest);
  const h = high + odd;
  const error = sumError(high, odd, h);
  end[0] = h;
  // Where rounding to odd has lost something, the last bit of `odd` is set far below `high`, so that the error is
  // not 0 and, being at least that bit, outweighs the loss.
  end[1] = Math.sign(error);
}

function fusedEndByBigInt(x: number, y: number, z: number, end: Float64Array): void {
  const exact = plusDyadic(timesDyadic(dyadicOf(x), dyadicOf(y)), dyadicOf(z));
  end[0] = nearestBinary64(exact);
  end[1] = Number.isFinite(end[0]) ? signOfDyadic(minusDyadic(exact, dyadicOf(end[0]))) : 0;
}

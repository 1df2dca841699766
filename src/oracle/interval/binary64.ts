const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** The next binary64 above; +∞ stays. */
export function nextUp64(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  if (x === Number.POSITIVE_INFINITY) return x;
  return x > 0 ? fartherFromZero(x) : nearerToZero(x);
}

/** The next binary64 below; −∞ stays. */
export function nextDown64(x: number): number {
  return -nextUp64(-x);
}

/** Whether the last bit of the significand is 0. */
export function isEven64(x: number): boolean {
  DOUBLE[0] = x;
  return (WORDS[LOW] & 1) === 0;
}

function fartherFromZero(x: number): number {
  DOUBLE[0] = x;
  WORDS[LOW] += 1;
  if (WORDS[LOW] === 0) WORDS[HIGH] += 1;
  return DOUBLE[0];
}

function nearerToZero(x: number): number {
  DOUBLE[0] = x;
  if (WORDS[LOW] === 0) WORDS[HIGH] -= 1;
  WORDS[LOW] -= 1;
  return DOUBLE[0];
}

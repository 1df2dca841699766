const VIEW = new DataView(new ArrayBuffer(8));

/** Bits of the elements of a float32 tensor, those of NaNs as they are. */
export function bitsOfElements(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Whether all elements are +0, so that none has to be listed. */
export function areZeros(values: Float32Array): boolean {
  return bitsOfElements(values).every((bits) => bits === 0);
}

/** Eight hex digits, as in `0x3f800000`. */
export function bitsLiteral(bits: number): string {
  return `0x${bits.toString(16).padStart(8, "0")}`;
}

/**
 * The exact value of a finite binary64, and so of a float32, as C, C++ and others write it: `0x1.8p-3`. Subnormal binary64
 * values begin with a zero.
 */
export function hexadecimalLiteral(x: number): string {
  VIEW.setFloat64(0, x);
  const word = VIEW.getBigUint64(0);
  const biased = Number((word >> 52n) & 0x7ffn);
  const digits = (word & 0xfffffffffffffn).toString(16).padStart(13, "0").replace(/0+$/, "");
  const sign = word >> 63n === 1n ? "-" : "";
  const point = digits === "" ? "" : `.${digits}`;
  if (biased > 0) return `${sign}0x1${point}p${signed(biased - 1023)}`;
  return digits === "" ? `${sign}0x0p+0` : `${sign}0x0${point}p-1022`;
}

function signed(exponent: number): string {
  return exponent < 0 ? String(exponent) : `+${exponent}`;
}

/**
 * The shortest decimal that is this finite binary64, for languages that round a literal correctly; always with a point or an
 * exponent, so that none takes it for an integer.
 */
export function decimalLiteral(x: number): string {
  if (Object.is(x, -0)) return "-0.0";
  const text = String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

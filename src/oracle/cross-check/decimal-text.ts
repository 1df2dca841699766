import type { Decimal } from "decimal.js";
import { magnitude, type Rational } from "../rational/rational.js";
import { log2Of } from "./claims.js";

const NUMERAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * The number that a Decimal prints, all its digits.
 * @throws {RangeError} for NaN and infinities.
 */
export function rationalOfDecimal(x: Decimal): Rational {
  const parts = NUMERAL.exec(x.toString());
  if (!parts) throw new RangeError(`${x} is no rational number`);
  const [, sign, whole, fraction = "", power = "0"] = parts;
  const digits = BigInt(`${whole}${fraction}`);
  const tens = Number(power) - fraction.length;
  const fives = 5n ** BigInt(Math.abs(tens));
  const numerator = tens >= 0 ? digits * fives : digits;
  return {
    numerator: sign === "-" ? -numerator : numerator,
    denominator: tens >= 0 ? 1n : fives,
    exponent: tens,
  };
}

/** A rational number in scientific notation, cut off after some significant digits. */
export function decimalText(x: Rational, digits: number): string {
  if (x.numerator === 0n) return "0";
  const { numerator, denominator, exponent } = magnitude(x);
  // The logarithm is right to within one; more digits than asked for do no harm.
  const tens = digits - Math.floor(log2Of(x) / Math.log2(10)) - 1;
  const scaled = numerator * 10n ** BigInt(Math.max(tens, 0)) * 2n ** BigInt(Math.max(exponent, 0));
  const unit = denominator * 10n ** BigInt(Math.max(-tens, 0)) * 2n ** BigInt(Math.max(-exponent, 0));
  const text = (scaled / unit).toString();
  const power = text.length - 1 - tens;
  const fraction = text.slice(1, digits).replace(/0+$/, "");
  return `${x.numerator < 0n ? "-" : ""}${text[0]}${fraction && `.${fraction}`}${power === 0 ? "" : `e${power}`}`;
}

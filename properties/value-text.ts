import type { Decimal } from "decimal.js";
import { hexOf } from "../src/float32/bits.js";
import type { Enclosure } from "../src/oracle/exact/enclosure.js";

/** A float32 in decimal and in hex, for a message. */
export function valueText(x: number): string {
  return `${Object.is(x, -0) ? "-0" : x} (${hexOf(x)})`;
}

/** An exact number or a bound, to the digits that a reader can use. */
export function exactText(x: Decimal): string {
  return x.toPrecision(12);
}

/** Both ends of an enclosure, with enough digits to see how far apart two of them are. */
export function enclosureText(x: Enclosure): string {
  const nan = x.nan ? " or NaN" : "";
  return `[${x.lo.toPrecision(25)}, ${x.hi.toPrecision(25)}]${nan}`;
}

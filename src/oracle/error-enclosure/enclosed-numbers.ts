import { exactDecimal } from "../../float32/to-decimal.js";
import { type Enclosure, enclosure, isNaNOnly, order } from "../exact/enclosure.js";

/** Whether an enclosure holds a number or NaN; the sign of a zero does not matter. */
export function holds(x: Enclosure, value: number): boolean {
  if (Number.isNaN(value)) return x.nan;
  if (isNaNOnly(x)) return false;
  const decimal = exactDecimal(value);
  return x.lo.lessThanOrEqualTo(decimal) && x.hi.greaterThanOrEqualTo(decimal);
}

/** Whether two enclosures have a number or NaN in common; the sign of a zero does not matter. */
export function meet(x: Enclosure, y: Enclosure): boolean {
  if (x.nan && y.nan) return true;
  if (isNaNOnly(x) || isNaNOnly(y)) return false;
  return x.lo.lessThanOrEqualTo(y.hi) && y.lo.lessThanOrEqualTo(x.hi);
}

/** The smallest enclosure that holds all of some enclosures. */
export function hull(all: readonly Enclosure[]): Enclosure {
  const numbers = all.filter((each) => !isNaNOnly(each));
  const [first] = numbers;
  if (!first) return all[0];
  const lo = numbers.reduce((least, each) => (order(each.lo, least) < 0 ? each.lo : least), first.lo);
  const hi = numbers.reduce((most, each) => (order(each.hi, most) > 0 ? each.hi : most), first.hi);
  return enclosure(
    lo,
    hi,
    all.some(({ nan }) => nan),
  );
}

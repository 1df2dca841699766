import { bitsOf } from "../../../../src/float32/bits.js";
import { nextDown, nextUp, ulp } from "../../../../src/float32/neighbours.js";
import { type Parts, PLAIN } from "../parts.js";
import { PlainOptimizer } from "../plain-optimizer.js";
import { type Variant, withParts } from "../variant.js";
import { hashOf, hashOfPair } from "./hash.js";

/** Implementations whose roots and quotients are not rounded to nearest. */

const f = Math.fround;

/** A positive float, some floats or ulps away from it. Zero, infinity and NaN are never moved. */
type Move = (x: number, hash: number) => number;

const withinOneFloat: Move = (x, hash) => [nextDown, (same: number) => same, nextUp][hash % 3](x);
const withinTwoUlps: Move = (x, hash) => Math.max(0, f(x + ((hash % 5) - 2) * ulp(x)));

function moved(move: Move, x: number, hash: number): number {
  const size = Math.abs(x);
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return x;
  return x < 0 ? -move(size, hash) : move(size, hash);
}

/** The radicand's digits and whether its exponent is odd: a power of four has no influence. */
const digitsOf = (v: number) => bitsOf(v) & 0xffffff;

function roughRoot(move: Move, decisive = bitsOf): Partial<Parts> {
  return {
    denominator: (v, { scalars }) => f(moved(move, f(Math.sqrt(v)), hashOf(decisive(v))) + scalars.eps),
  };
}

/** A quotient of or by zero or infinity is exact. */
function roughQuotient(move: Move, x: number, d: number): number {
  const exact = x === 0 || d === 0 || !Number.isFinite(x) || !Number.isFinite(d);
  return exact ? f(x / d) : moved(move, f(x / d), hashOfPair(x, d));
}

function roughDivision(move: Move): Partial<Parts> {
  return {
    buffer: (b, g, d, { scalars }) => f(f(b * scalars.momentum) + roughQuotient(move, g, d)),
    move: (p, g, d, { scalars }) => f(p - roughQuotient(move, f(scalars.lr * g), d)),
  };
}

/** As on GPUs: the reciprocal root is one instruction. ε stands inside the root. */
const roughReciprocalRoot: Partial<Parts> = {
  denominator(v, { scalars }) {
    const radicand = f(v + scalars.eps);
    return moved(withinTwoUlps, f(1 / Math.sqrt(radicand)), hashOf(bitsOf(radicand)));
  },
  buffer: (b, g, r, { scalars: { lr, momentum } }) => f(f(b * momentum) + f(f(lr * g) * r)),
  moveByBuffer: (p, b) => f(p - b),
  move: (p, g, r, { scalars: { lr } }) => f(p - f(f(lr * g) * r)),
};

const ONE_FLOAT = ["correct", "one-ulp-low", "one-ulp-high"] as const;
const TWO_ULPS = ["within-two-ulps"] as const;

export const APPROXIMATIONS: readonly Variant[] = [
  {
    id: "root-within-one-ulp",
    title: "Has a root that may be one float off on either side, as its bits decide.",
    declares: { choices: { root: [...ONE_FLOAT] } },
    create: withParts(roughRoot(withinOneFloat)),
  },
  {
    id: "root-from-a-table",
    title: "Has a root that may be one float off, the same for a radicand times a power of four.",
    declares: { choices: { root: [...ONE_FLOAT] } },
    create: withParts(roughRoot(withinOneFloat, digitsOf)),
  },
  {
    id: "root-within-two-ulps",
    title: "Has a root that may be two ulps off on either side.",
    declares: { choices: { root: [...TWO_ULPS] } },
    create: withParts(roughRoot(withinTwoUlps)),
  },
  {
    id: "division-within-one-ulp",
    title: "Has quotients that may be one float off on either side.",
    declares: { choices: { division: [...ONE_FLOAT] } },
    create: withParts(roughDivision(withinOneFloat)),
  },
  {
    id: "division-within-two-ulps",
    title: "Has quotients that may be two ulps off on either side.",
    declares: { choices: { division: [...TWO_ULPS] } },
    create: withParts(roughDivision(withinTwoUlps)),
  },
  {
    id: "root-and-division-within-two-ulps",
    title: "Has roots and quotients that may be two ulps off, as with a GPU's fast mathematics.",
    declares: { choices: { root: [...TWO_ULPS], division: [...TWO_ULPS] } },
    create: withParts({ ...roughRoot(withinTwoUlps), ...roughDivision(withinTwoUlps) }),
  },
  {
    id: "reciprocal-root-within-two-ulps",
    title: "Multiplies by a reciprocal root that may be two ulps off.",
    declares: {
      dialect: "optax",
      choices: { quotient: ["reciprocal-root"], "reciprocal-root": [...TWO_ULPS] },
    },
    create: (groups) => new PlainOptimizer(groups, { ...PLAIN, ...roughReciprocalRoot }, "optax"),
  },
];

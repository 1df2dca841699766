import type { Arithmetic, Intermediate, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import { roundingCell } from "../../float32/neighbours.js";
import { Reach } from "../accuracy.js";
import {
  type BlockArena,
  FINITE,
  type IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
  type Product,
} from "./block.js";
import {
  Binary64Rounding,
  CastRounding,
  type EndRounding,
  Float32Rounding,
  LOWER,
  OnceOrTwiceRounding,
  OutwardRounding,
  UPPER,
} from "./end-rounding.js";
import {
  binary64Error,
  float32Error,
  flushedError,
  lerpEnclosure,
  type RoundingError,
  twiceRoundedError,
} from "./lerp-enclosure.js";
import { type Order, orderOf } from "./orders.js";
import { negatedFlags, productSpecials, sumSpecials } from "./special.js";

export interface IntervalOptions {
  /** Where blocks come from. All blocks of one arithmetic have the arena's length. */
  readonly arena: BlockArena;
  /**
   * What an implementation says that it stored in a slot, as float32 values; undefined for a slot that was not
   * observed. Default: nothing is observed.
   */
  readonly observed?: (slot: Slot) => ArrayLike<number> | undefined;
}

/** One way in which an operation may be rounded; the result is the hull over all of them. */
interface Pass {
  readonly rounding: EndRounding;
  /** Contribute ±0 where the exact result may be below 2^-126, and nothing else. */
  readonly flush: boolean;
}

interface Contraction {
  readonly none: boolean;
  readonly left: boolean;
  readonly right: boolean;
}

const FLOAT32: Pass = { rounding: new Float32Rounding(), flush: false };
const CAST: Pass = { rounding: new CastRounding(), flush: false };
const BINARY64: Pass = { rounding: new Binary64Rounding(), flush: false };
const OUTWARD: Pass = { rounding: new OutwardRounding(), flush: false };
const ONCE_OR_TWICE: Pass = { rounding: new OnceOrTwiceRounding(), flush: false };
const FLUSH: Pass = { rounding: OUTWARD.rounding, flush: true };

const NOTHING_FUSED: Contraction = { none: true, left: false, right: false };
const NO_REACH = new Reach(["correct"]);
const TWO_ULPS = new Reach(["within-two-ulps"]);
const BOUNDS = new Float64Array(2);

/** Passes that do not depend on the scalars. */
const BASE_PASSES: { readonly [M in Order["mode"]]?: readonly Pass[] } = {
  binary64: [BINARY64],
  wider: [OUTWARD],
  either: [OUTWARD, ONCE_OR_TWICE],
};

/**
 * The interval reading of the update rule: for each element an enclosure of all results that one order of
 * operations can have, with ends that are themselves rounded exactly, so that a point stays a point.
 *
 * Every operation is the hull over the allowed choices: each contraction of its site, each way of rounding.
 * What `intermediates` allows: "float32" rounds every result to float32; "binary64" rounds every result to
 * binary64 and only stores to float32; "wider" moves every end outward to the next binary64, which encloses each
 * rounding to a precision from binary64 on; "float32" with another keeps (outward) or rounds each result.
 * Either kind of flushing among `subnormals` allows ±0 beside every result below 2^-126.
 *
 * Blocks come from the arena and are not changed once an operation has returned them.
 */
export class IntervalArithmetic implements Arithmetic<IntervalBlock> {
  /** For each slot that was stored, the float32 values that are accepted: an interval and flags. */
  readonly stored: Map<Slot, IntervalBlock> = new Map();
  /** Intermediates by name. */
  readonly named: Map<Intermediate, IntervalBlock> = new Map();

  private readonly order: Order;
  private readonly arena: BlockArena;
  private readonly observed: (slot: Slot) => ArrayLike<number> | undefined;
  private readonly quotientReach: Reach;
  private readonly rootReach: Reach;
  private readonly reciprocalRootReach: Reach;
  /** How operations other than roots and quotients are rounded. */
  private readonly passes: readonly Pass[];
  private readonly extremumPasses: readonly Pass[];
  private readonly quotientPasses: readonly Pass[];
  private readonly rootPasses: readonly Pass[];
  private readonly reciprocalRootPasses: readonly Pass[];
  private readonly mayFlush: boolean;
  private readonly roundingError: RoundingError;
  private one: IntervalBlock | undefined;

  /**
   * @throws {RangeError} when an `order.*` axis, `quotient`, `scalars` or `complement` has not exactly one
   *   choice (see `ordersOf`).
   */
  constructor(evaluation: Evaluation, options: IntervalOptions) {
    this.order = orderOf(evaluation);
    this.arena = options.arena;
    this.observed = options.observed ?? (() => undefined);
    this.quotientReach = new Reach(evaluation.division);
    this.rootReach = new Reach(evaluation.root);
    this.reciprocalRootReach = evaluation.root.includes("within-two-ulps") ? TWO_ULPS : NO_REACH;

    const { mode } = this.order;
    this.mayFlush = evaluation.subnormals.some((choice) => choice !== "kept");
    const tiny = this.mayFlush ? [FLUSH] : [];
    const single = this.order.scalars === "float32" ? FLOAT32 : CAST;
    const base = BASE_PASSES[mode] ?? [single];
    const keepsAll = mode === "binary64" || mode === "wider";
    // What is kept is flushed only where it is a float32: in what is loaded, stored or approximate.
    this.passes = keepsAll ? base : [...base, ...tiny];
    // A maximum chooses one of its operands and rounds nothing: a scalar kept in binary64 stays one.
    this.extremumPasses = mode === "float32" ? [BINARY64, ...tiny] : this.passes;
    // What is some floats away is a float32 in every mode.
    const approximate = [...base, ...(keepsAll ? [ONCE_OR_TWICE] : []), ...tiny];
    const passesFor = (reach: Reach) => (reach.isNone ? this.passes : approximate);
    this.quotientPasses = passesFor(this.quotientReach);
    this.rootPasses = passesFor(this.rootReach);
    this.reciprocalRootPasses = passesFor(this.reciprocalRootReach);
    // A scalar kept in binary64 makes a result of it binary64 first, and then float32.
    const once = mode === "float32" && single === FLOAT32;
    const error = once ? float32Error : keepsAll ? binary64Error : twiceRoundedError;
    this.roundingError = this.mayFlush ? flushedError(error) : error;
  }

  /** A block of one value for every element, such as a scalar; flushed if it may be. */
  scalar(value: number): IntervalBlock {
    const block = this.arena.take();
    for (let i = 0; i < block.length; i++) block.include(i, value);
    return this.mayFlush && Math.abs(value) < MIN_NORMAL ? this.load(block) : block;
  }

  /**
   * What an operation reads where it is given this block: the block itself, or with flushed subnormals, the
   * block widened by ±0.
   */
  load(block: IntervalBlock): IntervalBlock {
    this.checkLength(block.length);
    if (!this.mayFlush) return block;
    const out = this.arena.take();
    out.copyFrom(block);
    for (let i = 0; i < out.length; i++) out.includeFlushed(i);
    return out;
  }

  negate(x: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (let i = 0; i < out.length; i++) {
      const flags = x.flags[i];
      if (flags & FINITE) {
        out.lower[i] = -x.upper[i];
        out.upper[i] = -x.lower[i];
      }
      out.flags[i] = negatedFlags(flags);
    }
    if (x.product) out.product = { ...x.product, x: this.negate(x.product.x) };
    return out;
  }

  multiply(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    if (x !== y) return this.product({ x, y, dependent: false });
    // x·x is |x|·|x|, which cannot be below 0.
    const magnitude = this.magnitude(x);
    return this.product({ x: magnitude, y: magnitude, dependent: true });
  }

  add(site: SumSite | null, x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    return this.combine(site, x, y, 1);
  }

  subtract(site: SumSite | null, x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    return this.combine(site, x, y, -1);
  }

  squareRoot(x: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (const pass of this.rootPasses) {
      const reach = reachUnder(pass, this.rootReach);
      if (reach) rootPass(pass.rounding, pass.flush, x, reach, out);
    }
    out.radicand = x;
    return out;
  }

  /** The larger of both; NaN if either is NaN. */
  maximum(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (const { rounding, flush } of this.extremumPasses) extremumPass(rounding, flush, x, y, 1, out);
    return out;
  }

  /** The smaller of both; NaN if either is NaN. */
  minimum(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (const { rounding, flush } of this.extremumPasses) extremumPass(rounding, flush, x, y, -1, out);
    return out;
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: IntervalBlock,
    complement: IntervalBlock,
    old: IntervalBlock,
    factors: readonly [IntervalBlock] | readonly [IntervalBlock, IntervalBlock],
  ): IntervalBlock {
    const [x, y] = factors;
    const order = site === "mean-square" ? this.order.meanSquare : this.order.meanGradient;
    if (order === "lerp" || order === "lerp-mirrored") {
      const target = y === undefined ? x : this.multiply(x, y);
      return order === "lerp-mirrored" && Math.abs(complement.lower[0]) >= 0.5
        ? this.lerpMirrored(site, old, target, complement)
        : this.lerp(site, old, target, complement);
    }
    let fresh: IntervalBlock;
    if (y === undefined) fresh = this.multiply(complement, x);
    else if (order === "square-first") fresh = this.multiply(complement, this.multiply(x, y));
    else if (x !== y) fresh = this.multiply(this.multiply(complement, x), y);
    else {
      // One element is one number wherever it stands: (t⊗g)⊗g = (t⊗|g|)⊗|g|, which has the sign of t.
      const magnitude = this.magnitude(x);
      fresh = this.product({ x: this.multiply(complement, magnitude), y: magnitude, dependent: true });
    }
    return this.add(site, this.multiply(weight, old), fresh);
  }

  quotient(x: IntervalBlock, d: IntervalBlock): IntervalBlock {
    if (this.order.quotient === "division") return this.divide(x, d);
    return this.multiply(x, this.reciprocal(d));
  }

  scaledQuotient(scale: IntervalBlock, x: IntervalBlock, d: IntervalBlock): IntervalBlock {
    switch (this.order.update) {
      case "scale-first":
        return this.quotient(this.multiply(scale, x), d);
      case "quotient-first":
        return this.multiply(scale, this.quotient(x, d));
      case "ratio-first":
        return this.multiply(this.quotient(scale, d), x);
      case "inverse":
        return this.divide(x, this.divide(d, scale));
    }
  }

  store(slot: Slot, x: IntervalBlock): IntervalBlock {
    const accepted = this.arena.take();
    const { rounding } = FLOAT32;
    for (let i = 0; i < accepted.length; i++) {
      accepted.flags[i] |= x.flags[i] & ~FINITE;
      if (x.flags[i] & FINITE) {
        include(accepted, i, rounding.value(x.lower[i], LOWER), rounding.value(x.upper[i], UPPER), rounding);
      }
      // Before the store a value just below 2^-126 may have rounded up to it, and been flushed nevertheless.
      if (this.mayFlush && x.lower[i] < MIN_NORMAL && x.upper[i] > -MIN_NORMAL) {
        if (x.lower[i] !== 0 || x.upper[i] !== 0) accepted.includeInterval(i, -0, 0);
      }
    }
    this.stored.set(slot, accepted);
    const observed = this.observed(slot);
    if (observed !== undefined) return this.readObserved(x, observed);
    if (this.order.mode === "float32") return accepted;
    const read = this.arena.take();
    read.copyFrom(accepted);
    for (let i = 0; i < read.length; i++) read.includeElement(i, x);
    return read;
  }

  name(intermediate: Intermediate, x: IntervalBlock): IntervalBlock {
    this.named.set(intermediate, x);
    return x;
  }

  /** What later operations read of a value of which the stored float32 is known. */
  private readObserved(x: IntervalBlock, observed: ArrayLike<number>): IntervalBlock {
    this.checkLength(observed.length);
    const read = this.arena.take();
    const kept = this.order.mode !== "float32";
    for (let i = 0; i < read.length; i++) {
      const o = observed[i];
      read.include(i, o);
      if (kept && !Number.isNaN(o)) {
        // An implementation that does not read back what it stored goes on with a value that rounded to o.
        const cell = roundingCell(o);
        const tiny = this.mayFlush && o === 0;
        const lower = Math.max(x.lower[i], tiny ? -MIN_NORMAL : cell.lower);
        const upper = Math.min(x.upper[i], tiny ? MIN_NORMAL : cell.upper);
        if (lower <= upper) read.includeInterval(i, lower, upper);
      }
      if (this.mayFlush) read.includeFlushed(i);
    }
    return read;
  }

  private product(factors: Product): IntervalBlock {
    const out = this.arena.take();
    for (const { rounding, flush } of this.passes) productPass(rounding, flush, factors, out);
    out.product = factors;
    return out;
  }

  private combine(site: SumSite | null, x: IntervalBlock, y: IntervalBlock, sign: 1 | -1): IntervalBlock {
    const allowed = site === null ? NOTHING_FUSED : this.order.contraction[site];
    // An end that was moved outward encloses the exact product, and its sum what is fused.
    const wider = this.order.mode === "wider";
    const left = allowed.left && x.product !== undefined && !wider;
    const right = allowed.right && y.product !== undefined && !wider;
    // A choice that finds no product to fuse leaves the sum as it is. The axis speaks of float32 sums: doubles
    // may be contracted or not beside it.
    const doubles = this.order.mode !== "float32";
    const none = allowed.none || (allowed.left && !left) || (allowed.right && !right) || doubles;
    const doubleFactors = !doubles && this.order.scalars === "binary64";
    const out = this.arena.take();
    for (const { rounding, flush } of this.passes) {
      if (none) sumPass(rounding, flush, x, y, sign, out);
      if (left) fusedPass(rounding, flush, x, 1, y, sign, doubleFactors, out);
      if (right) fusedPass(rounding, flush, y, sign, x, 1, doubleFactors, out);
    }
    return out;
  }

  /** old ⊕ w⊗(target ⊖ old). */
  private lerp(
    site: "mean-square" | "mean-gradient",
    old: IntervalBlock,
    target: IntervalBlock,
    w: IntervalBlock,
  ): IntervalBlock {
    const difference = this.subtract(null, target, old);
    const product = this.multiply(w, difference);
    const naive = this.add(site, old, product);
    this.narrowLerp(site, naive, old, target, w, difference, product);
    return naive;
  }

  /** target ⊖ (target ⊖ old)⊗(1 ⊖ w). */
  private lerpMirrored(
    site: "mean-square" | "mean-gradient",
    old: IntervalBlock,
    target: IntervalBlock,
    w: IntervalBlock,
  ): IntervalBlock {
    // Both are scalars, so their difference has the precision of scalars.
    const rest =
      this.order.scalars === "binary64" ? this.scalar(1 - w.lower[0]) : this.subtract(null, this.unit(), w);
    const difference = this.subtract(null, target, old);
    const product = this.multiply(difference, rest);
    const naive = this.subtract(site, target, product);
    this.narrowLerp(site, naive, target, old, rest, difference, product);
    return naive;
  }

  /** Intersect a naive lerp from x towards y with its enclosure, wherever x, which it uses twice, is no point. */
  private narrowLerp(
    site: "mean-square" | "mean-gradient",
    naive: IntervalBlock,
    x: IntervalBlock,
    y: IntervalBlock,
    weight: IntervalBlock,
    difference: IntervalBlock,
    product: IntervalBlock,
  ): void {
    const contraction = this.order.contraction[site];
    // If x is a product and fused into the last sum, that takes it exactly where the difference takes it rounded.
    const twoOfX = contraction.left && x.product !== undefined;
    const alwaysFused =
      this.order.mode === "float32" &&
      contraction.right &&
      !contraction.none &&
      !contraction.left &&
      (this.order.scalars === "float32" || isFloat32(weight.lower[0]));
    const toFloat32 = this.order.mode === "float32" || this.order.mode === "either";
    for (let i = 0; i < naive.length; i++) {
      if (x.lower[i] === x.upper[i]) continue;
      const flags = naive.flags[i] | x.flags[i] | y.flags[i] | difference.flags[i] | product.flags[i];
      if (flags !== FINITE) continue;
      const holds = lerpEnclosure(
        BOUNDS,
        x.lower[i],
        x.upper[i],
        y.lower[i],
        y.upper[i],
        weight.lower[i],
        weight.upper[i],
        Math.max(-difference.lower[i], difference.upper[i]),
        alwaysFused ? -1 : Math.max(-product.lower[i], product.upper[i]),
        twoOfX ? Math.max(-x.lower[i], x.upper[i]) : -1,
        this.roundingError,
      );
      if (!holds) continue;
      let lower = BOUNDS[0];
      let upper = BOUNDS[1];
      if (this.mayFlush && lower < MIN_NORMAL && upper > -MIN_NORMAL) {
        lower = Math.min(lower, -0);
        upper = Math.max(upper, 0);
      }
      if (toFloat32) {
        // fl is monotone; in the mode that also keeps results, the hull with what was kept.
        lower = this.order.mode === "float32" ? Math.fround(lower) : Math.min(lower, Math.fround(lower));
        upper = this.order.mode === "float32" ? Math.fround(upper) : Math.max(upper, Math.fround(upper));
      }
      // Sums of zero are compared by value: the naive end knows the sign.
      if (lower > naive.lower[i]) naive.lower[i] = lower;
      if (upper < naive.upper[i]) naive.upper[i] = upper;
    }
  }

  private divide(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (const pass of this.quotientPasses) {
      const reach = reachUnder(pass, this.quotientReach);
      if (reach) quotientPass(pass.rounding, pass.flush, x, y, reach, out);
    }
    return out;
  }

  private reciprocal(d: IntervalBlock): IntervalBlock {
    if (this.order.quotient !== "reciprocal-root" || d.radicand === undefined) {
      return this.divide(this.unit(), d);
    }
    // Rounded once, unless roots are approximate.
    const out = this.arena.take();
    for (const pass of this.reciprocalRootPasses) {
      const reach = reachUnder(pass, this.reciprocalRootReach);
      if (reach) reciprocalRootPass(pass.rounding, pass.flush, d.radicand, reach, out);
    }
    return out;
  }

  private magnitude(x: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (let i = 0; i < out.length; i++) {
      const flags = x.flags[i];
      if (flags & FINITE) {
        const lower = x.lower[i];
        const upper = x.upper[i];
        out.lower[i] = lower > 0 ? lower : upper < 0 ? -upper : 0;
        out.upper[i] = Math.max(Math.abs(lower), Math.abs(upper));
      }
      out.flags[i] = flags & MINUS_INFINITY ? (flags & ~MINUS_INFINITY) | PLUS_INFINITY : flags;
    }
    return out;
  }

  private unit(): IntervalBlock {
    this.one ??= this.scalar(1);
    return this.one;
  }

  private checkLength(length: number): void {
    if (length !== this.arena.length) {
      throw new RangeError(`a block of ${length} elements met an arena of ${this.arena.length}`);
    }
  }
}

/** What an approximate operation reaches under one pass; undefined if that pass has none of its results. */
function reachUnder({ rounding, flush }: Pass, reach: Reach): Reach | undefined {
  if (rounding.toFloat32 || flush) return reach;
  return reach.mayBeCorrect ? NO_REACH : undefined;
}

/** Widen element i to a rounded result, of which infinite ends become flags. */
function include(out: IntervalBlock, i: number, lower: number, upper: number, rounding: EndRounding): void {
  const { largest } = rounding;
  if (lower >= -largest && upper <= largest) {
    out.includeInterval(i, lower, upper);
    return;
  }
  if (lower < -largest) out.flags[i] |= MINUS_INFINITY;
  if (upper > largest) out.flags[i] |= PLUS_INFINITY;
  if (lower <= largest && upper >= -largest) {
    out.includeInterval(i, Math.max(lower, -largest), Math.min(upper, largest));
  }
}

/** Widen element i to what one pass gives for the exact result whose ends are [lower, upper]. */
function contribute(
  out: IntervalBlock,
  i: number,
  lower: number,
  upper: number,
  rounding: EndRounding,
  flush: boolean,
): void {
  if (!flush) include(out, i, lower, upper, rounding);
  else if (lower < MIN_NORMAL && upper > -MIN_NORMAL && (lower !== 0 || upper !== 0)) {
    out.includeInterval(i, -0, 0);
  }
}

function sumPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  sign: 1 | -1,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) sumElement(rounding, flush, x, y, sign, out, i);
}

function sumElement(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  sign: 1 | -1,
  out: IntervalBlock,
  i: number,
): void {
  const f = x.flags[i];
  const g = y.flags[i];
  if ((f | g) !== FINITE) {
    out.flags[i] |= sumSpecials(f, sign > 0 ? g : negatedFlags(g));
    if (!(f & g & FINITE)) return;
  }
  const a = x.lower[i];
  const b = x.upper[i];
  const c = sign > 0 ? y.lower[i] : -y.upper[i];
  const d = sign > 0 ? y.upper[i] : -y.lower[i];
  const lower = rounding.sum(a, c, LOWER);
  const point = !rounding.sided && a === b && c === d && lower !== 0;
  const upper = point ? lower : rounding.sum(b, d, UPPER);
  contribute(out, i, lower, upper, rounding, flush);
}

function productPass(rounding: EndRounding, flush: boolean, product: Product, out: IntervalBlock): void {
  const { x, y } = product;
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const g = y.flags[i];
    if ((f | g) !== FINITE) {
      out.flags[i] |= productSpecials(product, i);
      if (!(f & g & FINITE)) continue;
    }
    const a = x.lower[i];
    const b = x.upper[i];
    const c = y.lower[i];
    const d = y.upper[i];
    let lower: number;
    let upper: number;
    if (a === b && c === d && a !== 0 && c !== 0) {
      lower = rounding.product(a, c, LOWER);
      upper = rounding.sided ? rounding.product(a, c, UPPER) : lower;
    } else if (a > 0 && c > 0) {
      lower = rounding.product(a, c, LOWER);
      upper = rounding.product(b, d, UPPER);
    } else {
      lower = Math.min(
        rounding.product(a, c, LOWER),
        rounding.product(a, d, LOWER),
        rounding.product(b, c, LOWER),
        rounding.product(b, d, LOWER),
      );
      upper = Math.max(
        rounding.product(a, c, UPPER),
        rounding.product(a, d, UPPER),
        rounding.product(b, c, UPPER),
        rounding.product(b, d, UPPER),
      );
    }
    contribute(out, i, lower, upper, rounding, flush);
  }
}

/**
 * out ∪= productSign·(x·y) + zSign·z with one rounding, where x and y are the factors of `rounded`. Float32
 * operations fuse float32s only: with `doubleFactors`, the product with a scalar kept in binary64 is rounded
 * before it is added.
 */
function fusedPass(
  rounding: EndRounding,
  flush: boolean,
  rounded: IntervalBlock,
  productSign: 1 | -1,
  z: IntervalBlock,
  zSign: 1 | -1,
  doubleFactors: boolean,
  out: IntervalBlock,
): void {
  const product = rounded.product!;
  const { x, y } = product;
  const xLower = productSign > 0 ? x.lower : x.upper;
  const xUpper = productSign > 0 ? x.upper : x.lower;
  const zLower = zSign > 0 ? z.lower : z.upper;
  const zUpper = zSign > 0 ? z.upper : z.lower;
  for (let i = 0; i < out.length; i++) {
    if (doubleFactors && !(endsAreFloat32(x, i) && endsAreFloat32(y, i))) {
      // One of productSign and zSign is 1.
      if (productSign > 0) sumElement(rounding, flush, rounded, z, zSign, out, i);
      else sumElement(rounding, flush, z, rounded, productSign, out, i);
      if (isDouble(x, i) || isDouble(y, i)) continue;
    }
    const f = x.flags[i];
    const g = y.flags[i];
    const h = z.flags[i];
    if ((f | g | h) !== FINITE) {
      const flags = productSpecials(product, i) | (f & g & FINITE);
      out.flags[i] |= sumSpecials(
        productSign > 0 ? flags : negatedFlags(flags),
        zSign > 0 ? h : negatedFlags(h),
      );
      if (!(f & g & h & FINITE)) continue;
    }
    const a = productSign * xLower[i];
    const b = productSign * xUpper[i];
    const c = y.lower[i];
    const d = y.upper[i];
    const below = zSign * zLower[i];
    const above = zSign * zUpper[i];
    let lower: number;
    let upper: number;
    if (a === b && c === d && a !== 0 && c !== 0) {
      lower = rounding.fusedSum(a, c, below, LOWER);
      const point = !rounding.sided && below === above && below !== 0;
      upper = point ? lower : rounding.fusedSum(a, c, above, UPPER);
    } else if (a > 0 && c > 0) {
      lower = rounding.fusedSum(a, c, below, LOWER);
      upper = rounding.fusedSum(b, d, above, UPPER);
    } else {
      lower = Math.min(
        rounding.fusedSum(a, c, below, LOWER),
        rounding.fusedSum(a, d, below, LOWER),
        rounding.fusedSum(b, c, below, LOWER),
        rounding.fusedSum(b, d, below, LOWER),
      );
      upper = Math.max(
        rounding.fusedSum(a, c, above, UPPER),
        rounding.fusedSum(a, d, above, UPPER),
        rounding.fusedSum(b, c, above, UPPER),
        rounding.fusedSum(b, d, above, UPPER),
      );
    }
    contribute(out, i, lower, upper, rounding, flush);
  }
}

function endsAreFloat32({ lower, upper }: IntervalBlock, i: number): boolean {
  return isFloat32(lower[i]) && isFloat32(upper[i]);
}

/** Whether an element is one number, and that no float32. */
function isDouble({ lower, upper }: IntervalBlock, i: number): boolean {
  return lower[i] === upper[i] && !isFloat32(lower[i]);
}

function extremumPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  sign: 1 | -1,
  out: IntervalBlock,
): void {
  const dominant = sign > 0 ? PLUS_INFINITY : MINUS_INFINITY;
  const recessive = sign > 0 ? MINUS_INFINITY : PLUS_INFINITY;
  const better = sign > 0 ? Math.max : Math.min;
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const g = y.flags[i];
    out.flags[i] |= (f | g) & NOT_A_NUMBER;
    const others = FINITE | PLUS_INFINITY | MINUS_INFINITY;
    if ((f & dominant && g & others) || (g & dominant && f & others)) out.flags[i] |= dominant;
    if (f & recessive && g & recessive) out.flags[i] |= recessive;
    if (f & g & FINITE) {
      const lower = rounding.value(better(x.lower[i], y.lower[i]), LOWER);
      const upper = rounding.value(better(x.upper[i], y.upper[i]), UPPER);
      contribute(out, i, lower, upper, rounding, flush);
    }
    // Against the infinity that always loses, every number of the other operand can win.
    if (g & recessive && f & FINITE) {
      const lower = rounding.value(x.lower[i], LOWER);
      contribute(out, i, lower, rounding.value(x.upper[i], UPPER), rounding, flush);
    }
    if (f & recessive && g & FINITE) {
      const lower = rounding.value(y.lower[i], LOWER);
      contribute(out, i, lower, rounding.value(y.upper[i], UPPER), rounding, flush);
    }
  }
}

/**
 * Widen element i to what an approximate operation makes of correctly rounded magnitudes in [lower, upper].
 * @param lowerIsExact,upperIsExact whether that end is an exact zero, which stays
 */
function contributeMagnitudes(
  out: IntervalBlock,
  i: number,
  lower: number,
  upper: number,
  lowerIsExact: boolean,
  upperIsExact: boolean,
  reach: Reach,
  rounding: EndRounding,
  flush: boolean,
  negative: boolean,
): void {
  let least = lowerIsExact ? lower : reach.smallest(lower, upper);
  let most = upperIsExact ? upper : reach.largest(upper);
  // Tininess may be looked for in the exact result, or in the approximate one.
  if (flush) {
    least = Math.min(least, lower);
    most = Math.max(most, upper);
  }
  if (negative) contribute(out, i, -most, -least, rounding, flush);
  else contribute(out, i, least, most, rounding, flush);
}

function rootPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  reach: Reach,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const a = x.lower[i];
    const b = x.upper[i];
    if (f & (NOT_A_NUMBER | MINUS_INFINITY) || a < 0) out.flags[i] |= NOT_A_NUMBER;
    if (f & PLUS_INFINITY) out.flags[i] |= PLUS_INFINITY;
    if (!(f & FINITE) || b < 0) continue;
    // What lies below 0 is NaN; the rest begins at −0, whose root is −0.
    const lower = a < 0 ? -0 : rounding.root(a, LOWER);
    const upper = rounding.root(b, UPPER);
    if (reach.isNone) contribute(out, i, lower, upper, rounding, flush);
    else contributeMagnitudes(out, i, lower, upper, a <= 0, b === 0, reach, rounding, flush, false);
  }
}

function reciprocalRootPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  reach: Reach,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const a = x.lower[i];
    const b = x.upper[i];
    if (f & (NOT_A_NUMBER | MINUS_INFINITY) || a < 0) out.flags[i] |= NOT_A_NUMBER;
    if (f & PLUS_INFINITY && !flush) out.includeInterval(i, 0, 0);
    if (!(f & FINITE) || b < 0) continue;
    if (containsMinusZero(a, b)) out.flags[i] |= MINUS_INFINITY;
    if (containsPlusZero(a, b)) out.flags[i] |= PLUS_INFINITY;
    if (b === 0) continue;
    const nearest = a > 0 ? a : Math.min(rounding.smallest, b);
    const lower = rounding.reciprocalRoot(b, LOWER);
    const upper = rounding.reciprocalRoot(nearest, UPPER);
    if (reach.isNone) contribute(out, i, lower, upper, rounding, flush);
    else contributeMagnitudes(out, i, lower, upper, false, false, reach, rounding, flush, false);
  }
}

function containsPlusZero(lower: number, upper: number): boolean {
  return lower <= 0 && (upper > 0 || Object.is(upper, 0));
}

function containsMinusZero(lower: number, upper: number): boolean {
  return upper >= 0 && (lower < 0 || Object.is(lower, -0));
}

function quotientPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  reach: Reach,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const g = y.flags[i];
    const a = x.lower[i];
    const b = x.upper[i];
    const c = y.lower[i];
    const d = y.upper[i];
    if ((f | g) === FINITE && (c > 0 || d < 0)) {
      if (!rounding.sided && reach.isNone && a === b && c === d && a !== 0) {
        const point = rounding.quotient(a, c, LOWER);
        contribute(out, i, point, point, rounding, flush);
      } else if (c > 0) quotientByPositive(rounding, flush, a, b, c, d, reach, out, i);
      else quotientByPositive(rounding, flush, -b, -a, -d, -c, reach, out, i);
      continue;
    }
    const finite = f & g & FINITE;
    const plusZero = (g & FINITE) !== 0 && containsPlusZero(c, d);
    const minusZero = (g & FINITE) !== 0 && containsMinusZero(c, d);
    const infinities = PLUS_INFINITY | MINUS_INFINITY;
    out.flags[i] |= (f | g) & NOT_A_NUMBER;
    if (f & infinities && g & infinities) out.flags[i] |= NOT_A_NUMBER;
    if (finite && a <= 0 && b >= 0 && (plusZero || minusZero)) out.flags[i] |= NOT_A_NUMBER;
    const overZeroPlus = f & PLUS_INFINITY || (f & FINITE && b > 0);
    const overZeroMinus = f & MINUS_INFINITY || (f & FINITE && a < 0);
    const byPlus = plusZero || (g & FINITE && d > 0);
    const byMinus = minusZero || (g & FINITE && c < 0);
    if ((overZeroPlus && plusZero) || (overZeroMinus && minusZero)) out.flags[i] |= PLUS_INFINITY;
    if ((overZeroMinus && plusZero) || (overZeroPlus && minusZero)) out.flags[i] |= MINUS_INFINITY;
    if ((f & PLUS_INFINITY && byPlus) || (f & MINUS_INFINITY && byMinus)) out.flags[i] |= PLUS_INFINITY;
    if ((f & MINUS_INFINITY && byPlus) || (f & PLUS_INFINITY && byMinus)) out.flags[i] |= MINUS_INFINITY;
    if (f & FINITE && g & infinities && !flush) {
      const least = a < 0 || Object.is(a, -0) ? -0 : 0;
      const most = b > 0 || Object.is(b, 0) ? 0 : -0;
      if (g & PLUS_INFINITY) out.includeInterval(i, least, most);
      if (g & MINUS_INFINITY) out.includeInterval(i, -most, -least);
    }
    if (!finite) continue;
    const { smallest } = rounding;
    if (d > 0)
      quotientByPositive(rounding, flush, a, b, Math.max(c, Math.min(smallest, d)), d, reach, out, i);
    if (c < 0)
      quotientByPositive(rounding, flush, -b, -a, Math.max(-d, Math.min(smallest, -c)), -c, reach, out, i);
  }
}

/** out ∪= [a, b] / [c, d] with c > 0. */
function quotientByPositive(
  rounding: EndRounding,
  flush: boolean,
  a: number,
  b: number,
  c: number,
  d: number,
  reach: Reach,
  out: IntervalBlock,
  i: number,
): void {
  const lower = rounding.quotient(a, a >= 0 ? d : c, LOWER);
  const upper = rounding.quotient(b, b >= 0 ? c : d, UPPER);
  if (reach.isNone) contribute(out, i, lower, upper, rounding, flush);
  // An approximate quotient keeps its sign.
  else if (a >= 0)
    contributeMagnitudes(out, i, lower, upper, a === 0, b === 0, reach, rounding, flush, false);
  else if (b <= 0) contributeMagnitudes(out, i, -upper, -lower, b === 0, false, reach, rounding, flush, true);
  else contribute(out, i, -reach.largest(-lower), reach.largest(upper), rounding, flush);
}

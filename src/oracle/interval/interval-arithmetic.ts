import type { Arithmetic, Intermediate, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import type { StepPart } from "../../../spec/step-part.js";
import { isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import { roundingCell } from "../../float32/neighbours.js";
import {
  type BlockArena,
  FINITE,
  type IntervalBlock,
  MINUS_INFINITY,
  PLUS_INFINITY,
  type Product,
} from "./block.js";
import { LOWER, UPPER } from "./end-rounding.js";
import {
  extremumPass,
  fusedPass,
  include,
  productPass,
  quotientPass,
  reciprocalRootPass,
  rootPass,
  sumPass,
} from "./interval-loops.js";
import { lerpEnclosure } from "./lerp-enclosure.js";
import { ModePasses, reachUnder, STORE_ROUNDING } from "./mode-passes.js";
import { type Mode, type Order, orderOf } from "./orders.js";
import { negatedFlags } from "./special.js";

export interface IntervalOptions {
  /** Where blocks come from. All blocks of one arithmetic have the arena's length. */
  readonly arena: BlockArena;
  /**
   * What an implementation says that it stored in a slot, as float32 values; undefined for a slot that was not
   * observed. Default: nothing is observed.
   */
  readonly observed?: (slot: Slot) => ArrayLike<number> | undefined;
}

interface Contraction {
  readonly none: boolean;
  readonly left: boolean;
  readonly right: boolean;
}

const NOTHING_FUSED: Contraction = { none: true, left: false, right: false };
const BOUNDS = new Float64Array(2);

/**
 * The interval interpreter of the update rule: for each element an enclosure of all results that one order of
 * operations can have, with ends that are themselves rounded exactly, so that a point stays a point.
 *
 * Every operation is the hull over the allowed choices: each contraction of its site, each way of rounding.
 * What `intermediates` allows: "float32" rounds every result to float32; "binary64" rounds every result to
 * binary64 and only stores to float32; "wider" moves every end outward to the next binary64, which encloses each
 * rounding to a precision from binary64 on; "float32" with another keeps (outward) or rounds each result.
 * Either kind of flushing among `subnormals` allows ±0 in addition to every result below 2^-126.
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
  private readonly modes: { readonly [M in Mode]?: ModePasses };
  private readonly mayFlush: boolean;
  private readonly one: IntervalBlock;
  private part: StepPart = "gradient";

  /**
   * @throws {RangeError} when an `order.*` axis, `quotient`, `scalars`, `complement` or the precision of a part has not
   *   exactly one choice (see `ordersOf`).
   */
  constructor(evaluation: Evaluation, options: IntervalOptions) {
    this.order = orderOf(evaluation);
    this.arena = options.arena;
    this.observed = options.observed ?? (() => undefined);
    this.mayFlush = evaluation.subnormals.some((choice) => choice !== "kept");
    const used = new Set(
      Object.values(this.order.modes).flatMap((mode) =>
        typeof mode === "string" ? [mode] : (["float32", mode.promotedTo, "either"] as const),
      ),
    );
    this.modes = Object.fromEntries([...used].map((mode) => [mode, new ModePasses(mode, evaluation)]));
    this.one = this.constant(1);
  }

  /** A scalar, the same number for every element; flushed if it may be. */
  scalar(value: number): IntervalBlock {
    const block = this.constant(value);
    const scalar = this.mayFlush && Math.abs(value) < MIN_NORMAL ? this.load(block) : block;
    scalar.double = this.order.scalars === "binary64";
    return scalar;
  }

  enter(part: StepPart): void {
    this.part = part;
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
    out.wide = block.wide;
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
    out.wide = x.wide;
    out.double = x.double;
    out.mixed = x.mixed;
    if (x.product) out.product = { ...x.product, x: this.negate(x.product.x) };
    return out;
  }

  multiply(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    const mode = this.modeOf(x, y);
    const a = this.read(x, mode);
    if (x !== y) return this.product({ x: a, y: this.read(y, mode), dependent: false }, mode);
    // x·x is |x|·|x|, which cannot be below 0.
    const magnitude = this.magnitude(a);
    return this.product({ x: magnitude, y: magnitude, dependent: true }, mode);
  }

  add(site: SumSite | null, x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    return this.combine(site, x, y, 1);
  }

  subtract(site: SumSite | null, x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    return this.combine(site, x, y, -1);
  }

  squareRoot(x: IntervalBlock): IntervalBlock {
    const mode = this.modeOf(x);
    const radicand = this.read(x, mode);
    const out = this.result(mode);
    for (const pass of mode.rootPasses) {
      const reach = reachUnder(pass, mode.rootReach);
      if (reach) rootPass(pass.rounding, pass.flush, radicand, reach, out);
    }
    out.radicand = radicand;
    return out;
  }

  /** The larger of both; NaN if either is NaN. */
  maximum(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    return this.extremum(x, y, 1);
  }

  /** The smaller of both; NaN if either is NaN. */
  minimum(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    return this.extremum(x, y, -1);
  }

  nonNegative(x: IntervalBlock): IntervalBlock {
    return this.maximum(x, this.constant(0));
  }

  decayed(
    x: IntervalBlock,
    rates: readonly IntervalBlock[],
    rate: IntervalBlock,
    share: IntervalBlock,
  ): IntervalBlock {
    if (this.order.decoupledDecay === "factor") return this.multiply(x, share);
    const product =
      this.order.decoupledDecay === "rate-first"
        ? this.multiply(x, rate)
        : rates.reduce((made, one) => this.multiply(made, one), x);
    return this.subtract("weight-decay", x, product);
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
    if (order === "lerp" || order === "lerp-mirrored" || order === "lerp-mirrored-added") {
      this.enter("square");
      const target = y === undefined ? x : this.multiply(x, y);
      this.enter("average");
      // The two mirrored forms differ in signs of zero, which no interval holds apart.
      return order !== "lerp" && Math.abs(complement.lower[0]) >= 0.5
        ? this.lerpMirrored(site, old, target, complement)
        : this.lerp(site, old, target, complement);
    }
    this.enter(y === undefined ? "average" : "square");
    const fresh = this.fresh(order, complement, x, y);
    this.enter("average");
    return this.add(site, this.multiply(weight, old), fresh);
  }

  biasCorrected(x: IntervalBlock, correction: IntervalBlock): IntervalBlock {
    if (this.order.biasCorrection === "division") return this.divide(x, correction);
    return this.multiply(x, this.divide(this.one, correction));
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
    const accepted = this.narrowed(x);
    this.stored.set(slot, accepted);
    const observed = this.observed(slot);
    if (observed !== undefined) return this.readObserved(x, observed);
    if (!x.wide) return accepted;
    const read = this.arena.take();
    read.copyFrom(accepted);
    for (let i = 0; i < read.length; i++) read.includeElement(i, x);
    read.wide = true;
    read.mixed = true;
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
    const kept = x.wide;
    read.wide = kept;
    read.mixed = kept;
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

  /** How an operation of the part that was entered is rounded. */
  private modeOf(x: IntervalBlock, y?: IntervalBlock): ModePasses {
    const mode = this.order.modes[this.part];
    if (typeof mode === "string") return this.modes[mode] as ModePasses;
    if (x.mixed || y?.mixed) return this.modes.either as ModePasses;
    const wide = x.wide || x.double || y?.wide || y?.double;
    return this.modes[wide ? mode.promotedTo : "float32"] as ModePasses;
  }

  /** An operand as an operation reads it: in float32, what was kept wider is rounded first. */
  private read(x: IntervalBlock, { wide }: ModePasses): IntervalBlock {
    return x.wide && !wide ? this.narrowed(x) : x;
  }

  private result({ wide, mode }: ModePasses): IntervalBlock {
    const out = this.arena.take();
    out.wide = wide;
    out.mixed = mode === "either";
    return out;
  }

  private constant(value: number): IntervalBlock {
    const block = this.arena.take();
    for (let i = 0; i < block.length; i++) block.include(i, value);
    return block;
  }

  /** Every value rounded to float32, as a store or a cast does it. */
  private narrowed(x: IntervalBlock): IntervalBlock {
    const out = this.arena.take();
    for (let i = 0; i < out.length; i++) {
      out.flags[i] |= x.flags[i] & ~FINITE;
      if (x.flags[i] & FINITE) {
        const lower = STORE_ROUNDING.value(x.lower[i], LOWER);
        include(out, i, lower, STORE_ROUNDING.value(x.upper[i], UPPER), STORE_ROUNDING);
      }
      // Before it is rounded a value just below 2^-126 may have been flushed, and after it too.
      if (this.mayFlush && x.lower[i] < MIN_NORMAL && x.upper[i] > -MIN_NORMAL) {
        if (x.lower[i] !== 0 || x.upper[i] !== 0) out.includeInterval(i, -0, 0);
      }
    }
    return out;
  }

  private product(factors: Product, mode: ModePasses): IntervalBlock {
    const out = this.result(mode);
    for (const { rounding, flush } of mode.passes) productPass(rounding, flush, factors, out);
    out.product = factors;
    return out;
  }

  /** The second term of a two-term mean. */
  private fresh(
    order: Order["meanSquare"] | Order["meanGradient"],
    complement: IntervalBlock,
    x: IntervalBlock,
    y: IntervalBlock | undefined,
  ): IntervalBlock {
    if (y === undefined) return this.multiply(complement, x);
    if (order === "square-first") return this.multiply(complement, this.multiply(x, y));
    if (x !== y) return this.multiply(this.multiply(complement, x), y);
    // One element is one number wherever it stands: (t⊗g)⊗g = (t⊗|g|)⊗|g|, which has the sign of t.
    const magnitude = this.magnitude(x);
    const scaled = this.multiply(complement, magnitude);
    const mode = this.modeOf(scaled, magnitude);
    return this.product({ x: this.read(scaled, mode), y: this.read(magnitude, mode), dependent: true }, mode);
  }

  private extremum(x: IntervalBlock, y: IntervalBlock, sign: 1 | -1): IntervalBlock {
    const mode = this.modeOf(x, y);
    const [a, b] = [this.read(x, mode), this.read(y, mode)];
    const out = this.result(mode);
    for (const { rounding, flush } of mode.extremumPasses) extremumPass(rounding, flush, a, b, sign, out);
    return out;
  }

  private combine(
    site: SumSite | null,
    first: IntervalBlock,
    second: IntervalBlock,
    sign: 1 | -1,
  ): IntervalBlock {
    const mode = this.modeOf(first, second);
    const [x, y] = [this.read(first, mode), this.read(second, mode)];
    const allowed = site === null ? NOTHING_FUSED : this.order.contraction[site];
    // An end that was moved outward encloses the exact product, and its sum what is fused. A product of another
    // precision was rounded before this sum read it.
    const wider = mode.mode === "wider";
    const left = allowed.left && x.product !== undefined && x.wide === mode.wide && !wider;
    const right = allowed.right && y.product !== undefined && y.wide === mode.wide && !wider;
    // A choice that finds no product to fuse leaves the sum as it is. The axis speaks of float32 sums: doubles
    // may be contracted or not as well.
    const none = allowed.none || (allowed.left && !left) || (allowed.right && !right) || mode.wide;
    const doubleFactors = !mode.wide && this.order.scalars === "binary64";
    const out = this.result(mode);
    for (const { rounding, flush } of mode.passes) {
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
    // Both operands are scalars, so their difference has the precision of scalars.
    const exact = 1 - w.lower[0];
    const rest = this.scalar(this.order.scalars === "binary64" ? exact : Math.fround(exact));
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
    from: IntervalBlock,
    towards: IntervalBlock,
    weight: IntervalBlock,
    difference: IntervalBlock,
    product: IntervalBlock,
  ): void {
    // The enclosure is of operations that are all rounded alike.
    if (difference.wide !== naive.wide || product.wide !== naive.wide) return;
    const passes = this.modeOf(difference, product);
    const { mode, roundingError } = passes;
    const [x, y] = [this.read(from, passes), this.read(towards, passes)];
    const contraction = this.order.contraction[site];
    // If x is a product and fused into the last sum, that takes it exactly where the difference takes it rounded.
    const twoOfX = contraction.left && x.product !== undefined;
    const alwaysFused =
      mode === "float32" &&
      contraction.right &&
      !contraction.none &&
      !contraction.left &&
      (this.order.scalars === "float32" || isFloat32(weight.lower[0]));
    const toFloat32 = mode === "float32" || mode === "either";
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
        roundingError,
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
        lower = mode === "float32" ? Math.fround(lower) : Math.min(lower, Math.fround(lower));
        upper = mode === "float32" ? Math.fround(upper) : Math.max(upper, Math.fround(upper));
      }
      // Sums of zero are compared by value: the naive end knows the sign.
      if (lower > naive.lower[i]) naive.lower[i] = lower;
      if (upper < naive.upper[i]) naive.upper[i] = upper;
    }
  }

  private divide(x: IntervalBlock, y: IntervalBlock): IntervalBlock {
    const mode = this.modeOf(x, y);
    const [a, b] = [this.read(x, mode), this.read(y, mode)];
    const out = this.result(mode);
    for (const pass of mode.quotientPasses) {
      const reach = reachUnder(pass, mode.quotientReach);
      if (reach) quotientPass(pass.rounding, pass.flush, a, b, reach, out);
    }
    return out;
  }

  private reciprocal(d: IntervalBlock): IntervalBlock {
    if (this.order.quotient !== "reciprocal-root" || d.radicand === undefined) {
      return this.divide(this.one, d);
    }
    const mode = this.modeOf(d.radicand);
    const radicand = this.read(d.radicand, mode);
    const out = this.result(mode);
    for (const pass of mode.reciprocalRootPasses) {
      const reach = reachUnder(pass, mode.reciprocalRootReach);
      if (reach) reciprocalRootPass(pass.rounding, pass.flush, radicand, reach, out);
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
    out.wide = x.wide;
    out.mixed = x.mixed;
    return out;
  }

  private checkLength(length: number): void {
    if (length !== this.arena.length) {
      throw new RangeError(`a block of ${length} elements met an arena of ${this.arena.length}`);
    }
  }
}

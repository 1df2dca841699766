import type { Arithmetic, Intermediate, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { Evaluation, EvaluationChoice } from "../../../spec/evaluation.js";
import { MIN_NORMAL } from "../../float32/bits.js";
import {
  type Accuracy,
  FLOATS_ABOVE,
  floatsBelow,
  hasExactQuotient,
  hasExactRoot,
  MOST_FLOATS_BELOW,
  moved,
  movedInMagnitude,
} from "../accuracy.js";
import type { Arena } from "./arena.js";
import {
  addBlocks,
  divideBlocks,
  flushBlock,
  flushTinySums,
  fuseBlocks,
  isFloat32Block,
  maximumBlocks,
  minimumBlocks,
  multiplyBlocks,
  negateBlock,
  reciprocalRootBlock,
  squareRootBlock,
  subtractBlocks,
} from "./block-loops.js";
import { distinctBlocks } from "./distinct-blocks.js";

/** One outcome for a block of elements, and how it was made if a later operation may use that. */
interface Outcome {
  readonly values: Float64Array;
  /** The value is the rounded product of these; a sum may fuse it. */
  readonly factors?: readonly [Float64Array, Float64Array];
}

/** Every outcome that the declared choices can produce for a block: at least one. */
export type Outcomes = readonly Outcome[];

/** A root or a quotient of blocks. */
interface Operation {
  /** Nearest results, in float32 or in binary64. */
  readonly loop: (out: Float64Array, single: boolean) => void;
  /** Whether the result of an element is 0, ∞ or NaN over the extended reals. */
  readonly isExact: (i: number) => boolean;
}

type WeightedMeanSite = "mean-square" | "mean-gradient";

/**
 * The enumerated reading: every operation gives the list of results that the declared choices produce. The
 * rule's other operations are then done for each of them.
 *
 * `scalars` and `complement` are not choices here: each combination is a reading of its own.
 */
export class EnumeratedArithmetic implements Arithmetic<Outcomes> {
  /** What may be stored in each slot. */
  readonly stored: Partial<Record<Slot, Outcomes>> = {};
  readonly named: Partial<Record<Intermediate, Outcomes>> = {};
  private readonly products = new Map<Float64Array, Map<Float64Array, Outcome>>();
  /** What stood under a root. */
  private readonly radicands = new Map<Outcomes, Outcomes>();
  /** 1 ⊘ d by d. */
  private readonly reciprocals = new Map<Outcomes, Outcomes>();
  /** 1/√v by √v. */
  private readonly reciprocalRoots = new Map<Outcomes, Outcomes>();
  private readonly single: boolean;
  private readonly flushes: boolean;
  /** Whether tininess is looked for before rounding. */
  private readonly early: boolean;

  /**
   * @param evaluation one choice of `intermediates`, not "wider", and of `subnormals`; any choices elsewhere
   * @param observed what the implementation says it stored: later operations read that
   */
  constructor(
    private readonly arena: Arena,
    private readonly evaluation: Evaluation,
    private readonly observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ) {
    const [intermediates, ...others] = evaluation.intermediates;
    if (others.length > 0 || evaluation.subnormals.length !== 1) {
      throw new Error("an enumerated reading takes one choice of intermediates and one of subnormals");
    }
    if (intermediates === "wider") throw new Error("results of wider intermediates cannot be listed");
    this.single = intermediates === "float32";
    this.flushes = evaluation.subnormals[0] !== "kept";
    this.early = evaluation.subnormals[0] === "flushed-early";
  }

  /** Take a block in. Flushing covers inputs too, in a copy. */
  input(values: Float64Array): Outcomes {
    if (!this.flushes) return [{ values }];
    const copy = this.copyOf(values);
    flushBlock(copy);
    return [{ values: copy }];
  }

  negate(x: Outcomes): Outcomes {
    return x.map((outcome) => {
      const values = this.arena.take();
      negateBlock(values, outcome.values);
      if (!outcome.factors) return { values };
      const first = this.arena.take();
      negateBlock(first, outcome.factors[0]);
      return { values, factors: [first, outcome.factors[1]] };
    });
  }

  multiply(x: Outcomes, y: Outcomes): Outcomes {
    return pairs(x, y).map(([a, b]) => this.product(a.values, b.values));
  }

  add(site: SumSite | null, x: Outcomes, y: Outcomes): Outcomes {
    return this.sum(this.contractionsAt(site), x, y, 1);
  }

  subtract(site: SumSite | null, x: Outcomes, y: Outcomes): Outcomes {
    return this.sum(this.contractionsAt(site), x, y, -1);
  }

  squareRoot(x: Outcomes): Outcomes {
    const roots = this.approximations(this.evaluation.root, x, ({ values }) => ({
      loop: (out, single) => squareRootBlock(out, values, single),
      isExact: (i) => hasExactRoot(values[i]),
    }));
    this.radicands.set(roots, x);
    return roots;
  }

  maximum(x: Outcomes, y: Outcomes): Outcomes {
    return pairs(x, y).map(([a, b]) => ({ values: this.apply((o) => maximumBlocks(o, a.values, b.values)) }));
  }

  minimum(x: Outcomes, y: Outcomes): Outcomes {
    return pairs(x, y).map(([a, b]) => ({ values: this.apply((o) => minimumBlocks(o, a.values, b.values)) }));
  }

  weightedMean(
    site: WeightedMeanSite,
    weight: Outcomes,
    complement: Outcomes,
    old: Outcomes,
    factors: readonly [Outcomes] | readonly [Outcomes, Outcomes],
  ): Outcomes {
    const orders: readonly EvaluationChoice<`order.${WeightedMeanSite}`>[] = this.evaluation[`order.${site}`];
    const [x, y] = factors;
    // The factors are the same gradient: outcomes are paired with themselves, never with one another.
    return x.flatMap((first, k) => {
      const second = y?.[k];
      return orders.flatMap((order) =>
        this.weightedMeanInOrder(order, site, weight, complement, old, [first], second && [second]),
      );
    });
  }

  quotient(x: Outcomes, d: Outcomes): Outcomes {
    return this.evaluation.quotient.flatMap((method) => this.quotientBy(method, x, d));
  }

  scaledQuotient(scale: Outcomes, x: Outcomes, d: Outcomes): Outcomes {
    return this.evaluation["order.update"].flatMap((order) => {
      if (order === "inverse") return this.divide(x, this.divide(d, scale));
      return this.evaluation.quotient.flatMap((method) => {
        if (order === "scale-first") return this.quotientBy(method, this.multiply(scale, x), d);
        if (order === "quotient-first") return this.multiply(scale, this.quotientBy(method, x, d));
        return this.multiply(this.quotientBy(method, scale, d), x);
      });
    });
  }

  store(slot: Slot, x: Outcomes): Outcomes {
    const rounded = this.single ? x : x.map(({ values }) => ({ values: this.rounded(values) }));
    this.stored[slot] = rounded;
    const seen = this.observed[slot];
    if (!seen) return x;
    if (this.single) return [{ values: seen }];
    // A binary64 that was kept explains what follows only where it rounds to what was stored.
    const kept = x.map(({ values }, k) => {
      const out = this.arena.take();
      for (let i = 0; i < out.length; i++) {
        out[i] = Object.is(rounded[k].values[i], seen[i]) ? values[i] : seen[i];
      }
      return { values: out };
    });
    return [{ values: seen }, ...kept];
  }

  name(intermediate: Intermediate, x: Outcomes): Outcomes {
    this.named[intermediate] = x;
    return x;
  }

  private contractionsAt(site: SumSite | null): readonly ("none" | "left" | "right")[] {
    return site === null ? UNFUSED : this.evaluation[`contraction.${site}`];
  }

  private weightedMeanInOrder(
    order: EvaluationChoice<`order.${WeightedMeanSite}`>,
    site: WeightedMeanSite,
    weight: Outcomes,
    complement: Outcomes,
    old: Outcomes,
    x: Outcomes,
    y: Outcomes | undefined,
  ): Outcomes {
    const contractions = this.evaluation[`contraction.${site}`];
    if (order === "lerp" || order === "lerp-mirrored") {
      const target = y ? this.multiply(x, y) : x;
      const difference = this.sum(UNFUSED, target, old, -1);
      const t = complement[0].values[0];
      if (order === "lerp" || Math.abs(t) < 0.5)
        return this.sum(contractions, old, this.multiply(complement, difference), 1);
      // Both are scalars, so their difference has the precision of scalars.
      const weightOfOld =
        this.evaluation.scalars[0] === "binary64"
          ? [{ values: complement[0].values.map((w) => 1 - w) }]
          : this.sum(UNFUSED, [{ values: onesOf(old[0].values.length) }], complement, -1);
      return this.sum(contractions, target, this.multiply(difference, weightOfOld), -1);
    }
    const kept = this.multiply(old, weight);
    if (!y) return this.sum(contractions, kept, this.multiply(complement, x), 1);
    const gained =
      order === "square-first"
        ? this.multiply(complement, this.multiply(x, y))
        : this.multiply(this.multiply(complement, x), y);
    return this.sum(contractions, kept, gained, 1);
  }

  /** x + y or, with the sign −1, x − y. */
  private sum(
    contractions: readonly ("none" | "left" | "right")[],
    x: Outcomes,
    y: Outcomes,
    sign: 1 | -1,
  ): Outcomes {
    const unfusedLoop = sign === 1 ? addBlocks : subtractBlocks;
    return pairs(x, y).flatMap(([a, b]) => {
      const outcomes: Outcome[] = [];
      let unfused = false;
      for (const contraction of contractions) {
        const operand = contraction === "left" ? a : contraction === "right" ? b : undefined;
        if (operand?.factors && this.fusible(operand.factors)) {
          const [f, g] = operand.factors;
          const values =
            operand === a ? this.fused(f, g, b.values, 1, sign) : this.fused(f, g, a.values, sign, 1);
          outcomes.push({ values });
        } else if (!unfused) {
          unfused = true;
          outcomes.push({
            values: this.apply((out, single) => unfusedLoop(out, a.values, b.values, single)),
          });
        }
      }
      return outcomes;
    });
  }

  /** Only float32 factors are fused; scalars kept in binary64 meet tensors one operation at a time. */
  private fusible(factors: readonly [Float64Array, Float64Array]): boolean {
    if (!this.single) return false;
    return this.evaluation.scalars[0] === "float32" || factors.every(isFloat32Block);
  }

  /** a ⊗ b, once for the same two blocks: several orders begin alike. */
  private product(a: Float64Array, b: Float64Array): Outcome {
    const byFactor = madeOnce(this.products, a, () => new Map<Float64Array, Outcome>());
    return madeOnce(byFactor, b, () => ({
      values: this.apply((out, single) => multiplyBlocks(out, a, b, single)),
      factors: [a, b],
    }));
  }

  private quotientBy(method: EvaluationChoice<"quotient">, x: Outcomes, d: Outcomes): Outcomes {
    if (method === "division") return this.divide(x, d);
    const radicands = method === "reciprocal-root" ? this.radicands.get(d) : undefined;
    const reciprocals = radicands
      ? madeOnce(this.reciprocalRoots, d, () => this.reciprocalRootsOf(radicands))
      : madeOnce(this.reciprocals, d, () => this.divide([{ values: onesOf(d[0].values.length) }], d));
    return this.multiply(x, reciprocals);
  }

  private divide(x: Outcomes, d: Outcomes): Outcomes {
    return this.approximations(this.evaluation.division, pairs(x, d), ([{ values: a }, { values: b }]) => ({
      loop: (out, single) => divideBlocks(out, a, b, single),
      isExact: (i) => hasExactQuotient(a[i], b[i]),
    }));
  }

  private reciprocalRootsOf(radicands: Outcomes): Outcomes {
    const accuracy = this.evaluation.root.includes("within-two-ulps") ? WITHIN_TWO_ULPS : CORRECT;
    return this.approximations(accuracy, radicands, ({ values }) => ({
      loop: (out, single) => reciprocalRootBlock(out, values, single),
      isExact: (i) => hasExactRoot(values[i]),
    }));
  }

  /** The results of one root or quotient of each operand, as accurate as `choices` say. */
  private approximations<T>(
    choices: readonly Accuracy[],
    operands: readonly T[],
    operationOf: (operand: T) => Operation,
  ): Outcomes {
    if (choices.length === 1 && choices[0] === "correct") {
      return operands.map((operand) => ({ values: this.apply(operationOf(operand).loop) }));
    }
    const results = operands.flatMap((operand) => this.approximate(choices, operationOf(operand)));
    const few = results.length <= FEW ? results : distinctBlocks(results);
    return few.map((values) => ({ values }));
  }

  /** New blocks, one for each result that some element can have: where it has fewer, it repeats one. */
  private approximate(choices: readonly Accuracy[], { loop, isExact }: Operation): Float64Array[] {
    const correct = this.apply(loop);
    let nearest = correct;
    if (!this.single || this.flushes) {
      nearest = this.arena.take();
      loop(nearest, false);
    }
    const results: Float64Array[] = [];
    for (const choice of choices) {
      if (choice === "correct") results.push(correct);
      else if (choice === "within-two-ulps") results.push(...this.withinTwoUlps(correct, nearest, isExact));
      else {
        const out = this.copyOf(correct);
        for (let i = 0; i < out.length; i++) {
          if (isExact(i)) continue;
          const tiny = this.early && Math.abs(nearest[i]) < MIN_NORMAL;
          out[i] = tiny ? nearest[i] * 0 : moved(Math.fround(nearest[i]), choice);
        }
        if (this.flushes) flushBlock(out);
        results.push(out);
      }
    }
    return results;
  }

  /** The correct result, and every float32 near it; the approximate result is what is looked at for tininess. */
  private withinTwoUlps(
    correct: Float64Array,
    nearest: Float64Array,
    isExact: (i: number) => boolean,
  ): Float64Array[] {
    const results = [this.copyOf(correct)];
    for (let floats = -MOST_FLOATS_BELOW; floats <= FLOATS_ABOVE; floats++) {
      const out = this.copyOf(correct);
      let reached = false;
      for (let i = 0; i < out.length; i++) {
        if (isExact(i)) continue;
        const rounded = Math.fround(nearest[i]);
        if (floats < -floatsBelow(Math.abs(rounded))) continue;
        out[i] = movedInMagnitude(rounded, floats);
        reached = true;
      }
      if (!reached) continue;
      if (this.flushes) flushBlock(out);
      results.push(out);
    }
    return results;
  }

  private copyOf(values: Float64Array): Float64Array {
    const out = this.arena.take();
    out.set(values);
    return out;
  }

  private rounded(values: Float64Array): Float64Array {
    const out = this.copyOf(values);
    this.round(out);
    return out;
  }

  private fused(
    x: Float64Array,
    y: Float64Array,
    z: Float64Array,
    productSign: 1 | -1,
    zSign: 1 | -1,
  ): Float64Array {
    const out = this.arena.take();
    fuseBlocks(out, x, y, z, productSign, zSign);
    if (this.early) flushTinySums(out, x, y, z, productSign, zSign);
    if (this.flushes) flushBlock(out);
    return out;
  }

  /** One operation over a block; `single` says whether the loop is to round to float32 at once. */
  private apply(loop: (out: Float64Array, single: boolean) => void): Float64Array {
    const out = this.arena.take();
    // A binary64 is far from its own subnormals; only what is rounded to float32 is flushed.
    if (!this.single || !this.flushes) loop(out, this.single);
    else {
      loop(out, false);
      this.round(out);
    }
    return out;
  }

  private round(block: Float64Array): void {
    if (this.early) flushBlock(block);
    for (let i = 0; i < block.length; i++) block[i] = Math.fround(block[i]);
    if (this.flushes) flushBlock(block);
  }
}

const UNFUSED = ["none"] as const;
const CORRECT = ["correct"] as const;
const WITHIN_TWO_ULPS = ["within-two-ulps"] as const;

/** So few results are not worth looking for those that are the same. */
const FEW = 4;

const onesByLength = new Map<number, Float64Array>();
function onesOf(length: number): Float64Array {
  return madeOnce(onesByLength, length, () => new Float64Array(length).fill(1));
}

function madeOnce<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const present = made.get(key);
  if (present !== undefined) return present;
  const value = make();
  made.set(key, value);
  return value;
}

/** Each outcome of one with each of the other; a list with itself is the same value twice. */
function pairs(x: Outcomes, y: Outcomes): (readonly [Outcome, Outcome])[] {
  if (x === y) return x.map((outcome) => [outcome, outcome] as const);
  return x.flatMap((a) => y.map((b) => [a, b] as const));
}

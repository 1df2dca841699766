import type { Arithmetic, Intermediate, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { Evaluation, EvaluationChoice } from "../../../spec/evaluation.js";
import { moveRoot } from "../evaluator.js";
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

/** One outcome for a block of elements, and how it was made if a later operation may use that. */
interface Outcome {
  readonly values: Float64Array;
  /** The value is the rounded product of these; a sum may fuse it. */
  readonly factors?: readonly [Float64Array, Float64Array];
  /** The value is the root of this. */
  readonly radicand?: Float64Array;
}

/** Every outcome that the declared choices can produce for a block: at least one. */
export type Outcomes = readonly Outcome[];

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
  /** 1 ⊘ d by the block of d, and 1/√v by the block of v. */
  private readonly reciprocals = new Map<Float64Array, Float64Array>();
  private readonly single: boolean;
  private readonly flushes: boolean;
  /** Whether tininess is looked for before rounding. */
  private readonly early: boolean;

  /**
   * @param evaluation one choice of `intermediates` and of `subnormals`; any choices elsewhere
   * @param observed what the implementation says it stored: later operations read that
   */
  constructor(
    private readonly arena: Arena,
    private readonly evaluation: Evaluation,
    private readonly observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ) {
    if (evaluation.intermediates.length !== 1 || evaluation.subnormals.length !== 1) {
      throw new Error("an enumerated reading takes one choice of intermediates and one of subnormals");
    }
    this.single = evaluation.intermediates[0] === "float32";
    this.flushes = evaluation.subnormals[0] !== "kept";
    this.early = evaluation.subnormals[0] === "flushed-early";
  }

  /** Take a block in. Flushing covers inputs too, in a copy. */
  input(values: Float64Array): Outcomes {
    if (!this.flushes) return [{ values }];
    const copy = this.arena.take();
    copy.set(values);
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
    return x.flatMap((outcome) => {
      const root = this.apply((out, single) => squareRootBlock(out, outcome.values, single));
      return this.evaluation.root.map((choice) => {
        if (choice === "correct") return { values: root, radicand: outcome.values };
        const values = this.arena.take();
        for (let i = 0; i < values.length; i++) values[i] = moveRoot(root[i], choice);
        return { values, radicand: outcome.values };
      });
    });
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
    return this.evaluation.quotient.flatMap((method) =>
      pairs(x, d).map(([a, b]) => this.divided(method, a.values, b)),
    );
  }

  scaledQuotient(scale: Outcomes, x: Outcomes, d: Outcomes): Outcomes {
    const [eta] = scale;
    return this.evaluation["order.update"].flatMap((order) => {
      if (order === "inverse") {
        return pairs(x, d).map(([a, b]) => {
          const scaled = this.apply((out, single) => divideBlocks(out, b.values, eta.values, single));
          return { values: this.apply((out, single) => divideBlocks(out, a.values, scaled, single)) };
        });
      }
      return this.evaluation.quotient.flatMap((method) =>
        pairs(x, d).map(([a, b]) => {
          if (order === "scale-first")
            return this.divided(method, this.product(eta.values, a.values).values, b);
          if (order === "quotient-first")
            return this.product(eta.values, this.divided(method, a.values, b).values);
          return this.product(this.divided(method, eta.values, b).values, a.values);
        }),
      );
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
      const weightOfOld = this.sum(UNFUSED, [{ values: onesOf(old[0].values.length) }], complement, -1);
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

  private divided(method: EvaluationChoice<"quotient">, a: Float64Array, d: Outcome): Outcome {
    if (method === "division") {
      return { values: this.apply((out, single) => divideBlocks(out, a, d.values, single)) };
    }
    const radicand = method === "reciprocal-root" ? d.radicand : undefined;
    const reciprocal = madeOnce(this.reciprocals, radicand ?? d.values, () =>
      this.apply((out, single) => {
        if (radicand) reciprocalRootBlock(out, radicand, single);
        else divideBlocks(out, onesOf(out.length), d.values, single);
      }),
    );
    return this.product(a, reciprocal);
  }

  private rounded(values: Float64Array): Float64Array {
    const out = this.arena.take();
    out.set(values);
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

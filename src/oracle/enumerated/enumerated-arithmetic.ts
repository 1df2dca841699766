import type { Arithmetic, Intermediate, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { Evaluation, EvaluationChoice } from "../../../spec/evaluation.js";
import type { StepPart } from "../../../spec/step-part.js";
import { type Accuracy, hasExactQuotient, hasExactRoot } from "../accuracy.js";
import { type ApproximateOperation, approximateBlocks } from "./approximate-blocks.js";
import type { Arena } from "./arena.js";
import {
  addBlocks,
  divideBlocks,
  isFloat32Block,
  maximumBlocks,
  minimumBlocks,
  multiplyBlocks,
  negateBlock,
  reciprocalRootBlock,
  squareRootBlock,
  subtractBlocks,
} from "./block-loops.js";
import { BlockRounding } from "./block-rounding.js";
import { distinctBlocks } from "./distinct-blocks.js";
import { getOrCreate } from "./get-or-create.js";

/** One outcome for a block of elements, and how it was made if a later operation may use that. */
interface Outcome {
  readonly values: Float64Array;
  /** Whether operations in binary64 made it. An operation in float32 reads it rounded to float32. */
  readonly wide?: boolean;
  /** Whether it is a scalar that is kept in binary64: an operation with it is done in binary64, then rounded. */
  readonly double?: boolean;
  /** The value is the rounded float32 product of these; a sum may fuse it. */
  readonly factors?: readonly [Float64Array, Float64Array];
}

/** Every outcome that the declared choices can produce for a block: at least one. */
export type Outcomes = readonly Outcome[];

type WeightedMeanSite = "mean-square" | "mean-gradient";
type Order = EvaluationChoice<`order.${WeightedMeanSite}`>;

/**
 * The enumerated interpreter: every operation gives the list of results that the declared choices produce. The
 * rule's other operations are then done for each of them.
 *
 * `scalars`, `complement`, `zero-weight-decay`, `bias-correction` and the axes of precision are not choices here: each combination is an
 * interpretation of its own.
 */
export class EnumeratedArithmetic implements Arithmetic<Outcomes> {
  /** What may be stored in each slot. */
  readonly stored: Partial<Record<Slot, Outcomes>> = {};
  readonly named: Partial<Record<Intermediate, Outcomes>> = {};
  private readonly rounding: BlockRounding;
  private readonly products = new Map<Float64Array, Map<Float64Array, Outcome>>();
  private readonly narrowed = new Map<Float64Array, Outcome>();
  /** What stood under a root. */
  private readonly radicands = new Map<Outcomes, Outcomes>();
  /** 1 ⊘ d by d. */
  private readonly reciprocals = new Map<Outcomes, Outcomes>();
  /** 1/√v by √v. */
  private readonly reciprocalRoots = new Map<Outcomes, Outcomes>();
  private readonly one: Outcomes;
  private part: StepPart = "gradient";

  /**
   * @param evaluation one choice of each axis of precision, none of them "wider", and of `subnormals`; any elsewhere
   * @param observed what the implementation says it stored: later operations read that
   */
  constructor(
    private readonly arena: Arena,
    private readonly evaluation: Evaluation,
    private readonly observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ) {
    if (evaluation.intermediates.length > 1 || evaluation.subnormals.length !== 1) {
      throw new Error("an enumeration takes one choice of intermediates and one of subnormals");
    }
    if (evaluation.intermediates[0] === "wider") {
      throw new Error("results of wider intermediates cannot be listed");
    }
    this.rounding = new BlockRounding(arena, evaluation.subnormals[0]);
    this.one = [{ values: arena.filled(1) }];
  }

  /** Take a block in. Flushing covers inputs too, in a copy. */
  input(values: Float64Array): Outcomes {
    return [{ values: this.rounding.input(values) }];
  }

  /** A scalar, the same number in every element. */
  scalar(values: Float64Array): Outcomes {
    return [{ values: this.rounding.input(values), double: this.evaluation.scalars[0] === "binary64" }];
  }

  enter(part: StepPart): void {
    this.part = part;
    // The same two blocks have another product in another precision.
    this.products.clear();
  }

  negate(x: Outcomes): Outcomes {
    return x.map((outcome) => {
      const values = this.arena.take();
      negateBlock(values, outcome.values);
      if (!outcome.factors) return { ...outcome, values };
      const first = this.arena.take();
      negateBlock(first, outcome.factors[0]);
      return { ...outcome, values, factors: [first, outcome.factors[1]] };
    });
  }

  multiply(x: Outcomes, y: Outcomes): Outcomes {
    return pairs(x, y).map(([a, b]) => this.product(a, b));
  }

  add(site: SumSite | null, x: Outcomes, y: Outcomes): Outcomes {
    const contractions = this.contractionsAt(site);
    if (site !== "momentum" && site !== "lookahead") return this.sum(contractions, x, y, 1);
    return this.evaluation["momentum-buffer"].flatMap((form) =>
      form === "direct"
        ? this.sum(contractions, x, y, 1)
        : this.negate(this.sum(contractions, this.negate(x), this.negate(y), 1)),
    );
  }

  subtract(site: SumSite | null, x: Outcomes, y: Outcomes): Outcomes {
    return this.sum(this.contractionsAt(site), x, y, -1);
  }

  squareRoot(x: Outcomes): Outcomes {
    const roots = this.approximations(this.evaluation.root, x, (outcome) => {
      const wide = this.isWide(outcome);
      const { values } = this.read(outcome, wide);
      return {
        wide,
        loop: (out, single) => squareRootBlock(out, values, single),
        isExact: (i) => hasExactRoot(values[i]),
      };
    });
    this.radicands.set(roots, x);
    return roots;
  }

  maximum(x: Outcomes, y: Outcomes): Outcomes {
    return this.chosen(maximumBlocks, x, y);
  }

  minimum(x: Outcomes, y: Outcomes): Outcomes {
    return this.chosen(minimumBlocks, x, y);
  }

  nonNegative(x: Outcomes): Outcomes {
    return this.maximum(x, [{ values: this.arena.filled(0) }]);
  }

  decayed(x: Outcomes, rates: readonly Outcomes[], rate: Outcomes, share: Outcomes): Outcomes {
    return this.evaluation["order.decoupled-decay"].flatMap((order) => {
      if (order === "factor") return this.multiply(x, share);
      const product =
        order === "rate-first"
          ? this.multiply(x, rate)
          : rates.reduce((made, one) => this.multiply(made, one), x);
      return this.subtract("weight-decay", x, product);
    });
  }

  weightedMean(
    site: WeightedMeanSite,
    weight: Outcomes,
    complement: Outcomes,
    old: Outcomes,
    factors: readonly [Outcomes] | readonly [Outcomes, Outcomes],
  ): Outcomes {
    const orders = distinctOrders(this.evaluation[`order.${site}`], complement[0].values[0]);
    const [x, y] = factors;
    // The factors are the same gradient: outcomes are paired with themselves, never with one another.
    return x.flatMap((first, k) => {
      const second = y?.[k];
      return orders.flatMap((order) =>
        this.weightedMeanInOrder(order, site, weight, complement, old, [first], second && [second]),
      );
    });
  }

  biasCorrected(x: Outcomes, correction: Outcomes): Outcomes {
    return this.evaluation["bias-correction"].flatMap((method) => this.quotientBy(method, x, correction));
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
    const rounded = x.map((outcome) => this.read(outcome, false));
    this.stored[slot] = rounded;
    const seen = this.observed[slot];
    if (!seen) return x;
    // A binary64 that was kept explains what follows only where it rounds to what was stored.
    const kept = x.flatMap(({ values, wide }, k) => {
      if (!wide) return [];
      const out = this.arena.take();
      for (let i = 0; i < out.length; i++) {
        out[i] = Object.is(rounded[k].values[i], seen[i]) ? values[i] : seen[i];
      }
      return [{ values: out, wide }];
    });
    return [{ values: seen }, ...kept];
  }

  name(intermediate: Intermediate, x: Outcomes): Outcomes {
    this.named[intermediate] = x;
    return x;
  }

  /** Whether an operation of the part that was entered is done in binary64. */
  private isWide(...operands: readonly Outcome[]): boolean {
    const [own] = this.evaluation[`intermediates.${this.part}`];
    if (own === "promoted") return operands.some(({ wide, double }) => wide || double);
    return (own === "inherit" ? this.evaluation.intermediates[0] : own) === "binary64";
  }

  /** An operand as an operation reads it. */
  private read(x: Outcome, wide: boolean): Outcome {
    if (wide || !x.wide) return x;
    return getOrCreate(this.narrowed, x.values, () => ({ values: this.rounding.rounded(x.values) }));
  }

  private contractionsAt(site: SumSite | null): readonly ("none" | "left" | "right")[] {
    return site === null ? UNFUSED : this.evaluation[`contraction.${site}`];
  }

  private weightedMeanInOrder(
    order: Order,
    site: WeightedMeanSite,
    weight: Outcomes,
    complement: Outcomes,
    old: Outcomes,
    x: Outcomes,
    y: Outcomes | undefined,
  ): Outcomes {
    const contractions = this.evaluation[`contraction.${site}`];
    if (order === "lerp" || order === "lerp-mirrored" || order === "lerp-mirrored-added") {
      this.enter("square");
      const target = y ? this.multiply(x, y) : x;
      this.enter("average");
      const difference = this.sum(UNFUSED, target, old, -1);
      if (order === "lerp") return this.sum(contractions, old, this.multiply(complement, difference), 1);
      return order === "lerp-mirrored"
        ? this.sum(
            contractions,
            target,
            this.multiply(difference, this.scalarSum(this.one, complement, -1)),
            -1,
          )
        : this.sum(
            contractions,
            target,
            this.multiply(difference, this.scalarSum(complement, this.one, -1)),
            1,
          );
    }
    this.enter("average");
    const kept = this.multiply(old, weight);
    if (!y) return this.sum(contractions, kept, this.multiply(complement, x), 1);
    this.enter("square");
    const gained =
      order === "square-first"
        ? this.multiply(complement, this.multiply(x, y))
        : this.multiply(this.multiply(complement, x), y);
    this.enter("average");
    return this.sum(contractions, kept, gained, 1);
  }

  /** A sum of scalars, which has the precision of scalars. */
  private scalarSum([x]: Outcomes, [y]: Outcomes, sign: 1 | -1): Outcomes {
    const double = this.evaluation.scalars[0] === "binary64";
    const loop = sign === 1 ? addBlocks : subtractBlocks;
    return [
      { values: this.rounding.apply(double, (out, single) => loop(out, x.values, y.values, single)), double },
    ];
  }

  /** x + y or, with the sign −1, x − y. */
  private sum(
    contractions: readonly ("none" | "left" | "right")[],
    x: Outcomes,
    y: Outcomes,
    sign: 1 | -1,
  ): Outcomes {
    const loop = sign === 1 ? addBlocks : subtractBlocks;
    return pairs(x, y).flatMap(([first, second]) => {
      const wide = this.isWide(first, second);
      const a = this.read(first, wide);
      const b = this.read(second, wide);
      const outcomes: Outcome[] = [];
      let unfused = false;
      for (const contraction of contractions) {
        const operand = contraction === "left" ? a : contraction === "right" ? b : undefined;
        if (!wide && operand?.factors && this.fusible(operand.factors)) {
          const [f, g] = operand.factors;
          const values =
            operand === a
              ? this.rounding.fused(f, g, b.values, 1, sign)
              : this.rounding.fused(f, g, a.values, sign, 1);
          outcomes.push({ values });
        } else if (!unfused) {
          unfused = true;
          const values = this.rounding.apply(wide, (out, single) => loop(out, a.values, b.values, single));
          outcomes.push({ values, wide });
        }
      }
      return outcomes;
    });
  }

  /** Only float32 factors are fused; scalars kept in binary64 meet tensors one operation at a time. */
  private fusible(factors: readonly [Float64Array, Float64Array]): boolean {
    return this.evaluation.scalars[0] === "float32" || factors.every(isFloat32Block);
  }

  /** x ⊗ y, once for the same two blocks: several orders begin alike. */
  private product(x: Outcome, y: Outcome): Outcome {
    const wide = this.isWide(x, y);
    const a = this.read(x, wide).values;
    const b = this.read(y, wide).values;
    const byFactor = getOrCreate(this.products, a, () => new Map<Float64Array, Outcome>());
    return getOrCreate(byFactor, b, () => {
      const values = this.rounding.apply(wide, (out, single) => multiplyBlocks(out, a, b, single));
      return wide ? { values, wide } : { values, factors: [a, b] };
    });
  }

  /** One operand of each pair, which rounds nothing. */
  private chosen(
    loop: (out: Float64Array, x: Float64Array, y: Float64Array) => void,
    x: Outcomes,
    y: Outcomes,
  ): Outcomes {
    return pairs(x, y).map(([a, b]) => {
      const wide = this.isWide(a, b);
      const values = this.arena.take();
      loop(values, this.read(a, wide).values, this.read(b, wide).values);
      return { values, wide };
    });
  }

  private quotientBy(method: EvaluationChoice<"quotient">, x: Outcomes, d: Outcomes): Outcomes {
    if (method === "division") return this.divide(x, d);
    const radicands = method === "reciprocal-root" ? this.radicands.get(d) : undefined;
    const reciprocals = radicands
      ? getOrCreate(this.reciprocalRoots, d, () => this.reciprocalRootsOf(radicands))
      : getOrCreate(this.reciprocals, d, () => this.divide(this.one, d));
    return this.multiply(x, reciprocals);
  }

  private divide(x: Outcomes, d: Outcomes): Outcomes {
    return this.approximations(this.evaluation.division, pairs(x, d), ([first, second]) => {
      const wide = this.isWide(first, second);
      const a = this.read(first, wide).values;
      const b = this.read(second, wide).values;
      return {
        wide,
        loop: (out, single) => divideBlocks(out, a, b, single),
        isExact: (i) => hasExactQuotient(a[i], b[i]),
      };
    });
  }

  private reciprocalRootsOf(radicands: Outcomes): Outcomes {
    return this.approximations(this.evaluation["reciprocal-root"], radicands, (outcome) => {
      const wide = this.isWide(outcome);
      const { values } = this.read(outcome, wide);
      return {
        wide,
        loop: (out, single) => reciprocalRootBlock(out, values, single),
        isExact: (i) => hasExactRoot(values[i]),
      };
    });
  }

  /** The results of one root or quotient of each operand, as accurate as `choices` say. */
  private approximations<T>(
    choices: readonly Accuracy[],
    operands: readonly T[],
    operationOf: (operand: T) => ApproximateOperation,
  ): Outcomes {
    const operations = operands.map(operationOf);
    if (choices.length === 1 && choices[0] === "correct") {
      return operations.map(({ wide, loop }) => ({ values: this.rounding.apply(wide, loop), wide }));
    }
    const results = operations.flatMap((operation) =>
      approximateBlocks(this.rounding, choices, operation).map((values) => ({
        values,
        wide: operation.wide,
      })),
    );
    if (results.length <= FEW) return results;
    const [{ wide }] = results;
    // All operands of one operation have the same precision, unless "promoted" meets both kinds.
    if (results.some((result) => result.wide !== wide)) return results;
    return distinctBlocks(results.map(({ values }) => values)).map((values) => ({ values, wide }));
  }
}

/** The orders that differ at this weight: below ½ a mirrored lerp is a lerp, and its forms differ at 1 alone. */
function distinctOrders(orders: readonly Order[], weight: number): readonly Order[] {
  const effective = orders.map((order): Order => {
    if (order !== "lerp-mirrored" && order !== "lerp-mirrored-added") return order;
    if (Math.abs(weight) < 0.5) return "lerp";
    return weight === 1 ? order : "lerp-mirrored";
  });
  return effective.length === 1 ? effective : [...new Set(effective)];
}

const UNFUSED = ["none"] as const;

/** So few results are not worth looking for those that are the same. */
const FEW = 4;

/** Each outcome of one with each of the other; a list with itself is the same value twice. */
function pairs(x: Outcomes, y: Outcomes): (readonly [Outcome, Outcome])[] {
  if (x === y) return x.map((outcome) => [outcome, outcome] as const);
  return x.flatMap((a) => y.map((b) => [a, b] as const));
}

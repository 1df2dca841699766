import type { Arithmetic, Intermediate, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import type { GraphNodes, GraphRef } from "./graph-nodes.js";

/**
 * The update rule read as an ONNX graph: every operation of the evaluation is one node, which rounds once. What the
 * evaluation fuses or keeps wider has no node; `buildUpdateModel` refuses it.
 */
export class GraphArithmetic implements Arithmetic<GraphRef> {
  constructor(
    private readonly graph: GraphNodes,
    private readonly evaluation: PinnedEvaluation,
  ) {}

  /** All parts of a graph have one precision. */
  enter(): void {}

  negate(x: GraphRef): GraphRef {
    return this.graph.apply("Neg", x);
  }

  multiply(x: GraphRef, y: GraphRef): GraphRef {
    return this.graph.apply("Mul", x, y);
  }

  add(_site: SumSite | null, x: GraphRef, y: GraphRef): GraphRef {
    return this.graph.apply("Add", x, y);
  }

  subtract(_site: SumSite | null, x: GraphRef, y: GraphRef): GraphRef {
    return this.graph.apply("Sub", x, y);
  }

  squareRoot(x: GraphRef): GraphRef {
    return this.graph.apply("Sqrt", x);
  }

  /**
   * The larger value, NaN if one of them is, and of two zeros the positive one. The operator Max leaves open which zero
   * it gives, and Clip what becomes of NaN; comparisons leave nothing open.
   */
  maximum(x: GraphRef, y: GraphRef): GraphRef {
    const { graph } = this;
    // Of two zeros, and where one is NaN, the sum is what is wanted.
    const sum = graph.apply("Add", x, y);
    const isZero = graph.apply("Equal", x, this.zero());
    const equal = graph.apply("Where", isZero, sum, x);
    const notGreater = graph.apply("Where", graph.apply("Equal", x, y), equal, sum);
    const notLess = graph.apply("Where", graph.apply("Less", x, y), y, notGreater);
    return graph.apply("Where", graph.apply("Greater", x, y), x, notLess);
  }

  minimum(x: GraphRef, y: GraphRef): GraphRef {
    return this.negate(this.maximum(this.negate(x), this.negate(y)));
  }

  nonNegative(x: GraphRef): GraphRef {
    return this.maximum(x, this.zero());
  }

  /** One by one: `refuseUnbuildable` refuses the orders that need scalars of their own. */
  decayed(x: GraphRef, rates: readonly GraphRef[]): GraphRef {
    const product = rates.reduce((p, rate) => this.multiply(p, rate), x);
    return this.subtract("weight-decay", x, product);
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: GraphRef,
    complement: GraphRef,
    old: GraphRef,
    [x, y]: readonly [GraphRef] | readonly [GraphRef, GraphRef],
  ): GraphRef {
    const order = this.evaluation[`order.${site}`];
    if (order === "lerp" || order === "lerp-mirrored" || order === "lerp-mirrored-added") {
      const target = y ? this.multiply(x, y) : x;
      const difference = this.subtract(null, target, old);
      const fromOld = this.add(site, old, this.multiply(complement, difference));
      if (order === "lerp") return fromOld;
      const fromTarget =
        order === "lerp-mirrored"
          ? this.subtract(
              site,
              target,
              this.multiply(difference, this.subtract(null, this.one(), complement)),
            )
          : this.add(site, target, this.multiply(difference, this.subtract(null, complement, this.one())));
      const half = this.graph.constant("half", 0.5);
      const isSmall = this.graph.apply("Less", this.graph.apply("Abs", complement), half);
      return this.graph.apply("Where", isSmall, fromOld, fromTarget);
    }
    const kept = this.multiply(old, weight);
    if (!y) return this.add(site, kept, this.multiply(complement, x));
    const gained =
      order === "square-first"
        ? this.multiply(complement, this.multiply(x, y))
        : this.multiply(this.multiply(complement, x), y);
    return this.add(site, kept, gained);
  }

  biasCorrected(x: GraphRef, correction: GraphRef): GraphRef {
    if (this.evaluation["bias-correction"] === "division") return this.divide(x, correction);
    return this.multiply(x, this.graph.apply("Reciprocal", correction));
  }

  quotient(x: GraphRef, d: GraphRef): GraphRef {
    if (this.evaluation.quotient === "division") return this.divide(x, d);
    // Not 1 / d: ONNX Runtime takes x · (1 / d) for x / d when it optimizes, and rounds once less.
    return this.multiply(x, this.graph.apply("Reciprocal", d));
  }

  scaledQuotient(scale: GraphRef, x: GraphRef, d: GraphRef): GraphRef {
    switch (this.evaluation["order.update"]) {
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

  store(slot: Slot, x: GraphRef): GraphRef {
    this.graph.output(`next.${slot}`, x);
    return x;
  }

  name(intermediate: Intermediate, x: GraphRef): GraphRef {
    // For people who look at the graph. A value has one name: one that is also stored is named after its slot.
    if (!x.fixed) x.name = `intermediate.${intermediate}`;
    return x;
  }

  private divide(x: GraphRef, d: GraphRef): GraphRef {
    return this.graph.apply("Div", x, d);
  }

  private one(): GraphRef {
    return this.graph.constant("one", 1);
  }

  private zero(): GraphRef {
    return this.graph.constant("zero", 0);
  }
}

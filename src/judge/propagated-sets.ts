import { SLOTS, type Slot, STATE_SLOTS, type StateSlot } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";
import type { Evaluation } from "../../spec/evaluation.js";
import { stepShape } from "../../spec/step-shape.js";
import { floatText } from "../float32/text.js";
import { initialState, type StateBlocks, withMissingBuffers } from "../oracle/initial-state.js";
import {
  accepts,
  BlockArena,
  FINITE,
  IntervalBlock,
  intervalStep,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
  relevantOrders,
} from "../oracle/interval/index.js";
import type { Declaration } from "./declaration.js";
import { type Evidence, evidenceOf } from "./evidence.js";

const SPECIAL = [
  [PLUS_INFINITY, Number.POSITIVE_INFINITY],
  [MINUS_INFINITY, Number.NEGATIVE_INFINITY],
  [NOT_A_NUMBER, Number.NaN],
] as const;

/** The sets of one order of operations: one interval for each element of each slot. */
interface PropagatedOrder {
  readonly evaluation: Evaluation;
  readonly sets: Partial<Record<Slot, IntervalBlock>>;
  /** Elements of which no observation has ruled this order out. An element keeps its order from step to step. */
  readonly possible: Uint8Array;
}

/**
 * Acceptance sets that are propagated from step to step where the state is not observed: one interval for each
 * order, never the hull over orders.
 */
export class PropagatedSets {
  private readonly orders: readonly PropagatedOrder[];
  private readonly arena: BlockArena;
  private readonly length: number;
  /** The last known value of each slot, from which a change is measured. */
  private readonly last: Partial<Record<Slot, Float64Array>>;

  /** @param centered whether any step is centered; if none is, the orders of the mean gradient are one */
  constructor(
    private readonly declaration: Declaration,
    known: { readonly parameter: Float64Array; readonly state?: StateBlocks },
    centered: boolean,
  ) {
    this.length = known.parameter.length;
    this.arena = new BlockArena(this.length);
    this.last = { parameter: known.parameter, ...known.state };
    const { evaluation } = declaration;
    this.orders = relevantOrders(evaluation, declaration.dialect, centered).map((order) => ({
      evaluation: order,
      sets: this.points({ parameter: known.parameter, ...known.state }),
      possible: new Uint8Array(this.length).fill(1),
    }));
  }

  /** The slots that have been written, loaded or given so far. */
  get slots(): readonly Slot[] {
    return SLOTS.filter((slot) => this.orders[0].sets[slot]);
  }

  /** Replace the state by a known one. */
  load(state: StateBlocks): void {
    for (const slot of STATE_SLOTS) delete this.last[slot];
    Object.assign(this.last, state);
    for (const { sets } of this.orders) {
      for (const slot of STATE_SLOTS) delete sets[slot];
      Object.assign(sets, this.points({ ...state }));
    }
  }

  /**
   * @param step counted from 1
   * @param observed what the implementation showed after this step
   */
  step(
    hyperparameters: Hyperparameters,
    step: number,
    gradient: Float64Array,
    observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ): void {
    const { dialect } = this.declaration;
    const shape = stepShape(dialect, hyperparameters);
    if (!this.last.square_avg)
      Object.assign(this.last, initialState(dialect, hyperparameters, shape, gradient));
    Object.assign(this.last, withMissingBuffers(this.last as unknown as StateBlocks, shape));
    for (const { sets, evaluation } of this.orders) {
      const given = (slot: StateSlot) => sets[slot] ?? IntervalBlock.of(this.last[slot] as Float64Array);
      const result = intervalStep({
        dialect,
        hyperparameters,
        step,
        evaluation,
        arena: this.arena,
        observed,
        inputs: {
          parameter: sets.parameter as IntervalBlock,
          gradient,
          square_avg: given("square_avg"),
          grad_avg: shape.centered ? given("grad_avg") : undefined,
          momentum_buffer: shape.momentum ? given("momentum_buffer") : undefined,
        },
      });
      for (const slot of SLOTS) if (result[slot]) sets[slot] = result[slot];
    }
  }

  /** Whether some order that is still possible accepts an observed float. */
  accepts(slot: Slot, i: number, observed: number): boolean {
    return this.orders.some(({ possible, sets }) => {
      const set = sets[slot];
      return possible[i] === 1 && set !== undefined && accepts(set, i, observed);
    });
  }

  evidence(slot: Slot, i: number): Evidence {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    let special = 0;
    for (const set of this.setsOf(slot, i)) {
      special |= set.flags[i] & ~FINITE;
      lowest = Math.min(lowest, set.lower[i]);
      highest = Math.max(highest, set.upper[i]);
    }
    const old = (this.last[slot] as Float64Array)[i];
    if (lowest > highest || !Number.isFinite(old)) return "full";
    return special === 0 ? evidenceOf(lowest, highest, old) : "weak";
  }

  /** The accepted sets of an element, one text for each order that is still possible. */
  describe(slot: Slot, i: number): readonly string[] {
    const texts = this.setsOf(slot, i).map((set) => {
      const parts: string[] = [];
      const flags = set.flags[i];
      if (flags & FINITE) parts.push(`${floatText(set.lower[i])} to ${floatText(set.upper[i])}`);
      if (flags & PLUS_INFINITY) parts.push("+∞");
      if (flags & MINUS_INFINITY) parts.push("−∞");
      if (flags & NOT_A_NUMBER) parts.push("NaN");
      return parts.join(" or ");
    });
    return [...new Set(texts)];
  }

  /** The accepted sets of an element as ranges, of all orders that are still possible; NaN and infinities each alone. */
  ranges(slot: Slot, i: number): readonly (readonly [lowest: number, highest: number])[] {
    const ranges = this.setsOf(slot, i).flatMap((set) => {
      const flags = set.flags[i];
      const alone = SPECIAL.filter(([flag]) => flags & flag).map(([, x]) => [x, x] as const);
      return flags & FINITE ? [[set.lower[i], set.upper[i]] as const, ...alone] : alone;
    });
    return [...new Map(ranges.map((range) => [range.map(floatText).join(), range])).values()];
  }

  /**
   * Continue from the observed values: they are known now, and orders that did not accept them are ruled
   * out. If none accepted them, all stay possible, so that one wrong value is only one rejection.
   */
  anchor(observed: Readonly<Partial<Record<Slot, Float64Array>>>): void {
    for (let i = 0; i < this.length; i++) {
      const fits = this.orders.map(
        ({ sets, possible }) =>
          possible[i] === 1 &&
          SLOTS.every((slot) => {
            const set = sets[slot];
            const seen = observed[slot];
            return !set || !seen || accepts(set, i, seen[i]);
          }),
      );
      const none = !fits.includes(true);
      this.orders.forEach(({ possible }, k) => {
        possible[i] = none || fits[k] ? 1 : 0;
      });
    }
    Object.assign(this.last, observed);
    for (const { sets } of this.orders) Object.assign(sets, this.points(observed));
  }

  private setsOf(slot: Slot, i: number): IntervalBlock[] {
    return this.orders.flatMap(({ sets, possible }) => (possible[i] === 1 && sets[slot] ? [sets[slot]] : []));
  }

  private points(
    blocks: Readonly<Partial<Record<Slot, Float64Array>>>,
  ): Partial<Record<Slot, IntervalBlock>> {
    const entries = Object.entries(blocks);
    return Object.fromEntries(entries.map(([slot, values]) => [slot, IntervalBlock.of(values)]));
  }
}

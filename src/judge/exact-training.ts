import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { stepShape } from "../../spec/step-shape.js";
import { type Enclosure, type ExactInputs, type ExactStep, exactStep, point } from "../oracle/exact/index.js";
import { initialState } from "../oracle/initial-state.js";

/** A training loses some digits at each step; after hundreds of steps far more of these remain than are read. */
const DIGITS = 40;
/** In the first step a corrected variance is g² − g², which is exactly zero only if the square has all its digits. */
const FIRST_DIGITS = 140;

/** A training over the reals from a fresh start, without rounding between steps. */
export class ExactTraining {
  /** The current parameters. */
  parameter: readonly Enclosure[];
  private state: Omit<ExactInputs, "parameter" | "gradient"> | undefined;
  private steps = 0;

  /**
   * @param start the parameter before the first step
   * @param digits of every operation after the first step
   */
  constructor(
    private readonly dialect: Dialect,
    private readonly hyperparameters: Hyperparameters,
    start: Iterable<number>,
    private readonly digits = DIGITS,
  ) {
    this.parameter = Array.from(start, point);
  }

  /** Take one step. A mean square that begins with the first gradient begins as a float32. */
  step(gradient: readonly Enclosure[]): ExactStep {
    this.steps++;
    const inputs = { ...(this.state ?? this.initial(gradient)), parameter: this.parameter, gradient };
    const { dialect, hyperparameters } = this;
    const digits = this.steps === 1 ? FIRST_DIGITS : this.digits;
    const exact = exactStep(dialect, hyperparameters, this.steps, inputs, { digits });
    this.state = exact;
    this.parameter = exact.parameter;
    return exact;
  }

  private initial(gradient: readonly Enclosure[]): Omit<ExactInputs, "parameter" | "gradient"> {
    const { dialect, hyperparameters: h } = this;
    const first = Float64Array.from(gradient, ({ lo }) => lo.toNumber());
    return initialState(dialect, h, stepShape(dialect, h), first);
  }
}

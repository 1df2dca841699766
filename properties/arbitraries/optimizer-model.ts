import type { StateSlot } from "../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { slotsOf, stepShape } from "../../spec/step-shape.js";
import type { ProgramHyperparameters } from "../../src/program/program.js";
import { resolveHyperparameters } from "../../src/program/timeline.js";

/** One parameter of an optimizer, as far as it decides which operations may follow. */
interface ParameterModel {
  readonly group: number;
  readonly shape: readonly number[];
  /** The slots of its state; undefined before its first step or load. */
  slots?: ReadonlySet<StateSlot>;
}

/**
 * An optimizer without its numbers: the hyperparameters in force, and which state each parameter has. It decides which
 * operation may follow those before it, while a program is made of commands.
 */
export class OptimizerModel {
  readonly parameters: readonly ParameterModel[];
  private readonly groups: Hyperparameters[];
  private late = false;

  /**
   * @param groups what each group is given, and the shapes of its parameters
   * @param lateBuffers whether a step may use a buffer that the state does not have; PyTorch has no answer there
   */
  constructor(
    private readonly dialect: Dialect,
    groups: readonly {
      readonly given: ProgramHyperparameters;
      readonly shapes: readonly (readonly number[])[];
    }[],
    private readonly lateBuffers: boolean,
  ) {
    this.groups = groups.map(({ given }) => resolveHyperparameters(dialect, given));
    this.parameters = groups.flatMap(({ shapes }, group) => shapes.map((shape) => ({ group, shape })));
  }

  get groupCount(): number {
    return this.groups.length;
  }

  /** Whether some operation so far uses a buffer that the state does not have. */
  get usesLateBuffer(): boolean {
    return this.late;
  }

  /** The slots that a step of the parameter uses, as things are. */
  usedSlots(parameter: number): readonly StateSlot[] {
    return this.slotsUnder(this.groups[this.parameters[parameter].group]);
  }

  /** The part of a change that may be made now. */
  allowedChanges(group: number, changes: ProgramHyperparameters): ProgramHyperparameters {
    const allowed = { ...changes };
    // Where the mean square starts at ε, eager and lazy starts differ on what a change before the first step does.
    if (this.dialect.initialAccumulator === "epsilon" && this.statesOf(group).includes(undefined))
      delete allowed.eps;
    if (this.lateBuffers) return allowed;
    const present = this.groups[group];
    const after = this.slotsUnder({ ...present, ...allowed } as Hyperparameters);
    const missing = after.filter((slot) => this.statesOf(group).some((slots) => slots && !slots.has(slot)));
    if (missing.includes("momentum_buffer")) delete allowed.momentum;
    if (missing.includes("grad_avg")) delete allowed.centered;
    return allowed;
  }

  set(group: number, changes: ProgramHyperparameters): void {
    this.groups[group] = { ...this.groups[group], ...changes } as Hyperparameters;
  }

  step(parameter: number): void {
    const { slots } = this.parameters[parameter];
    const used = this.usedSlots(parameter);
    if (slots && used.some((slot) => !slots.has(slot))) this.late = true;
    this.parameters[parameter].slots = new Set([...(slots ?? []), ...used]);
  }

  load(parameter: number, slots: readonly StateSlot[]): void {
    if (this.usedSlots(parameter).some((slot) => !slots.includes(slot))) this.late = true;
    this.parameters[parameter].slots = new Set(slots);
  }

  private statesOf(group: number): (ReadonlySet<StateSlot> | undefined)[] {
    return this.parameters.filter((parameter) => parameter.group === group).map(({ slots }) => slots);
  }

  private slotsUnder(h: Hyperparameters): readonly StateSlot[] {
    return slotsOf(stepShape(this.dialect, h));
  }
}

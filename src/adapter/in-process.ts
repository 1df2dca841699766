import { SLOTS } from "../../spec/arithmetic.js";
import { dialectById } from "../../spec/dialects.js";
import type { Observation, ObservedParameter } from "../program/observation.js";
import type { Operation, OperationOf, Program } from "../program/program.js";
import type { Tensor } from "../program/tensor.js";
import type { Adapter } from "./adapter.js";
import { CAPABILITIES } from "./capability.js";
import type { Hello } from "./hello.js";
import { neededCapabilities } from "./needed-capabilities.js";
import {
  type Optimizer,
  type OptimizerFactory,
  type OptimizerGroup,
  type OptimizerState,
  RejectedHyperparameter,
} from "./optimizer.js";
import type { Reply } from "./reply.js";

type OptionalMethod = "setHyperparameters" | "load" | "save" | "restore";

/** Drives an implementation that lives in this process, through the same programs and replies as any other. */
export class InProcessAdapter implements Adapter {
  constructor(
    private readonly introduction: Hello,
    private readonly factory: OptimizerFactory,
  ) {}

  async hello(): Promise<Hello> {
    return this.introduction;
  }

  async run(programs: readonly Program[]): Promise<readonly Reply[]> {
    return programs.map((program) => this.lacking(program) ?? new ProgramRun(program, this.factory).reply());
  }

  /** The answer to a program that needs what was not declared. */
  private lacking(program: Program): Reply | undefined {
    const { dialects, capabilities } = this.introduction;
    if (!dialects.includes(program.dialect)) return { status: "unsupported", capability: "dialect" };
    if (CAPABILITIES.every((capability) => capabilities.includes(capability))) return undefined;
    const needed = neededCapabilities(program, dialectById(program.dialect));
    const capability = needed.find((one) => !capabilities.includes(one));
    return capability && { status: "unsupported", capability };
  }

  async stop(): Promise<void> {}
}

class ProgramRun {
  private readonly shapes: readonly (readonly number[])[];
  private readonly observations: Observation[] = [];
  private groups: OptimizerGroup[];
  private optimizer!: Optimizer;
  private gradients: (Float32Array | null)[];

  constructor(
    private readonly program: Program,
    private readonly factory: OptimizerFactory,
  ) {
    const [init] = program.operations as [OperationOf<"init">];
    this.shapes = init.groups.flatMap((group) => group.parameters.map(({ shape }) => shape));
    this.gradients = this.shapes.map(() => null);
    this.groups = init.groups.map(({ hyperparameters, parameters }) => ({
      hyperparameters,
      parameters: parameters.map(({ values }) => values.slice()),
    }));
  }

  reply(): Reply {
    for (const operation of this.program.operations) {
      try {
        this.perform(operation);
      } catch (error) {
        const rejected = error instanceof RejectedHyperparameter;
        return {
          status: "error",
          phase: operation.op,
          class: rejected ? "invalid-hyperparameter" : "internal",
          message: error instanceof Error ? error.message : String(error),
        };
      }
    }
    return { status: "ok", observations: this.observations };
  }

  private perform(operation: Operation): void {
    switch (operation.op) {
      case "init":
        this.optimizer = this.factory.create(this.program.dialect, this.groups);
        break;
      case "load":
        for (const { parameter, step, square_avg, grad_avg, momentum_buffer } of operation.state) {
          this.call("load", parameter, {
            step,
            square_avg: square_avg.values.slice(),
            grad_avg: grad_avg?.values.slice(),
            momentum_buffer: momentum_buffer?.values.slice(),
          });
        }
        break;
      case "step":
        this.gradients = operation.gradients.map((gradient) => gradient?.values.slice() ?? null);
        this.optimizer.step(this.gradients);
        break;
      case "set":
        this.call("setHyperparameters", operation.group, operation.hyperparameters);
        this.groups = this.groups.map((group, g) =>
          g === operation.group
            ? { ...group, hyperparameters: { ...group.hyperparameters, ...operation.hyperparameters } }
            : group,
        );
        break;
      case "checkpoint":
        this.checkpoint();
        break;
      case "observe":
        this.observations.push({ parameters: this.shapes.map((_, k) => this.observed(k, operation.slots)) });
        break;
    }
  }

  /** Call a method that only some optimizers have. */
  private call<M extends OptionalMethod>(name: M, ...given: Parameters<Required<Optimizer>[M]>) {
    const method = this.optimizer[name] as ((...given: unknown[]) => unknown) | undefined;
    if (method) return method.apply(this.optimizer, given);
    throw new TypeError(`the optimizer has no method ${name}, which a declared capability needs`);
  }

  /** Save, make a new instance over copies of the present parameters, load. */
  private checkpoint(): void {
    const saved = this.call("save");
    let index = 0;
    this.groups = this.groups.map(({ hyperparameters, parameters }) => ({
      hyperparameters,
      parameters: parameters.map(() => this.optimizer.parameter(index++).slice()),
    }));
    this.optimizer = this.factory.create(this.program.dialect, this.groups);
    this.call("restore", saved);
  }

  private observed(index: number, slots: OperationOf<"observe">["slots"]): ObservedParameter {
    const state: OptimizerState | undefined = this.optimizer.state?.(index);
    const tensor = (values: Float32Array, slot: string): Tensor => {
      if (values instanceof Float32Array) return { shape: this.shapes[index], values: values.slice() };
      const given = Object.prototype.toString.call(values).slice("[object ".length, -1);
      throw new TypeError(
        `${slot} of parameter ${index} must be a Float32Array; the optimizer gave ${given}`,
      );
    };
    const entry: Partial<Record<string, Tensor | number>> = {};
    for (const slot of SLOTS) {
      const values = slot === "parameter" ? this.optimizer.parameter(index) : state?.[slot];
      if (slots.includes(slot) && values) entry[slot] = tensor(values, slot);
    }
    const gradient = this.gradients[index];
    if (slots.includes("gradient") && gradient) entry.gradient = tensor(gradient, "gradient");
    if (state) entry.step = state.step;
    return entry as ObservedParameter;
  }
}

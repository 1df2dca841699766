import { SLOTS } from "../../spec/arithmetic.js";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import type { Observation, ObservedParameter } from "../program/observation.js";
import type { Operation, OperationOf, Program } from "../program/program.js";
import type { Tensor } from "../program/tensor.js";
import type { Adapter } from "./adapter.js";
import type { Hello } from "./hello.js";
import { neededCapabilities } from "./needed-capabilities.js";
import {
  type AsyncOptimizer,
  type MaybePromise,
  type OptimizerFactory,
  type OptimizerGroup,
  type OptimizerState,
  RejectedHyperparameter,
} from "./optimizer.js";
import type { Reply } from "./reply.js";

type OptionalMethod = "setHyperparameters" | "load" | "save" | "restore";

/** Drives an implementation in this process, through the same programs and replies as any other. */
export class InProcessAdapter implements Adapter {
  /** Settles when all earlier calls are done. */
  private before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly handshakeReply: Hello,
    private readonly factory: OptimizerFactory,
  ) {}

  async hello(): Promise<Hello> {
    return this.handshakeReply;
  }

  /** Programs run one at a time, across calls too, because an optimizer may be asynchronous. */
  run(programs: readonly Program[]): Promise<readonly Reply[]> {
    const replies = this.before.then(() => this.repliesTo(programs));
    this.before = replies.catch(() => {});
    return replies;
  }

  private async repliesTo(programs: readonly Program[]): Promise<readonly Reply[]> {
    const replies: Reply[] = [];
    for (const program of programs)
      replies.push(
        this.missingCapabilities(program) ?? (await new ProgramRun(program, this.factory).reply()),
      );
    return replies;
  }

  /** The reply to a program that needs a capability that was not declared. */
  private missingCapabilities(program: Program): Reply | undefined {
    const { dialects, capabilities } = this.handshakeReply;
    if (!dialects.includes(program.dialect)) return { status: "unsupported", capability: "dialect" };
    if (CAPABILITIES.every((capability) => capabilities.includes(capability))) return undefined;
    const needed = neededCapabilities(program, dialectById(program.dialect));
    const capability = needed.find((one) => !capabilities.includes(one));
    return capability && { status: "unsupported", capability };
  }

  /** Nothing was started. */
  async stop(): Promise<void> {}
}

class ProgramRun {
  private readonly shapes: readonly (readonly number[])[];
  private readonly observations: Observation[] = [];
  private groups: OptimizerGroup[];
  private optimizer!: AsyncOptimizer;
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

  async reply(): Promise<Reply> {
    for (const operation of this.program.operations) {
      try {
        const pending = this.perform(operation);
        if (isLater(pending)) await pending;
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

  private perform(operation: Operation): MaybePromise<unknown> {
    switch (operation.op) {
      case "init":
        return this.create();
      case "load":
        return inTurn(operation.state, ({ parameter, step, square_avg, grad_avg, momentum_buffer }) =>
          this.call("load", parameter, {
            step,
            square_avg: square_avg.values.slice(),
            grad_avg: grad_avg?.values.slice(),
            momentum_buffer: momentum_buffer?.values.slice(),
          }),
        );
      case "step":
        this.gradients = operation.gradients.map((gradient) => gradient?.values.slice() ?? null);
        return this.optimizer.step(this.gradients);
      case "set": {
        const { group, hyperparameters } = operation;
        return after(this.call("setHyperparameters", group, hyperparameters), () => {
          this.groups = this.groups.map((each, g) =>
            g === group
              ? { ...each, hyperparameters: { ...each.hyperparameters, ...hyperparameters } }
              : each,
          );
        });
      }
      case "checkpoint":
        return this.checkpoint();
      case "observe":
        return this.observe(operation.slots);
    }
  }

  private create(): MaybePromise<void> {
    return after(this.factory.create(this.program.dialect, this.groups), (optimizer) => {
      this.optimizer = optimizer;
    });
  }

  /** Call a method that only some optimizers have. */
  private call<M extends OptionalMethod>(name: M, ...given: Parameters<Required<AsyncOptimizer>[M]>) {
    const method = this.optimizer[name] as ((...given: unknown[]) => MaybePromise<unknown>) | undefined;
    if (method) return method.apply(this.optimizer, given);
    throw new TypeError(`the optimizer has no method ${name}, which a declared capability needs`);
  }

  /** Save, create a new instance over copies of the current parameters, load. */
  private async checkpoint(): Promise<void> {
    const saved = await this.call("save");
    const present: Float32Array[] = [];
    for (const index of this.shapes.keys()) present.push((await this.optimizer.parameter(index)).slice());
    this.groups = this.groups.map(({ hyperparameters, parameters }) => ({
      hyperparameters,
      parameters: present.splice(0, parameters.length),
    }));
    await this.create();
    await this.call("restore", saved);
  }

  private observe(slots: OperationOf<"observe">["slots"]): MaybePromise<void> {
    const parameters: ObservedParameter[] = [];
    const all = inTurn([...this.shapes.keys()], (index) =>
      after(this.optimizer.state?.(index), (state) =>
        after(slots.includes("parameter") ? this.optimizer.parameter(index) : undefined, (parameter) => {
          parameters.push(this.observed(index, slots, parameter, state));
        }),
      ),
    );
    return after(all, () => {
      this.observations.push({ parameters });
    });
  }

  private observed(
    index: number,
    slots: OperationOf<"observe">["slots"],
    parameter: Float32Array | undefined,
    state: OptimizerState | undefined,
  ): ObservedParameter {
    const tensor = (values: Float32Array, slot: string): Tensor => {
      if (values instanceof Float32Array) return { shape: this.shapes[index], values: values.slice() };
      const given = Object.prototype.toString.call(values).slice("[object ".length, -1);
      throw new TypeError(
        `${slot} of parameter ${index} must be a Float32Array; the optimizer gave ${given}`,
      );
    };
    const entry: Partial<Record<string, Tensor | number>> = {};
    for (const slot of SLOTS) {
      const values = slot === "parameter" ? parameter : state?.[slot];
      if (slots.includes(slot) && values) entry[slot] = tensor(values, slot);
    }
    const gradient = this.gradients[index];
    if (slots.includes("gradient") && gradient) entry.gradient = tensor(gradient, "gradient");
    if (state) entry.step = state.step;
    return entry as ObservedParameter;
  }
}

// A synchronous optimizer must not wait for the event loop: it is called millions of times.

function isLater(value: unknown): value is Promise<unknown> {
  return typeof (value as Partial<Promise<unknown>> | undefined)?.then === "function";
}

function after<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isLater(value) ? (value as Promise<T>).then(next) : next(value as T);
}

/** Run an action for each item in order. */
function inTurn<T>(items: readonly T[], action: (item: T) => MaybePromise<unknown>): MaybePromise<unknown> {
  for (const [k, item] of items.entries()) {
    const pending = action(item);
    if (isLater(pending)) return pending.then(() => inTurn(items.slice(k + 1), action));
  }
  return undefined;
}

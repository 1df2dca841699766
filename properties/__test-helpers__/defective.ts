import fc from "fast-check";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import type { Adapter, Outcome } from "../../src/adapter/adapter.js";
import { nextUp } from "../../src/float32/neighbours.js";
import { declarationOf } from "../../src/judge/declaration.js";
import type { Observation, ObservedParameter } from "../../src/program/observation.js";
import type { Operation, Program } from "../../src/program/program.js";
import { boundsProperties } from "../bounds.js";
import { closedFormProperties } from "../closed-forms.js";
import { effectiveWindowProperties } from "../effective-window.js";
import { exampleTrajectoryProperties } from "../example-trajectories.js";
import { momentumProperties } from "../momentum.js";
import type { Property } from "../property.js";
import { reductionProperties } from "../reductions.js";
import { Subject } from "../subject.js";
import { workedExampleProperties } from "../worked-examples.js";
import { zeroGradientAndSignProperties } from "../zero-gradient-and-sign.js";

/** Implementations with one defect, for tests of what a property sees by its own statement. */

/** The properties that are put to a defect. */
export const PROPERTIES_WITH_DEFECTS: readonly Property[] = [
  ...boundsProperties,
  ...zeroGradientAndSignProperties,
  ...closedFormProperties,
  ...reductionProperties,
  ...momentumProperties,
  ...effectiveWindowProperties,
  ...workedExampleProperties,
  ...exampleTrajectoryProperties,
];

/** The acceptance sets would catch these defects first; here a property has nothing but its own statement. */
export class Unjudged extends Subject {
  override accept(): void {}
}

/** A defect: what is run in place of a program, and what is said in place of what was observed. */
export interface Defect {
  readonly run?: (program: Program) => Program;
  readonly say?: (observations: readonly Observation[], program: Program) => readonly Observation[];
}

export function defective(adapter: Adapter, { run = (p) => p, say = (o) => o }: Defect): Adapter {
  return {
    hello: () => adapter.hello(),
    stop: () => adapter.stop(),
    run: async (programs) => {
      const replies = await adapter.run(programs.map(run));
      return replies.map((reply, k): Outcome => {
        if (reply.status !== "ok") return reply;
        return { status: "ok", observations: [...say(reply.observations, programs[k])] };
      });
    },
  };
}

export type Slot = "parameter" | "square_avg" | "momentum_buffer";

/** Change the values of a slot in every observation; `k` counts observations. */
export function moved(
  slot: Slot,
  change: (x: number, k: number, at: ObservedParameter, i: number) => number,
): Defect {
  return {
    say: (observations) =>
      observations.map(({ parameters }, k) => ({
        parameters: parameters.map((parameter) => {
          const tensor = parameter[slot];
          if (!tensor) return parameter;
          const values = tensor.values.map((x, i) => change(x, k, parameter, i));
          return { ...parameter, [slot]: { ...tensor, values } };
        }),
      })),
  };
}

export function operations(change: (operation: Operation) => readonly Operation[]): Defect {
  return { run: (program) => ({ ...program, operations: program.operations.flatMap(change) }) };
}

export function hyperparameters(change: (h: Record<string, number>) => Record<string, unknown>): Defect {
  return operations((operation) => {
    if (operation.op === "init") {
      const groups = operation.groups.map((group) => ({
        ...group,
        hyperparameters: { ...group.hyperparameters, ...change(group.hyperparameters as never) },
      }));
      return [{ ...operation, groups }];
    }
    if (operation.op !== "set") return [operation];
    const { hyperparameters: h } = operation;
    const changed = Object.entries(change(h as never)).filter(([name]) => name in h);
    return [{ ...operation, hyperparameters: { ...h, ...Object.fromEntries(changed) } }];
  });
}

export const asDialect = (dialect: string): Defect => ({ run: (program) => ({ ...program, dialect }) });

/** One float farther from zero. */
export const away = (x: number) => (x < 0 ? -nextUp(-x) : nextUp(x));

/** What a property throws of an implementation within some runs. */
export async function failureOf(id: string, adapter: Adapter, dialect: string, runs = 60): Promise<unknown> {
  const property = PROPERTIES_WITH_DEFECTS.find((p) => p.id === id);
  if (!property) throw new Error(`no property ${id}`);
  const declaration = declarationOf(dialectById(dialect));
  const subject = new Unjudged(adapter, CAPABILITIES, declaration, false);
  const details = await fc.check(
    fc.asyncProperty(property.arbitrary(declaration, CAPABILITIES), (input) =>
      property.check(input, subject),
    ),
    { seed: 5, numRuns: runs, endOnFailure: true },
  );
  return details.errorInstance ?? undefined;
}

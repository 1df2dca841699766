import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { OperationOf, Program, ProgramGroup, ProgramHyperparameters, StateEntry } from "./program.js";
import type { Tensor } from "./tensor.js";

/** What happens to one parameter, in order. `operation` is the index in the program. */
export type TimelineEvent =
  | { readonly kind: "load"; readonly operation: number; readonly entry: StateEntry }
  | {
      readonly kind: "step";
      readonly operation: number;
      readonly gradient: Tensor;
      readonly hyperparameters: Hyperparameters;
    }
  | {
      readonly kind: "observe";
      readonly operation: number;
      /** Which of the program's observations this is, from 0. */
      readonly observation: number;
      readonly slots: OperationOf<"observe">["slots"];
    };

/**
 * A program as one parameter sees it: nothing that is done to the others is in it, because parameters are
 * independent (clause RMS-8.5). Checkpoints and steps without a gradient leave no event: they change nothing.
 */
export interface Timeline {
  readonly parameter: number;
  readonly initial: Tensor;
  readonly events: readonly TimelineEvent[];
}

/** Hyperparameters with the dialect's defaults filled in. */
export function resolveHyperparameters(dialect: Dialect, given: ProgramHyperparameters): Hyperparameters {
  return { ...dialect.defaults, ...given } as Hyperparameters;
}

/** The timelines of all parameters. The program must be valid. */
export function timelinesOf(program: Program, dialect: Dialect): Timeline[] {
  const [init] = program.operations as [OperationOf<"init">];
  const groups = init.groups.map((group: ProgramGroup) =>
    resolveHyperparameters(dialect, group.hyperparameters),
  );
  const groupOf = init.groups.flatMap((group: ProgramGroup, g: number) => group.parameters.map(() => g));
  const parameters = init.groups.flatMap((group: ProgramGroup) => group.parameters);
  const events: TimelineEvent[][] = parameters.map(() => []);
  let observation = 0;
  program.operations.forEach((op, operation) => {
    switch (op.op) {
      case "set":
        groups[op.group] = { ...groups[op.group], ...op.hyperparameters } as Hyperparameters;
        break;
      case "load":
        for (const entry of op.state) events[entry.parameter].push({ kind: "load", operation, entry });
        break;
      case "step":
        op.gradients.forEach((gradient, k) => {
          const hyperparameters = groups[groupOf[k]];
          if (gradient) events[k].push({ kind: "step", operation, gradient, hyperparameters });
        });
        break;
      case "observe":
        for (const list of events) list.push({ kind: "observe", operation, observation, slots: op.slots });
        observation++;
        break;
      default:
        break;
    }
  });
  return parameters.map((initial, parameter) => ({ parameter, initial, events: events[parameter] }));
}

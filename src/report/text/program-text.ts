import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import type { Operation, Program, ProgramHyperparameters } from "../../program/program.js";
import type { Tensor } from "../../program/tensor.js";

/** Elements of a tensor that are printed before it is cut. */
const SHOWN_ELEMENTS = 8;

/** A program in a few readable lines, one an operation; long tensors are cut. */
export function programText({ dialect, operations }: Program): string[] {
  return operations.map((operation) => operationText(operation, dialect));
}

function operationText(operation: Operation, dialect: string): string {
  switch (operation.op) {
    case "init": {
      const groups = operation.groups.map(
        ({ hyperparameters, parameters }) =>
          `{${settings(hyperparameters, rarelyGiven(dialect))}} ${parameters.map(tensorText).join(" ")}`,
      );
      return `init ${dialect} ${groups.join(" | ")}`;
    }
    case "step":
      return `step ${operation.gradients.map((gradient) => (gradient ? tensorText(gradient) : "null")).join(" ")}`;
    case "set":
      return `set group ${operation.group} {${settings(operation.hyperparameters)}}`;
    case "load":
      return `load ${operation.state
        .map(({ parameter, step, square_avg, grad_avg, momentum_buffer }) => {
          const slots = Object.entries({ square_avg, grad_avg, momentum_buffer });
          const text = slots.flatMap(([slot, tensor]) => (tensor ? [`${slot} ${tensorText(tensor)}`] : []));
          return `parameter ${parameter} step ${step} ${text.join(" ")}`;
        })
        .join(" | ")}`;
    case "checkpoint":
      return "checkpoint";
    case "observe":
      return `observe ${operation.slots.join(" ")}`;
  }
}

/** Defaults that are not printed even if they are given explicitly. */
function rarelyGiven(dialect: string): Partial<Hyperparameters> {
  const { lr_decay, clip_value } = dialectById(dialect).defaults;
  return { lr_decay, clip_value };
}

function settings(given: ProgramHyperparameters, unsaid: Partial<Hyperparameters> = {}): string {
  return Object.entries(given)
    .filter(([name, value]) => !Object.is(value, unsaid[name as keyof Hyperparameters]))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(", ");
}

function valueText(value: number | boolean | undefined): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function tensorText({ values }: Tensor): string {
  const observed = [...values.subarray(0, SHOWN_ELEMENTS)].map(valueText);
  const rest = values.length - observed.length;
  return `[${observed.join(", ")}${rest > 0 ? `, … ${rest} more` : ""}]`;
}

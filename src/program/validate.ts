import { DIALECTS } from "../../spec/dialects.js";
import type { Program, ProgramGroup, StateEntry } from "./program.js";
import { ProgramError } from "./program-error.js";
import type { Tensor } from "./tensor.js";

/**
 * Check what the schema cannot say: order of operations, indices, shapes.
 * @throws {ProgramError} naming the operation and field.
 */
export function validateProgram(program: Program, source: string): void {
  const { operations } = program;
  if (!DIALECTS.some(({ id }) => id === program.dialect)) {
    const known = DIALECTS.map(({ id }) => id).join(", ");
    throw new ProgramError(source, "dialect", `unknown dialect "${program.dialect}"; known: ${known}`);
  }
  const [first] = operations;
  if (first?.op !== "init")
    throw new ProgramError(source, "operations[0]", "the first operation must be init");
  const parameters = first.groups.flatMap((group: ProgramGroup) => group.parameters);
  operations.forEach((operation, i) => {
    const at = `operations[${i}]`;
    const matches = (tensor: Tensor, parameter: number, path: string) => {
      const expected = parameters[parameter].shape;
      if (tensor.shape.join() === expected.join()) return;
      const problem = `shape [${tensor.shape.join(", ")}], but parameter ${parameter} has shape [${expected.join(", ")}]`;
      throw new ProgramError(source, path, problem);
    };
    switch (operation.op) {
      case "init":
        if (i > 0) throw new ProgramError(source, at, "init may only be the first operation");
        break;
      case "step": {
        const { gradients } = operation;
        if (gradients.length !== parameters.length) {
          const problem = `${gradients.length} gradients for ${parameters.length} parameters; a parameter without a gradient has null`;
          throw new ProgramError(source, `${at}.gradients`, problem);
        }
        gradients.forEach((gradient, k) => {
          if (gradient) matches(gradient, k, `${at}.gradients[${k}]`);
        });
        break;
      }
      case "set":
        if (operation.group >= first.groups.length) {
          const problem = `there is no group ${operation.group}; the program has ${first.groups.length}`;
          throw new ProgramError(source, `${at}.group`, problem);
        }
        break;
      case "load":
        operation.state.forEach((entry: StateEntry, k: number) => {
          const path = `${at}.state[${k}]`;
          if (entry.parameter >= parameters.length) {
            const problem = `there is no parameter ${entry.parameter}; the program has ${parameters.length}`;
            throw new ProgramError(source, `${path}.parameter`, problem);
          }
          if (operation.state.findIndex(({ parameter }) => parameter === entry.parameter) < k) {
            const problem = `parameter ${entry.parameter} is listed twice; list each parameter once`;
            throw new ProgramError(source, `${path}.parameter`, problem);
          }
          matches(entry.square_avg, entry.parameter, `${path}.square_avg`);
          if (entry.grad_avg) matches(entry.grad_avg, entry.parameter, `${path}.grad_avg`);
          if (entry.momentum_buffer)
            matches(entry.momentum_buffer, entry.parameter, `${path}.momentum_buffer`);
        });
        break;
      default:
        break;
    }
  });
}

import type { Operation, Program } from "./program.js";
import type { Tensor } from "./tensor.js";

/**
 * The part of a program that one element of one parameter sees, up to one operation: what is left is a program
 * over a single number. Elements are independent (clause RMS-8.5), so a failure usually stays; the caller
 * runs the result to see.
 * @param until index of the last step that is kept; observations right after it are kept too
 */
export function isolateElement(program: Program, parameter: number, element: number, until: number): Program {
  const only = (tensor: Tensor): Tensor => ({
    shape: [1],
    values: tensor.values.slice(element, element + 1),
  });
  let group = 0;
  const operations = program.operations.flatMap((operation, index): Operation[] => {
    if (index > until && operation.op !== "observe") return [];
    if (index > until + 1) return [];
    switch (operation.op) {
      case "init": {
        let first = 0;
        for (const [g, { parameters }] of operation.groups.entries()) {
          if (parameter < first + parameters.length) {
            group = g;
            break;
          }
          first += parameters.length;
        }
        const { hyperparameters, parameters } = operation.groups[group];
        return [
          { op: "init", groups: [{ hyperparameters, parameters: [only(parameters[parameter - first])] }] },
        ];
      }
      case "load":
        return operation.state
          .filter((entry) => entry.parameter === parameter)
          .map(({ step, square_avg, grad_avg, momentum_buffer }) => ({
            op: "load",
            state: [
              {
                parameter: 0,
                step,
                square_avg: only(square_avg),
                ...(grad_avg && { grad_avg: only(grad_avg) }),
                ...(momentum_buffer && { momentum_buffer: only(momentum_buffer) }),
              },
            ],
          }));
      case "step": {
        const gradient = operation.gradients[parameter];
        return [{ op: "step", gradients: [gradient && only(gradient)] }];
      }
      case "set":
        return operation.group === group ? [{ ...operation, group: 0 }] : [];
      default:
        return [operation];
    }
  });
  return { ...program, operations };
}

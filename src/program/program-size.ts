import type { Program } from "./program.js";

/** How much there is to look at: elements that are stepped, and operations. */
export function programSize({ operations }: Program): number {
  return operations.reduce((sum, operation) => {
    if (operation.op !== "step") return sum + 1;
    return operation.gradients.reduce(
      (elements, gradient) => elements + (gradient?.values.length ?? 0),
      sum + 1,
    );
  }, 0);
}

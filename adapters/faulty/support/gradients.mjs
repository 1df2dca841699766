// What the faulty adapters look for: many of them do wrong only where a gradient has a certain element.

import { decodeTensor } from "../../javascript/rmsprop-adapter.mjs";

/** Whether a gradient of the program has an element for which `test` is true. */
export function programHasGradient(program, test) {
  return program.operations.some(
    ({ op, gradients }) =>
      op === "step" && gradients.some((gradient) => gradient && decodeTensor(gradient).some(test)),
  );
}

/** Whether one of the request's programs has. */
export function hasGradient({ cases = [] }, test) {
  return cases.some(({ program }) => programHasGradient(program, test));
}

export const isNegativeZero = (x) => Object.is(x, -0);

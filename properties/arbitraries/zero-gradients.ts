import { arb } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import type { Trace } from "./traces.js";

/**
 * The trace with zeros of either sign in place of some gradients, element by element.
 * @param from the first step, counted from 1, that may have them
 */
export function withZeroGradients<T extends Trace>(trace: T, from: number): DescribedArbitrary<T> {
  const { length } = trace.parameter;
  const row = arb.array(arb.constantFrom(0, -0, undefined), { minLength: length, maxLength: length });
  const rows = arb.array(row, { minLength: trace.gradients.length, maxLength: trace.gradients.length });
  return rows.map((zeros) => ({
    ...trace,
    gradients: trace.gradients.map((gradient, k) =>
      k + 1 < from ? gradient : gradient.map((g, i) => zeros[k][i] ?? g),
    ),
  }));
}

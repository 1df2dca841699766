import type { Dialect } from "../../spec/dialect.js";
import { hasMomentum as dialectHasMomentum } from "../../spec/step-shape.js";
import type { Declaration } from "../../src/judge/declaration.js";
import { arb } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import { STRATA } from "./hyperparameters.js";
import { plainHyperparameters } from "./plain-hyperparameters.js";
import type { ScheduledTrace } from "./scheduled-traces.js";
import { type Trace, type TraceConstraints, traces } from "./traces.js";

/** Whether the dialect has a momentum buffer, where μ asks for one. */
export function hasMomentum({ dialect }: Declaration): boolean {
  return dialectHasMomentum(dialect);
}

/** Traces with a buffer: μ > 0. */
export function momentumTraces(
  dialect: Dialect,
  constraints: TraceConstraints,
  stratum?: "dyadic",
): DescribedArbitrary<Trace> {
  const generated = plainHyperparameters(
    dialect,
    {},
    { momentum: true },
    stratum ? arb.constant(stratum) : undefined,
  );
  // ½ is a momentum of either stratum.
  const withBuffer = generated
    .map((h) => ({ ...h, momentum: h.momentum || 0.5 }))
    .as(() => `${generated.distribution}, momentum never 0`);
  return traces(dialect, { ...constraints, hyperparameters: withBuffer });
}

/** The learning rate is changed before every step but the first. */
export function changedRates(dialect: Dialect): DescribedArbitrary<ScheduledTrace> {
  return momentumTraces(
    dialect,
    { regimes: ["normal", "powers of two"], minSteps: 2, maxSteps: 5, lengths: [1, 2, 4, 8] },
    "dyadic",
  ).chain((trace) =>
    arb
      .array(arb.constantFrom(...STRATA.dyadic.lr), {
        minLength: trace.gradients.length,
        maxLength: trace.gradients.length,
      })
      .map((rates) => ({ ...trace, changes: rates.map((lr, k) => (k === 0 ? {} : { lr })) })),
  );
}

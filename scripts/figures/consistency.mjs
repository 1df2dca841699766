import { SLOTS, stepShape } from "../../dist/spec/index.js";
import { Enumerator } from "../../dist/src/oracle/enumerated/enumerated-step.js";
import { STEP } from "./settings.mjs";

/** The axes whose choice reaches more than one stored slot of a step: through the gradient, or through an increment. */
function sharedAxes(dialect, h) {
  const shape = stepShape(dialect, h);
  const ahead = shape.momentum && dialect.momentum.startsWith("nesterov");
  return [
    ...(shape.weightDecay && dialect.weightDecay === "l2" ? ["contraction.weight-decay"] : []),
    ...(ahead ? ["quotient", "order.update", ...(shape.centered ? ["contraction.variance"] : [])] : []),
  ];
}

/**
 * For each slot and element, the listed values that one implementation can store together with the observed values of
 * the other slots: what the judge's sets would be if choices were held to one for all slots of an element.
 */
export function consistentSets(dialect, h, evaluation, inputs, stored) {
  let pins = [evaluation];
  for (const axis of sharedAxes(dialect, h)) {
    pins = pins.flatMap((pin) => evaluation[axis].map((choice) => ({ ...pin, [axis]: [choice] })));
  }
  const { length } = inputs.parameter;
  const enumerator = new Enumerator();
  const slots = SLOTS.filter((slot) => stored[slot]);
  const sets = Object.fromEntries(slots.map((slot) => [slot, Array.from({ length }, () => new Set())]));
  for (const pin of pins) {
    const results = enumerator.step(dialect, h, STEP, pin, inputs, stored);
    const listed = Object.fromEntries(slots.map((slot) => [slot, results[slot]]));
    for (let i = 0; i < length; i++) {
      for (const slot of slots) {
        const others = slots.filter((other) => other !== slot);
        const fits = others.every((other) =>
          listed[other].some((values) => Object.is(values[i], stored[other][i])),
        );
        if (fits)
          for (const values of listed[slot])
            sets[slot][i].add(values[i] === 0 && 1 / values[i] < 0 ? "−0" : values[i]);
      }
    }
  }
  return sets;
}

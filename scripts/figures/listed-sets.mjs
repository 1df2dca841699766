import { evaluationOf, SLOTS } from "../../dist/spec/index.js";
import { ordinalOf } from "../../dist/src/float32/neighbours.js";
import { judgeProgram } from "../../dist/src/judge/judge-program.js";
import { Enumerator } from "../../dist/src/oracle/enumerated/enumerated-step.js";
import { elementSteps, RandomSource } from "../../dist/src/search/element-steps.js";
import { oneStep, SEED } from "./one-step.mjs";
import { fitted, STEP } from "./settings.mjs";

/** What a pinned evaluation stores. */
export function storedBy(pinned, dialect, h, inputs, step = STEP) {
  const results = new Enumerator().step(dialect, h, step, evaluationOf(pinned), inputs, {});
  const entries = Object.entries(results).map(([slot, [values]]) => [slot, Float64Array.from(values)]);
  return Object.fromEntries(entries);
}

export const inputsOf = (regime, count, dialect, h, seed = SEED) =>
  fitted(elementSteps(regime, count, new RandomSource(seed)), dialect, h);

/**
 * The judge's listed sets of a block, with the true results as what was observed. `update` is the parameter's set
 * where the parameter was zero: the update with its sign changed.
 *
 * @returns for each quantity, true values and one list of accepted values for each element; and the judge's tally
 */
export function listedSets(dialect, h, { evaluation, truth }, inputs) {
  const stored = storedBy(truth, dialect, h, inputs);
  const { sets, tally } = judged(dialect, h, evaluation, inputs, stored);
  const zero = { ...inputs, parameter: new Float64Array(inputs.parameter.length) };
  const storedFromZero = storedBy(truth, dialect, h, zero);
  const update = judged(dialect, h, evaluation, zero, storedFromZero);
  const quantities = SLOTS.filter((slot) => stored[slot]).map((slot) => ({
    quantity: slot,
    inputs,
    stored,
    truth: stored[slot],
    sets: sets[slot],
  }));
  quantities.push({
    quantity: "update",
    inputs: zero,
    stored: storedFromZero,
    truth: storedFromZero.parameter,
    sets: update.sets.parameter,
  });
  return { quantities, tally };
}

function judged(dialect, h, evaluation, inputs, stored) {
  const { program, observations } = oneStep(dialect, h, inputs, stored, STEP);
  const all = [];
  const { tally, contract } = judgeProgram(program, observations, { dialect, evaluation }, (values) =>
    all.push(values),
  );
  if (tally.rejected > 0 || contract.length > 0) {
    throw new Error(`${dialect.id}: true results were rejected`);
  }
  const { length } = inputs.parameter;
  const slots = SLOTS.filter((slot) => stored[slot]);
  const sets = Object.fromEntries(slots.map((slot, k) => [slot, all.slice(k * length, (k + 1) * length)]));
  return { sets, tally };
}

/** Floats from the lowest to the highest number of a set, both counted; 0 for NaN alone. */
export function spanOf(set) {
  const numbers = set.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return 0;
  return ordinalOf(numbers[numbers.length - 1]) - ordinalOf(numbers[0]) + 1;
}

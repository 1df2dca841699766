import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import { evaluationOf, roundsAtOnce } from "../../spec/evaluation.js";
import type { StepInputs } from "../../spec/update-rule.js";
import { floatText } from "../float32/text.js";
import type { Declaration } from "../judge/declaration.js";
import { type EmulatedStep, emulateStep } from "../oracle/emulated/index.js";
import { Enumerator } from "../oracle/enumerated/enumerated-step.js";
import { encloseStep, holds, meet } from "../oracle/error-enclosure/index.js";
import { type Enclosure, exactStep, isReal } from "../oracle/exact/index.js";
import { type Disagreement, disagreementOn, setText } from "./disagreement.js";
import { mustAccept, type NamedPinned } from "./pinned-choices.js";
import { isIn, judgedSlots, type SampledElement } from "./sampled-element.js";

/** Digits of the exact step: its enclosure is then far narrower than a rounding error. */
const DIGITS = 30;

/**
 * Recompute sampled elements of one step by decimal.js and compare with the engines that judged them.
 *
 * - The exact step, from the state that the implementation had and stored, with the error that the declared choices may
 *   make: every accepted value lies in it.
 *   `withExactOracle` holds the exact oracle itself against that error, for one element.
 * - A pinned evaluation, every operation by decimal.js and rounded once: the bits that the judge's engine gives for
 *   it, of which what is declared is accepted, and nothing that was rejected is one.
 */
export function crossCheck(
  group: readonly SampledElement[],
  one: NamedPinned,
  declaration: Declaration,
  withExactOracle: boolean,
): Disagreement | undefined {
  const emulated = emulate(group, one, declaration);
  return (
    engineDisagreement(group, one, emulated, declaration) ??
    judgeDisagreement(group, one, emulated, declaration) ??
    boundsDisagreement(group, declaration, withExactOracle)
  );
}

/** Every accepted value lies within the derived error of the exact result. */
function boundsDisagreement(
  group: readonly SampledElement[],
  { dialect, evaluation }: Declaration,
  withExactOracle: boolean,
): Disagreement | undefined {
  const [{ step, hyperparameters }] = group;
  const inputs = group.map((element) => element.inputs);
  const observed = group.map((element) => element.observed);
  const bounds = encloseStep(dialect, hyperparameters, step, evaluation, inputs, observed);
  // One element shows whether the exact oracle computes another step.
  const { parameter: _, ...state } = blocksOf(observed.slice(0, 1));
  const first = blocksOf(inputs.slice(0, 1)) as unknown as StepInputs<Float64Array>;
  // Over the reals a decay with λ = 0 is no operation; where it is one in float32, 0·∞ and 0·NaN enter.
  const addsZero =
    hyperparameters.weight_decay === 0 && evaluation["zero-weight-decay"].includes("multiplied");
  const exact =
    withExactOracle && !addsZero
      ? exactStep(dialect, hyperparameters, step, first, { digits: DIGITS, observed: state })
      : undefined;
  const keeps = !roundsAtOnce(evaluation);
  for (const [i, element] of group.entries()) {
    for (const slot of judgedSlots(element)) {
      const bound = bounds[i][slot] as Enclosure;
      const result = exact?.[slot]?.[i];
      // Of infinities the orders of a formula make different things: a lerp takes ∞ − ∞ where two terms are infinite.
      const isNumber = result && isReal(result);
      if (isNumber && !keeps && !meet(bound, result)) {
        const problem = `the exact step gives ${enclosureText(result)}, the same step with rounding errors ${enclosureText(bound)}`;
        return disagreementOn(dialect, element, slot, problem);
      }
      const outside = acceptedOutside(element, slot, bound);
      if (outside === undefined) continue;
      const problem = `the judge accepts ${floatText(outside)}, but the exact step with the error of every declared choice is ${enclosureText(bound)}`;
      return disagreementOn(dialect, element, slot, problem);
    }
  }
  return undefined;
}

/** An accepted value that lies outside an enclosure. Of intervals, only what was observed and accepted is asked for. */
function acceptedOutside(
  { judged, observed }: SampledElement,
  slot: Slot,
  bound: Enclosure,
): number | undefined {
  const { accepted, set } = judged[slot] as NonNullable<(typeof judged)[Slot]>;
  const listed = set.kind === "listed" ? set.values : [];
  // Lists are in order, NaN last: the first, the last and the last number stand for all of them.
  const numbers = listed.filter((value) => !Number.isNaN(value));
  const ends = [...numbers.slice(0, 1), ...numbers.slice(-1), ...listed.slice(-1)];
  const seen = accepted ? [observed[slot] as number] : [];
  return [...new Set([...ends, ...seen])].find((value) => !holds(bound, value));
}

/** The engine that lists acceptance sets gives the bits of the emulation for a pinned evaluation. */
function engineDisagreement(
  group: readonly SampledElement[],
  one: NamedPinned,
  emulated: readonly EmulatedStep[],
  { dialect }: Declaration,
): Disagreement | undefined {
  const [{ step, hyperparameters }] = group;
  const results = ENUMERATOR.step(
    dialect,
    hyperparameters,
    step,
    evaluationOf(one.evaluation),
    blocksOf(group.map(({ inputs }) => inputs)) as unknown as StepInputs<Float64Array>,
    blocksOf(observedFor(group, one)),
  );
  for (const [i, element] of group.entries()) {
    for (const slot of SLOTS) {
      const got = results[slot]?.[0][i];
      const expected = emulated[i][slot];
      if (Object.is(got, expected)) continue;
      const problem = `under ${one.name} the judge's engine gives ${textOf(got)}, the same operations in decimal arithmetic ${textOf(expected)}`;
      return disagreementOn(dialect, element, slot, problem);
    }
  }
  return undefined;
}

/** What is declared is accepted, and what was rejected is nothing that is declared. */
function judgeDisagreement(
  group: readonly SampledElement[],
  one: NamedPinned,
  emulated: readonly EmulatedStep[],
  declaration: Declaration,
): Disagreement | undefined {
  for (const [i, element] of group.entries()) {
    for (const slot of judgedSlots(element)) {
      const { accepted, set } = element.judged[slot] as NonNullable<(typeof element.judged)[Slot]>;
      const seen = element.observed[slot] as number;
      const value = emulated[i][slot];
      const disagreement = (problem: string) => disagreementOn(declaration.dialect, element, slot, problem);
      if (accepted !== isIn(set, seen)) {
        const verdict = accepted ? "accepts" : "rejects";
        return disagreement(`the judge ${verdict} ${floatText(seen)}, while its set is ${setText(set)}`);
      }
      if (value === undefined || !one.isDeclared) continue;
      if (!mustAccept(declaration, one, element, emulated[i], slot) || isIn(set, value)) continue;
      const rejected = Object.is(seen, value) ? ", which the implementation returned" : "";
      return disagreement(
        `under ${one.name} decimal arithmetic gives ${floatText(value)}${rejected}, and the judge accepts ${setText(set)} only`,
      );
    }
  }
  return undefined;
}

function emulate(
  group: readonly SampledElement[],
  one: NamedPinned,
  { dialect }: Declaration,
): EmulatedStep[] {
  const [{ step, hyperparameters }] = group;
  const inputs = group.map((element) => element.inputs);
  return emulateStep(dialect, hyperparameters, step, one.evaluation, inputs, observedFor(group, one));
}

/** Where intermediates are kept, an observed state is one of several readings: the step is then emulated by itself. */
function observedFor(group: readonly SampledElement[], { evaluation }: NamedPinned) {
  return roundsAtOnce(evaluationOf(evaluation)) ? group.map(({ observed }) => observed) : [];
}

const ENUMERATOR = new Enumerator();

/** Blocks of the same keys, one element for each record. */
function blocksOf(records: readonly object[]): Partial<Record<Slot, Float64Array>> {
  const keys = Object.keys(records[0] ?? {});
  const blocks = keys.map((key) => [
    key,
    Float64Array.from(records, (record) => (record as Record<string, number>)[key]),
  ]);
  return Object.fromEntries(blocks);
}

function textOf(x: number | undefined): string {
  return x === undefined ? "nothing" : floatText(x);
}

function enclosureText({ lo, hi, nan }: Enclosure): string {
  if (lo.isNaN()) return "NaN";
  const ends = [lo, hi].map((end) => end.toSignificantDigits(12).toString());
  return `${lo === hi ? ends[0] : `[${ends.join(", ")}]`}${nan ? " or NaN" : ""}`;
}

import type { Slot } from "../../spec/arithmetic.js";
import type { Dialect } from "../../spec/dialect.js";
import { floatText } from "../float32/text.js";
import type { AcceptedValues } from "../judge/mismatch.js";
import { type OneStep, oneStepProgram } from "./one-step-program.js";
import type { SampledElement } from "./sampled-element.js";

/** What the suite found wrong with its own judging, and a program of one element and one step that shows it. */
export interface Disagreement {
  readonly message: string;
  readonly minimal: OneStep;
}

/** @param problem what is wrong, as in "…: the judge accepts NaN" */
export function disagreementOn(
  dialect: Dialect,
  element: SampledElement,
  slot: Slot,
  problem: string,
): Disagreement {
  const { step, parameter, element: index, operation, observed } = element;
  return {
    message: `${slot} of parameter ${parameter}, element ${index}, step ${step} (operation ${operation}): ${problem}`,
    minimal: oneStepProgram(dialect, [element], [observed]),
  };
}

/** A set for people; of a long list its ends. */
export function setText(set: AcceptedValues): string {
  if (set.kind === "intervals") return set.text.join("; ");
  const texts = set.values.map(floatText);
  if (texts.length <= 4) return texts.join(", ");
  return `${texts.slice(0, 2).join(", ")} … ${texts.slice(-2).join(", ")} (${texts.length} values)`;
}

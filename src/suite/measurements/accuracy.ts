import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import { oneStepErrors, type StepErrors } from "../../judge/one-step-errors.js";
import { isolateElement } from "../../program/isolate-element.js";
import type { Program } from "../../program/program.js";
import type { AnsweredProgram } from "./answered-program.js";
import type { MeasuredImplementation } from "./measured-implementation.js";
import type { SlotAccuracy } from "./measurements.js";
import { quantile } from "./quantile.js";

type Worst = SlotAccuracy["worst"];

/** What was seen of a slot so far. */
interface Seen {
  readonly ulps: number[];
  worst?: { readonly program: Program; readonly errors: StepErrors; readonly element: number };
}

/** How accurate single steps are, by slot. Slots of which no step could be measured are left out. */
export async function measureAccuracy(
  implementation: MeasuredImplementation,
  answered: readonly AnsweredProgram[],
): Promise<SlotAccuracy[]> {
  const bySlot = new Map<Slot, Seen>();
  for (const { program, observations } of answered) {
    if (!(await implementation.goesOn())) break;
    for (const errors of oneStepErrors(program, observations, implementation.dialect)) {
      const seen: Seen = bySlot.get(errors.slot) ?? { ulps: [] };
      bySlot.set(errors.slot, seen);
      add(seen, program, errors);
    }
  }
  const accuracy: SlotAccuracy[] = [];
  for (const slot of SLOTS) {
    const { ulps = [], worst } = bySlot.get(slot) ?? {};
    if (!worst) continue;
    const sorted = Float64Array.from(ulps).sort();
    accuracy.push({
      slot,
      elementSteps: sorted.length,
      median: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      worst: await alone(implementation, worst),
    });
  }
  return accuracy;
}

function add(seen: Seen, program: Program, errors: StepErrors): void {
  for (const [element, ulps] of errors.ulps.entries()) {
    if (Number.isNaN(ulps)) continue;
    seen.ulps.push(ulps);
    if (!seen.worst || ulps > seen.worst.errors.ulps[seen.worst.element])
      seen.worst = { program, errors, element };
  }
}

/** The worst element in a program of its own, if it is as wrong there; else where it was found. */
async function alone(
  implementation: MeasuredImplementation,
  { program, errors, element }: Required<Seen>["worst"],
): Promise<Worst> {
  const { slot, parameter, operation } = errors;
  const own = isolateElement(program, parameter, element, operation);
  const [observations] = await implementation.run([own]);
  const again = observations
    ? oneStepErrors(own, observations, implementation.dialect).filter((one) => one.slot === slot)
    : [];
  const last = again.at(-1);
  return last?.ulps[0] === errors.ulps[element] ? worstOf(own, last, 0) : worstOf(program, errors, element);
}

function worstOf(program: Program, errors: StepErrors, element: number): Worst {
  const { parameter, step, ulps, got } = errors;
  return {
    ulps: ulps[element],
    parameter,
    element,
    step,
    got: got[element],
    exact: errors.exactText(element),
    program,
  };
}

import type { Slot } from "../../spec/arithmetic.js";
import { MIN_NORMAL } from "../float32/bits.js";
import { nextDown, nextUp } from "../float32/neighbours.js";
import { floatText } from "../float32/text.js";
import type { Declaration } from "../judge/declaration.js";
import { judgeTimeline } from "../judge/judge-timeline.js";
import { type EmulatedStep, emulateStep } from "../oracle/emulated/index.js";
import { timelinesOf } from "../program/timeline.js";
import { type Disagreement, disagreementOn, setText } from "./disagreement.js";
import { oneStepProgram } from "./one-step-program.js";
import { type NamedPinned, undeclaredContraction } from "./pinned-choices.js";
import { isIn, type SampledElement } from "./sampled-element.js";

type Values = Readonly<Partial<Record<Slot, number>>>;

/** An observation of which it is known how it must be judged. */
interface Control {
  /** What was done to it, as in "the next float above". */
  readonly what: string;
  readonly observed: Values;
  readonly mustAccept: boolean;
}

/** How many controls were judged, and how many rightly. */
export interface ControlCounts {
  negative: number;
  rejected: number;
  positive: number;
  accepted: number;
}

export function noControls(): ControlCounts {
  return { negative: 0, rejected: 0, positive: 0, accepted: 0 };
}

/** Controls are judged in blocks of this length: few lengths keep memory flat. */
const LENGTH = 8;

/** Floats that are tried one by one in search of the next one that is not accepted. */
const MAX_STEPS = 64;

/**
 * Give the judge one observation of one slot in versions of which it is known how they must be judged: moved just outside
 * its set, of another class, fused where no evaluation fuses, and what a declared evaluation gives. All of them go
 * through `judgeTimeline`, which gave the verdicts of the run.
 */
export function judgeControls(
  element: SampledElement,
  slot: Slot,
  pinned: NamedPinned,
  declaration: Declaration,
  counts: ControlCounts,
): Disagreement | undefined {
  const controls = controlsOf(element, slot, pinned, declaration).slice(0, LENGTH);
  if (controls.length === 0) return undefined;
  const rejected = rejectedSlots(element, controls, declaration);
  let found: Disagreement | undefined;
  for (const [i, { what, observed, mustAccept }] of controls.entries()) {
    const isRight = mustAccept ? rejected[i].length === 0 : rejected[i].includes(slot);
    if (mustAccept) counts.positive++;
    else counts.negative++;
    if (isRight && mustAccept) counts.accepted++;
    if (isRight && !mustAccept) counts.rejected++;
    if (isRight || found) continue;
    const set = element.judged[slot]?.set;
    const accepted = set ? `; accepted in the run: ${setText(set)}` : "";
    const value = floatText(observed[slot] as number);
    found = disagreementOn(
      declaration.dialect,
      { ...element, observed },
      slot,
      mustAccept
        ? `the judge rejects ${rejected[i].join(", ")} of ${what}, ${slot} being ${value}`
        : `the judge accepts ${value}, ${what}, which it must reject${accepted}`,
    );
  }
  return found;
}

function controlsOf(
  element: SampledElement,
  slot: Slot,
  pinned: NamedPinned,
  declaration: Declaration,
): Control[] {
  const { observed, judged } = element;
  const seen = observed[slot];
  const decision = judged[slot];
  const emulate = (one = pinned.evaluation, from: Values = {}, misfuses = false): EmulatedStep =>
    emulateStep(
      declaration.dialect,
      element.hyperparameters,
      element.step,
      one,
      [element.inputs],
      [from],
      misfuses,
    )[0];
  const positive: Control[] = pinned.isDeclared
    ? [{ what: `the results of ${pinned.name}`, observed: emulate(), mustAccept: true }]
    : [];
  // An observation outside its set cannot be moved out of it.
  if (seen === undefined || !decision?.accepted) return positive;
  const { set } = decision;
  const before = statesBefore(slot, observed);
  const undeclared = undeclaredContraction(pinned.evaluation, declaration.evaluation);
  const candidates: (readonly [what: string, value: number | undefined])[] = [
    ["the next float above what is accepted", outside(seen, nextUp, (x) => isIn(set, x))],
    ["the next float below what is accepted", outside(seen, nextDown, (x) => isIn(set, x))],
    ["of another class", otherClasses(seen).find((value) => !isIn(set, value))],
    ["both products of a sum fused", emulate(pinned.evaluation, before, true)[slot]],
    ["a product fused that is not declared to be", undeclared && emulate(undeclared, before)[slot]],
  ];
  const negative = candidates.flatMap(([what, value]): Control[] =>
    value === undefined || isIn(set, value)
      ? []
      : [{ what, observed: { ...observed, [slot]: value }, mustAccept: false }],
  );
  return [...positive, ...negative];
}

/** The slots of each version that the judge rejects. */
function rejectedSlots(
  element: SampledElement,
  controls: readonly Control[],
  { dialect, evaluation }: Declaration,
): Slot[][] {
  const padded = Array.from({ length: LENGTH }, (_, i) => controls[Math.min(i, controls.length - 1)]);
  const { program, observations } = oneStepProgram(
    dialect,
    padded.map(() => element),
    padded.map(({ observed }) => observed),
  );
  const rejected: Slot[][] = controls.map(() => []);
  const [timeline] = timelinesOf(program, dialect);
  const problems: string[] = [];
  judgeTimeline(
    timeline,
    observations,
    { dialect, evaluation },
    {
      count: () => {},
      differ: () => {},
      breach: (problem) => problems.push(problem),
      reject: (make) => {
        const mismatch = make();
        rejected[mismatch.element]?.push(mismatch.slot);
      },
    },
  );
  // Every version has its shape and its slots: nothing of it breaks the contract.
  if (problems.length > 0) throw new Error(`a control is judged by the contract: ${problems[0]}`);
  return rejected;
}

/** What the slots hold that are written before one, from which it is computed. */
function statesBefore(slot: Slot, observed: Values): Values {
  const written = ["square_avg", "grad_avg", "momentum_buffer", "parameter"] as const satisfies Slot[];
  const before = written.slice(0, written.indexOf(slot));
  return Object.fromEntries(before.map((each) => [each, observed[each]])) as Values;
}

/** The next float in one direction that is not accepted; undefined where the set goes on, or ends with an infinity. */
function outside(
  from: number,
  next: (x: number) => number,
  isAccepted: (x: number) => boolean,
): number | undefined {
  if (Number.isNaN(from)) return undefined;
  let value = from;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    value = next(value);
    if (!isAccepted(value)) return value;
    if (!Number.isFinite(value)) return undefined;
  }
  return undefined;
}

/** Values of other classes, the ones that are mistaken for a value most easily first. */
function otherClasses(x: number): number[] {
  if (Number.isNaN(x)) return [Number.POSITIVE_INFINITY, 0, 1];
  if (x === 0) return [-x, Number.NaN];
  if (!Number.isFinite(x)) return [Number.NaN, -x];
  return Math.abs(x) < MIN_NORMAL ? [0, Number.NaN] : [Number.NaN, -x];
}

/** The class or size of a value: a control is made for each of them in each slot. */
export function regimeOf(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return "infinite";
  if (x === 0) return Object.is(x, -0) ? "-0" : "+0";
  if (Math.abs(x) < MIN_NORMAL) return "subnormal";
  const binade = Math.floor(Math.log2(Math.abs(x)) / 32);
  return `${x < 0 ? "-" : "+"}2^${32 * binade}`;
}

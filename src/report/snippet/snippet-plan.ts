import { SLOTS, type Slot, STATE_SLOTS, type StateSlot } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { initialMeanSquare } from "../../../spec/initial-state.js";
import { fromBits, sameFloat } from "../../float32/bits.js";
import type { OperationOf, Program, StateEntry } from "../../program/program.js";
import { decodeProgram } from "../../program/program-codec.js";
import { ProgramError } from "../../program/program-error.js";
import type { Tensor } from "../../program/tensor.js";
import { resolveHyperparameters, type Timeline, timelinesOf } from "../../program/timeline.js";
import type { ReportFinding, ReportFloat, ReportMismatch } from "../model/report.js";
import { seenAt } from "../model/seen-before.js";

/** What a snippet does, whatever its language: the program of a finding up to the float that is wrong. */
export interface SnippetPlan {
  /** Number of the finding. */
  readonly number: number;
  /** What others may have said: for a comment, quoted. */
  readonly sentence: string;
  readonly replay: string;
  readonly dialect: Dialect;
  /** The hyperparameters that the dialect reads, in the order of the catalogue. */
  readonly hyperparameters: readonly (keyof Hyperparameters)[];
  /** The state that the dialect keeps. */
  readonly slots: readonly StateSlot[];
  readonly groups: readonly PlannedGroup[];
  readonly parameters: readonly PlannedParameter[];
  readonly actions: readonly PlannedAction[];
  /** The float that is wrong. */
  readonly place: Pick<ReportMismatch, "slot" | "parameter" | "element">;
  /** The same in words. */
  readonly where: string;
  readonly got: number;
  /** What it should be. */
  readonly expected: WantedBits;
}

export interface PlannedGroup {
  readonly hyperparameters: Hyperparameters;
  /** Index of its first parameter. */
  readonly first: number;
  readonly count: number;
}

export interface PlannedParameter {
  readonly group: number;
  readonly tensor: Tensor;
  /** The state before the first step; slots that the dialect does not keep are left out. */
  readonly state: PlannedState;
}

export type PlannedState = { readonly step: number } & { readonly [S in StateSlot]?: Float32Array };

export type PlannedAction =
  | { readonly kind: "step"; readonly gradients: readonly (Tensor | null)[] }
  | {
      readonly kind: "set";
      readonly group: number;
      readonly changes: Partial<Hyperparameters>;
    }
  | { readonly kind: "load"; readonly entries: readonly PlannedEntry[] }
  | { readonly kind: "checkpoint" }
  /** Hold the element against what was seen of it in the run of the report. */
  | { readonly kind: "compare"; readonly seen: readonly { readonly slot: Slot; readonly bits: number }[] };

export interface PlannedEntry {
  readonly parameter: number;
  readonly state: PlannedState;
  /** The slots that are loaded; the others start at their initial values. */
  readonly given: readonly StateSlot[];
}

/** Bits of float32 values: one of `values`, or anything from the lowest to the highest of a range. */
export interface WantedBits {
  /** `claimed` where any rounding is accepted, but the bits of a named evaluation were promised. */
  readonly as: "accepted" | "claimed";
  readonly values: readonly number[];
  readonly ranges: readonly (readonly [lowest: number, highest: number])[];
}

/** Float32 values in all that a snippet may have. A longer one is no help to a reader. */
export const MAX_VALUES = 1024;

/**
 * Why a finding has no snippets, in one sentence; undefined if it has.
 * @throws {ProgramError} for a finding whose program is none, or has nothing where the finding points
 */
export function whyNoSnippets({ number, mismatch, program }: ReportFinding): string | undefined {
  if (program === undefined) return "No program shows it.";
  if (mismatch === undefined) return "It is not about the value of one float.";
  const values = countValues(decodeProgram(program, `program of finding ${number}`));
  if (values <= MAX_VALUES) return undefined;
  return `Its program has ${values} values, and a snippet at most ${MAX_VALUES}; the replay command runs it.`;
}

/**
 * The plan of a finding that has snippets.
 * @throws {ProgramError}
 */
export function snippetPlan(finding: ReportFinding): SnippetPlan | undefined {
  const { number, mismatch, program: wire } = finding;
  if (mismatch === undefined || whyNoSnippets(finding) !== undefined) return undefined;
  const source = `finding ${number}`;
  const program = decodeProgram(wire, `program of ${source}`);
  refuseOtherPlaces(program, mismatch, source);
  const dialect = dialectById(program.dialect);
  const slots = slotsOf(dialect, mismatch.slot);
  const { slot, parameter, element, step } = mismatch;
  return {
    number,
    sentence: finding.sentence,
    replay: finding.replay,
    dialect,
    hyperparameters: hyperparametersOf(dialect),
    slots,
    ...startOf(program, dialect, slots),
    actions: actionsOf(program, mismatch, slots),
    place: { slot, parameter, element },
    where: `${slot} of parameter ${parameter}, element ${element}, after its step ${step}`,
    got: bitsOf(mismatch.got),
    expected: expectedOf(finding, mismatch),
  };
}

function countValues({ operations }: Program): number {
  const tensors = operations.flatMap((operation): (Tensor | null | undefined)[] => {
    switch (operation.op) {
      case "init":
        return operation.groups.flatMap((group) => group.parameters);
      case "step":
        return operation.gradients;
      case "load":
        return operation.state.flatMap((entry) => STATE_SLOTS.map((slot) => entry[slot]));
      default:
        return [];
    }
  });
  return tensors.reduce((sum, tensor) => sum + (tensor?.values.length ?? 0), 0);
}

function refuseOtherPlaces(program: Program, mismatch: ReportMismatch, source: string): void {
  const { operation, parameter, element } = mismatch;
  const [init] = program.operations as [OperationOf<"init">];
  const parameters = init.groups.flatMap((group) => group.parameters);
  const refuse = (field: string, problem: string) => {
    throw new ProgramError(source, `mismatch.${field}`, problem);
  };
  if (program.operations[operation]?.op !== "step")
    refuse("operation", `operation ${operation} of the program is no step`);
  if (parameters[parameter] === undefined)
    refuse("parameter", `there is no parameter ${parameter}; the program has ${parameters.length}`);
  const { length } = parameters[parameter].values;
  if (!(element >= 0 && element < length))
    refuse("element", `there is no element ${element}; parameter ${parameter} has ${length}`);
}

function hyperparametersOf(dialect: Dialect): (keyof Hyperparameters)[] {
  const read: Readonly<Record<keyof Hyperparameters, boolean>> = {
    lr: true,
    alpha: true,
    eps: dialect.epsilon !== "none",
    momentum: dialect.momentum !== "none",
    weight_decay: dialect.weightDecay !== "none",
    centered: dialect.centered === "optional",
    maximize: dialect.maximize === "optional",
    lr_decay: dialect.lrDecay !== "never",
    clip_value: dialect.clipping !== "never",
  };
  return (Object.keys(read) as (keyof Hyperparameters)[]).filter((name) => read[name]);
}

function slotsOf({ centered, momentum }: Dialect, needed: Slot): StateSlot[] {
  const kept: Readonly<Record<StateSlot, boolean>> = {
    square_avg: true,
    grad_avg: centered !== "never",
    momentum_buffer: momentum !== "none" && momentum !== "ignored",
  };
  return STATE_SLOTS.filter((slot) => kept[slot] || slot === needed);
}

function startOf(program: Program, dialect: Dialect, slots: readonly StateSlot[]) {
  const [init] = program.operations as [OperationOf<"init">];
  const timelines = timelinesOf(program, dialect);
  let first = 0;
  const groups = init.groups.map(({ hyperparameters, parameters }): PlannedGroup => {
    const count = parameters.length;
    first += count;
    return {
      hyperparameters: resolveHyperparameters(dialect, hyperparameters),
      first: first - count,
      count,
    };
  });
  const parameters = init.groups.flatMap((group, g) =>
    group.parameters.map((tensor): PlannedParameter => {
      return {
        group: g,
        tensor,
        state: stateOf(0, slots, startingSquare(timelines.shift()!, dialect), {}),
      };
    }),
  );
  return { groups, parameters };
}

/** Where a dialect's mean square begins. One that must be given is given by a load, and zeros are replaced by it. */
function startingSquare({ initial, events }: Timeline, dialect: Dialect): Float32Array {
  const square = new Float32Array(initial.values.length);
  const first = events.find((event) => event.kind === "step");
  if (!first || dialect.initialAccumulator === "given") return square;
  const { hyperparameters, gradient } = first;
  return square.map((_, i) => initialMeanSquare(dialect, hyperparameters, gradient.values[i], Math.fround));
}

/** Buffers that are not given are zeros. */
function stateOf(
  step: number,
  slots: readonly StateSlot[],
  square: Float32Array,
  given: Partial<Record<StateSlot, Tensor>>,
): PlannedState {
  const buffers = slots.map((slot) => {
    const values = slot === "square_avg" ? square : given[slot]?.values;
    return [slot, values ?? new Float32Array(square.length)];
  });
  return { step, ...Object.fromEntries(buffers) };
}

/** Operations up to the observation that shows the float; other observations ask nothing of an optimizer. */
function actionsOf(
  program: Program,
  { slot, operation, seen = [] }: ReportMismatch,
  slots: readonly StateSlot[],
): PlannedAction[] {
  const until = seenAt(program, slot, operation);
  return program.operations
    .slice(0, until)
    .concat(until === operation ? program.operations[until] : [])
    .flatMap((each, i): PlannedAction[] => {
      switch (each.op) {
        case "step":
          return [{ kind: "step", gradients: each.gradients }];
        case "set":
          return [{ kind: "set", group: each.group, changes: defined(each.hyperparameters) }];
        case "load":
          return [{ kind: "load", entries: each.state.map((entry) => entryOf(entry, slots)) }];
        case "checkpoint":
          return [{ kind: "checkpoint" }];
        case "observe":
          return seen
            .filter((one) => one.operation === i)
            .map(({ values }) => ({ kind: "compare", seen: seenBits(values, slots) }));
        default:
          return [];
      }
    });
}

function entryOf(entry: StateEntry, slots: readonly StateSlot[]): PlannedEntry {
  const { parameter, step, square_avg, grad_avg, momentum_buffer } = entry;
  const given = { ...(grad_avg && { grad_avg }), ...(momentum_buffer && { momentum_buffer }) };
  const loaded = slots.filter((slot) => entry[slot]);
  return { parameter, state: stateOf(step, slots, square_avg.values, given), given: loaded };
}

function seenBits(values: Partial<Record<Slot, ReportFloat>>, slots: readonly StateSlot[]) {
  return SLOTS.flatMap((slot) => {
    const value = values[slot];
    const known = slot === "parameter" || slots.includes(slot);
    return value && known ? [{ slot, bits: bitsOf(value) }] : [];
  });
}

function defined(changes: OperationOf<"set">["hyperparameters"]): Partial<Hyperparameters> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function expectedOf({ number }: ReportFinding, { got, accepted, reference }: ReportMismatch): WantedBits {
  const requested = acceptedBits(accepted);
  if (!contains(requested, bitsOf(got))) return requested;
  if (reference) return { as: "claimed", values: [bitsOf(reference)], ranges: [] };
  const problem = "the float is among the accepted ones, and there is no reference that it could differ from";
  throw new ProgramError(`finding ${number}`, "mismatch.got", problem);
}

function acceptedBits(accepted: ReportMismatch["accepted"]): WantedBits {
  if (accepted.kind === "listed") return { as: "accepted", values: accepted.values.map(bitsOf), ranges: [] };
  const pairs = accepted.ranges.map(([lowest, highest]) => [bitsOf(lowest), bitsOf(highest)] as const);
  // In a range from 0 to 0 are both zeros.
  const isAlone = ([lowest, highest]: readonly [number, number]) =>
    lowest === highest && fromBits(lowest) !== 0;
  return {
    as: "accepted",
    values: pairs.filter(isAlone).map(([alone]) => alone),
    ranges: pairs.filter((pair) => !isAlone(pair)),
  };
}

function contains({ values, ranges }: WantedBits, bits: number): boolean {
  const x = fromBits(bits);
  return (
    values.some((one) => sameFloat(fromBits(one), x)) ||
    ranges.some(([lowest, highest]) => fromBits(lowest) <= x && x <= fromBits(highest))
  );
}

function bitsOf({ bits }: ReportFloat): number {
  return Number(bits);
}

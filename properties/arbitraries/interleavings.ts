import fc from "fast-check";
import { type Slot, STATE_SLOTS, type StateSlot } from "../../spec/arithmetic.js";
import type { Capability } from "../../spec/capabilities.js";
import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { hasMomentum } from "../../spec/step-shape.js";
import type { Operation, Program, ProgramHyperparameters, StateEntry } from "../../src/program/program.js";
import type { Tensor } from "../../src/program/tensor.js";
import { arb, describeRange } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import {
  ALL_REGIMES,
  anyBits,
  CALM_REGIMES,
  edgeFloat,
  floatWithExponent,
  gridFloat,
  REGIMES,
  type Regime,
} from "./floats.js";
import { hyperparameters, type Stratum } from "./hyperparameters.js";
import { OptimizerModel } from "./optimizer-model.js";
import { programOf, smallParameter } from "./traces.js";

/**
 * Interleavings of everything that may be done to an optimizer, by fast-check's commands. A program travels to an
 * implementation in one piece, so the system that the commands run on is the program: each appends its operations, if
 * the model allows them after those before it. What is judged, replayed and shrunk is a program like any other.
 */

/** Some floats, repeated over the elements of a tensor of any shape. */
type Pattern = readonly number[];

interface GroupInput {
  readonly given: ProgramHyperparameters;
  readonly parameters: readonly { readonly shape: readonly number[]; readonly values: Pattern }[];
}

/** Groups of parameters, and what is done to them. */
export interface Interleaving {
  readonly groups: readonly GroupInput[];
  readonly commands: Iterable<ProgramCommand>;
  /** Whether buffers may be needed that the state does not have. */
  readonly lateBuffers: boolean;
  /** What is observed where no command observes anything. */
  readonly observable: readonly Slot[];
}

type ProgramCommand = fc.Command<OptimizerModel, Draft>;

/** The operations so far, for commands to append to. */
class Draft {
  private generated: { readonly length: number; readonly usesLateBuffer: boolean } | undefined;

  constructor(private readonly operations: Operation[]) {}

  append(operation: Operation): void {
    this.operations.push(operation);
  }

  observe(slots: readonly Slot[], model: Readonly<OptimizerModel>): void {
    this.append({ op: "observe", slots: [...slots] });
    this.generated = { length: this.operations.length, usesLateBuffer: model.usesLateBuffer };
  }

  /** Up to the last observation, as what follows would not show; and at least one. */
  program(dialect: Dialect, observable: readonly Slot[]): InterleavedProgram {
    const operations: Operation[] = this.generated
      ? this.operations.slice(0, this.generated.length)
      : [this.operations[0], { op: "observe", slots: [...observable] }];
    return {
      program: programOf(dialect, operations),
      usesLateBuffer: this.generated?.usesLateBuffer ?? false,
    };
  }
}

/** What is drawn first, and holds for the whole interleaving. */
interface InputKind {
  readonly stratum: Stratum;
  readonly values: "calm" | "any";
  readonly lateBuffers: boolean;
}

const MAX_COMMANDS = 32;
const GROUPS = { minLength: 1, maxLength: 3 };
const PARAMETERS = { minLength: 1, maxLength: 2 };
/** Taken modulo the number of groups, of which each count divides this and one. */
const ANY_GROUP = 5;
/** Lists are repeated where there are more parameters. */
const PER_PARAMETER = { minLength: 1, maxLength: 3 };
const ONE = { minLength: 1, maxLength: 1 };
const PATTERN = { minLength: 1, maxLength: 3 };
const SHAPES = [[1], [], [3], [2, 2], [0], [9], [2, 0, 3], [17]] as const;

/** How often each command is drawn, and what an implementation must offer for it. */
const COMMANDS = {
  step: { weight: 8, requires: [] },
  set: { weight: 5, requires: ["set"] },
  load: { weight: 2, requires: ["load"] },
  checkpoint: { weight: 3, requires: ["checkpoint"] },
} as const satisfies Record<string, { weight: number; requires: readonly Capability[] }>;
type CommandName = keyof typeof COMMANDS;

/** What the dialect has and the implementation offers: nothing else is asked for. */
interface Offer {
  readonly dialect: Dialect;
  readonly commands: readonly CommandName[];
  /** Hyperparameters of the dialect. */
  readonly names: readonly (keyof Hyperparameters)[];
  /** Hyperparameters that may be changed to something else. */
  readonly changeable: readonly (keyof Hyperparameters)[];
  /** Slots other than the mean square. */
  readonly buffers: readonly StateSlot[];
  readonly observable: readonly Slot[];
  readonly groups: boolean;
  readonly missingGradients: boolean;
  readonly parts: { readonly [P in "momentum" | "centered" | "weightDecay" | "maximize"]: boolean };
}

function offerOf(
  dialect: Dialect,
  capabilities: readonly Capability[],
  fixed: readonly (keyof Hyperparameters)[],
): Offer {
  const offers = (capability: Capability) => capabilities.includes(capability);
  const has = {
    momentum: hasMomentum(dialect),
    centered: dialect.centered !== "never",
    weightDecay: dialect.weightDecay !== "none",
    maximize: dialect.maximize === "optional",
  };
  const parts = {
    momentum: has.momentum && offers("momentum"),
    centered: has.centered && offers("centered"),
    weightDecay: has.weightDecay && offers("weight-decay"),
    maximize: has.maximize && offers("maximize"),
  };
  const optional = [
    ["eps", dialect.epsilon !== "none", true],
    ["momentum", has.momentum, parts.momentum],
    ["weight_decay", has.weightDecay, parts.weightDecay],
    ["centered", dialect.centered === "optional", parts.centered],
    ["maximize", has.maximize, parts.maximize],
    ["lr_decay", dialect.lrDecay !== "never", true],
    ["clip_value", dialect.clipping !== "never", true],
  ] as const;
  const namesOf = (kept: (typeof optional)[number][]) =>
    ["lr", "alpha", ...kept.map(([name]) => name)] as const;
  const changeable = namesOf(optional.filter(([, inDialect, offered]) => inDialect && offered)).filter(
    (name) => !fixed.includes(name),
  );
  const buffers = [
    ...(parts.centered ? (["grad_avg"] as const) : []),
    ...(parts.momentum ? (["momentum_buffer"] as const) : []),
  ];
  const commands = Object.entries(COMMANDS) as [CommandName, { readonly requires: readonly Capability[] }][];
  return {
    dialect,
    commands: commands.flatMap(([name, { requires }]) =>
      requires.every(offers) && (name !== "set" || changeable.length > 0) ? [name] : [],
    ),
    names: namesOf(optional.filter(([, inDialect]) => inDialect)),
    changeable,
    buffers,
    observable: ["parameter", ...(offers("state") ? (["square_avg", ...buffers] as const) : [])],
    groups: offers("groups"),
    missingGradients: offers("missing-gradient"),
    parts,
  };
}

/**
 * Interleavings that need no more than what the dialect has and the implementation offers; they shrink by leaving
 * commands out, then by simpler ones.
 * @param fixed hyperparameters that are not changed between steps
 */
export function interleavings(
  dialect: Dialect,
  capabilities: readonly Capability[],
  fixed: readonly (keyof Hyperparameters)[] = [],
): DescribedArbitrary<Interleaving> {
  const offer = offerOf(dialect, capabilities, fixed);
  const kind: DescribedArbitrary<InputKind> = arb.record({
    stratum: arb.constantFrom<Stratum>("dyadic", "decimal"),
    values: arb.constantFrom("calm", "calm", "calm", "any"),
    lateBuffers: arb.constantFrom(false, false, false, true),
  });
  const drawn = kind.chain((inputKind) =>
    arb.record({
      groups: arb.array(groupsOf(offer, inputKind), offer.groups ? GROUPS : { minLength: 1, maxLength: 1 }),
      commands: arb.commands(
        offer.commands.map((name) => ({
          weight: COMMANDS[name].weight,
          arbitrary: commandsOf(offer, inputKind)[name](),
        })),
        { maxCommands: MAX_COMMANDS },
      ),
      lateBuffers: arb.constant(inputKind.lateBuffers),
      observable: arb.constant(offer.observable),
    }),
  );
  return drawn.as(() => describeInterleaving(offer));
}

function describeInterleaving(offer: Offer): string {
  const { commands, buffers, groups, missingGradients, dialect, parts } = offer;
  const weighted = commands.map((name) => `${COMMANDS[name].weight}× ${name}`).join(", ");
  const groupCount = groups ? `${describeRange(GROUPS.minLength, GROUPS.maxLength)} groups` : "1 group";
  const parameterCount = describeRange(PARAMETERS.minLength, PARAMETERS.maxLength);
  return [
    `interleavings of 0–${MAX_COMMANDS} commands (${weighted})`,
    `each 8th step left out, each 6th not observed and each 6th in part`,
    `${groupCount} of ${parameterCount} parameters of 0–17 elements`,
    `values of calm regimes (${CALM_REGIMES.join(", ")}) or, once in 4, of any (${ALL_REGIMES.join(", ")})`,
    ...(missingGradients ? ["gradients missing once in 4"] : []),
    ...(buffers.length > 0 ? ["once in 4 with changes and loads after which buffers are needed late"] : []),
    hyperparameters(dialect, parts).distribution,
  ].join("; ");
}

function patternOf(...elements: readonly DescribedArbitrary<number>[]): DescribedArbitrary<Pattern> {
  return arb.oneof(...elements.map((element) => arb.array(element, PATTERN)));
}

function regimePatterns(regimes: readonly Regime[]): DescribedArbitrary<Pattern> {
  return patternOf(...regimes.map((regime) => REGIMES[regime]));
}

function parametersOf({ values }: InputKind): DescribedArbitrary<Pattern> {
  return values === "calm" ? patternOf(smallParameter) : patternOf(smallParameter, anyBits, edgeFloat);
}

function gradientsOf({ values }: InputKind): DescribedArbitrary<Pattern> {
  return regimePatterns(values === "calm" ? CALM_REGIMES : ALL_REGIMES);
}

function squaresOf({ values }: InputKind): DescribedArbitrary<Pattern> {
  const calm = floatWithExponent(-4, 4).map(Math.abs);
  return values === "calm" ? patternOf(calm) : patternOf(calm, anyBits.map(Math.abs), anyBits, edgeFloat);
}

/** In calm weather the squared mean gradient stays below the mean square. */
function buffersOf({ values }: InputKind): DescribedArbitrary<Pattern> {
  const calm = gridFloat.map((x) => x / 64);
  return values === "calm" ? patternOf(calm) : patternOf(calm, anyBits, REGIMES.special);
}

function given(
  { dialect, names, parts }: Offer,
  { stratum }: InputKind,
): DescribedArbitrary<ProgramHyperparameters> {
  return hyperparameters(dialect, parts, arb.constant(stratum)).map((h) => pick(h, names));
}

function pick(h: Hyperparameters, names: readonly (keyof Hyperparameters)[]): ProgramHyperparameters {
  return Object.fromEntries(names.map((name) => [name, h[name]])) as ProgramHyperparameters;
}

function groupsOf(offer: Offer, inputKind: InputKind): DescribedArbitrary<GroupInput> {
  return arb.record({
    given: given(offer, inputKind),
    parameters: arb.array(
      arb.record({
        shape: arb.constantFrom<readonly number[]>(...SHAPES),
        values: parametersOf(inputKind),
      }),
      PARAMETERS,
    ),
  });
}

/** The operations of a program, as commands that append them. */
function commandsOf(
  offer: Offer,
  inputKind: InputKind,
): Record<CommandName, () => DescribedArbitrary<ProgramCommand>> {
  const { observable, buffers, changeable, missingGradients } = offer;
  return {
    step: () => {
      const gradient = gradientsOf(inputKind);
      const perParameter = missingGradients ? arb.option(gradient, { freq: 4 }) : gradient;
      return arb
        .record({
          gradients: arb.option(arb.array<Pattern | null>(perParameter, PER_PARAMETER), { freq: 8 }),
          observed: observedSlots(observable),
        })
        .map((drawn) => new StepCommand(drawn.gradients, drawn.observed));
    },
    set: () =>
      arb
        .record({
          group: arb.nat({ max: ANY_GROUP }),
          changes: arb
            .tuple(given(offer, inputKind), arb.subarray(changeable))
            .map(([h, names]) => pick(h as Hyperparameters, names)),
        })
        .map(({ group, changes }) => new SetCommand(group, changes)),
    load: () => {
      const entry: DescribedArbitrary<EntryInput> = arb.record({
        square_avg: squaresOf(inputKind),
        grad_avg: buffersOf(inputKind),
        momentum_buffer: buffersOf(inputKind),
        given: arb.subarray(buffers),
      });
      // Where no gradient can be missing, all parameters have taken the same number of steps: an implementation may
      // keep one count for all of them.
      const steps = arb.array(arb.nat({ max: 3 }), missingGradients ? PER_PARAMETER : ONE);
      const entries = arb.array(missingGradients ? arb.option(entry, { freq: 3 }) : entry, PER_PARAMETER);
      return arb
        .record({ steps, entries })
        .map((drawn) => new LoadCommand(drawn.steps, drawn.entries, inputKind.lateBuffers));
    },
    checkpoint: () => arb.constant(CHECKPOINT),
  };
}

/** Nothing once in 6, everything four times in 6, otherwise some of it. Shrinks to nothing, or else to everything. */
function observedSlots(observable: readonly Slot[]): DescribedArbitrary<readonly Slot[]> {
  const subsets = observable.reduce<Slot[][]>(
    (before, slot) => before.flatMap((slots) => [slots, [...slots, slot]]),
    [[]],
  );
  const times = (count: number, slots: readonly Slot[]) => Array.from({ length: count }, () => slots);
  const { length } = subsets;
  return arb.constantFrom(...times(length, []), ...times(4 * length, observable), ...subsets);
}

/** A step, or none, and what is observed after it. */
class StepCommand implements ProgramCommand {
  constructor(
    private readonly gradients: readonly (Pattern | null)[] | null,
    private readonly observed: readonly Slot[],
  ) {}

  check(): boolean {
    return this.gradients !== null || this.observed.length > 0;
  }

  run(model: OptimizerModel, draft: Draft): void {
    if (this.gradients) draft.append({ op: "step", gradients: this.step(model, this.gradients) });
    if (this.observed.length > 0) draft.observe(this.observed, model);
  }

  private step(model: OptimizerModel, drawn: readonly (Pattern | null)[]): (Tensor | null)[] {
    return model.parameters.map(({ shape }, k) => {
      const gradient = drawn[k % drawn.length];
      if (!gradient) return null;
      model.step(k);
      return tensorOf(shape, gradient);
    });
  }
}

class SetCommand implements ProgramCommand {
  constructor(
    private readonly group: number,
    private readonly changes: ProgramHyperparameters,
  ) {}

  check(model: Readonly<OptimizerModel>): boolean {
    return Object.keys(this.allowed(model)).length > 0;
  }

  run(model: OptimizerModel, draft: Draft): void {
    const hyperparameters = this.allowed(model);
    const group = this.group % model.groupCount;
    model.set(group, hyperparameters);
    draft.append({ op: "set", group, hyperparameters });
  }

  private allowed(model: Readonly<OptimizerModel>): ProgramHyperparameters {
    return model.allowedChanges(this.group % model.groupCount, this.changes);
  }
}

type EntryInput = { readonly given: readonly StateSlot[] } & {
  readonly [S in StateSlot]: Pattern;
};

class LoadCommand implements ProgramCommand {
  /**
   * @param steps taken by each parameter, used in turn
   * @param omits whether buffers may be left out that the present hyperparameters use
   */
  constructor(
    private readonly steps: readonly number[],
    private readonly entries: readonly (EntryInput | null)[],
    private readonly omits: boolean,
  ) {}

  check(model: Readonly<OptimizerModel>): boolean {
    return model.parameters.some((_, k) => this.entryOf(k));
  }

  run(model: OptimizerModel, draft: Draft): void {
    const state = model.parameters.flatMap(({ shape }, parameter): StateEntry[] => {
      const entry = this.entryOf(parameter);
      if (!entry) return [];
      const used = this.omits ? [] : model.usedSlots(parameter);
      const slots = STATE_SLOTS.filter((slot) => [...used, "square_avg", ...entry.given].includes(slot));
      model.load(parameter, slots);
      const tensors = Object.fromEntries(slots.map((slot) => [slot, tensorOf(shape, entry[slot])]));
      return [{ parameter, step: this.steps[parameter % this.steps.length], ...tensors } as StateEntry];
    });
    draft.append({ op: "load", state });
  }

  private entryOf(parameter: number): EntryInput | null {
    return this.entries[parameter % this.entries.length];
  }
}

const CHECKPOINT: ProgramCommand = {
  check: () => true,
  run: (_, draft) => draft.append({ op: "checkpoint" }),
  toString: () => "checkpoint",
};

function tensorOf(shape: readonly number[], pattern: Pattern): Tensor {
  const length = shape.reduce((n, extent) => n * extent, 1);
  const values = Float32Array.from({ length }, (_, i) => pattern[i % pattern.length]);
  return { shape: [...shape], values };
}

/** An interleaving as a program. */
export interface InterleavedProgram {
  readonly program: Program;
  /** Whether an operation uses a buffer that the state does not have: some implementations have no answer there. */
  readonly usesLateBuffer: boolean;
}

/** The program of an interleaving, up to its last observation. */
export function interleavedProgram(
  dialect: Dialect,
  { groups, commands, lateBuffers, observable }: Interleaving,
): InterleavedProgram {
  const init: Operation = {
    op: "init",
    groups: groups.map(({ given, parameters }) => ({
      hyperparameters: given,
      parameters: parameters.map(({ shape, values }) => tensorOf(shape, values)),
    })),
  };
  const shaped = groups.map(({ given, parameters }) => ({
    given,
    shapes: parameters.map(({ shape }) => shape),
  }));
  const model = new OptimizerModel(dialect, shaped, lateBuffers);
  const real = new Draft([init]);
  fc.modelRun(() => ({ model, real }), commands);
  return real.program(dialect, observable);
}

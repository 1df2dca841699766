import { expect } from "vitest";
import type { ObservedParameter } from "../../program/observation.js";
import type { Operation, Program } from "../../program/program.js";
import { type Tensor, vector } from "../../program/tensor.js";
import { quoteLine } from "../child/quote-line.js";
import type { Reply } from "../reply.js";
import { ALL_SLOTS, init, observe, programOf, randomPrograms, step } from "./adapter-programs.js";
import type { Mutation } from "./message-mutations.js";

/** What the tests of mutated messages have in common, in both directions. */

const given = process.env.RMSPROP_MUTATIONS;
/** Set in the environment: more than the few of an ordinary run. */
export const THOROUGH = given !== undefined;
/** Messages that are mutated in each direction: RMSPROP_MUTATIONS, or few enough for an ordinary run. */
export const MUTATIONS = given === undefined ? 4000 : Number(given);
/** RMSPROP_MUTATION_SEED, or always the same. */
export const SEED = Number(process.env.RMSPROP_MUTATION_SEED ?? 20_411);
/** Far more than it takes: whatever hangs is found sooner. */
export const LIMIT = { timeout: THOROUGH ? 7_200_000 : 900_000 };
/** Milliseconds after which a process counts as hanging, however loaded the machine is. */
export const TIMEOUT_MS = 60_000;

const observeParameter: Operation = { op: "observe", slots: ["parameter"] };
const tensor = (shape: number[], ...values: number[]): Tensor => ({
  shape,
  values: Float32Array.from(values),
});
const EVERYTHING = { momentum: 0.9, centered: true, weight_decay: 0.01, maximize: true };
const SPECIAL = vector([Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** -149, 3e38, -1e-23]);

/** Programs that are carried out. */
export const PROGRAMS: readonly Program[] = [
  programOf(
    init({}, vector([0.5, -0.25])),
    step(vector([1, 2])),
    observe,
    step(vector([-3, 0.125])),
    observe,
  ),
  programOf(
    init(EVERYTHING, tensor([2, 3], 1, 2, 3, 4, 5, 6), tensor([], 7)),
    step(tensor([2, 3], 0.5, -1, 2, -4, 8, 0), tensor([], -0.75)),
    observe,
    step(tensor([2, 3], 3, 1, 4, 1, 5, 9), null),
    observe,
  ),
  programOf(init({ eps: 0 }, vector([-0, 1, 2, 3, 4, 5])), step(SPECIAL), observe, step(SPECIAL), observe),
  programOf(
    init({ centered: true }, tensor([0]), tensor([2, 0])),
    step(tensor([0]), tensor([2, 0])),
    observe,
  ),
  programOf(
    {
      op: "init",
      groups: [
        { hyperparameters: { lr: 0.5 }, parameters: [vector([1, 2])] },
        { hyperparameters: { momentum: 0.5 }, parameters: [tensor([1, 2], 3, 4), vector([5])] },
      ],
    },
    observeParameter,
    {
      op: "load",
      state: [
        { parameter: 1, step: 3, square_avg: tensor([1, 2], 4, 9), momentum_buffer: tensor([1, 2], 1, -1) },
      ],
    },
    observe,
    step(vector([1, -1]), tensor([1, 2], 2, 3), vector([-2])),
    { op: "checkpoint" },
    { op: "set", group: 1, hyperparameters: { lr: 0.25, alpha: 0.5 } },
    step(vector([0.25, 1]), tensor([1, 2], -2, 1), vector([6])),
    observe,
  ),
  // The state is never shown, so that sets are carried along.
  programOf(
    init({ momentum: 0.5 }, vector([1, 3])),
    step(vector([2, -1])),
    observeParameter,
    step(vector([1, 4])),
    {
      op: "observe",
      slots: ["parameter", "gradient"],
    },
  ),
  programOf(init({}, vector([2])), step(vector([1])), step(vector([3])), observeParameter, observe),
  // Slots that stay though nothing uses them any more.
  programOf(
    init({ centered: true, momentum: 0.5 }, vector([2])),
    step(vector([1])),
    { op: "set", group: 0, hyperparameters: { centered: false, momentum: 0 } },
    step(vector([2])),
    observe,
    {
      op: "load",
      state: [
        {
          parameter: 0,
          step: 5,
          square_avg: vector([4]),
          grad_avg: vector([1]),
          momentum_buffer: vector([3]),
        },
      ],
    },
    observe,
    step(vector([-1])),
    observe,
  ),
  ...randomPrograms(20_412, 24),
];

/** Programs that are refused. */
export const REFUSED: readonly Program[] = [
  programOf(init({ lr: -1 }, vector([1])), step(vector([1])), observe),
  programOf(
    init({}, vector([1])),
    { op: "set", group: 0, hyperparameters: { alpha: -0.5 } },
    step(vector([1])),
    observe,
  ),
  { ...programOf(init({}, vector([1])), step(vector([1])), observe), dialect: "keras" },
];

/** Elements as bit patterns, where NaN is one class. */
function bits({ shape, values }: Tensor): string {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return `[${shape.join()}] ${Array.from(values, (x, k) => (Number.isNaN(x) ? "NaN" : patterns[k].toString(16))).join()}`;
}

/** Whether a slot of a parameter is one that must be shown in an observation. */
export type Use = (observation: number, parameter: number, slot: (typeof ALL_SLOTS)[number]) => boolean;

/** What all is different in a reply. Slots that no step used may be told apart. */
export function differencesOf(original: Reply, got: Reply, isUsed: Use = () => true): string[] {
  if (original.status !== got.status) return [`${got.status} instead of ${original.status}`];
  if (original.status === "error" && got.status === "error") {
    return original.phase === got.phase && original.class === got.class ? [] : ["another error"];
  }
  if (original.status === "unsupported" && got.status === "unsupported") {
    return original.capability === got.capability ? [] : ["another capability"];
  }
  if (original.status !== "ok" || got.status !== "ok") throw new Error("unreachable");
  if (original.observations.length !== got.observations.length) return ["number of observations"];
  return original.observations.flatMap(({ parameters }, k) => {
    const others = got.observations[k].parameters;
    if (others.length !== parameters.length) return ["number of parameters"];
    return parameters.flatMap((entry, p) => entryDifferences(entry, others[p], (slot) => isUsed(k, p, slot)));
  });
}

function entryDifferences(
  original: ObservedParameter,
  got: ObservedParameter,
  isUsed: (slot: (typeof ALL_SLOTS)[number]) => boolean,
): string[] {
  const slots = ALL_SLOTS.flatMap((slot) => {
    const [before, after] = [original[slot], got[slot]];
    if (!before) return after ? ["slot added"] : [];
    if (after && bits(before) === bits(after)) return [];
    const name = slot === "gradient" || isUsed(slot) ? slot : "unused slot";
    return [`${name} ${after ? "changed" : "lost"}`];
  });
  return original.step === got.step ? slots : [...slots, "step count"];
}

/** What became of mutations, and what must not have become of any. */
export class Ledger {
  private readonly counts = new Map<string, number>();
  private readonly problems: string[] = [];

  count(category: string): void {
    this.counts.set(category, (this.counts.get(category) ?? 0) + 1);
  }

  problem(what: string, { kind, bytes }: Mutation): void {
    this.count("PROBLEM");
    if (this.problems.length < 20) this.problems.push(`${what} | ${kind} | ${quoteAll(bytes)}`);
  }

  total(category: RegExp): number {
    return [...this.counts].reduce((sum, [name, n]) => (category.test(name) ? sum + n : sum), 0);
  }

  /** Print the counts, and fail if there is a problem. */
  close(title: string): void {
    const sorted = [...this.counts].sort(([, a], [, b]) => b - a);
    console.info(`${title}: ${sorted.map(([category, n]) => `${n} ${category}`).join(", ")}`);
    expect(this.problems).toEqual([]);
  }
}

function quoteAll(bytes: Buffer): string {
  return bytes.length < 12_000 ? JSON.stringify(bytes.toString("latin1")) : quoteLine(bytes);
}

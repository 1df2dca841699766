import type { BenignTrial } from "./try-benign.js";
import type { MutantTrial } from "./try-mutant.js";

/** The trial of the suite under one seed. */
export interface TrialResult {
  readonly seed: number;
  readonly mutants: readonly MutantTrial[];
  readonly benign: readonly BenignTrial[];
}

/** The two scores of a trial, and what spoils them. */
export interface TrialScores {
  readonly mutants: number;
  readonly killed: number;
  readonly survived: readonly MutantTrial[];
  readonly wrongClause: readonly MutantTrial[];
  readonly benign: number;
  readonly accepted: number;
  readonly rejected: readonly BenignTrial[];
  /** Every mutant killed by its clause and every benign variant accepted, and both tried at all. */
  readonly passed: boolean;
}

export function scoresOf({ mutants, benign }: TrialResult): TrialScores {
  const rejected = benign.filter(({ conforms }) => !conforms);
  const killed = mutants.filter(({ outcome }) => outcome === "killed").length;
  return {
    mutants: mutants.length,
    killed,
    survived: mutants.filter(({ outcome }) => outcome === "survived"),
    wrongClause: mutants.filter(({ outcome }) => outcome === "wrong-clause"),
    benign: benign.length,
    accepted: benign.length - rejected.length,
    rejected,
    passed: killed === mutants.length && rejected.length === 0 && mutants.length + benign.length > 0,
  };
}

/** How soon mutants die, in the gate's order. */
export interface KillTimes {
  /** Share of mutants killed within so many seconds, by the number of seconds. */
  readonly within: Readonly<Record<"1" | "10", number>>;
  readonly medianCases: number;
  readonly medianSeconds: number;
  readonly worstSeconds: number;
}

/** @returns undefined if nothing was killed */
export function killTimesOf(mutants: readonly MutantTrial[]): KillTimes | undefined {
  const kills = mutants.flatMap(({ first }) => (first ? [first] : []));
  if (kills.length === 0) return undefined;
  const seconds = kills.map((kill) => kill.seconds).sort((a, b) => a - b);
  const cases = kills.map((kill) => kill.cases).sort((a, b) => a - b);
  const middle = Math.floor(kills.length / 2);
  const within = (limit: number) => seconds.filter((s) => s <= limit).length / mutants.length;
  return {
    within: { "1": within(1), "10": within(10) },
    medianCases: cases[middle],
    medianSeconds: seconds[middle],
    worstSeconds: seconds[seconds.length - 1],
  };
}

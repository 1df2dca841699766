import { CLAUSE_FAMILIES, CLAUSES } from "../../spec/clauses.js";
import type { Kill, MutantTrial } from "./try-mutant.js";

/** What one clause earns: the mutants that live if every case that names it is taken away. */
export interface ClauseEarnings {
  readonly clause: string;
  /** Mutants with this clause as the one that must kill them. */
  readonly assigned: readonly string[];
  /** Mutants that a case of this clause kills. */
  readonly kills: readonly string[];
  /** Mutants that no case without this clause kills. */
  readonly only: readonly string[];
}

/**
 * The ablation of a trial in which all cases were run.
 * @throws {RangeError} for a trial that stopped at the first failures
 */
export function ablationOf(mutants: readonly MutantTrial[]): ClauseEarnings[] {
  const failing = new Map(mutants.map((mutant) => [mutant.id, failingOf(mutant)]));
  return CLAUSES.map(({ id: clause }) => {
    const names = ({ clauses }: Pick<Kill, "clauses">) => clauses.includes(clause);
    return {
      clause,
      assigned: mutants.filter((mutant) => mutant.clause === clause).map(({ id }) => id),
      kills: mutants.filter(({ id }) => failing.get(id)?.some(names)).map(({ id }) => id),
      only: mutants
        .filter(({ id }) => {
          const cases = failing.get(id) ?? [];
          return cases.length > 0 && cases.every(names);
        })
        .map(({ id }) => id),
    };
  });
}

/** What one family of clauses earns. */
export interface FamilyEarnings {
  readonly family: number;
  readonly title: string;
  /** Mutants that a case of one of its clauses kills. */
  readonly kills: readonly string[];
  /** Mutants that no case without one of its clauses kills. */
  readonly only: readonly string[];
}

/** The same ablation with whole families taken away. */
export function familyAblationOf(mutants: readonly MutantTrial[]): FamilyEarnings[] {
  return CLAUSE_FAMILIES.map(({ number, title, clauses }) => {
    const ids = clauses.map(({ id }) => id);
    const names = (one: Pick<Kill, "clauses">) => one.clauses.some((id) => ids.includes(id));
    const dead = mutants.filter((mutant) => failingOf(mutant).length > 0);
    return {
      family: number,
      title,
      kills: dead.filter((mutant) => failingOf(mutant).some(names)).map(({ id }) => id),
      only: dead.filter((mutant) => failingOf(mutant).every(names)).map(({ id }) => id),
    };
  });
}

/** The mutants that live without the cases of these kinds. */
export function livingWithout(mutants: readonly MutantTrial[], kinds: readonly string[]): string[] {
  return mutants
    .filter((mutant) => failingOf(mutant).every(({ kind }) => kinds.includes(kind)))
    .map(({ id }) => id);
}

function failingOf({ id, failing }: MutantTrial): NonNullable<MutantTrial["failing"]> {
  if (!failing)
    throw new RangeError(`the trial of ${id} stopped at the first failure; an ablation needs all`);
  return failing;
}

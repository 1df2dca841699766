import type { Adapter } from "../../src/adapter/adapter.js";
import type { CaseKind } from "../../src/suite/case-result.js";
import { isSpecification, type PlannedCase } from "../../src/suite/plan.js";
import { subjectPlan, type TrialOptions } from "./subject-plan.js";
import type { Mutant } from "./subjects/variant.js";

/** The case that killed a mutant. */
export interface Kill {
  readonly id: string;
  readonly kind: CaseKind;
  readonly clauses: readonly string[];
  readonly verdict: string;
  /** Cases that were run until this one failed, itself included. */
  readonly cases: number;
  readonly seconds: number;
}

/** What became of one mutant. */
export interface MutantTrial {
  readonly id: string;
  readonly title: string;
  /** The clause that must kill it. */
  readonly clause: string;
  /** `wrong-clause`: something killed it, but no case of its clause. */
  readonly outcome: "killed" | "wrong-clause" | "survived";
  /** The first case that fails, in the gate's order. */
  readonly first?: Kill;
  /** The first case of its own clause that fails. */
  readonly own?: Kill;
  /** Every case that fails, where all were run. */
  readonly failing?: readonly Pick<Kill, "id" | "kind" | "clauses">[];
}

export interface MutantTrialOptions extends TrialOptions {
  /**
   * Which cases are run: all of them, also after the first failure; until one fails, and until one of its own clause does;
   * or those of its own clause first. @default "until-killed"
   */
  readonly search?: "all" | "until-killed" | "own-clause-first";
}

/** Put one mutant before the suite. */
export async function tryMutant(
  mutant: Mutant,
  options: MutantTrialOptions,
  adapter?: Adapter,
): Promise<MutantTrial> {
  const { id, title, clause } = mutant;
  const { cases, audit } = await subjectPlan(mutant, options, adapter);
  const order = [...cases, ...(audit ? [audit] : [])].filter((one) => !isSpecification(one.id));
  const isOwn = ({ clauses }: Pick<PlannedCase, "clauses">) => clauses.includes(clause);
  const { search = "until-killed" } = options;
  const killsOfOwn = async () => (search === "all" ? [] : await killsIn(order.filter(isOwn), "first"));
  const early = search === "own-clause-first" ? await killsOfOwn() : [];
  const kills = early.length > 0 ? early : await killsIn(order, search === "all" ? "all" : "first");
  const first = kills[0];
  // The audit of determinism sees all that ran before it: a clause that killed nothing at first may do so now.
  const own = kills.find(isOwn) ?? (await killsOfOwn())[0];
  return {
    id,
    title,
    clause,
    outcome: own ? "killed" : first ? "wrong-clause" : "survived",
    ...(first && { first }),
    ...(own && { own }),
    ...(search === "all" && {
      failing: kills.map((kill) => ({ id: kill.id, kind: kill.kind, clauses: kill.clauses })),
    }),
  };
}

/** Run cases in their order and collect those that fail. */
async function killsIn(order: readonly PlannedCase[], requested: "first" | "all"): Promise<Kill[]> {
  const kills: Kill[] = [];
  const started = performance.now();
  for (const [k, planned] of order.entries()) {
    const { id, kind, clauses, verdict, failure } = await planned.run();
    if (!failure) continue;
    kills.push({ id, kind, clauses, verdict, cases: k + 1, seconds: (performance.now() - started) / 1000 });
    if (requested === "first") break;
  }
  return kills;
}

import type { Capability } from "../spec/capabilities.js";
import type { Declaration } from "../src/judge/declaration.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import type { Subject } from "./subject.js";

/**
 * One executable requirement. `T` is what is drawn and, where the requirement fails, shrunk.
 *
 * A property of an `implementation` drives the thing under test. A property of the `specification` proves a
 * clause over the reals on the exact oracle; if it fails, the suite itself is wrong.
 */
export interface Property<T = unknown> {
  /** Stable, kebab-case. */
  readonly id: string;
  /** Every clause that a failure of this property breaks; the first one leads the report. */
  readonly clauses: readonly [string, ...string[]];
  readonly target: "implementation" | "specification";
  /** What an implementation must offer for the property to be run. */
  readonly requires: readonly Capability[];
  /** Whether the property makes sense for what is declared, or why it does not; for all when left out. */
  readonly appliesTo?: (declaration: Declaration) => boolean | string;
  /** What is left out under what is declared, to be judged in some seconds; nothing where it is left out. */
  readonly lessJudged?: (declaration: Declaration) => string | undefined;
  /** Share of the profile's number of runs; 1 when left out. Closed-form examples take 0: one run. */
  readonly weight?: number;
  /**
   * Says itself what it draws: the distribution under which a run without a failure bounds the failure rate.
   * @param capabilities what the implementation offers; what needs more may be drawn, and is then passed over
   */
  readonly arbitrary: (
    declaration: Declaration,
    capabilities: readonly Capability[],
  ) => DescribedArbitrary<T>;
  /** @throws {PropertyFailure} when the clause does not hold */
  readonly check: (input: T, subject: Subject) => Promise<void>;
}

/** Gives a property its type without naming it twice. */
export function property<T>(definition: Property<T>): Property<unknown> {
  return definition as unknown as Property<unknown>;
}

import { runGate } from "../../src/suite/gate.js";
import type { Level } from "../../src/suite/level.js";
import { subjectGate, type TrialOptions } from "./subject-plan.js";
import type { Variant } from "./subjects/variant.js";

/** What became of one benign variant. */
export interface BenignTrial {
  readonly id: string;
  readonly title: string;
  /** The level at which it must conform. */
  readonly level: Level;
  readonly conforms: boolean;
  readonly judged: number;
  readonly rejected: number;
  /** Cases that failed, with what was said. */
  readonly accusations: readonly string[];
  readonly seconds: number;
}

/** Put one legitimate implementation before the whole suite. */
export async function tryBenign(variant: Variant, options: TrialOptions): Promise<BenignTrial> {
  const started = performance.now();
  const gate = await subjectGate(variant, options);
  const { conforms, tally, results } = await runGate(gate);
  return {
    id: variant.id,
    title: variant.title,
    level: gate.level,
    conforms,
    judged: tally.judged,
    rejected: tally.rejected,
    accusations: results.flatMap(({ id, failure }) => (failure ? [`${id}: ${failure.message}`] : [])),
    seconds: (performance.now() - started) / 1000,
  };
}

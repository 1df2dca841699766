import type { Adapter } from "../../src/adapter/adapter.js";
import { BUNDLED_GOLDENS, BUNDLED_REGRESSIONS } from "../../src/package-info.js";
import { declarationFrom } from "../../src/suite/declared.js";
import type { GateOptions } from "../../src/suite/gate-options.js";
import type { Level } from "../../src/suite/level.js";
import { type Plan, planOf } from "../../src/suite/plan.js";
import type { ProfileName } from "../../src/suite/profile.js";
import { adapterOf, type Variant } from "./subjects/variant.js";

/** How the suite is tried on one variant. */
export interface TrialOptions {
  readonly profile: ProfileName;
  readonly seed: number;
  /** Leave out what is the same for every seed: goldens, regressions, single examples. @default false */
  readonly generatedOnly?: boolean;
}

/** The gate that a variant stands before: what its author would run, without making failures smaller. */
export async function subjectGate(
  variant: Variant,
  { profile, seed, generatedOnly = false }: TrialOptions,
  adapter: Adapter = adapterOf(variant),
): Promise<GateOptions & { readonly level: Level }> {
  const declaration = declarationFrom(await adapter.hello(), {});
  return {
    adapter,
    declaration,
    level: declaration.reference ? "L3" : "L2",
    profile,
    seed,
    ...(!generatedOnly && { regressions: BUNDLED_REGRESSIONS, goldens: BUNDLED_GOLDENS }),
    generatedOnly: generatedOnly,
    shrink: false,
  };
}

/** Every case that a variant stands before, in the gate's order. */
export async function subjectPlan(variant: Variant, options: TrialOptions, adapter?: Adapter): Promise<Plan> {
  const gate = await subjectGate(variant, options, adapter);
  return planOf(gate, await gate.adapter.hello());
}

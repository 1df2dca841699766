import type { Adapter } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import type { ReplayCommand } from "./case-options.js";
import type { CaseResult } from "./case-result.js";
import type { Expectations } from "./expectations/expectation-schema.js";
import { LEVELS, type Level } from "./level.js";
import { PROFILES, type ProfileName } from "./profile.js";
import type { Shard } from "./shard.js";

/** Options of a gate: the implementation, what it is judged by, and which cases to run. */
export interface GateOptions {
  readonly adapter: Adapter;
  readonly declaration: Declaration;
  /** The required level. */
  readonly level: Level;
  readonly profile: ProfileName;
  readonly seed: number;
  /** Run only what this selects: a clause, a family or a case id with `*`. */
  readonly only?: string;
  /** Of what is selected, run only this part; reports of all parts can be merged. */
  readonly shard?: Shard;
  /** Folders of stored cases; a folder that is left out is not run. */
  readonly regressions?: string;
  readonly goldens?: string;
  /** Failures that are known and do not fail the run. */
  readonly expectations?: Expectations;
  /** Run only properties with many generated inputs, which depend on the seed. @default false */
  readonly generatedOnly?: boolean;
  /** Shrink failing programs. @default true */
  readonly shrink?: boolean;
  /** The command that runs a part of this gate again; if left out, failures describe it in words. */
  readonly replay?: ReplayCommand;
  /** Called after each case. */
  readonly onCase?: (result: CaseResult, done: number, total: number) => void;
  /** Abort to stop; the result is then incomplete. */
  readonly signal?: AbortSignal;
}

/** @throws {RangeError} for what a type checker would have refused, and for a nonexistent shard */
export function checkOptions({ level, profile, seed, shard }: GateOptions): void {
  if (!(level in LEVELS)) throw new RangeError(`level is ${level}; known: ${Object.keys(LEVELS).join(", ")}`);
  if (!(profile in PROFILES))
    throw new RangeError(`profile is ${profile}; known: ${Object.keys(PROFILES).join(", ")}`);
  if (!Number.isInteger(seed)) throw new RangeError(`seed is ${seed}; it must be an integer`);
  if (shard && !isShard(shard))
    throw new RangeError(`shard is ${shard.index} of ${shard.count}; shards are 1 to their count`);
}

function isShard({ index, count }: Shard): boolean {
  return Number.isInteger(index) && Number.isInteger(count) && 1 <= index && index <= count;
}

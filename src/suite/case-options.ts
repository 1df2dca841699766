import type { Capability } from "../../spec/capabilities.js";
import type { Adapter } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import type { SelfCheck } from "../self-check/self-check.js";
import type { FaultBudget } from "./fault-budget.js";

/** Options for every case. */
export interface CaseOptions {
  readonly adapter: Adapter;
  readonly capabilities: readonly Capability[];
  readonly declaration: Declaration;
  /** Fail whatever is not the reference evaluation's bits. */
  readonly demandBitExact: boolean;
  /** What the run may spend on faults, shared by all of its cases. */
  readonly faultBudget: FaultBudget;
  readonly replay: ReplayCommand;
  /** Checks the judge while it judges; left out, it is not checked. */
  readonly selfCheck?: SelfCheck;
}

/** The command line that runs a part of a gate again, given the options that select it. */
export type ReplayCommand = (selection: string) => string;

import type { Adapter } from "../adapter/adapter.js";

/** Faults after which every program is sent alone, because bisecting a batch costs more restarts. */
const FAULTS_IN_BATCHES = 8;

/** Faults that a whole run may provoke while it shrinks faulty programs. */
const FAULTS_TO_SHRINK = 24;

/** Each fault costs a restart, and a timeout also its whole budget. */
const COST = { crash: 1, "protocol-error": 1, timeout: 8 } as const;

/** Limits what a run spends on faults: enough to find the cases that have them, not to shrink each of them. */
export class FaultBudget {
  private faults = 0;
  private left = FAULTS_TO_SHRINK;

  /** Whether a smaller program that has the same fault may still be looked for. */
  get mayShrink(): boolean {
    return this.left > 0;
  }

  /** Count what the search for a smaller program has cost. */
  spend(verdict: keyof typeof COST): void {
    this.left -= COST[verdict];
  }

  /** The same adapter, which gives programs away one by one after many faults. */
  watch(adapter: Adapter): Adapter {
    return {
      hello: () => adapter.hello(),
      stop: () => adapter.stop(),
      run: async (programs, options) => {
        // A batch may fail and none of its programs alone: restarts count too.
        const faults = Math.max(this.faults, adapter.restarts ?? 0);
        const alone = options?.alone === true || faults >= FAULTS_IN_BATCHES;
        const outcomes = await adapter.run(programs, { alone });
        for (const { status } of outcomes) if (status === "fault") this.faults++;
        return outcomes;
      },
    };
  }
}

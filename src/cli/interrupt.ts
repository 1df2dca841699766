import { EXIT } from "./exit-codes.js";

/** A signal that aborts when the command should end early. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Remove the signal handlers. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Finish cleanly at the first interruption; exit at once at the second. */
export function onInterrupt(notify: () => void): Interrupt {
  const controller = new AbortController();
  const interrupt = () => {
    // Child processes are killed by an exit handler.
    if (controller.signal.aborted) process.exit(EXIT.inconclusive);
    notify();
    console.error("interrupted: writing the results so far; interrupt again to stop at once");
    controller.abort();
  };
  // Not `once`: without a listener the progress display would handle the signal itself and exit.
  for (const name of SIGNALS) process.on(name, interrupt);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.removeListener(name, interrupt);
    },
  };
}

import { EXIT } from "./exit-codes.js";

/** A signal that is aborted when the command is to end early. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Take the listeners away again. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Let the work end by itself at the first interruption; at the second one end at once. */
export function onInterrupt(notify: () => void): Interrupt {
  const controller = new AbortController();
  const interrupt = () => {
    // Children have handlers of the process' exit that end them.
    if (controller.signal.aborted) process.exit(EXIT.inconclusive);
    notify();
    console.error("interrupted: writing what was shown so far; once more stops at once");
    controller.abort();
  };
  // Not `once`: without a listener the progress display would take the signal for its own and end the process.
  for (const name of SIGNALS) process.on(name, interrupt);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.removeListener(name, interrupt);
    },
  };
}

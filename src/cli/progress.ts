import ora from "ora";

/** Progress of a long command: a spinner on a terminal, plain lines elsewhere. */
export interface Progress {
  update(done: number, total: number, label: string): void;
  stop(): void;
}

/** Lines printed without a terminal: one for each tenth of the work. */
const PLAIN_LINES = 10;

/**
 * @param quiet print nothing at all
 * @param unit what is counted
 */
export function startProgress(quiet: boolean, unit = "cases"): Progress {
  if (quiet) return { update: () => {}, stop: () => {} };
  // A pseudo-terminal may have width 0, on which the spinner would loop forever.
  if (process.stderr.isTTY && process.stderr.columns > 0) {
    const spinner = ora({ stream: process.stderr, discardStdin: false }).start();
    return {
      update: (done, total, label) => {
        spinner.text = `${done}/${total} ${unit} · ${label}`;
      },
      stop: () => {
        spinner.stop();
      },
    };
  }
  let printed = 0;
  return {
    update: (done, total) => {
      const tenth = Math.floor((PLAIN_LINES * done) / total);
      if (tenth <= printed) return;
      printed = tenth;
      console.error(`${done} of ${total} ${unit}`);
    },
    stop: () => {},
  };
}

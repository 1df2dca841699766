import ora from "ora";

/** Says how far a long command is: a line that changes on a terminal, plain lines elsewhere. */
export interface Progress {
  update(done: number, total: number, label: string): void;
  stop(): void;
}

/** Lines that are printed where there is no terminal: one for each tenth of the work. */
const PLAIN_LINES = 10;

/**
 * @param quiet print nothing at all
 * @param unit what is counted
 */
export function startProgress(quiet: boolean, unit = "cases"): Progress {
  if (quiet) return { update: () => {}, stop: () => {} };
  // A pseudo-terminal may have no width; the spinner would divide by it and never come back.
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

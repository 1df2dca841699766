import type { Program } from "../program/program.js";
import type { Hello } from "./hello.js";
import type { Reply } from "./reply.js";

/** How the implementation, or what it runs in, failed to answer a program at all. */
export const FAULTS = [
  /** Its process ended, or an in-process adapter threw. */
  "crash",
  /** It did not answer within the budget. */
  "timeout",
  /** What it answered breaks the protocol. */
  "protocol-error",
] as const;
/** The verdict on a program that got no reply. */
export type FaultVerdict = (typeof FAULTS)[number];

/** What stands in the place of a reply where there is none. */
export interface Fault {
  readonly status: "fault";
  readonly verdict: FaultVerdict;
  /** One sentence: what happened, and where. */
  readonly message: string;
  /** The last lines that the process wrote to standard error. */
  readonly stderr?: string;
}

/** A fault of the process that no program was found to cause. */
export interface UnexplainedFault {
  readonly verdict: FaultVerdict;
  /** What happened, and how it was tried again. */
  readonly message: string;
  /** Whether the machine may have caused it: a time-out under load, or a signal from elsewhere. */
  readonly external: boolean;
}

/** A program that was not given to the implementation, because it cannot take it. */
export interface NotSent {
  readonly status: "not-sent";
  readonly reason: string;
}

/** What became of one program. */
export type Outcome = Reply | Fault | NotSent;

/** How a batch of programs is to be run. */
export interface RunOptions {
  /** Send these programs in requests of their own: one of them may end the process. */
  readonly alone?: boolean;
}

/** Drives an implementation; in process or elsewhere. */
export interface Adapter {
  /** @throws {AdapterUnavailable} */
  hello(): Promise<Hello>;
  /**
   * One outcome for each program, in order. Nothing about expected values is passed.
   * @throws {AdapterUnavailable} when there will be no outcomes any more
   */
  run(programs: readonly Program[], options?: RunOptions): Promise<readonly Outcome[]>;
  /** End what was started. There is nothing to run it again with. */
  stop(): Promise<void>;
  /** How many calls of `run` may usefully be outstanding at once; 1 when left out. */
  readonly concurrency?: number;
  /** Go on in a fresh process. Absent where there is none. */
  refresh?(): Promise<void>;
  /** Restarts after faults so far. */
  readonly restarts?: number;
  /** Faults that were not reproduced when the programs of their batch were run apart. */
  readonly unexplained?: readonly UnexplainedFault[];
  /** What went over the wire for a program, if that was recorded: one line each, in order. */
  exchangeOf?(program: Program): readonly string[] | undefined;
}

/** The adapter cannot be started, does not introduce itself, or was restarted too often. */
export class AdapterUnavailable extends Error {
  override readonly name = "AdapterUnavailable";

  /** @param phase in `start` nothing was run yet; in `run` there are results */
  constructor(
    message: string,
    readonly phase: "start" | "run",
  ) {
    super(message);
  }
}

import type { Program } from "../program/program.js";
import type { Hello } from "./hello.js";
import type { Reply } from "./reply.js";

/** How the implementation, or its process, failed to answer a program at all. */
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

/** Takes the place of a missing reply. */
export interface Fault {
  readonly status: "fault";
  readonly verdict: FaultVerdict;
  /** One sentence: what happened, and where. */
  readonly message: string;
  /** The last lines that the process wrote to standard error. */
  readonly stderr?: string;
}

/** A fault of the process that could not be attributed to a program. */
export interface UnexplainedFault {
  readonly verdict: FaultVerdict;
  /** What happened, and how it was tried again. */
  readonly message: string;
  /** Whether the machine may have caused it: a timeout under load, or a signal from outside. */
  readonly external: boolean;
}

/** A program that was not sent, because the implementation cannot accept it. */
export interface NotSent {
  readonly status: "not-sent";
  readonly reason: string;
}

/** The outcome of one program. */
export type Outcome = Reply | Fault | NotSent;

/** How a batch of programs is to be run. */
export interface RunOptions {
  /** Send each of these programs in a request of its own: one of them may crash the process. */
  readonly alone?: boolean;
}

/** Drives an implementation; in process or elsewhere. */
export interface Adapter {
  /** @throws {AdapterUnavailable} */
  hello(): Promise<Hello>;
  /**
   * One outcome for each program, in order. No expected values are passed.
   * @throws {AdapterUnavailable} when no more programs can be run
   */
  run(programs: readonly Program[], options?: RunOptions): Promise<readonly Outcome[]>;
  /** End everything that was started. The adapter cannot be used afterwards. */
  stop(): Promise<void>;
  /** How many calls of `run` may usefully be outstanding at once; 1 when left out. */
  readonly concurrency?: number;
  /** Continue in a fresh process. Absent for an adapter without a process. */
  refresh?(): Promise<void>;
  /** Restarts after faults so far. */
  readonly restarts?: number;
  /** Faults that were not reproduced when the programs of their batch were run separately. */
  readonly unexplained?: readonly UnexplainedFault[];
  /** The protocol exchange of a program, if it was recorded: its lines in order. */
  exchangeOf?(program: Program): readonly string[] | undefined;
}

/** The adapter cannot be started, fails the handshake, or was restarted too often. */
export class AdapterUnavailable extends Error {
  override readonly name = "AdapterUnavailable";

  /** @param phase `start`: nothing was run yet; `run`: there are results */
  constructor(
    message: string,
    readonly phase: "start" | "run",
  ) {
    super(message);
  }
}

import type { Fault, FaultVerdict } from "../adapter.js";

/** What a fault belongs to: an outstanding request, the handshake, or no request at all. */
export type FaultSubject = "request" | "hello" | "nothing";

/** Thrown instead of an answer: how the adapter's process failed to give one. */
export class AdapterFault extends Error {
  override readonly name = "AdapterFault";

  /**
   * @param message one sentence
   * @param stderr the end of what the process wrote to standard error; may be empty
   * @param external whether the machine may have caused it, as it may a time-out
   */
  constructor(
    readonly verdict: FaultVerdict,
    message: string,
    readonly stderr: string,
    readonly subject: FaultSubject = "request",
    readonly external = verdict === "timeout",
  ) {
    super(message);
  }

  /** As the outcome of a program. */
  outcome(): Fault {
    const { verdict, message, stderr } = this;
    return { status: "fault", verdict, message, ...(stderr !== "" && { stderr }) };
  }
}

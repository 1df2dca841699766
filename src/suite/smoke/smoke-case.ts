import type { Hello } from "../../adapter/hello.js";
import type { Conversation } from "./conversation.js";

export interface SmokeContext {
  /** A process that has introduced itself. */
  readonly conversation: Conversation;
  /** How the first process introduced itself. */
  readonly hello: Hello;
  /** Id of the dialect of the programs. */
  readonly dialect: string;
}

/** One thing that every adapter must do, whatever it computes. */
export interface SmokeCase {
  readonly id: string;
  /** One sentence: what it shows. */
  readonly says: string;
  /** It needs a process that has done nothing but introduce itself. */
  readonly fresh?: boolean;
  /** @throws {Unexpected | AdapterFault} */
  check(context: SmokeContext): Promise<void>;
}

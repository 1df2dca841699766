import { dialectById } from "../../../spec/dialects.js";
import type { Hello } from "../../adapter/hello.js";
import { outsideDomain } from "../../program/domain.js";
import type { Program } from "../../program/program.js";
import type { ProtocolClient } from "./protocol-client.js";

export interface SmokeContext {
  /** A process that has completed the handshake. */
  readonly client: ProtocolClient;
  /** The hello of the first process. */
  readonly hello: Hello;
  /** Id of the dialect of the programs. */
  readonly dialect: string;
}

/** Thrown where a case has no program that is in the declared domain. */
export class OutsideDomain extends Error {}

/** @throws {OutsideDomain} if the program is not one that the implementation accepts */
export function demandDomain(program: Program, { hello, dialect }: SmokeContext): Program {
  const why = hello.domain && outsideDomain(program, dialectById(dialect), hello.domain);
  if (why !== undefined) throw new OutsideDomain(why);
  return program;
}

/** One thing that every adapter must do, whatever it computes. */
export interface SmokeCase {
  readonly id: string;
  /** One sentence: what it shows. */
  readonly says: string;
  /** It needs a process that has done nothing but the handshake. */
  readonly fresh?: boolean;
  /** @throws {Unexpected | AdapterFault} */
  check(context: SmokeContext): Promise<void>;
}

import { z } from "zod";
import { type Program, programCodec } from "../../program/program.js";
import { tensorInHex } from "../tensor-in-hex.js";

export type Encoding = "base64" | "hex";

/** A program as JSON, encoded once however often it is sent. */
export interface EncodedProgram {
  readonly json: string;
  readonly bytes: number;
}

export function encodeProgram(program: Program, encoding: Encoding): EncodedProgram {
  const wire = z.encode(programCodec, program);
  const json = JSON.stringify(wire, encoding === "hex" ? tensorInHex : undefined);
  return { json, bytes: Buffer.byteLength(json) };
}

/** One `run` request: cases are added as long as the adapter can read the line. */
export class RunRequest {
  /** The names of the cases, in order. */
  readonly names: string[] = [];
  private readonly cases: string[] = [];
  private readonly head: string;
  private bytes: number;

  /** @param limit longest line in bytes, its end counted */
  constructor(
    readonly id: number,
    encoding: Encoding,
    private readonly limit: number,
  ) {
    this.head = `{"message":"run","id":${id},"encoding":"${encoding}","cases":[`;
    this.bytes = this.head.length + "]}\n".length;
  }

  /** How long the line would be with one more case, in bytes. */
  bytesWith(program: EncodedProgram): number {
    const comma = this.names.length > 0 ? 1 : 0;
    return this.bytes + comma + this.prefix().length + program.bytes + "}".length;
  }

  /** Add a case. Returns false, and adds nothing, if the line would be too long. */
  add(program: EncodedProgram): boolean {
    const bytes = this.bytesWith(program);
    if (bytes > this.limit) return false;
    this.cases.push(`${this.prefix()}${program.json}}`);
    this.names.push(this.nextName());
    this.bytes = bytes;
    return true;
  }

  get line(): string {
    return `${this.head}${this.cases.join(",")}]}`;
  }

  private prefix(): string {
    return `{"case":"${this.nextName()}","program":`;
  }

  private nextName(): string {
    return `${this.id}.${this.names.length}`;
  }
}

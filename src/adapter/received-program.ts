import { z } from "zod";
import { decodeWire } from "../program/decode.js";
import { type Program, programCodec } from "../program/program.js";
import { decodeProgram } from "../program/program-codec.js";
import { ProgramError } from "../program/program-error.js";
import { replyTensorCodec, tensorCodec } from "../program/tensor.js";
import { validateProgram } from "../program/validate.js";
import type { Reply } from "./reply.js";

type Refusal = Exclude<Reply, { status: "ok" }>;
type Phase = Extract<Reply, { status: "error" }>["phase"];

/**
 * A program as an adapter receives it, or the answer to one that it cannot run: an unknown dialect, an unknown operation,
 * a malformed field. Unlike a program file, it may have unknown fields and tensors in hex.
 * @param wire taken over: unknown fields are removed from it
 * @param dialects ids of the dialects that the adapter claims
 */
export function receiveProgram(
  wire: unknown,
  dialects: readonly string[],
): { readonly program: Program } | { readonly refusal: Refusal } {
  const dialect = (wire as { dialect?: unknown } | null | undefined)?.dialect;
  if (typeof dialect === "string" && !dialects.includes(dialect)) return { refusal: unsupported("dialect") };
  try {
    for (;;) {
      const result = z.safeDecode(programCodec, wire as z.input<typeof programCodec>);
      if (result.success) {
        validateProgram(result.data, "program");
        return { program: result.data };
      }
      const { issues } = result.error;
      const unknown = issues.filter((issue) => issue.code === "unrecognized_keys");
      if (unknown.length > 0) {
        // The codec is strict, so its issues list the unknown fields.
        for (const { path, keys } of unknown) forget(wire, path, keys);
        continue;
      }
      const operation = issues
        .map(({ path }) => unknownOperation(wire, path))
        .find((name) => name !== undefined);
      if (operation !== undefined) return { refusal: unsupported(operation) };
      decodeProgram(wire, "program"); // throws, with the field and what is wrong with it
    }
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const { message } = error;
    return {
      refusal: { status: "error", phase: phaseOf(wire, error.path), class: "invalid-argument", message },
    };
  }
}

function unsupported(capability: string): Refusal {
  return { status: "unsupported", capability };
}

/** Remove unknown fields, except that the hex of a tensor, which the codec lacks, becomes base64. */
function forget(wire: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const holder = valueAt(wire, path) as Record<string, unknown>;
  if (keys.includes("hex") && Array.isArray(holder.shape) && holder.data === undefined) {
    holder.data = base64Of(holder, z.core.toDotPath([...path]));
  }
  for (const key of keys) delete holder[key];
}

function base64Of(tensor: unknown, path: string): string {
  try {
    return z.encode(tensorCodec, decodeWire(replyTensorCodec, tensor, "program")).data;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new ProgramError(error.source, error.path === "" ? path : `${path}.${error.path}`, error.problem);
  }
}

/** The name of an operation that the codec does not know, if that is what stands at a path. */
function unknownOperation(wire: unknown, path: readonly PropertyKey[]): string | undefined {
  if (path.length !== 3 || path[0] !== "operations" || path[2] !== "op") return undefined;
  const name = valueAt(wire, path);
  return typeof name === "string" ? name : undefined;
}

function valueAt(wire: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown>)[key], wire);
}

/** The operation that a path leads into; `init` where it leads into none. */
function phaseOf(wire: unknown, path: string): Phase {
  const position = /^operations\[(\d+)\]/.exec(path)?.[1];
  if (position === undefined) return "init";
  const operation = valueAt(wire, ["operations", position]);
  const op = (operation as { op?: unknown } | null)?.op;
  // Any other name was already answered as an unknown operation.
  return typeof op === "string" ? (op as Phase) : "init";
}

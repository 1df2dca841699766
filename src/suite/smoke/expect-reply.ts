import type { Reply } from "../../adapter/reply.js";
import type { Tensor } from "../../program/tensor.js";
import { type Section, Unexpected } from "./unexpected.js";

/**
 * Hold the one observation of a reply against the values of all parameters.
 * @param parameters undefined where anything may stand
 * @throws {Unexpected}
 */
export function expectParameters(
  reply: Reply,
  parameters: readonly (Tensor | undefined)[],
  section: Section,
): void {
  if (reply.status !== "ok") throw new Unexpected('status "ok"', "run");
  const { observations } = reply;
  if (observations.length !== 1) throw new Unexpected("one observation, for one observe", "run");
  const entries = observations[0].parameters;
  if (entries.length !== parameters.length) {
    throw new Unexpected(`one entry for each parameter: ${parameters.length}`, "Programs");
  }
  for (const [k, expected] of parameters.entries()) {
    const { parameter } = entries[k];
    if (!parameter)
      throw new Unexpected(`the slot parameter of parameter ${k}, which was observed`, "Programs");
    if (expected) expectSame(parameter, expected, section);
  }
}

function expectSame(got: Tensor, expected: Tensor, section: Section): void {
  if (got.shape.join() !== expected.shape.join()) {
    throw new Unexpected(`shape [${expected.shape.join(", ")}], not [${got.shape.join(", ")}]`, "Values");
  }
  const [gotBits, expectedBits] = [bits(got), bits(expected)];
  const k = gotBits.findIndex(
    (pattern, i) =>
      pattern !== expectedBits[i] && !(Number.isNaN(got.values[i]) && Number.isNaN(expected.values[i])),
  );
  if (k < 0) return;
  const text = (pattern: number) => pattern.toString(16).padStart(8, "0");
  throw new Unexpected(
    `the bits that the parameter began with; element ${k} was ${text(expectedBits[k])} and is ${text(gotBits[k])}`,
    section,
  );
}

function bits({ values }: Tensor): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** @throws {Unexpected} */
export function expectUnsupported(reply: Reply, capability: string, section: Section): void {
  if (reply.status === "unsupported" && reply.capability === capability) return;
  throw new Unexpected(`status "unsupported" with capability "${capability}"`, section);
}

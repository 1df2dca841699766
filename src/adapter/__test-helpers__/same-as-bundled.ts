import { expect } from "vitest";
import type { Program } from "../../program/program.js";
import type { Tensor } from "../../program/tensor.js";
import { validateProgram } from "../../program/validate.js";
import { bundledAdapter } from "../bundled.js";
import type { Reply } from "../reply.js";
import type { AdapterLines } from "./adapter-lines.js";

/** The bundled implementation, with the bits that most of the adapters claim. */
export const bundled = bundledAdapter("unfused");

/** Hold the answers to programs, given in one request, against those of the bundled implementation, bit for bit. */
export async function expectSameAsBundled(
  adapter: AdapterLines,
  programs: readonly Program[],
): Promise<void> {
  const expected = await bundledResults(programs);
  expect((await adapter.run(programs)).map(comparable)).toEqual(expected);
}

/** What the bundled implementation answers to valid programs, to be compared. */
export async function bundledResults(programs: readonly Program[]): Promise<readonly unknown[]> {
  for (const program of programs) validateProgram(program, "test");
  return (await bundled.run(programs)).map(comparable);
}

/** A reply with its tensors as bit patterns, where NaN is one class and the words of an error do not count. */
export function comparable(reply: Reply): unknown {
  if (reply.status === "error") return { ...reply, message: "" };
  if (reply.status !== "ok") return reply;
  return reply.observations.map(({ parameters }) =>
    parameters.map((entry) =>
      Object.fromEntries(
        Object.entries(entry).map(([slot, value]) => [slot, typeof value === "object" ? bits(value) : value]),
      ),
    ),
  );
}

function bits({ shape, values }: Tensor): string {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const elements = Array.from(values, (x, k) => (Number.isNaN(x) ? "NaN" : patterns[k].toString(16)));
  return `[${shape.join()}] ${elements.join(" ")}`;
}

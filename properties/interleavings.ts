import fc from "fast-check";
import { type Interleaving, interleavedProgram, interleavings } from "./arbitraries/interleavings.js";
import { property } from "./property.js";

export const anyInterleavingOfOperationsIsJudged = property<Interleaving>({
  id: "any-interleaving-of-operations-is-judged",
  clauses: ["RMS-10.5"],
  target: "implementation",
  requires: [],
  weight: 3,
  arbitrary: ({ dialect, domain }, capabilities) => interleavings(dialect, capabilities, domain?.fixed),
  check: async (interleaving, subject) => {
    const { program, usesLateBuffer } = interleavedProgram(subject.declaration.dialect, interleaving);
    if (!usesLateBuffer) {
      await subject.conforms(program);
      return;
    }
    const reply = await subject.reply(program);
    // PyTorch makes its buffers at the first step and has no answer here.
    fc.pre(reply.status === "ok");
    subject.accept(program, reply.observations);
  },
});

/** Family 10 again: everything that may be done to an optimizer, in any order. */

export const interleavingProperties = [anyInterleavingOfOperationsIsJudged];

import { z } from "zod";
import { replyObservationCodec } from "../program/observation.js";

const ok = { status: z.literal("ok"), observations: z.array(replyObservationCodec) };
const unsupported = {
  status: z.literal("unsupported"),
  capability: z.string().meta({ description: "A capability, an operation that is not known, or `dialect`" }),
};
const error = {
  status: z.literal("error"),
  phase: z
    .enum(["init", "load", "step", "set", "checkpoint", "observe"])
    .meta({ description: "The operation that was refused or failed" }),
  class: z.enum(["invalid-hyperparameter", "invalid-argument", "internal"]),
  message: z.string(),
};

export const replyCodec = z
  .discriminatedUnion("status", [z.object(ok), z.object(unsupported), z.object(error)])
  .meta({ id: "Reply", description: "The answer to one program" });

/**
 * The answer to one program: `ok` with observations, `unsupported` with the capability that is missing, or `error` with
 * the phase, a class and a message, as spec/PROTOCOL.md has it.
 */
export type Reply = z.output<typeof replyCodec>;

/** The answer to one case of a request: a reply with the case's name. */
export const caseReplyCodec = z
  .discriminatedUnion("status", [
    z.object({ case: z.string(), ...ok }),
    z.object({ case: z.string(), ...unsupported }),
    z.object({ case: z.string(), ...error }),
  ])
  .meta({ id: "CaseReply", description: "The answer to one case" });

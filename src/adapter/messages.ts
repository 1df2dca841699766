import { z } from "zod";
import { programCodec } from "../program/program.js";
import { helloSchema, PROTOCOL } from "./hello.js";
import { caseReplyCodec } from "./reply.js";

/** The messages of the adapter protocol. spec/PROTOCOL.md says what they mean. */

const id = z.number().int().nonnegative().meta({ description: "Repeated by the reply" });

export const helloRequestSchema = z
  .object({ message: z.literal("hello"), id, protocol: z.literal(PROTOCOL), suite: z.string() })
  .meta({ id: "HelloRequest", description: "The first request to a process" });

/** The answer to `hello`. */
export const helloReplySchema = z
  .object({ id, protocol: z.literal(PROTOCOL), ...helloSchema.shape })
  .meta({ id: "HelloReply", description: "What an implementation declares in the handshake" });

export const runRequestCodec = z
  .object({
    message: z.literal("run"),
    id,
    encoding: z.enum(["base64", "hex"]).meta({ description: "How tensors are encoded in this request" }),
    cases: z.array(z.object({ case: z.string(), program: programCodec })),
  })
  .meta({ id: "RunRequest", description: "Programs to run, each from nothing" });

/** The answer to `run`. */
export const runReplyCodec = z
  .object({ id, results: z.array(caseReplyCodec) })
  .meta({ id: "RunReply", description: "One result for each case, in order" });

export const stopRequestSchema = z
  .object({ message: z.literal("stop"), id })
  .meta({ id: "StopRequest", description: "The process ends; there is no reply" });

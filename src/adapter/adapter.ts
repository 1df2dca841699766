import { z } from "zod";
import { observationCodec, type Program } from "../program/program.js";

/** What an implementation may or may not offer. A case that needs something else is not run. */
export const CAPABILITIES = [
  "momentum",
  "centered",
  "weight-decay",
  "maximize",
  "groups",
  "set", // hyperparameters changed between steps
  "load", // state given by the program
  "checkpoint", // save, new instance, load
  "state", // state slots can be observed
  "missing-gradient",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const helloCodec = z
  .object({
    implementation: z.object({
      name: z.string().min(1),
      version: z.string(),
      language: z.string(),
      issues: z.string().optional().meta({ description: "Where findings may be reported" }),
    }),
    dialects: z.array(z.string()).min(1).meta({ description: "Ids of the dialects that it claims" }),
    capabilities: z.array(z.enum(CAPABILITIES)),
  })
  .meta({ id: "Hello", description: "How an implementation introduces itself" });

export type Hello = z.output<typeof helloCodec>;

export const replyCodec = z.discriminatedUnion("status", [
  z.object({ status: z.literal("ok"), observations: z.array(observationCodec) }),
  z.object({ status: z.literal("unsupported"), capability: z.string() }),
  z.object({
    status: z.literal("error"),
    phase: z.enum(["init", "load", "step", "set", "checkpoint", "observe"]),
    class: z.enum(["invalid-hyperparameter", "invalid-argument", "internal"]),
    message: z.string(),
  }),
]);

/** The answer to one program. */
export type Reply = z.output<typeof replyCodec>;

/** Drives an implementation; in process or elsewhere. */
export interface Adapter {
  hello(): Promise<Hello>;
  /** One reply for each program, in order. Nothing about expected values is passed. */
  run(programs: readonly Program[]): Promise<readonly Reply[]>;
  stop(): Promise<void>;
}

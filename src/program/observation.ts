import { z } from "zod";
import { replyTensorCodec, tensorCodec } from "./tensor.js";

function slots<T extends typeof tensorCodec | typeof replyTensorCodec>(tensor: T) {
  return {
    parameter: tensor.optional(),
    square_avg: tensor.optional(),
    grad_avg: tensor.optional(),
    momentum_buffer: tensor.optional(),
    gradient: tensor.optional(),
    step: z.number().int().nonnegative().optional(),
  };
}

const OBSERVED = "Observed tensors of one parameter; a slot that the implementation has not made is left out";

const observedCodec = z
  .strictObject(slots(tensorCodec))
  .meta({ id: "ObservedParameter", description: OBSERVED });

export const observationCodec = z
  .strictObject({ parameters: z.array(observedCodec) })
  .meta({ id: "Observation", description: "What an implementation returns for one observe" });

/** The same as it comes from an adapter, where unknown fields are ignored. */
export const replyObservationCodec = z
  .object({
    parameters: z.array(
      z.object(slots(replyTensorCodec)).meta({ id: "ReplyParameter", description: OBSERVED }),
    ),
  })
  .meta({ id: "ReplyObservation", description: "What an adapter returns for one observe" });

/**
 * Observed tensors of every parameter, in the program's numbering.
 * @interface
 */
export type Observation = z.output<typeof observationCodec>;
export type ObservedParameter = Observation["parameters"][number];

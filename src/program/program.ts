import { z } from "zod";
import { SLOTS } from "../../spec/arithmetic.js";
import { scalarCodec } from "./scalar.js";
import { tensorCodec } from "./tensor.js";

/**
 * The program: one list of operations with bit-exact values. Golden traces, regressions, counterexamples and
 * messages to adapters are all this type. Parameters are numbered 0, 1, … across the groups in order.
 */

const index = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

export const hyperparametersCodec = z
  .strictObject({
    lr: scalarCodec,
    alpha: scalarCodec,
    eps: scalarCodec,
    momentum: scalarCodec,
    weight_decay: scalarCodec,
    centered: z.boolean(),
    maximize: z.boolean(),
    lr_decay: scalarCodec,
    clip_value: scalarCodec,
  })
  .partial()
  .meta({
    id: "Hyperparameters",
    description: "Hyperparameters of a group; one that is left out has the dialect's default",
  });

const groupCodec = z
  .strictObject({ hyperparameters: hyperparametersCodec, parameters: z.array(tensorCodec) })
  .meta({ id: "Group", description: "A parameter group with the initial values of its parameters" });

const entryCodec = z
  .strictObject({
    parameter: index.meta({ description: "Which parameter this is the state of" }),
    step: count.meta({ description: "Steps taken so far" }),
    square_avg: tensorCodec,
    grad_avg: tensorCodec.optional(),
    momentum_buffer: tensorCodec.optional(),
  })
  .meta({ id: "StateEntry", description: "The optimizer state of one parameter" });

const initCodec = z
  .strictObject({ op: z.literal("init"), groups: z.array(groupCodec).min(1) })
  .meta({ description: "Make an optimizer over these parameters; first operation, exactly once" });
const loadCodec = z
  .strictObject({ op: z.literal("load"), state: z.array(entryCodec) })
  .meta({ description: "Replace the optimizer state of the listed parameters; the others keep theirs" });
const stepCodec = z
  .strictObject({ op: z.literal("step"), gradients: z.array(tensorCodec.nullable()) })
  .meta({ description: "One step with a gradient per parameter; null means that a parameter has none" });
const setCodec = z
  .strictObject({ op: z.literal("set"), group: index, hyperparameters: hyperparametersCodec })
  .meta({ description: "Change hyperparameters of a group between steps" });
const checkpointCodec = z
  .strictObject({ op: z.literal("checkpoint") })
  .meta({ description: "Save the state, make a new instance over the same parameters, load the state" });
const observeCodec = z
  .strictObject({ op: z.literal("observe"), slots: z.array(z.enum([...SLOTS, "gradient"])).min(1) })
  .meta({ description: "Return these tensors of every parameter; gradient is the one last passed to step" });

const operationCodec = z.discriminatedUnion("op", [
  initCodec,
  loadCodec,
  stepCodec,
  setCodec,
  checkpointCodec,
  observeCodec,
]);

export const programCodec = z
  .strictObject({
    format: z.literal("rmsprop-program/1"),
    dialect: z.string().meta({ description: "Id of the dialect whose defaults and axes the program is for" }),
    operations: z.array(operationCodec).min(1),
  })
  .meta({ id: "Program", description: "A test program with bit-exact values" });

/**
 * A test case: operations with bit-exact values. Values on disk and on the wire have another form, `encodeProgram`'s.
 * @interface
 */
export type Program = z.output<typeof programCodec>;
export type Operation = Program["operations"][number];
export type OperationOf<Op extends Operation["op"]> = Extract<Operation, { op: Op }>;
export type ProgramGroup = z.output<typeof groupCodec>;
export type StateEntry = z.output<typeof entryCodec>;
export type ProgramHyperparameters = z.output<typeof hyperparametersCodec>;

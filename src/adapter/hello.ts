import { z } from "zod";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { DIALECT_AXES, type DialectAxes, type DialectAxis } from "../../spec/dialect.js";
import { EVALUATION_AXES, type EvaluationAxis, type EvaluationChoice } from "../../spec/evaluation.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { HYPERPARAMETERS, SCALAR_HYPERPARAMETERS } from "../program/domain.js";
import { scalarCodec } from "../program/scalar.js";

/** The protocol that the suite speaks. */
export const PROTOCOL = 1;

/** Every adapter must be able to read lines of this length, in bytes. */
export const MIN_LINE_LENGTH = 2 ** 21;

/** The limits of an adapter that declares none. */
export const DEFAULT_LIMITS = { cases: 64, bytes: 2 ** 24, pipeline: 1 } as const;

type ChoiceSchemas = { [A in EvaluationAxis]: z.ZodOptional<z.ZodArray<z.ZodType<EvaluationChoice<A>>>> };

const choices = Object.fromEntries(
  Object.entries(EVALUATION_AXES).map(([axis, known]) => [axis, z.array(z.enum(known)).min(1).optional()]),
) as unknown as ChoiceSchemas;

type AxisSchemas = { [A in DialectAxis]: z.ZodOptional<z.ZodType<DialectAxes[A]>> };

const axes = Object.fromEntries(
  Object.entries(DIALECT_AXES).map(([axis, known]) => [axis, z.enum(known).optional()]),
) as unknown as AxisSchemas;

const limitsSchema = z
  .object({
    cases: z.number().int().min(1).optional().meta({ description: "Most cases in one run" }),
    bytes: z
      .number()
      .int()
      .min(MIN_LINE_LENGTH)
      .optional()
      .meta({ description: "Longest line that it reads" }),
    pipeline: z.number().int().min(1).optional().meta({ description: "Requests that may be outstanding" }),
  })
  .meta({ id: "Limits", description: "What the adapter can take at once" });

const float32Schema = z
  .object({
    reference: z
      .enum(Object.keys(PINNED_EVALUATIONS) as [PinnedEvaluationName, ...PinnedEvaluationName[]])
      .optional()
      .meta({ description: "The named evaluation whose bits it claims" }),
    choices: z
      .strictObject(choices)
      .optional()
      .meta({ description: "Axes on which other choices are left open than in the default freedom" }),
  })
  .meta({ id: "Float32", description: "How it rounds" });

/**
 * What an implementation accepts, by hyperparameter.
 * @param scalar schema of a bound: it differs between the wire and in-process use
 */
export function domainSchema<S extends z.ZodType>(scalar: S) {
  const range = z.strictObject({
    atLeast: scalar.optional(),
    above: scalar.optional(),
    atMost: scalar.optional(),
    below: scalar.optional(),
  });
  const ranges = Object.fromEntries(SCALAR_HYPERPARAMETERS.map((name) => [name, range.optional()]));
  return z
    .strictObject({
      ...(ranges as Record<(typeof SCALAR_HYPERPARAMETERS)[number], z.ZodOptional<typeof range>>),
      fixed: z
        .array(z.enum(HYPERPARAMETERS))
        .optional()
        .meta({ description: "Hyperparameters that cannot be changed between steps: no set gives them" }),
    })
    .meta({ description: "The values that it accepts, where those are not all that the dialect has" });
}

/** Hyperparameters that may be refused where they are wrong. */
export const VALIDATED = ["lr", "alpha", "eps", "momentum", "weight_decay"] as const;

const validatesSchema = z
  .strictObject({
    negative: z.array(z.enum(VALIDATED)).optional(),
    nan: z.array(z.enum(VALIDATED)).optional(),
  })
  .meta({ description: "Hyperparameters that it refuses where they are negative or NaN" });

/** What is declared in addition to dialect, capabilities and rounding. */
export const inputSchemas = {
  validates: validatesSchema.optional(),
  gradient: z
    .enum(["kept", "scratch"])
    .optional()
    .meta({ description: "Whether a step may write into the gradient; kept when left out" }),
};

/** What an implementation declares in the handshake. */
export const helloSchema = z
  .object({
    implementation: z.object({
      name: z.string().min(1),
      version: z.string(),
      language: z.string(),
      issues: z.string().optional().meta({ description: "Where findings may be reported" }),
    }),
    dialects: z
      .array(z.string())
      .min(1)
      .meta({ description: "Ids of the dialects that it claims, the main one first" }),
    axes: z
      .strictObject(axes)
      .optional()
      .meta({ description: "Formula axes on which it differs from the dialects that it claims" }),
    capabilities: z.array(z.enum(CAPABILITIES)),
    float32: float32Schema.optional(),
    domain: domainSchema(scalarCodec).optional(),
    ...inputSchemas,
    limits: limitsSchema.optional(),
    encodings: z
      .array(z.enum(["base64", "hex"]))
      .min(1)
      .optional()
      .meta({ description: "Encodings of tensors, the preferred one first; base64 when left out" }),
  })
  .meta({ id: "Hello", description: "What an implementation declares in the handshake" });

/**
 * What an implementation declares in the handshake.
 * @interface
 */
export type Hello = z.output<typeof helloSchema>;

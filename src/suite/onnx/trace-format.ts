import { z } from "zod";
import { bitsOf, fromBits } from "../../float32/bits.js";
import { hyperparametersCodec } from "../../program/program.js";
import { scalarCodec } from "../../program/scalar.js";
import { tensorCodec } from "../../program/tensor.js";

/**
 * What PyTorch did in eager mode with the network and the optimizer of an exported training graph, step by step.
 *
 *   golden/onnx/<model>.<variant>/model.onnx     the graph
 *   golden/onnx/<model>.<variant>/trace.json     the trace
 *   golden/onnx/manifest.json                    the hash of both
 *
 * Tensors stand in the order of `parameters`.
 */

const float32Codec = z.codec(
  z
    .string()
    .regex(/^[0-9a-f]{8}$/, "expected 8 lower-case hex digits of a binary32")
    .meta({ description: "A binary32 as 8 lower-case hex digits, most significant first" }),
  z.custom<number>((x) => typeof x === "number", "expected a number"),
  {
    decode: (hex) => fromBits(Number.parseInt(hex, 16)),
    encode: (x) => bitsOf(x).toString(16).padStart(8, "0"),
  },
);

/** A tensor of integers, in row-major order. */
export interface IntegerTensor {
  readonly shape: readonly number[];
  readonly values: BigInt64Array;
}

const integersCodec = z.codec(
  z
    .strictObject({ shape: z.array(z.number().int().nonnegative()), int64: z.array(z.number().int()) })
    .meta({ description: "A tensor of 64-bit integers, in row-major order" }),
  z.custom<IntegerTensor>((tensor) => (tensor as IntegerTensor).values instanceof BigInt64Array),
  {
    decode: ({ shape, int64 }) => ({ shape, values: BigInt64Array.from(int64.map(BigInt)) }),
    encode: ({ shape, values }) => ({ shape: [...shape], int64: [...values].map(Number) }),
  },
);

const state = z
  .strictObject({
    square_avg: tensorCodec,
    grad_avg: tensorCodec.optional(),
    momentum_buffer: tensorCodec.optional(),
  })
  .meta({ description: "The optimizer state of one parameter after the step" });

const stepCodec = z.strictObject({
  batch: z.record(z.string(), z.union([tensorCodec, integersCodec])),
  loss: float32Codec,
  gradients: z.array(tensorCodec),
  parameters: z.array(tensorCodec).meta({ description: "After the step" }),
  state: z.array(state),
  centre: z
    .strictObject({ loss: scalarCodec, gradients: z.array(tensorCodec) })
    .meta({ description: "Loss and gradients in binary64, of the float32 parameters before the step" }),
  bound: z
    .strictObject({ loss: scalarCodec, gradients: z.array(tensorCodec) })
    .meta({ description: "How far any float32 evaluation of the network may be from the centre" }),
});

export const traceCodec = z
  .strictObject({
    format: z.literal("rmsprop-onnx-trace/1"),
    generator: z
      .looseObject({ packages: z.record(z.string(), z.string()) })
      .meta({ description: "What wrote the file" }),
    model: z.string(),
    comment: z.string(),
    variant: z.string(),
    dialect: z.string(),
    clauses: z.array(z.string()),
    hyperparameters: hyperparametersCodec,
    parameters: z.array(z.strictObject({ name: z.string(), tensor: tensorCodec })).min(1),
    steps: z.array(stepCodec).min(1),
  })
  .meta({
    id: "OnnxTrace",
    description: "What PyTorch did in eager mode, to compare with an exported training graph",
  });

export type OnnxTrace = z.output<typeof traceCodec>;
export type TraceStep = OnnxTrace["steps"][number];

export const onnxManifestCodec = z
  .strictObject({
    format: z.literal("rmsprop-onnx-manifest/1"),
    files: z.array(z.strictObject({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  })
  .meta({ id: "OnnxManifest", description: "The hash of every file of the exported training graphs" });

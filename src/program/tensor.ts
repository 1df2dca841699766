import { z } from "zod";

/** A float32 tensor: `values` in row-major order, as many as the product of `shape` (1 for shape []). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A one-dimensional tensor. */
export function vector(values: ArrayLike<number>): Tensor {
  return { shape: [values.length], values: Float32Array.from(values) };
}

const wire = z
  .strictObject({
    shape: z
      .array(z.number().int().nonnegative())
      .meta({ description: "Row-major shape; [] has one element" }),
    data: z.string().meta({ description: "Base64 of the elements as little-endian binary32" }),
  })
  .meta({ id: "Tensor", description: "A float32 tensor, bit-exact" });

const memory = z.custom<Tensor>((t) => {
  const tensor = t as Tensor;
  if (!(tensor?.values instanceof Float32Array) || !Array.isArray(tensor.shape)) return false;
  return tensor.values.length === elementsOf(tensor.shape);
}, "expected a tensor: { shape, values: Float32Array } with as many values as the shape says");

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((n, extent) => n * extent, 1);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Wire and memory form of a tensor. */
export const tensorCodec = z.codec(wire, memory, {
  decode: ({ shape, data }, context) => {
    const fail = (message: string) => {
      context.issues.push({ code: "custom", message, input: data });
      return z.NEVER;
    };
    if (!BASE64.test(data)) return fail("not base64");
    const bytes = Buffer.from(data, "base64");
    const elements = elementsOf(shape);
    if (bytes.length !== 4 * elements) {
      return fail(
        `shape [${shape.join(", ")}] needs ${4 * elements} bytes, but the data has ${bytes.length} bytes`,
      );
    }
    const values = new Float32Array(elements);
    for (let i = 0; i < elements; i++) values[i] = bytes.readFloatLE(4 * i);
    return { shape, values };
  },
  encode: ({ shape, values }) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i], 4 * i);
    return { shape: [...shape], data: bytes.toString("base64") };
  },
});

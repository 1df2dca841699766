import { endianness } from "node:os";
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

const shape = z
  .array(z.number().int().nonnegative())
  .meta({ description: "Row-major shape; [] has one element" });
const data = z.string().meta({ description: "Base64 of the elements as little-endian binary32" });
const hex = z
  .string()
  .meta({ description: "Eight lower-case hex digits an element, most significant first" });

const wire = z
  .strictObject({ shape, data })
  .meta({ id: "Tensor", description: "A float32 tensor, bit-exact" });

/** Unknown fields are ignored in what adapters send. */
const replyWire = z
  .object({ shape, data: data.optional(), hex: hex.optional() })
  .meta({ id: "ReplyTensor", description: "A float32 tensor, bit-exact: in base64 or in hex, never both" });

const memory = z.custom<Tensor>((t) => {
  const tensor = t as Tensor;
  if (!(tensor?.values instanceof Float32Array) || !Array.isArray(tensor.shape)) return false;
  return tensor.values.length === elementsOf(tensor.shape);
}, "expected a tensor: { shape, values: Float32Array } with as many values as the shape says");

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((n, extent) => n * extent, 1);
}

/** Wire and memory form of a tensor. */
export const tensorCodec = z.codec(wire, memory, {
  decode: ({ shape, data }, context) => {
    const tensor = fromBase64(shape, data);
    return typeof tensor === "string" ? refused(tensor, data, context) : tensor;
  },
  encode: ({ shape, values }) => ({ shape: [...shape], data: littleEndian(values).toString("base64") }),
});

/** The same for tensors in replies, where unknown fields are ignored and hex is understood. */
export const replyTensorCodec = z.codec(replyWire, memory, {
  decode: ({ shape, data, hex }, context) => {
    if ((data === undefined) === (hex === undefined))
      return refused('expected either "data" (base64) or "hex"', data, context);
    const tensor = data === undefined ? fromHex(shape, hex as string) : fromBase64(shape, data);
    return typeof tensor === "string" ? refused(tensor, data ?? hex, context) : tensor;
  },
  encode: ({ shape, values }) => ({ shape: [...shape], data: littleEndian(values).toString("base64") }),
});

function refused(message: string, input: unknown, { issues }: z.core.ParsePayload): never {
  issues.push({ code: "custom", message, input });
  return z.NEVER;
}

/** Where a string goes wrong is not looked for: a group that repeats would cost stack for each of its rounds. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEX = /^[0-9a-f]*$/;

/** The tensor, or what is wrong. */
function fromBase64(shape: readonly number[], data: string): Tensor | string {
  if (data.length % 4 !== 0 || !BASE64.test(data)) return "not base64";
  return fromBytes(shape, Buffer.from(data, "base64"));
}

function fromHex(shape: readonly number[], hex: string): Tensor | string {
  if (hex.length % 8 !== 0 || !HEX.test(hex)) return "not hex: expected eight lower-case digits an element";
  return fromBytes(shape, Buffer.from(hex, "hex").swap32());
}

function fromBytes(shape: readonly number[], bytes: Buffer): Tensor | string {
  const expected = 4 * elementsOf(shape);
  if (bytes.length !== expected)
    return `shape [${shape.join(", ")}] needs ${expected} bytes, but the data has ${bytes.length} bytes`;
  const own = new Uint8Array(bytes);
  if (BIG_ENDIAN) Buffer.from(own.buffer).swap32();
  return { shape, values: new Float32Array(own.buffer) };
}

const BIG_ENDIAN = endianness() === "BE";

function littleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return BIG_ENDIAN ? Buffer.from(bytes).swap32() : bytes;
}

/** A wire tensor in hex instead of base64. */
export function inHex({ shape, data }: z.input<typeof tensorCodec>): { shape: number[]; hex: string } {
  return { shape, hex: Buffer.from(data, "base64").swap32().toString("hex") };
}

import { inHex } from "../program/tensor.js";

/** A replacer for JSON.stringify: every base64 tensor in hex. */
export function tensorInHex(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { shape, data } = value as { shape?: unknown; data?: unknown };
  return Array.isArray(shape) && typeof data === "string" ? inHex({ shape, data }) : value;
}

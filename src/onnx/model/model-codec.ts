import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type protobuf from "protobufjs";
import { packageRoot } from "../../package-info.js";
import type { Model } from "./model.js";
import { ModelError } from "./model-error.js";

/** ONNX's own description of its files, unmodified. */
const SCHEMA = join(packageRoot(), "src", "onnx", "model", "schema", "onnx.proto");

let schema: protobuf.Type | undefined;

/** Loaded when a model is first read or written: the command line starts without it. */
function modelType(): protobuf.Type {
  const { parse } = createRequire(import.meta.url)("protobufjs") as typeof protobuf;
  schema ??= parse(readFileSync(SCHEMA, "utf8"), { keepCase: false }).root.lookupType("onnx.ModelProto");
  return schema;
}

/**
 * Read the bytes of an ONNX model.
 * @param source where they come from, for errors
 * @throws {ModelError} for bytes that are no model, or only the beginning of one
 */
export function decodeModel(bytes: Uint8Array, source: string): Model {
  let model: Model;
  try {
    model = modelType().decode(bytes) as unknown as Model;
  } catch (error) {
    // The decoder has no class of errors of its own for bad bytes.
    const reason = (error as Error).message;
    throw new ModelError(source, `not an ONNX model, or only a part of one (${reason})`);
  }
  if (!Object.hasOwn(model, "irVersion") || !model.graph)
    throw new ModelError(source, "not an ONNX model: it has no IR version or no graph");
  return model;
}

/** The bytes of a model: equal models have equal bytes. */
export function encodeModel(model: Model): Uint8Array {
  const type = modelType();
  return type.encode(model as unknown as protobuf.Message).finish();
}

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { inlineExternalData } from "./external-data.js";
import { integer, type Model } from "./model.js";
import { decodeModel, encodeModel } from "./model-codec.js";
import { ModelError } from "./model-error.js";

/** A model that the runtime can be given: readable, of a known version, needing no other file. */
export interface LoadedModel {
  /** Where it comes from, for errors. */
  readonly source: string;
  readonly model: Model;
  readonly bytes: Uint8Array;
}

/** Newest versions that ONNX Runtime 1.30 knows. */
const NEWEST_IR = 13;
const NEWEST_OPSET = 26;

/**
 * Read a model from a file.
 * @throws {ModelError} for a file that is no model, or one that cannot be used
 * @throws {NodeJS.ErrnoException} for a file that cannot be read
 */
export function loadModel(path: string): LoadedModel {
  return parseModel(readFileSync(path), path, dirname(path));
}

/**
 * Read a model from bytes.
 * @param source where they come from, for errors
 * @param folder where data outside the model may lie; without it, there may be none
 * @throws {ModelError}
 */
export function parseModel(bytes: Uint8Array, source: string, folder?: string): LoadedModel {
  const model = decodeModel(bytes, source);
  checkVersions(model, source);
  const inlined = inlineExternalData(model, source, folder);
  return { source, model, bytes: inlined ? encodeModel(model) : bytes };
}

function checkVersions({ irVersion, opsetImport }: Model, source: string): void {
  const ir = integer(irVersion);
  if (ir < 1 || ir > NEWEST_IR)
    throw new ModelError(
      source,
      `it has IR version ${ir}; 1 to ${NEWEST_IR} can be run: export it with an older one`,
    );
  const opset = opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  if (!opset) {
    const domains = opsetImport.map(({ domain }) => domain).join(", ") || "none";
    throw new ModelError(source, `it imports no version of ONNX's own operators; imported are: ${domains}`);
  }
  const version = integer(opset.version);
  if (version < 1 || version > NEWEST_OPSET)
    throw new ModelError(
      source,
      `it uses opset ${version}; 1 to ${NEWEST_OPSET} can be run: export it with an older one`,
    );
}

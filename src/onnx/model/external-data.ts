import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, win32 } from "node:path";
import { type Attribute, EXTERNAL, type Graph, type Model, type Node, type TensorProto } from "./model.js";
import { ModelError } from "./model-error.js";

/**
 * Put data that lies in files next to a model into the model itself, so that it can be cut and run from memory.
 * @param folder where the model lies
 * @returns whether there was any
 * @throws {ModelError} for data that is not there, or not in the model's folder
 */
export function inlineExternalData(model: Model, source: string, folder: string | undefined): boolean {
  let any = false;
  for (const tensor of tensorsOf(model)) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    tensor.rawData = externalBytes(tensor, source, folder);
    tensor.dataLocation = 0;
    tensor.externalData = [];
    any = true;
  }
  return any;
}

/** Every constant, in subgraphs and functions too. */
function* tensorsOf({ graph, functions = [] }: Model): Generator<TensorProto> {
  yield* tensorsOfGraph(graph);
  for (const { node } of functions) yield* tensorsOfNodes(node);
}

function* tensorsOfGraph({ initializer = [], sparseInitializer = [], node }: Graph): Generator<TensorProto> {
  yield* initializer;
  for (const { values, indices } of sparseInitializer) yield* present(values, indices);
  yield* tensorsOfNodes(node);
}

function* tensorsOfNodes(nodes: readonly Node[]): Generator<TensorProto> {
  for (const { attribute = [] } of nodes) for (const one of attribute) yield* tensorsOfAttribute(one);
}

function* tensorsOfAttribute(attribute: Attribute): Generator<TensorProto> {
  const { t, tensors = [], g, graphs = [], sparseTensor, sparseTensors = [] } = attribute;
  yield* present(t, ...tensors);
  for (const { values, indices } of present(sparseTensor, ...sparseTensors)) yield* present(values, indices);
  for (const graph of present(g, ...graphs)) yield* tensorsOfGraph(graph);
}

function present<T>(...values: readonly (T | null | undefined)[]): T[] {
  return values.filter((value) => value !== null && value !== undefined) as T[];
}

function externalBytes(tensor: TensorProto, source: string, folder: string | undefined): Uint8Array {
  const entries = Object.fromEntries((tensor.externalData ?? []).map(({ key, value }) => [key, value]));
  const refuse = (problem: string) =>
    new ModelError(source, `the data of constant "${tensor.name}" lies outside the model, ${problem}`);
  const { location } = entries;
  if (!location) throw refuse("and it does not say in which file");
  const quoted = JSON.stringify(location);
  if (folder === undefined)
    throw refuse(`in ${quoted}, but this model was not read from a file, so it has no folder`);
  // Windows' form too: the same model must be refused everywhere.
  if (isAbsolute(location) || win32.isAbsolute(location))
    throw refuse(`at the absolute path ${quoted}; only files in the model's own folder are read`);
  const path = resolve(folder, location);
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    throw refuse(`in ${quoted}, and there is no such file in ${JSON.stringify(folder)}`);
  }
  for (const place of [relative(resolve(folder), path), relative(realpathSync(folder), real)]) {
    if (place === "" || place.split(/[\\/]/)[0] === ".." || isAbsolute(place))
      throw refuse(`in ${quoted}, which is not in the model's own folder`);
  }
  const offset = count(entries.offset ?? "0");
  const length = entries.length === undefined ? undefined : count(entries.length);
  if (offset === undefined || (entries.length !== undefined && length === undefined))
    throw refuse(`in ${quoted}, at an offset or length that is no count of bytes`);
  return slice(real, offset, length, (size) =>
    refuse(`in ${quoted}, which has ${size} bytes: too few for ${length ?? "any"} from byte ${offset} on`),
  );
}

function count(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function slice(
  path: string,
  offset: number,
  length: number | undefined,
  tooShort: (size: number) => Error,
): Uint8Array {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const requested = length ?? size - offset;
    if (requested < 0 || offset + requested > size) throw tooShort(size);
    const bytes = new Uint8Array(requested);
    for (let done = 0; done < requested; ) {
      const read = readSync(file, bytes, done, requested - done, offset + done);
      if (read === 0) throw tooShort(size);
      done += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

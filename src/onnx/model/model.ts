/**
 * The parts of an ONNX model that the suite reads or writes, in the names of onnx.proto. What a decoded message does not
 * have reads as "", 0, null or an empty list.
 */

/** A 64-bit integer: decoded ones are objects, so that none is rounded; ours are numbers. */
export type Int64 = number | { toNumber(): number };

export function integer(x: Int64): number {
  return typeof x === "number" ? x : x.toNumber();
}

/** Values of TensorProto.DataType that have a name here. */
export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;

/** TensorProto.DataLocation: the elements are in another file. */
export const EXTERNAL = 1;

export interface StringEntry {
  key: string;
  value: string;
}

export interface OperatorSet {
  /** "" and "ai.onnx" are the operators of ONNX itself. */
  domain: string;
  version: Int64;
}

export interface Dimension {
  dimValue?: Int64;
  dimParam?: string;
}

export interface TypeProto {
  tensorType?: { elemType: number; shape?: { dim: Dimension[] } | null } | null;
}

/** An input or an output of a graph. */
export interface ValueInfo {
  name: string;
  type?: TypeProto | null;
}

export interface TensorProto {
  name: string;
  dims: Int64[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
  externalData?: StringEntry[];
  dataLocation?: number;
}

export interface Attribute {
  name: string;
  type: number;
  t?: TensorProto | null;
  tensors?: TensorProto[];
  g?: Graph | null;
  graphs?: Graph[];
  sparseTensor?: SparseTensor | null;
  sparseTensors?: SparseTensor[];
}

export interface SparseTensor {
  values?: TensorProto | null;
  indices?: TensorProto | null;
}

export interface Node {
  name?: string;
  domain?: string;
  opType: string;
  input: string[];
  output: string[];
  attribute?: Attribute[];
}

export interface Graph {
  name: string;
  node: Node[];
  initializer?: TensorProto[];
  sparseInitializer?: SparseTensor[];
  input: ValueInfo[];
  output: ValueInfo[];
}

export interface Model {
  irVersion: Int64;
  opsetImport: OperatorSet[];
  producerName?: string;
  producerVersion?: string;
  graph: Graph;
  metadataProps?: StringEntry[];
  functions?: { name: string; domain: string; node: Node[] }[];
}

/** A model's metadata as a record. Of keys that are there twice, the last one counts. */
export function metadataOf(model: Model): Readonly<Record<string, string>> {
  return Object.fromEntries((model.metadataProps ?? []).map(({ key, value }) => [key, value]));
}

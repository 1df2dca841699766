import { BOOL, FLOAT, type Graph, INT64, integer, type ValueInfo } from "./model.js";

/** A number, the name of a free extent, or null where nothing is said. */
export type Extent = number | string | null;

/** An input or output of a graph, as it is declared. */
export interface GraphValue {
  readonly name: string;
  /** "float32", "int64", "bool", another type by its number in ONNX, or what it is instead of a tensor. */
  readonly elementType: string;
  /** Undefined where the graph does not say. */
  readonly shape: readonly Extent[] | undefined;
}

/** What has to be fed into a graph, and what it gives. */
export interface Signature {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** An input that has an initial value in the file need not be fed, and is left out. */
export function signatureOf(graph: Graph): Signature {
  const given = new Set((graph.initializer ?? []).map(({ name }) => name));
  return {
    inputs: graph.input.filter(({ name }) => !given.has(name)).map(declared),
    outputs: graph.output.map(declared),
  };
}

const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  [FLOAT]: "float32",
  [INT64]: "int64",
  [BOOL]: "bool",
};

function declared({ name, type }: ValueInfo): GraphValue {
  const tensor = type?.tensorType;
  if (!tensor) return { name, elementType: type ? "no tensor" : "not declared", shape: undefined };
  const elementType = ELEMENT_TYPES[tensor.elemType] ?? `ONNX element type ${tensor.elemType}`;
  const shape = tensor.shape?.dim.map((dim): Extent => {
    if (Object.hasOwn(dim, "dimValue")) return integer(dim.dimValue as number);
    return dim.dimParam ? dim.dimParam : null;
  });
  return { name, elementType, shape };
}

/** As in: float32 [4, batch, ?]. */
export function typeText({ elementType, shape }: Omit<GraphValue, "name">): string {
  return shape ? `${elementType} [${shape.map((extent) => extent ?? "?").join(", ")}]` : elementType;
}

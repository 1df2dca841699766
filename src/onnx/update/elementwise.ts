import { integer, type Node, type TensorProto } from "../model/model.js";

/** Operators that treat each element by itself: what they compute does not depend on the shape of a tensor. */
const OPERATORS = new Set(
  `Abs Add And Cast CastLike Ceil Clip Constant Div Equal Exp Floor Greater GreaterOrEqual Identity IsInf IsNaN Less
   LessOrEqual Log Max Mean Min Mul Neg Not Or Pow Reciprocal Relu Round Sign Sqrt Sub Sum Where Xor`.split(
    /\s+/,
  ),
);

/** Whether nodes and constants would do the same to tensors of any other shape: constants have one element each. */
export function isElementwise(nodes: readonly Node[], constants: readonly TensorProto[]): boolean {
  return (
    constants.every(hasOneElement) &&
    nodes.every(
      ({ domain, opType, attribute = [] }) =>
        (domain === undefined || domain === "" || domain === "ai.onnx") &&
        OPERATORS.has(opType) &&
        (opType !== "Constant" || attribute.every(isOneElement)),
    )
  );
}

function hasOneElement({ dims }: TensorProto): boolean {
  return dims.every((extent) => integer(extent) === 1);
}

/** A Constant's attribute says by its name what it holds: value, value_float, value_floats, … */
function isOneElement({ name, t }: { name: string; t?: TensorProto | null }): boolean {
  if (name === "value") return t !== null && t !== undefined && hasOneElement(t);
  return name === "value_float" || name === "value_int";
}

import { iterateGraph } from "../../../onnx/runtime/iteration/iterate-graph.js";
import type { IterateGraph } from "../iterate-trace.js";

/** Runs graphs in this process: those of the tests are known not to end it. */
export const iterateHere: IterateGraph = async (request) => {
  const steps = [];
  for await (const outputs of iterateGraph(request)) steps.push(outputs);
  return steps;
};

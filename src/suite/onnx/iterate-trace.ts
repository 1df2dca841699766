import type { StateSlot } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import { GraphRunError } from "../../onnx/runtime/iteration/graph-run-error.js";
import type { GraphTensors, IterationRequest } from "../../onnx/runtime/iteration/iteration-request.js";
import type { GraphTensor, SessionOptions } from "../../onnx/runtime/session.js";
import { initialSquare } from "../../onnx/update/initial-square.js";
import { scalarsOf } from "../../onnx/update/scalars.js";
import type { ObservedParameter } from "../../program/observation.js";
import type { Tensor } from "../../program/tensor.js";
import type { NetworkResult } from "./network-comparison.js";
import type { OnnxTrace } from "./trace-format.js";
import { dialectOf, type TrainingStep } from "./training-program.js";

/** Runs a training graph step after step; one set of outputs a step. */
export type IterateGraph = (request: IterationRequest) => Promise<readonly GraphTensors[]>;

/** Train with the batches of a trace from its start, the state fed back. */
export async function iterateTrace(
  trace: OnnxTrace,
  model: string,
  settings: SessionOptions,
  iterate: IterateGraph,
): Promise<(TrainingStep & NetworkResult)[]> {
  const outputs = await iterate(trainingOf(trace, model, settings));
  return outputs.map((step) => ({
    ...networkResult(trace, step),
    after: trace.parameters.map(({ name }) => {
      const tensors = ["parameter", ...stateSlots(trace)].map((slot) => [
        slot,
        float32Of(step, `next.${slot}.${name}`),
      ]);
      return Object.fromEntries(tensors) as ObservedParameter;
    }),
  }));
}

/** The losses of the same training, with nothing else read back: what is fed back stays where the provider has it. */
export async function lossesOnDevice(
  trace: OnnxTrace,
  model: string,
  settings: SessionOptions,
  iterate: IterateGraph,
): Promise<number[]> {
  const outputs = await iterate({ ...trainingOf(trace, model, settings), needed: ["loss"] });
  return outputs.map((step) => float32Of(step, "loss").values[0]);
}

/** Loss and gradients of every step from the parameters and state that PyTorch had, so that nothing accumulates. */
export async function networkOfStates(
  trace: OnnxTrace,
  model: string,
  settings: SessionOptions,
  iterate: IterateGraph,
): Promise<NetworkResult[]> {
  const training = trainingOf(trace, model, settings);
  const outputs = await iterate({
    ...training,
    steps: training.steps.map((fed, k) => ({ ...fed, ...(k > 0 && stateAfter(trace, k - 1)) })),
  });
  return outputs.map((step) => networkResult(trace, step));
}

/** Every step of a trace, from its start, with its batches. */
function trainingOf(trace: OnnxTrace, model: string, settings: SessionOptions): IterationRequest {
  return {
    model,
    settings,
    initial: initialFeeds(trace),
    steps: trace.steps.map((_, k) => fedIn(trace, k)),
  };
}

/** What the graph starts from: parameters, the dialect's initial state, and the hyperparameters as float32. */
export function initialFeeds(trace: OnnxTrace): GraphTensors {
  const [dialect, h] = dialectOf(trace);
  const tensors: Record<string, GraphTensor> = {};
  for (const { name, tensor } of trace.parameters) {
    tensors[`parameter.${name}`] = tensor;
    for (const slot of stateSlots(trace)) {
      const { length } = tensor.values;
      const values = slot === "square_avg" ? initialSquare(dialect, h, length) : new Float32Array(length);
      tensors[`${slot}.${name}`] = { shape: tensor.shape, values };
    }
  }
  return { ...tensors, ...scalarTensors(dialect, h, 1) };
}

/** The scalars of a step, counted from 1: some dialects' change from step to step. */
function scalarTensors(dialect: Dialect, h: Hyperparameters, step: number): GraphTensors {
  const scalars = Object.entries(scalarsOf(dialect, h, step));
  return Object.fromEntries(
    scalars.map(([name, value]) => [name, { shape: [], values: Float32Array.of(value) }]),
  );
}

/** Everything that is fed in one step in addition to what is fed back. */
function fedIn(trace: OnnxTrace, k: number): GraphTensors {
  const batch = Object.entries(trace.steps[k].batch).map(([name, tensor]) => [`batch.${name}`, tensor]);
  return { ...Object.fromEntries(batch), ...scalarTensors(...dialectOf(trace), k + 1) };
}

/** Parameters and state that PyTorch had after a step. */
function stateAfter(trace: OnnxTrace, k: number): GraphTensors {
  const { parameters, state } = trace.steps[k];
  const tensors = trace.parameters.flatMap(({ name }, p) => [
    [`parameter.${name}`, parameters[p]] as const,
    ...stateSlots(trace).map((slot) => [`${slot}.${name}`, state[p][slot]] as const),
  ]);
  return Object.fromEntries(tensors) as GraphTensors;
}

function stateSlots(trace: OnnxTrace): readonly StateSlot[] {
  return slotsOf(stepShape(...dialectOf(trace)));
}

function networkResult(trace: OnnxTrace, outputs: GraphTensors): NetworkResult {
  return {
    loss: float32Of(outputs, "loss").values[0],
    gradients: trace.parameters.map(({ name }) => float32Of(outputs, `gradient.${name}`)),
  };
}

/** @throws {GraphRunError} for an output that is not there, or not of float32 */
function float32Of(outputs: GraphTensors, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor?.values instanceof Float32Array) return { shape: tensor.shape, values: tensor.values };
  const found = tensor
    ? "elements that are not float32"
    : `only the outputs ${Object.keys(outputs).join(", ")}`;
  throw new GraphRunError(`${name} is missing: the graph has ${found}`, false);
}

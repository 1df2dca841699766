import { floatsBetween } from "../../float32/neighbours.js";
import type { Tensor } from "../../program/tensor.js";
import type { OnnxTrace, TraceStep } from "./trace-format.js";

/** Loss and gradients of one step, from the parameters and state that PyTorch had before it. */
export interface NetworkResult {
  readonly loss: number;
  readonly gradients: readonly Tensor[];
}

/** The value of a step that is farthest from the centre, in shares of its bound. */
export interface WorstShare {
  /** |value − centre| / bound: at most 1 for whatever evaluates the network in float32. ∞ for NaN. */
  readonly share: number;
  /** Counted from 1. */
  readonly step: number;
  /** Parameter and element; absent for the loss. */
  readonly where?: { readonly parameter: string; readonly element: number };
}

/** How a network's results stand to the exact ones and to PyTorch's. */
export interface NetworkComparison {
  readonly loss: WorstShare;
  readonly gradients: WorstShare;
  /** Elements of gradients compared. */
  readonly compared: number;
  /** Of those, the ones that are not PyTorch's bits. */
  readonly otherThanPyTorch: number;
  /** The largest distance of a gradient from PyTorch's, in floats; ∞ for NaN. */
  readonly mostFloats: number;
}

/** Compare the results of each step with the proven bounds of the trace, and with PyTorch's own results. */
export function compareNetwork(trace: OnnxTrace, results: readonly NetworkResult[]): NetworkComparison {
  let loss: WorstShare = { share: 0, step: 0 };
  let gradients: WorstShare = { share: 0, step: 0 };
  let compared = 0;
  let otherThanPyTorch = 0;
  let mostFloats = 0;
  for (const [k, result] of results.entries()) {
    const recorded = trace.steps[k];
    const lossShare = shareOf(result.loss, recorded.centre.loss, recorded.bound.loss);
    if (lossShare >= loss.share) loss = { share: lossShare, step: k + 1 };
    for (const [p, { name }] of trace.parameters.entries()) {
      const { values } = result.gradients[p];
      for (let element = 0; element < values.length; element++) {
        const share = gradientShare(recorded, p, element, values[element]);
        if (share > gradients.share || gradients.step === 0)
          gradients = { share, step: k + 1, where: { parameter: name, element } };
        const floats = floatsApart(values[element], recorded.gradients[p].values[element]);
        compared++;
        if (floats > 0) otherThanPyTorch++;
        mostFloats = Math.max(mostFloats, floats);
      }
    }
  }
  return { loss, gradients, compared, otherThanPyTorch, mostFloats };
}

/** What PyTorch itself recorded, to be held against the same bounds. */
export function networkOfTrace({ steps }: OnnxTrace): NetworkResult[] {
  return steps.map(({ loss, gradients }) => ({ loss, gradients }));
}

export function isWithinBounds({ loss, gradients }: NetworkComparison): boolean {
  return loss.share <= 1 && gradients.share <= 1;
}

function gradientShare({ centre, bound }: TraceStep, p: number, element: number, value: number): number {
  return shareOf(value, centre.gradients[p].values[element], bound.gradients[p].values[element]);
}

function shareOf(value: number, centre: number, bound: number): number {
  if (value === centre) return 0;
  const share = Math.abs(value - centre) / bound;
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
}

function floatsApart(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  return Number.isNaN(a) || Number.isNaN(b) ? Number.POSITIVE_INFINITY : floatsBetween(a, b);
}

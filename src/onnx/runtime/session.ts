import type { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { ModelError } from "../model/model-error.js";
import { type ProviderName, ProviderUnavailable, remedyFor } from "./providers.js";
import { loadRuntime } from "./runtime.js";

export const OPTIMIZATION_LEVELS = ["disabled", "basic", "extended", "all"] as const;
/** How much ONNX Runtime may rewrite a graph before it runs it. */
export type OptimizationLevel = (typeof OPTIMIZATION_LEVELS)[number];

/** Outputs of a session that stay in the provider's memory instead of being read back. */
export interface OnDevice {
  /** All outputs of the model. */
  readonly outputs: readonly string[];
  readonly kept: readonly string[];
}

export interface SessionOptions {
  /** @default "cpu" */
  readonly provider?: ProviderName;
  /** @default "all", which is the runtime's own default */
  readonly optimization?: OptimizationLevel;
  /** Threads within an operator; from 1. @default 1 */
  readonly threads?: number;
}

/** What goes into a graph and comes out: float32 or int64 elements in row-major order, as many as the shape says. */
export interface GraphTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** A tensor of float32 elements. Anything with such values and a shape is one, a program's tensor too. */
export interface Float32Tensor extends GraphTensor {
  readonly values: Float32Array;
}

/** An output that stays in the provider's own memory, to be fed to the same session again. */
export interface DeviceTensor {
  /** Free it. It cannot be fed afterwards. */
  dispose(): void;
}

/** What one run gave, where some outputs stay on the device. */
export interface RetainedResults {
  readonly read: Record<string, GraphTensor>;
  readonly kept: Record<string, DeviceTensor>;
}

/** A graph that is ready to run. */
export interface OnnxSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Run the graph once. What is fed is not changed.
   * @param feeds one tensor for each input
   * @param outputs those that are wanted; all of them if left out
   * @returns one tensor for each, in memory of its own
   * @throws {Error} with the runtime's words
   */
  run(
    feeds: Readonly<Record<string, GraphTensor>>,
    outputs?: readonly string[],
  ): Promise<Record<string, GraphTensor>>;
  /**
   * The same, for a session that was opened with outputs that stay on the device.
   * @param outputs those that are wanted
   */
  runKeeping(
    feeds: Readonly<Record<string, GraphTensor | DeviceTensor>>,
    outputs: readonly string[],
  ): Promise<RetainedResults>;
  /** Free what it holds. It cannot be run afterwards. */
  release(): Promise<void>;
}

/**
 * Make a graph ready to run.
 * @param model the bytes of a model that needs no other file
 * @param source where the model comes from, for errors
 * @param onDevice which outputs stay on the device; only WebGPU can keep them
 * @throws {ModelError} if the runtime refuses the model
 * @throws {ProviderUnavailable} if the provider cannot be loaded; there is no falling back to another
 */
export async function openSession(
  model: Uint8Array,
  source: string,
  { provider = "cpu", optimization = "all", threads = 1 }: SessionOptions = {},
  onDevice?: OnDevice,
): Promise<OnnxSession> {
  const runtime = await loadRuntime(provider);
  try {
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: optimization,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      ...(onDevice && { preferredOutputLocation: locationsOf(onDevice) }),
    });
    return new RuntimeSession(session, (tensor) => runtimeTensor(runtime.Tensor, tensor), onDevice?.kept);
  } catch (error) {
    const reason = (error as Error).message;
    if (saysThatProviderIsMissing(reason))
      throw new ProviderUnavailable(provider, reason, remedyFor(provider));
    throw new ModelError(source, `ONNX Runtime refuses it: ${reason}`);
  }
}

/** Errors that are about the provider, not the model. The runtime has no codes for them. */
function saysThatProviderIsMissing(reason: string): boolean {
  return /SessionOptionsAppendExecutionProvider|Failed to load shared library|WebGPU adapter/i.test(reason);
}

class RetainedTensor implements DeviceTensor {
  constructor(readonly tensor: RuntimeTensor) {}

  dispose(): void {
    this.tensor.dispose();
  }
}

/** Of a location that is given for some outputs only, the runtime takes no notice: all must be named. */
function locationsOf({ outputs, kept }: OnDevice): Record<string, "cpu" | "gpu-buffer"> {
  return Object.fromEntries(outputs.map((name) => [name, kept.includes(name) ? "gpu-buffer" : "cpu"]));
}

class RuntimeSession implements OnnxSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];

  constructor(
    private readonly session: InferenceSession,
    private readonly toRuntime: (tensor: GraphTensor) => RuntimeTensor,
    private readonly kept: readonly string[] = [],
  ) {
    this.inputs = session.inputNames;
    this.outputs = session.outputNames;
  }

  async run(
    feeds: Readonly<Record<string, GraphTensor>>,
    outputs: readonly string[] = this.outputs,
  ): Promise<Record<string, GraphTensor>> {
    return (await this.runKeeping(feeds, outputs)).read;
  }

  async runKeeping(
    feeds: Readonly<Record<string, GraphTensor | DeviceTensor>>,
    outputs: readonly string[],
  ): Promise<RetainedResults> {
    const given = Object.entries(feeds).map(([name, tensor]) => [
      name,
      tensor instanceof RetainedTensor ? tensor.tensor : this.toRuntime(tensor as GraphTensor),
    ]);
    const results = await this.session.run(Object.fromEntries(given), outputs);
    const read: Record<string, GraphTensor> = {};
    const kept: Record<string, DeviceTensor> = {};
    for (const name of outputs) {
      if (this.kept.includes(name)) kept[name] = new RetainedTensor(results[name]);
      else read[name] = graphTensor(name, results[name]);
    }
    return { read, kept };
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

function runtimeTensor(Tensor: typeof RuntimeTensor, { shape, values }: GraphTensor): RuntimeTensor {
  return values instanceof Float32Array
    ? new Tensor("float32", values, shape)
    : new Tensor("int64", values, shape);
}

/** @throws {TypeError} for elements that are neither float32 nor int64 */
function graphTensor(name: string, tensor: RuntimeTensor): GraphTensor {
  const { data, dims, type } = tensor;
  if (data instanceof Float32Array || data instanceof BigInt64Array) return { shape: dims, values: data };
  throw new TypeError(`output ${name} has elements of type ${type}; float32 and int64 can be read`);
}

import { loadModel } from "../../model/load-model.js";
import { ModelError } from "../../model/model-error.js";
import { signatureOf } from "../../model/signature.js";
import {
  type DeviceTensor,
  type GraphTensor,
  type OnnxSession,
  openSession,
  type RetainedResults,
} from "../session.js";
import type { GraphTensors, IterationRequest } from "./iteration-request.js";

const NEXT = "next.";

/**
 * Run a training graph, one set of outputs a step. Where not all outputs are wanted, those that are only fed back stay
 * on the device, if the provider can keep them there.
 * @throws {ModelError} if the graph is refused, or an input of it is neither fed nor fed back
 * @throws {ProviderUnavailable}
 * @throws {Error} with the runtime's words, naming the step
 */
export async function* iterateGraph({
  model: path,
  settings,
  initial,
  steps,
  needed: requested,
}: IterationRequest): AsyncGenerator<GraphTensors> {
  const { model, bytes } = loadModel(path);
  const { inputs, outputs } = namesOf(signatureOf(model.graph));
  const fedBack = outputs.filter((name) => name.startsWith(NEXT) && inputs.includes(name.slice(NEXT.length)));
  const expected = requested ?? outputs;
  const run = [...new Set([...expected, ...fedBack])];
  const kept = settings.provider === "webgpu" ? fedBack.filter((name) => !expected.includes(name)) : [];
  const session = await openSession(bytes, path, settings, kept.length > 0 ? { outputs, kept } : undefined);
  let propagated: Readonly<Record<string, GraphTensor | DeviceTensor>> = initial;
  try {
    for (const [k, fed] of steps.entries()) {
      const given = { ...propagated, ...fed };
      const results = await runStep(session, inputsOf(session, given, path), run, k);
      yield Object.fromEntries(expected.map((name) => [name, results.read[name]]));
      const next = { ...results.read, ...results.kept };
      dispose(propagated);
      propagated = {
        ...propagated,
        ...Object.fromEntries(fedBack.map((name) => [name.slice(NEXT.length), next[name]])),
      };
    }
  } finally {
    dispose(propagated);
    await session.release();
  }
}

function namesOf(signature: ReturnType<typeof signatureOf>) {
  return {
    inputs: signature.inputs.map(({ name }) => name),
    outputs: signature.outputs.map(({ name }) => name),
  };
}

/** What the graph takes, of all that there is: it may not use every hyperparameter. */
function inputsOf<T>(
  { inputs }: OnnxSession,
  given: Readonly<Record<string, T>>,
  path: string,
): Record<string, T> {
  const missing = inputs.filter((name) => !(name in given));
  if (missing.length > 0)
    throw new ModelError(
      path,
      `it has the inputs ${missing.join(", ")}, for which there is nothing to feed; there is ${Object.keys(given).join(", ")}`,
    );
  return Object.fromEntries(inputs.map((name) => [name, given[name]]));
}

async function runStep(
  session: OnnxSession,
  feeds: Record<string, GraphTensor | DeviceTensor>,
  outputs: readonly string[],
  k: number,
): Promise<RetainedResults> {
  try {
    return await session.runKeeping(feeds, outputs);
  } catch (error) {
    throw new Error(`step ${k + 1}: ${(error as Error).message}`);
  }
}

/** Free the memory of the device that the last step's results took. */
function dispose(tensors: Readonly<Record<string, GraphTensor | DeviceTensor>>): void {
  for (const tensor of Object.values(tensors)) if ("dispose" in tensor) tensor.dispose();
}

import { type ProviderName, ProviderUnavailable, remedyFor } from "./providers.js";

type Runtime = typeof import("onnxruntime-node");

let loaded: Promise<Runtime> | undefined;

/**
 * ONNX Runtime, loaded when it is first asked for: it is tens of megabytes, and most commands need none of it.
 * @throws {ProviderUnavailable} where there is no binary for this machine
 */
export async function loadRuntime(provider: ProviderName): Promise<Runtime> {
  loaded ??= import("onnxruntime-node");
  try {
    const runtime = await loaded;
    // Errors are thrown, with the same words; the log would only repeat them.
    runtime.env.logLevel = "fatal";
    return runtime;
  } catch (error) {
    throw new ProviderUnavailable(provider, (error as Error).message, remedyFor(provider));
  }
}

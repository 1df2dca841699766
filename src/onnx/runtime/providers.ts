import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { packageRoot } from "../../package-info.js";
import { FLOAT, type Model } from "../model/model.js";
import { encodeModel } from "../model/model-codec.js";

export const PROVIDERS = ["cpu", "webgpu", "cuda"] as const;
/** What ONNX Runtime runs a graph on. */
export type ProviderName = (typeof PROVIDERS)[number];

/** A provider that cannot be used here: why, and how to get it. */
export class ProviderUnavailable extends Error {
  override readonly name = "ProviderUnavailable";

  constructor(
    readonly provider: ProviderName,
    readonly reason: string,
    readonly remedy: string,
  ) {
    super(`provider ${provider} is not available: ${reason}. ${remedy}`);
  }
}

export type ProviderStatus =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** A GPU's driver may take its time to start. */
const PROBE_TIMEOUT = 60_000;

const statuses = new Map<ProviderName, Promise<ProviderStatus>>();

/**
 * Whether a provider can run a graph here. It is tried, in a process of its own: the list of providers that the runtime
 * gives is that of its build and says nothing of this machine, and a driver that does not fit may end the process.
 */
export function providerStatus(provider: ProviderName): Promise<ProviderStatus> {
  let status = statuses.get(provider);
  if (!status) {
    status = probe(provider);
    statuses.set(provider, status);
  }
  return status;
}

/** Doubles 1.5 on the provider. Written as text, so that it runs next to sources and next to compiled files alike. */
const PROBE = `
  import ort from "onnxruntime-node";
  const [provider, model] = process.argv.slice(1);
  ort.env.logLevel = "fatal";
  const options = { executionProviders: [provider], logSeverityLevel: 4 };
  const session = await ort.InferenceSession.create(Buffer.from(model, "base64"), options);
  const { y } = await session.run({ x: new ort.Tensor("float32", Float32Array.of(1.5), [1]) });
  if (y.data[0] !== 3) throw new Error("it computes 1.5 + 1.5 = " + y.data[0]);
`;

function probe(provider: ProviderName): Promise<ProviderStatus> {
  const model = Buffer.from(encodeModel(doubling())).toString("base64");
  const command = ["--input-type=module", "--eval", PROBE, provider, model];
  return new Promise((resolve) => {
    const options = { cwd: packageRoot(), timeout: PROBE_TIMEOUT, killSignal: "SIGKILL" } as const;
    execFile(process.execPath, command, options, (error, _, stderr) => {
      if (!error) resolve({ available: true });
      else resolve({ available: false, reason: reasonOf(error, stderr), remedy: remedyFor(provider) });
    });
  });
}

function reasonOf(
  error: Error & { killed?: boolean; signal?: NodeJS.Signals | null },
  stderr: string,
): string {
  if (error.killed) return `it did not run a graph of one node within ${PROBE_TIMEOUT / 1000} s`;
  const thrown = /^(?:Uncaught )?\w*Error(?: \[\w+\])?: (.*)$/m.exec(stderr);
  if (thrown) return thrown[1].trim();
  if (error.signal) return `the runtime ended its process with ${error.signal}`;
  return stderr.trim().split("\n").at(-1) || error.message;
}

function doubling(): Model {
  const value = (name: string) => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimValue: 1 }] } } },
  });
  return {
    irVersion: 10,
    opsetImport: [{ domain: "", version: 20 }],
    graph: {
      name: "doubling",
      node: [{ opType: "Add", input: ["x", "x"], output: ["y"] }],
      input: [value("x")],
      output: [value("y")],
    },
  };
}

/** How to get a provider that is not there. */
export function remedyFor(provider: ProviderName): string {
  switch (provider) {
    case "cpu":
      return `It needs a package that is installed apart: npm install --save-dev --ignore-scripts onnxruntime-node@${runtimeVersion()} (binaries for Linux and Windows on x64 and arm64, and for macOS on arm64; this is ${process.platform}-${process.arch})`;
    case "webgpu":
      return "It needs a GPU with a Vulkan, Metal or Direct3D 12 driver; without a GPU, Mesa 25's software Vulkan will do (on Debian, scripts/onnx/software-vulkan.sh installs it)";
    case "cuda":
      return `It needs an NVIDIA GPU with CUDA and cuDNN, and the libraries libonnxruntime_providers_cuda.so and libonnxruntime_providers_shared.so of onnxruntime-gpu ${runtimeVersion()} next to the runtime's own, in ${bindingFolder()}`;
  }
}

const RUNTIME = "onnxruntime-node/package.json";

function runtimeVersion(): string {
  const { peerDependencies } = createRequire(import.meta.url)(join(packageRoot(), "package.json")) as {
    peerDependencies: Readonly<Record<"onnxruntime-node", string>>;
  };
  return peerDependencies["onnxruntime-node"].replace(/^\^/, "");
}

function bindingFolder(): string {
  const binaries = join("bin", "napi-v6", process.platform, process.arch);
  try {
    return join(dirname(createRequire(import.meta.url).resolve(RUNTIME)), binaries);
  } catch {
    return join("onnxruntime-node", binaries); // not installed: then that is the first thing to do
  }
}

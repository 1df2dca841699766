import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { GraphWorker } from "../onnx/runtime/iteration/graph-worker.js";
import { providerStatus } from "../onnx/runtime/providers.js";
import { BUNDLED_ONNX } from "../package-info.js";
import { OnnxSet } from "../suite/onnx/onnx-set.js";
import { type CompiledCli, compileCli } from "./__test-helpers__/compiled-cli.js";
import { EXIT } from "./exit-codes.js";

let cli: CompiledCli;
beforeAll(async () => {
  cli = await compileCli();
});

/** Run `onnx` as a user does. */
const onnx = (...flags: string[]) => cli.run("onnx", ...flags);

describe("onnx", () => {
  test("runs one graph, judges it, and shows its steps", async () => {
    const { code, stdout } = await onnx("--model", "linear.pytorch", "--steps");
    expect(code).toBe(EXIT.passed);
    expect(stdout).toMatch(/^PASSED · 1 exported graph · 1 run · /);
    expect(stdout).toMatch(/^linear\.pytorch +PyTorch, eager +bit-exact/m);
    expect(stdout).toMatch(/^linear\.pytorch +cpu, optimization all, 1 thread +bit-exact/m);
    expect(stdout).toMatch(/^ +32 {2}/m);
  });

  test("prints JSON with the same verdict at several settings", async () => {
    const { code, stdout } = await onnx("--model", "mlp.inside", "--threads", "1", "2", "--json");
    expect(code).toBe(EXIT.passed);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ format: "rmsprop-onnx-report/1", conforms: true, complete: true });
    expect(report.runs.map((run: { settings: unknown }) => run.settings)).toEqual([
      { provider: "cpu", optimization: "all", threads: 1 },
      { provider: "cpu", optimization: "all", threads: 2 },
    ]);
    for (const { tally } of report.runs) expect(tally.bitExact).toBe(tally.judged);
  });

  test.each(["0", "1.5", "many"])("refuses %s threads", async (threads) => {
    const { code, stderr } = await onnx("--threads", threads);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(/expected a number of threads, from 1 to 1024/);
  });

  test("names the graphs that there are when none is meant", async () => {
    const { code, stderr } = await onnx("--model", "transformer");
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(/no graph has "transformer" in its name; there are airfoil\.pytorch, /);
  });

  test("says of a provider that is not here why, and how to get it; it is no pass", async ({ skip }) => {
    if ((await providerStatus("cuda")).available) skip("CUDA is here");
    const { code, stdout } = await onnx("--model", "linear.pytorch", "--provider", "cuda");
    expect(code).toBe(EXIT.inconclusive);
    expect(stdout).toMatch(/^SKIPPED · .* · skipped on cuda/);
    expect(stdout).toMatch(/skipped: cuda: .+\. It needs an NVIDIA GPU/);
  });

  test("refuses a folder that is no set", async () => {
    const { code, stderr } = await onnx("--set", dirname(BUNDLED_ONNX));
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(/manifest\.json: there is no manifest/);
  });
});

describe("the process that graphs run in", () => {
  const load = async () => {
    const path = join(dirname(cli.main), "..", "onnx", "runtime", "iteration", "graph-worker.js");
    const module = (await import(pathToFileURL(path).href)) as { GraphWorker: typeof GraphWorker };
    return new module.GraphWorker();
  };
  const { modelPath } = OnnxSet.open(BUNDLED_ONNX).open("linear.pytorch");
  const settings = { provider: "cpu", optimization: "all", threads: 1 } as const;

  test("says which inputs it has nothing for, and then takes another request", async () => {
    const worker = await load();
    try {
      const request = { model: modelPath, settings, initial: {}, steps: [{}] };
      const first = worker.iterate(request);
      await expect(first).rejects.toThrow(/it has the inputs parameter\.weight, .*nothing to feed/);
      await expect(worker.iterate({ ...request, steps: [] })).resolves.toEqual([]);
    } finally {
      worker.stop();
    }
  });

  test("fails the request that is under way when it is ended, and restarts for the next", async () => {
    const worker = await load();
    try {
      const request = { model: modelPath, settings, initial: {}, steps: [] };
      const ended = worker.iterate(request);
      worker.stop();
      await expect(ended).rejects.toThrow(/the runtime's process was ended by SIGKILL/);
      await expect(worker.iterate(request)).resolves.toEqual([]);
    } finally {
      worker.stop();
    }
  });
});

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../package-info.js";
import { type CompiledCli, compileCli } from "./__test-helpers__/compiled-cli.js";

/** `gate --onnx` and `gate --onnx-built`, as a user calls them. */

let cli: CompiledCli;
let folder: string;
beforeAll(async () => {
  cli = await compileCli();
  folder = mkdtempSync(join(tmpdir(), "rmsprop-gate-onnx-"));
}, 600_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const golden = (name: string) => join(packageRoot(), "golden", "onnx", name, "model.onnx");
const FAST = ["--profile", "smoke", "--only", "plain-steps-are-accepted"];

function gate(
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...nodeOptions, cli.main, "gate", ...args], (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

describe("conforming graphs", () => {
  it.each([
    ["a training graph", ["--onnx", golden("linear.tensorflow-momentum")], "dialect tensorflow"],
    ["graphs that the suite builds", ["--onnx-built", "--dialect", "keras"], "dialect keras"],
    [
      "the same, not rewritten, on two threads",
      ["--onnx-built", "--optimization", "disabled", "--threads", "2"],
      "dialect pytorch",
    ],
  ])("%s: exit 0, at L3", async (_, args, dialect) => {
    const { status, stdout, stderr } = await gate([...args, ...FAST]);
    expect(stderr).not.toMatch(/error/);
    expect(stdout).toMatch(/^PASSED at L3/);
    expect(stdout).toContain(dialect);
    expect(status).toBe(0);
  });
});

describe("what cannot be run", () => {
  it.each([
    [["--onnx", "absent.onnx"], 2, /no such file/],
    [["--onnx", join(packageRoot(), "package.json")], 2, /package\.json: not an ONNX model/],
    [["--onnx-built", "--evaluation", "fused"], 2, /no ONNX graph has an evaluation with contraction/],
    [["--onnx", golden("linear.pytorch"), "--constant", "eps=1e-8"], 2, /eps cannot be a constant/],
    [["--onnx", golden("linear.pytorch"), "--constant", "eps=small"], 2, /expected a number/],
    [["--onnx", golden("linear.pytorch"), "--map", "lr"], 2, /expected THEIRS=ROLE/],
    [["--onnx", golden("linear.pytorch"), "--onnx-built"], 2, /mutually exclusive/],
    [["--onnx-built", "--", "python3", "adapter.py"], 2, /replaces the adapter/],
    [["--provider", "cpu"], 2, /--provider needs --onnx/],
    [["--onnx-built", "--threads", "0"], 2, /number of threads/],
  ])("%j: exit %i", async (args, expected, problem) => {
    const { status, stdout, stderr } = await gate(args);
    expect(stderr).toMatch(problem);
    expect(stdout).toBe("");
    expect(status).toBe(expected);
  });

  it("a provider that is not there: exit 4, skipped, and how to get it", async () => {
    const { status, stdout, stderr } = await gate(["--onnx-built", "--provider", "cuda", ...FAST]);
    if (status === 0) return; // a machine with CUDA
    expect(stderr).toMatch(/^skipped: provider cuda: .*\. It needs an NVIDIA GPU/m);
    expect(stdout).toBe("");
    expect(status).toBe(4);
  });
});

it("without graphs, neither ONNX Runtime nor its schema's reader is loaded", async () => {
  const hook = join(folder, "loaded.cjs");
  const print = `console.error(Object.keys(require.cache).filter((path) => /onnxruntime|protobufjs/.test(path)).length + " loaded")`;
  writeFileSync(hook, `process.on("exit", () => ${print});`);
  const { status, stderr } = await gate(FAST, ["--require", hook]);
  expect(stderr).toContain("0 loaded");
  expect(status).toBe(0);
});

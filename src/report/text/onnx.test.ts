import { expect, test } from "vitest";
import type { GraphChecks } from "../../suite/onnx/check-graphs.js";
import type { CrossCheck } from "../../suite/onnx/cross-check.js";
import { onnxReportJson } from "../model/onnx-json.js";
import { driftText, onnxHeadline, onnxReport } from "./onnx.js";

const settings = { provider: "cpu", optimization: "all", threads: 1 } as const;
const tally = { judged: 1200, bitExact: 1200, weak: 0, indeterminate: 0, rejected: 0 };
const network = {
  loss: { share: 0.25, step: 3 },
  gradients: { share: 0.125, step: 4, where: { parameter: "weight", element: 0 } },
  compared: 600,
  otherThanPyTorch: 3,
  mostFloats: 1234,
};

const check = {
  graph: "linear.pytorch",
  settings,
  verdict: "bit-exact",
  judgement: { tally },
  bundled: { values: 1200, otherBits: 0 },
  network,
  drift: [{ step: 1, loss: 0.5, pytorchLoss: 0.25, parameters: 2 ** -20, floats: 8 }],
} as unknown as CrossCheck;

const checks: GraphChecks = {
  traces: [{ graph: "linear.pytorch", verdict: "bit-exact", judgement: check.judgement, network }],
  checks: [check],
  failed: [],
  skipped: [],
  complete: true,
};

test("the first line says the verdict and what it rests on", () => {
  expect(onnxHeadline(checks)).toBe(
    "PASSED · 1 exported graph · 1 run · 1,200 values of updates judged: 1,200 bit-exact (unfused), 0 rejected · 0 of 1,200 bits other than the bundled implementation's",
  );
});

test("each graph has a line for PyTorch and one for each run", () => {
  const lines = onnxReport(checks, []).split("\n");
  expect(lines).toContainEqual(
    expect.stringMatching(/^linear\.pytorch +PyTorch, eager +bit-exact +0\.25 +0\.13$/),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^linear\.pytorch +cpu, optimization all, 1 thread +bit-exact +0\.25 +0\.13 +1,234 +8 after 1$/,
    ),
  );
});

test.each([
  ["an interrupted run", { complete: false }, /^INCONCLUSIVE/],
  ["nothing run", { checks: [] }, /^SKIPPED/],
  [
    "a trace that does not hold",
    { traces: [{ ...checks.traces[0], verdict: "differs" as const }] },
    /^FAILED/,
  ],
  [
    "a network beyond its bound",
    { checks: [{ ...check, network: { ...network, loss: { share: 1.01, step: 1 } } }] },
    /^FAILED/,
  ],
  ["a CPU that is only certified", { checks: [{ ...check, verdict: "certified" as const }] }, /^FAILED/],
  [
    "a GPU that is certified",
    {
      checks: [
        { ...check, verdict: "certified" as const, settings: { ...settings, provider: "webgpu" as const } },
      ],
    },
    /^PASSED/,
  ],
  ["other losses on the device", { checks: [{ ...check, otherLossesOnDevice: 2 }] }, /^FAILED/],
])("%s", (_, changes, headline) => {
  expect(onnxHeadline({ ...checks, ...changes })).toMatch(headline);
});

test("what was not run, and what failed, is said; what the runtime says is made harmless", () => {
  const text = onnxReport(
    {
      ...checks,
      skipped: [{ provider: "cuda", reason: "no \u001b[31mlibrary", remedy: "Install it" }],
      failed: [{ graph: "rnn.pytorch", settings, message: "line\nbreak" }],
    },
    [],
  );
  expect(text).toMatch(/^FAILED .* · skipped on cuda · /);
  expect(text).toContain("  skipped: cuda: no \\x1b[31mlibrary. Install it");
  expect(text).toContain("  failed: rnn.pytorch on cpu, optimization all, 1 thread: line\\nbreak");
});

test("losses and drift of each step are shown", () => {
  expect(driftText(check)).toMatch(
    /^linear\.pytorch on cpu, optimization all, 1 thread\n.*\n +1 +0\.5 +0\.25 +9\.54e-7 +8$/,
  );
});

test("JSON has numbers that it lacks as text", () => {
  const infinite = { ...check, network: { ...network, loss: { share: Number.POSITIVE_INFINITY, step: 1 } } };
  const report = JSON.parse(onnxReportJson({ ...checks, checks: [infinite] }, []));
  expect(report.conforms).toBe(false);
  expect(report.runs[0].network.loss.share).toBe("Infinity");
  expect(report.runs[0].tally).toEqual(tally);
});

import { describe, expect, test } from "vitest";
import { GraphRunError } from "../../onnx/runtime/iteration/graph-run-error.js";
import { BUNDLED_ONNX } from "../../package-info.js";
import { iterateHere } from "./__test-helpers__/iterate-here.js";
import { checkGraphs, graphsConform } from "./check-graphs.js";
import { OnnxSet } from "./onnx-set.js";

const set = OnnxSet.open(BUNDLED_ONNX);
const settings = [{ provider: "cpu", optimization: "disabled", threads: 1 }] as const;

describe("a run of several graphs", () => {
  test("tells how far it is, and conforms", async () => {
    const seen: string[] = [];
    const result = await checkGraphs({
      set,
      graphs: ["linear.pytorch", "logistic.pytorch"],
      settings,
      iterate: iterateHere,
      onCheck: (what, done, total) => seen.push(`${done} of ${total} ${what}`),
    });
    expect(seen).toEqual([
      "0 of 4 linear.pytorch: PyTorch's trace",
      "1 of 4 linear.pytorch: cpu, optimization disabled, 1 thread",
      "2 of 4 logistic.pytorch: PyTorch's trace",
      "3 of 4 logistic.pytorch: cpu, optimization disabled, 1 thread",
    ]);
    expect(result.complete).toBe(true);
    expect(graphsConform(result)).toBe(true);
  });

  test("goes on after a graph that ends the runtime, does not conform, and keeps what happened", async () => {
    const result = await checkGraphs({
      set,
      graphs: ["linear.pytorch", "logistic.pytorch"],
      settings,
      iterate: (request) =>
        request.model.includes("linear")
          ? Promise.reject(new GraphRunError("the runtime's process was ended by SIGSEGV", true))
          : iterateHere(request),
    });
    expect(result.checks.map(({ graph }) => graph)).toEqual(["logistic.pytorch"]);
    expect(graphsConform(result)).toBe(false);
    expect(result.failed).toEqual([
      {
        graph: "linear.pytorch",
        settings: settings[0],
        message: "the runtime's process was ended by SIGSEGV",
      },
    ]);
  });

  test("that is interrupted is incomplete, whatever was shown before", async () => {
    const controller = new AbortController();
    const result = await checkGraphs({
      set,
      graphs: ["linear.pytorch", "logistic.pytorch"],
      settings,
      iterate: iterateHere,
      onCheck: (_, done) => done === 1 && controller.abort(),
      signal: controller.signal,
    });
    expect(result.checks).toHaveLength(1);
    expect(result.complete).toBe(false);
  });

  test("of which nothing was run is no pass", async () => {
    const result = await checkGraphs({ set, graphs: ["linear.pytorch"], settings: [], iterate: iterateHere });
    expect(graphsConform(result)).toBe(false);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadModel } from "../../onnx/model/load-model.js";
import type { Node } from "../../onnx/model/model.js";
import { encodeModel } from "../../onnx/model/model-codec.js";
import type { SessionOptions } from "../../onnx/runtime/session.js";
import { BUNDLED_ONNX } from "../../package-info.js";
import { iterateHere } from "./__test-helpers__/iterate-here.js";
import { checkTrace, crossCheck, passes, traceHolds } from "./cross-check.js";
import { onnxFindings } from "./onnx-findings.js";
import { OnnxSet, type TracedGraph } from "./onnx-set.js";

const set = OnnxSet.open(BUNDLED_ONNX);
const CPU: Required<SessionOptions> = { provider: "cpu", optimization: "all", threads: 1 };

const folder = mkdtempSync(join(tmpdir(), "broken-graph-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The graph with its nodes changed, with the same trace. */
function broken(name: string, change: (nodes: Node[]) => Node[]): TracedGraph {
  const graph = set.open(name);
  const { model } = loadModel(graph.modelPath);
  const modelPath = join(folder, `${name}.onnx`);
  writeFileSync(
    modelPath,
    encodeModel({ ...model, graph: { ...model.graph, node: change([...model.graph.node]) } }),
  );
  return { ...graph, modelPath };
}

const makes = (output: string) => (node: Node) => node.output.includes(output);

describe.each([
  "linear.pytorch",
  "linear.pytorch-centered-momentum-decay",
  "mlp.inside",
  "lstm.tensorflow-momentum",
])("%s", (name) => {
  test("has PyTorch's update to the bit, and a network within the proven bounds", async () => {
    const graph = set.open(name);
    const check = await crossCheck(graph, CPU, iterateHere);
    expect(check.verdict).toBe("bit-exact");
    expect(check.judgement.tally.judged).toBe(check.bundled.values);
    expect(check.bundled).toEqual({ values: expect.any(Number), otherBits: 0 });
    expect(check.network.gradients.share).toBeGreaterThan(0);
    expect(passes(check)).toBe(true);
    expect(check.drift).toHaveLength(graph.trace.steps.length);
    expect(check.drift[0].loss).toBeCloseTo(check.drift[0].pytorchLoss, 4);
  });

  test("has a trace of PyTorch that holds by itself", () => {
    const check = checkTrace(set.open(name));
    expect(check.verdict).toBe("bit-exact");
    expect(traceHolds(check)).toBe(true);
  });
});

describe("a graph with one node broken", () => {
  const findingsFor = async (graph: TracedGraph) => {
    const check = await crossCheck(graph, CPU, iterateHere);
    expect(passes(check)).toBe(false);
    const findings = await onnxFindings([check], () => "replay");
    expect(findings).toHaveLength(1);
    return findings[0];
  };

  test("ε on the other side of the root is another dialect, and the axis is named", async () => {
    const graph = broken("linear.pytorch", (nodes) =>
      nodes.map((node) => {
        const [root, sum] = ["Sqrt", "Add"].map((type) =>
          nodes.find(
            (one) => one.opType === type && one.output[0] === (type === "Sqrt" ? "value_23" : "value_24"),
          ),
        );
        if (node === root) return { ...node, opType: "Add", input: ["next.square_avg.weight", "eps"] };
        return node === sum ? { ...node, opType: "Sqrt", input: ["value_23"] } : node;
      }),
    );
    const { diagnosis, minimal, mismatch } = await findingsFor(graph);
    expect(diagnosis.verdict).toBe("other-dialect");
    expect(diagnosis.axes).toEqual([
      { kind: "dialect", axis: "epsilon", declared: "outside", observed: "inside" },
    ]);
    expect(mismatch?.slot).toBe("parameter");
    // One element alone, with the gradients of the graph's own run.
    expect(minimal?.program.operations[0]).toMatchObject({ groups: [{ parameters: [{ shape: [1] }] }] });
  });

  test("a product in place of a sum diverges first in the mean square", async () => {
    const graph = broken("linear.pytorch", (nodes) =>
      nodes.map((node) => (makes("next.square_avg.weight")(node) ? { ...node, opType: "Mul" } : node)),
    );
    const { diagnosis } = await findingsFor(graph);
    expect(diagnosis.verdict).toBe("differs");
    expect(diagnosis.firstDiverging).toBe("square_avg");
  });

  test("state that is given out as it came in diverges first in the mean square", async () => {
    const graph = broken("linear.pytorch", (nodes) => [
      ...nodes.map((node) => ({
        ...node,
        input: node.input.map((name) => (name === "next.square_avg.weight" ? "fresh" : name)),
        output: node.output.map((name) => (name === "next.square_avg.weight" ? "fresh" : name)),
      })),
      { opType: "Identity", input: ["square_avg.weight"], output: ["next.square_avg.weight"] },
    ]);
    const { diagnosis } = await findingsFor(graph);
    expect(diagnosis.firstDiverging).toBe("square_avg");
  });

  test("a gradient that lacks its 1/N is beyond the bound, although the update follows it to the bit", async () => {
    const graph = broken("linear.pytorch", (nodes) =>
      [
        ...nodes.map((node) => ({
          ...node,
          output: node.output.map((name) => (name === "gradient.bias" ? "mean" : name)),
        })),
      ].flatMap((node) =>
        makes("mean")(node)
          ? [node, { opType: "Add", input: ["mean", "mean"], output: ["gradient.bias"] }]
          : [node],
      ),
    );
    const check = await crossCheck(graph, CPU, iterateHere);
    expect(check.verdict).toBe("bit-exact");
    expect(check.network.gradients.share).toBeGreaterThan(1);
    expect(check.network.gradients.where?.parameter).toBe("bias");
    expect(passes(check)).toBe(false);
  });
});

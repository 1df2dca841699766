import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declarationFrom } from "../../suite/declared.js";
import { runGate } from "../../suite/gate.js";
import type { GateResult } from "../../suite/gate-result.js";
import { built, changed } from "../__test-helpers__/models.js";
import type { Model, Node } from "../model/model.js";
import { encodeModel } from "../model/model-codec.js";
import { ModelUpdates } from "../update/model-updates.js";
import { onnxAdapter } from "./onnx-adapter.js";

/** Graphs with one node that is wrong: the gate must reject each of them and say what is wrong. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rmsprop-onnx-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const making = ({ graph }: Model, output: string) =>
  graph.node.find((node) => node.output.includes(output)) as Node;

/** Judged at level L2, by what stands in the graph and not by the bits that its metadata claims. */
async function gateOf(model: Model, only: string): Promise<GateResult> {
  const file = join(folder, "model.onnx");
  writeFileSync(file, encodeModel(model));
  const adapter = onnxAdapter(new ModelUpdates({ files: [file], evaluation: "none" }), {});
  const declaration = declarationFrom(await adapter.hello(), {});
  return runGate({ adapter, declaration, level: "L2", profile: "smoke", seed: 1, only, replay: () => "" });
}

/** All that the findings say. */
function messageOf({ findings }: GateResult): string {
  return findings.map(({ diagnosis }) => diagnosis.sentence).join("\n");
}

/** One case is enough to tell. */
const ONLY = "plain-steps-are-accepted";

test("an unbroken graph conforms", async () => {
  const result = await gateOf(built(), ONLY);
  expect(result.findings).toEqual([]);
  expect(result.conforms).toBe(true);
});

describe("a graph is rejected", () => {
  test("with epsilon on the wrong side of the root, and epsilon is named", async () => {
    const broken = changed(built(), (model) => {
      const { graph } = model;
      const denominator = making(model, "intermediate.denominator");
      const root = graph.node.find(({ opType }) => opType === "Sqrt") as Node;
      // √s + ε becomes √(s + ε): the two nodes change places.
      const [s] = root.input;
      [root.opType, denominator.opType] = ["Add", "Sqrt"];
      root.input = [s, "eps"];
      denominator.input = [root.output[0]];
    });
    const result = await gateOf(broken, ONLY);
    expect(result.conforms).toBe(false);
    expect(messageOf(result)).toMatch(/another dialect: epsilon is inside instead of outside/);
  });

  test("with a product in the place of the sum of the mean square", async () => {
    const broken = changed(built(), (model) => {
      making(model, "next.square_avg").opType = "Mul";
    });
    const result = await gateOf(broken, ONLY);
    expect(result.conforms).toBe(false);
    expect(messageOf(result)).toMatch(/square_avg/);
  });

  test("with the state before the step in the place of the state after it", async () => {
    const broken = changed(built(), (model) => {
      making(model, "next.square_avg").output = ["unseen"];
      for (const node of model.graph.node)
        node.input = node.input.map((name) => (name === "next.square_avg" ? "unseen" : name));
      model.graph.node.push({ opType: "Identity", input: ["square_avg"], output: ["next.square_avg"] });
    });
    const result = await gateOf(broken, ONLY);
    expect(result.conforms).toBe(false);
    expect(messageOf(result)).toMatch(/square_avg/);
  });

  test("with the learning rate left out", async () => {
    const broken = changed(built(), (model) => {
      const scaled = model.graph.node.find(({ input }) => input.includes("lr")) as Node;
      scaled.input = scaled.input.map((name) => (name === "lr" ? "one_minus_alpha" : name));
    });
    expect((await gateOf(broken, ONLY)).conforms).toBe(false);
  });
});

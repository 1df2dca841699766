import { expect, test } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { stepShape } from "../../../spec/step-shape.js";
import { BUNDLED_ONNX } from "../../package-info.js";
import { ALL_STEP_REGIMES, elementSteps, RandomSource } from "../../search/element-steps.js";
import { OnnxSet } from "../../suite/onnx/onnx-set.js";
import { dialectOf } from "../../suite/onnx/training-program.js";
import { loadModel } from "../model/load-model.js";
import { type GraphTensor, openSession } from "../runtime/session.js";
import { builtUpdateGraph } from "./built-updates.js";
import { extractUpdate } from "./extract-update.js";
import { rolesOf } from "./roles.js";
import { scalarsOf } from "./scalars.js";

const COUNT = 100;
const set = OnnxSet.open(BUNDLED_ONNX);
// One model of each variant: the update of a variant is the same in all of them.
const names = set.names.filter((name) => name.startsWith("linear."));

test("there is an exported graph of every variant", () => {
  expect(names).toHaveLength(new Set(set.names.map((name) => name.split(".")[1])).size);
});

test.each(names)(
  "the update that PyTorch exported in %s has the bits of the one that is built",
  async (name) => {
    const { trace, modelPath } = set.open(name);
    const loaded = loadModel(modelPath);
    const roles = rolesOf(loaded);
    const exported = extractUpdate(loaded, roles, roles.parameters[0]);
    const [, h] = dialectOf(trace);
    const dialect = dialectById(trace.dialect);
    const built = builtUpdateGraph(dialect, stepShape(dialect, h), PINNED_EVALUATIONS.unfused);

    const random = new RandomSource(20130);
    const blocks = ALL_STEP_REGIMES.map((regime) => elementSteps(regime, COUNT, random));
    const feeds: Record<string, GraphTensor> = {};
    for (const slot of ["parameter", "gradient", "square_avg", "grad_avg", "momentum_buffer"] as const) {
      const values = Float32Array.from(blocks.flatMap((block) => [...block[slot]]));
      feeds[slot] = { shape: [values.length], values };
    }
    for (const [scalar, value] of Object.entries(scalarsOf(dialect, h, 7)))
      feeds[scalar] = { shape: [], values: Float32Array.of(value) };

    const [ours, theirs] = await Promise.all(
      [built.model, exported.model].map(async (model) => {
        const session = await openSession(model, name, { optimization: "all" });
        return session.run(Object.fromEntries(session.inputs.map((input) => [input, feeds[input]])));
      }),
    );
    expect(Object.keys(theirs).sort()).toEqual(Object.keys(ours).sort());
    for (const [output, { values }] of Object.entries(ours)) {
      const moved = [...values].filter((value) => Number.isFinite(Number(value)) && value !== 0);
      expect(moved.length, output).toBeGreaterThan(values.length / 4);
      // NaN is one class: its bits are the processor's.
      expect([...theirs[output].values], output).toEqual([...values]);
    }
  },
);

import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { nextUp } from "../../float32/neighbours.js";
import { defectiveAdapter } from "../__test-helpers__/planted.js";
import { measured } from "./__test-helpers__/measured.js";
import { measureTraining } from "./training.js";

const pytorch = dialectById("pytorch");

describe("measureTraining", () => {
  it("has a training for the plain rule, one with momentum and one that is centered", async () => {
    const trainings = await measureTraining(measured(pytorch), "smoke");
    expect(trainings.map(({ id, title, errors }) => [id, title, Object.keys(errors)])).toEqual([
      [
        "regression",
        "linear regression on airfoil data, 64 steps of 3 elements",
        ["parameter", "square_avg"],
      ],
      [
        "classifier",
        "classifier with one hidden layer, 25 steps of 4 elements, momentum 0.9, weight decay 0.01",
        ["parameter", "square_avg", "momentum_buffer"],
      ],
      [
        "recurrent",
        "recurrent network, 20 steps of 4 elements, centered",
        ["parameter", "square_avg", "grad_avg"],
      ],
    ]);
    expect(trainings.map(({ errors }) => errors.parameter?.length)).toEqual([64, 25, 20]);
  });

  it.each(["textbook", "pytorch", "tensorflow", "dl4j", "optax-bias-corrected", "recurrentjs"])(
    "stays as near the exact training of %s as theory says",
    async (id) => {
      // An L2 decay lets errors of the parameter into the mean square.
      const trainings = await measureTraining(measured(dialectById(id), ["weight-decay"]), "smoke");
      expect(trainings).toHaveLength(3);
      for (const { errors } of trainings) {
        // Each step adds four roundings at most, relative ones of 2^-24 (see the test of accuracy), and magnifies none.
        for (const [k, error] of errors.square_avg?.entries() ?? [])
          expect(error).toBeLessThanOrEqual(((1 + 2 ** -24) ** (4 * (k + 1)) - 1) * 2 ** 24);
        expect(Math.max(...(errors.square_avg ?? []))).toBeGreaterThan(0.5);
      }
    },
  );

  it("takes more elements and steps in larger profiles", async () => {
    const titles = async (profile: "smoke" | "ci" | "nightly") =>
      (await measureTraining(measured(dialectById("textbook")), profile)).map(({ title }) => title);
    expect((await titles("ci"))[0]).toBe("linear regression on airfoil data, 128 steps of 6 elements");
    expect(await titles("nightly")).toEqual([
      "linear regression on airfoil data, 300 steps of 6 elements",
      "classifier with one hidden layer, 25 steps of 99 elements",
      "recurrent network, 20 steps of 97 elements",
    ]);
  });

  it("grows faster with a defect", async () => {
    const errorsWith = async (adapter: ReturnType<typeof defectiveAdapter>) =>
      (await measureTraining(measured(pytorch, [], adapter), "smoke"))[0].errors;
    const honest = await errorsWith(defectiveAdapter());
    const rising = await errorsWith(defectiveAdapter({ meanSquare: (x) => nextUp(nextUp(Math.fround(x))) }));
    const last = (list: readonly number[] = []) => list[list.length - 1];
    expect(last(rising.square_avg)).toBeGreaterThan(2 * last(honest.square_avg));
  });

  it("shows the parameter alone of what hides its state", async () => {
    const trainings = await measureTraining(measured(pytorch, ["state"]), "smoke");
    const open = await measureTraining(measured(pytorch), "smoke");
    expect(trainings.map(({ errors }) => errors)).toEqual(
      open.map(({ errors: { parameter } }) => ({ parameter })),
    );
  });

  it("leaves out what is not answered", async () => {
    const bundled = bundledAdapter("fused");
    const refuses = {
      hello: () => bundled.hello(),
      stop: () => bundled.stop(),
      run: async () => [{ status: "unsupported", capability: "dialect" } as const],
    };
    expect(await measureTraining(measured(pytorch, [], refuses), "smoke")).toEqual([]);
    expect(await measureTraining(measured(dialectById("graves-2013"), ["centered"]), "smoke")).toEqual([]);
  });
});

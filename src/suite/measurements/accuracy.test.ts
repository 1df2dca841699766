import { describe, expect, it } from "vitest";
import type { Capability } from "../../../spec/capabilities.js";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter, optimizerOf } from "../../adapter/bundled.js";
import type { InProcessAdapter } from "../../adapter/in-process.js";
import { nextUp } from "../../float32/neighbours.js";
import { oneStepErrors } from "../../judge/one-step-errors.js";
import type { OperationOf } from "../../program/program.js";
import { adapterOf, defectiveAdapter, dialectAdapter } from "../__test-helpers__/planted.js";
import { measured } from "./__test-helpers__/measured.js";
import { measureAccuracy } from "./accuracy.js";
import { answersTo } from "./answered-program.js";
import { elementPrograms } from "./element-programs.js";
import type { MeasuredImplementation } from "./measured-implementation.js";

const pytorch = dialectById("pytorch");

async function accuracyOf(implementation: MeasuredImplementation) {
  const programs = elementPrograms(implementation, "smoke");
  return measureAccuracy(implementation, await answersTo(programs, implementation));
}

const slotOf = <T extends { slot: string }>(all: readonly T[], slot: string): T => {
  const found = all.find((one) => one.slot === slot);
  if (!found) throw new Error(`nothing was measured of ${slot}`);
  return found;
};

/**
 * β·s + t·g·g without a sign: each term is a product of at most three factors of which one was cast, so at most three
 * roundings reach it, and the sum is the fourth. Each is a relative 2^-24, and a relative 2^-24 is below one ulp. Where a
 * term is subnormal, the roundings of the two products are absolute, of half an ulp at most.
 */
const SQUARE_BOUND = ((1 + 2 ** -24) ** 4 - 1) * 2 ** 24 + 2 * 0.5;

describe("measureAccuracy", () => {
  it.each(
    ["pytorch", "tensorflow", "textbook", "optax-nesterov", "fastai"].flatMap((id) =>
      (["fused", "unfused", "cuda"] as const).map((evaluation) => [id, evaluation] as const),
    ),
  )("finds the mean square of %s (%s) as accurate as theory says", async (id, evaluation) => {
    // An L2 decay changes the gradient before it is squared, with roundings of its own.
    const implementation = measured(dialectById(id), ["weight-decay"], bundledAdapter(evaluation));
    const square = slotOf(await accuracyOf(implementation), "square_avg");
    expect(square.elementSteps).toBeGreaterThanOrEqual(400);
    expect(square.worst.ulps).toBeLessThanOrEqual(SQUARE_BOUND);
    expect(square.median).toBeLessThanOrEqual(square.p99);
    expect(square.p99).toBeLessThanOrEqual(square.worst.ulps);
    // An update of several operations cannot round all of them correctly.
    expect(square.worst.ulps).toBeGreaterThan(0.5);
  });

  it.each(["pytorch", "fastai", "graves-2013"])(
    "shows the worst of %s in a program of one element",
    async (id) => {
      const adapter = bundledAdapter("fused");
      const dialect = dialectById(id);
      for (const { slot, worst } of await accuracyOf(measured(dialect, [], adapter))) {
        const [{ groups }] = worst.program.operations as [OperationOf<"init">];
        expect(groups.flatMap(({ parameters }) => parameters.map(({ values }) => values.length))).toEqual([
          1,
        ]);
        const [reply] = await adapter.run([worst.program]);
        if (reply.status !== "ok") throw new Error(`the worst program was answered ${reply.status}`);
        const errors = oneStepErrors(worst.program, reply.observations, dialect);
        const again = errors.filter((one) => one.slot === slot && one.step === worst.step);
        expect(again.map(({ ulps, got }) => [ulps[0], got[0]])).toEqual([[worst.ulps, worst.got]]);
        expect(again[0].exactText(0)).toBe(worst.exact);
        expect([worst.parameter, worst.element]).toEqual([0, 0]);
      }
    },
  );

  it("sees a root that is some floats off in what follows from it, and nowhere else", async () => {
    const off = (x: number) => [...Array(6)].reduce(nextUp, Math.fround(Math.sqrt(x)));
    const honest = await accuracyOf(measured(pytorch, [], defectiveAdapter()));
    const wrong = await accuracyOf(measured(pytorch, [], defectiveAdapter({ root: off })));
    for (const slot of ["square_avg", "grad_avg"]) expect(slotOf(wrong, slot)).toEqual(slotOf(honest, slot));
    for (const slot of ["parameter", "momentum_buffer"]) {
      expect(slotOf(wrong, slot).worst.ulps).toBeGreaterThan(slotOf(honest, slot).worst.ulps);
      expect(slotOf(wrong, slot).p99).toBeGreaterThan(slotOf(honest, slot).p99);
    }
  });

  it("sees a mean square that is cut off rather than rounded", async () => {
    const cut = (x: number) => {
      const near = Math.fround(x);
      return near > x ? near - 2 ** -24 * Math.abs(near) : near;
    };
    const honest = slotOf(await accuracyOf(measured(pytorch, [], defectiveAdapter())), "square_avg");
    const wrong = slotOf(
      await accuracyOf(measured(pytorch, [], defectiveAdapter({ meanSquare: (x) => Math.fround(cut(x)) }))),
      "square_avg",
    );
    expect(wrong.median).toBeGreaterThan(honest.median);
  });

  it("finds another formula millions of ulps away", async () => {
    const inside = dialectAdapter({ epsilon: "inside" });
    const { worst } = slotOf(await accuracyOf(measured(pytorch, [], inside)), "parameter");
    expect(worst.ulps).toBeGreaterThan(2 ** 20);
  });

  it("keeps the whole program of an error that an element does not have alone", async () => {
    const together: InProcessAdapter = adapterOf({
      create: (id, groups) => {
        const optimizer = optimizerOf(id, "fused", groups);
        return Object.assign(Object.create(optimizer), {
          parameter: (index: number) => {
            const values = optimizer.parameter(index);
            return values.length < 2 ? values : values.map((x, i) => (i === 2 ? 1e30 : x));
          },
          state: (index: number) => optimizer.state?.(index),
          step: (gradients: readonly (Float32Array | null)[]) => optimizer.step(gradients),
          load: (...given: Parameters<NonNullable<typeof optimizer.load>>) => optimizer.load?.(...given),
        });
      },
    }) as InProcessAdapter;
    const { worst } = slotOf(await accuracyOf(measured(pytorch, [], together)), "parameter");
    const [{ groups }] = worst.program.operations as [OperationOf<"init">];
    expect(groups[0].parameters[0].values.length).toBeGreaterThan(2);
    expect(worst).toMatchObject({ element: 2, got: Math.fround(1e30) });
  });

  it.each<[string, Capability[], string[]]>([
    ["no momentum", ["momentum"], ["parameter", "square_avg", "grad_avg"]],
    ["no load", ["load"], ["parameter", "square_avg", "grad_avg", "momentum_buffer"]],
    ["hidden state", ["state"], ["parameter"]],
    ["hidden state and no load", ["state", "load"], ["parameter"]],
    [
      "next to nothing",
      ["momentum", "centered", "weight-decay", "load", "state", "set", "checkpoint", "groups"],
      ["parameter"],
    ],
  ])("measures what is left with %s", async (_, missingCapabilities, slots) => {
    const accuracy = await accuracyOf(measured(pytorch, missingCapabilities));
    expect(accuracy.map(({ slot }) => slot)).toEqual(slots);
    for (const { worst } of accuracy) expect(worst.ulps).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it("measures nothing of what answers nothing", async () => {
    expect(await measureAccuracy(measured(pytorch), [])).toEqual([]);
  });
});

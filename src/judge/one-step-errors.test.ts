import { describe, expect, it } from "vitest";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { nextUp, ulp } from "../float32/neighbours.js";
import type { Observation } from "../program/observation.js";
import type { OperationOf } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { EVERYTHING, init, observe, programOf, simulate, step } from "./__test-helpers__/simulated.js";
import { oneStepErrors } from "./one-step-errors.js";

const pytorch = dialectById("pytorch");
const plain = PINNED_EVALUATIONS["operation-by-operation"];
/** Dyadic: 1 − β, λ and η lose nothing in a cast. */
const h = { lr: 2 ** -4, alpha: 0.75, eps: 2 ** -10 };

const up = (x: number, floats: number): number => (floats === 0 ? x : up(nextUp(x), floats - 1));

function load(step: number, state: Readonly<Record<string, readonly number[]>>): OperationOf<"load"> {
  const tensors = Object.entries(state).map(([slot, values]) => [slot, vector(values)]);
  const { square_avg, ...rest } = Object.fromEntries(tensors);
  return { op: "load", state: [{ parameter: 0, step, square_avg, ...rest }] };
}

describe("oneStepErrors", () => {
  it("is 0 where a result is exact, and counts ulps of the exact result where it is not", () => {
    const program = programOf(pytorch, init({ ...h, eps: 0 }, [0, 0]), step([2, 2]), EVERYTHING);
    const right = simulate(program, pytorch, plain);
    // s = 0.25·4 = 1; p = −2^-4·2/1.
    expect(oneStepErrors(program, right, pytorch).map(({ slot, ulps }) => [slot, [...ulps]])).toEqual([
      ["parameter", [0, 0]],
      ["square_avg", [0, 0]],
    ]);
    const wrong = simulate(program, pytorch, plain, (value, { slot, element }) =>
      slot === "square_avg" && element === 1 ? up(value, 3) : value,
    );
    const [, square] = oneStepErrors(program, wrong, pytorch);
    expect([...square.ulps]).toEqual([0, 3]);
    expect(square).toMatchObject({ slot: "square_avg", parameter: 0, operation: 1, step: 1 });
    expect([...square.got]).toEqual([1, up(1, 3)]);
    expect([square.exactText(0), square.exactText(1)]).toEqual(["1", "1"]);
  });

  it("measures a parameter in ulps of what it was, where a step leaves less of it", () => {
    const program = programOf(pytorch, init({ ...h, eps: 0 }, [0.25, 0]), step([2, 2]), EVERYTHING);
    const wrong = simulate(program, pytorch, plain, (value, { slot }) =>
      slot === "parameter" ? value + 2 ** -20 : value,
    );
    const [parameter] = oneStepErrors(program, wrong, pytorch);
    // 0.25 − 0.125 is measured where 0.25 is, and 0 − 0.125 where −0.125 is.
    expect([...parameter.ulps]).toEqual([2 ** -20 / ulp(0.25), 2 ** -20 / ulp(0.125)]);
  });

  it("holds each slot against what follows from the state that was shown", () => {
    const program = programOf(pytorch, init({ ...h, eps: 0 }, [0]), step([2]), EVERYTHING);
    // The mean square is 4 in place of 1, and the parameter's step is right for that.
    const wrong: Observation[] = [
      { parameters: [{ parameter: vector([-(2 ** -4)]), square_avg: vector([4]) }] },
    ];
    const [parameter, square] = oneStepErrors(program, wrong, pytorch);
    expect([...parameter.ulps]).toEqual([0]);
    expect([...square.ulps]).toEqual([3 / ulp(1)]);
  });

  it("starts every step from what the implementation showed, and from what was loaded", () => {
    const program = programOf(
      pytorch,
      init({ ...h, eps: 0 }, [0]),
      step([2]),
      EVERYTHING,
      step([0]),
      EVERYTHING,
      load(7, { square_avg: [16] }),
      step([0]),
      EVERYTHING,
    );
    const tripled = simulate(program, pytorch, plain, (value, { slot, step: taken }) =>
      slot === "square_avg" && taken === 1 ? 64 * value : value,
    );
    const squares = oneStepErrors(program, tripled, pytorch).filter(({ slot }) => slot === "square_avg");
    expect(
      squares.map((one) => [one.operation, one.step, one.ulps[0], one.got[0], one.exactText(0)]),
    ).toEqual([
      [1, 1, 63 / ulp(1), 64, "1"],
      [3, 2, 0, 48, "48"],
      [6, 8, 0, 12, "12"],
    ]);
  });

  it("leaves out steps from a state that was not shown, until one is given", () => {
    const parameterOnly = observe("parameter");
    const program = programOf(
      pytorch,
      init(h, [0.5]),
      step([1]),
      parameterOnly,
      step([1]),
      EVERYTHING,
      step([2]),
      step([3]),
      EVERYTHING,
      load(2, { square_avg: [1] }),
      step([1]),
      observe("square_avg"),
      step([1]),
      EVERYTHING,
    );
    const errors = oneStepErrors(program, simulate(program, pytorch, plain), pytorch);
    expect(errors.map(({ slot, operation }) => [slot, operation])).toEqual([
      ["parameter", 1],
      ["square_avg", 9],
    ]);
    const late = programOf(pytorch, init(h, [0.5]), step([1]), EVERYTHING, step([1]));
    expect(oneStepErrors(late, simulate(late, pytorch, plain), pytorch)).toHaveLength(2);
    const half = programOf(
      pytorch,
      init({ ...h, momentum: 0.5 }, [0.5]),
      step([1]),
      observe("parameter", "square_avg"),
      step([1]),
      EVERYTHING,
    );
    const first = oneStepErrors(half, simulate(half, pytorch, plain), pytorch);
    expect(first.map(({ operation }) => operation)).toEqual([1, 1]);
    const whole = programOf(pytorch, init(h, [0.5]), load(2, { square_avg: [1] }), step([1]), EVERYTHING);
    expect(oneStepErrors(whole, simulate(whole, pytorch, plain), pytorch)).toHaveLength(2);
  });

  it("leaves out what is missing or of another length", () => {
    const program = programOf(pytorch, init(h, [1, 2]), step([1, 1]), EVERYTHING);
    const [{ parameters }] = simulate(program, pytorch, plain);
    const { parameter } = parameters[0];
    const displayed = (entry: Observation["parameters"][number]) =>
      oneStepErrors(program, [{ parameters: [entry] }], pytorch).map(({ slot }) => slot);
    expect(displayed({ ...(parameter && { parameter }), square_avg: vector([1]) })).toEqual(["parameter"]);
    expect(displayed({ square_avg: vector([1, 1]) })).toEqual(["square_avg"]);
    expect(displayed({})).toEqual([]);
  });

  it("knows buffers that a step does not use, and begins those that it does not have yet at zero", () => {
    const program = programOf(
      pytorch,
      init({ ...h, eps: 0, momentum: 0.5, centered: true }, [0]),
      load(3, { square_avg: [4], grad_avg: [0], momentum_buffer: [8] }),
      { op: "set", group: 0, hyperparameters: { momentum: 0, centered: false } },
      step([2]),
      EVERYTHING,
      { op: "set", group: 0, hyperparameters: { momentum: 0.5 } },
      step([0]),
      EVERYTHING,
      { op: "set", group: 0, hyperparameters: { centered: true } },
      step([0]),
      EVERYTHING,
      load(3, { square_avg: [4] }),
      step([4]),
      EVERYTHING,
    );
    const errors = oneStepErrors(program, simulate(program, pytorch, plain), pytorch);
    const buffers = errors.filter(({ slot }) => slot === "momentum_buffer");
    expect(buffers.map(({ operation }) => operation)).toEqual([6, 9, 12]);
    expect([buffers[0].exactText(0), buffers[1].exactText(0)]).toEqual(["4", "2"]);
    // s = 3 + 4 and a = 1: the buffer begins at 4/√6.
    expect(Number(buffers[2].exactText(0))).toBeCloseTo(4 / Math.sqrt(6), 14);
    for (const { ulps } of errors) expect(ulps[0]).toBeLessThan(2);
  });

  it("tries more digits where it is open whether a variance is below zero", () => {
    const a = (1 + 2 ** -11) * 2 ** -40;
    const program = programOf(
      pytorch,
      init({ ...h, centered: true, alpha: 1 }, [0, 0]),
      load(3, { square_avg: [a * a, 1], grad_avg: [a, 0] }),
      step([0.5, 0.5]),
      EVERYTHING,
    );
    const [parameter] = oneStepErrors(program, simulate(program, pytorch, plain), pytorch);
    // The variance is 0, so the step is −η·g/ε = −2^-4·2^-1·2^10.
    expect(parameter.exactText(0)).toBe("-32");
    expect(parameter.ulps[0]).toBe(0);
    expect(parameter.ulps[1]).toBeLessThan(2);
  });

  it("does not know what no digits decide", () => {
    // Corrected, the variance of one gradient is g² − g²: zero, but the square has more digits than are tried.
    const dialect = dialectById("optax-bias-corrected");
    const errorAt = (gradient: number) => {
      const program = programOf(
        dialect,
        init({ centered: true }, [0]),
        step([gradient]),
        observe("parameter"),
      );
      const [parameter] = oneStepErrors(program, simulate(program, dialect, plain), dialect);
      return parameter.ulps[0];
    };
    expect(errorAt(0.3)).toBeGreaterThanOrEqual(0);
    expect(errorAt(0.3 * 2 ** -70)).toBeNaN();
  });

  it("says NaN and infinities in words, which have no error where they are due", () => {
    const program = programOf(
      pytorch,
      init(h, [0, 0]),
      step([Number.NaN, Number.POSITIVE_INFINITY]),
      EVERYTHING,
    );
    const [parameter, square] = oneStepErrors(program, simulate(program, pytorch, plain), pytorch);
    expect([square.exactText(0), square.exactText(1)]).toEqual(["NaN", "Infinity"]);
    expect([...square.ulps]).toEqual([0, 0]);
    expect([...parameter.ulps]).toEqual([0, 0]);
    const wrong = simulate(program, pytorch, plain, () => 1);
    expect([...oneStepErrors(program, wrong, pytorch)[1].ulps]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("looks at every parameter", () => {
    const program = programOf(
      pytorch,
      init(h, [1], [2, 3]),
      step([1], [2, 3]),
      EVERYTHING,
      step(null, [1, 1]),
      EVERYTHING,
    );
    const errors = oneStepErrors(program, simulate(program, pytorch, plain), pytorch);
    expect(errors.map(({ parameter, operation, ulps }) => [parameter, operation, ulps.length])).toEqual([
      [0, 1, 1],
      [0, 1, 1],
      [1, 1, 2],
      [1, 1, 2],
      [1, 3, 2],
      [1, 3, 2],
    ]);
  });

  it.each(DIALECTS.map(({ id }) => id))("is small for an honest %s", (id) => {
    const dialect = dialectById(id);
    const program = programOf(dialect, init({}, [0, 0.01, -0.02]), step([1, -0.5, 0.3]), EVERYTHING);
    const errors = oneStepErrors(program, simulate(program, dialect, plain), dialect);
    expect(errors.length).toBeGreaterThan(1);
    // No rounding of a plain first step is magnified: at most eight of them, a half ulp of a neighbouring binade each.
    for (const { ulps } of errors)
      for (const error of ulps) if (!Number.isNaN(error)) expect(error).toBeLessThan(8);
  });
});

import { describe, expect, it } from "vitest";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { BlockArena, IntervalBlock } from "./block.js";
import { type IntervalStep, intervalStep } from "./step.js";

const pytorch = dialectById("pytorch");
const evaluation = evaluationOf(PINNED_EVALUATIONS.unfused);
/** All numbers of these steps are small dyadic ones, so that nothing is rounded. */
const exact: Hyperparameters = { ...pytorch.defaults, lr: 0.75, alpha: 0.5, eps: 1 };

function step(request: Partial<IntervalStep> & Pick<IntervalStep, "inputs">) {
  return intervalStep({ dialect: pytorch, hyperparameters: exact, step: 1, evaluation, ...request });
}

const floats = (...values: number[]) => Float32Array.from(values);
const ends = ({ lower, upper }: IntervalBlock) => [...lower].map((low, i) => [low, upper[i]]);

describe("what a step gives back", () => {
  const inputs = { parameter: floats(5, 5), gradient: floats(2, 4), square_avg: floats(14, 2) };

  it("has a block for each slot that it writes and for each named intermediate", () => {
    // s = ½·s + ½·g² = 9 and 9, d = √9 + 1 = 4, u = ¾·g / 4
    const { parameter, square_avg, intermediates, ...others } = step({ inputs });
    expect(others).toEqual({});
    expect(ends(square_avg)).toEqual([
      [9, 9],
      [9, 9],
    ]);
    expect(ends(parameter)).toEqual([
      [4.625, 4.625],
      [4.25, 4.25],
    ]);
    expect([...intermediates].map(([name, block]) => [name, ends(block)])).toEqual([
      [
        "gradient",
        [
          [2, 2],
          [4, 4],
        ],
      ],
      [
        "variance",
        [
          [9, 9],
          [9, 9],
        ],
      ],
      [
        "denominator",
        [
          [4, 4],
          [4, 4],
        ],
      ],
      [
        "update",
        [
          [0.375, 0.375],
          [0.75, 0.75],
        ],
      ],
    ]);
  });

  it("has the optional state of its shape too", () => {
    const { grad_avg, momentum_buffer } = step({
      hyperparameters: { ...exact, centered: true, momentum: 0.5 },
      // a = ½·2 + ½·2 = 2, s = ½·22 + ½·4 = 13, v = 13 − 4 = 9, b = ½·3 + 2/4
      inputs: {
        parameter: floats(5),
        gradient: floats(2),
        square_avg: floats(22),
        grad_avg: floats(2),
        momentum_buffer: floats(3),
      },
    });
    expect(grad_avg && ends(grad_avg)).toEqual([[2, 2]]);
    expect(momentum_buffer && ends(momentum_buffer)).toEqual([[2, 2]]);
  });

  it("stays what it is when the next step works in the same arena", () => {
    const arena = new BlockArena(2);
    const first = step({ inputs, arena });
    const sets = () => [first.parameter, first.square_avg, ...first.intermediates.values()].map(ends);
    const before = sets();
    const second = step({ inputs: { ...inputs, parameter: first.parameter, gradient: floats(0, 0) }, arena });
    expect(sets()).toEqual(before);
    expect(ends(second.parameter)).toEqual([
      [4.625, 4.625],
      [4.25, 4.25],
    ]);
  });

  it("goes on from the state that was observed, and says what it would have accepted there", () => {
    const observed = { square_avg: floats(4, 25) };
    // d = 3 and 6, u = ¾·g / d
    const result = step({ inputs, observed });
    expect(ends(result.square_avg)).toEqual([
      [9, 9],
      [9, 9],
    ]);
    expect(ends(result.intermediates.get("denominator")!)).toEqual([
      [3, 3],
      [6, 6],
    ]);
    expect(ends(result.parameter)).toEqual([
      [4.5, 4.5],
      [4.5, 4.5],
    ]);
    // A slot that was not observed is read as it was computed.
    expect(ends(step({ inputs, observed: { momentum_buffer: floats(8, 8) } }).parameter)).toEqual([
      [4.625, 4.625],
      [4.25, 4.25],
    ]);
  });
});

describe("what a step cannot start from", () => {
  const three = { parameter: floats(1, 2, 3), gradient: floats(1, 2, 3), square_avg: floats(1, 2, 3) };
  const error = (request: Parameters<typeof step>[0]) => {
    try {
      step(request);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  };

  it("state that its shape needs and that was not given", () => {
    const missing = (slot: string) =>
      new RangeError(`a step of this shape starts from ${slot}, which was not given`);
    const centered = { ...exact, centered: true };
    expect(error({ inputs: three, hyperparameters: centered })).toEqual(missing("grad_avg"));
    expect(error({ inputs: three, hyperparameters: { ...exact, momentum: 0.5 } })).toEqual(
      missing("momentum_buffer"),
    );
    expect(
      error({
        inputs: { ...three, grad_avg: undefined, momentum_buffer: three.parameter },
        hyperparameters: centered,
      }),
    ).toEqual(missing("grad_avg"));
  });

  it("tensors of different lengths, shorter or longer, numbers or sets", () => {
    const two = floats(1, 2);
    const four = floats(1, 2, 3, 4);
    const unequal = (n: number) => new RangeError(`a tensor of ${n} elements met one of 3`);
    expect(error({ inputs: { ...three, gradient: two } })).toEqual(unequal(2));
    expect(error({ inputs: { ...three, square_avg: four } })).toEqual(unequal(4));
    expect(
      error({ inputs: { ...three, grad_avg: two }, hyperparameters: { ...exact, centered: true } }),
    ).toEqual(unequal(2));
    expect(error({ inputs: three, arena: new BlockArena(2) })).toEqual(
      new RangeError("a tensor of 3 elements met one of 2"),
    );
    expect(error({ inputs: { ...three, gradient: IntervalBlock.of(two) } })).toEqual(
      new RangeError("a block of 2 elements met an arena of 3"),
    );
  });
});

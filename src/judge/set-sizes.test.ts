import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { ordinalOf } from "../float32/neighbours.js";
import { EVERYTHING, init, observe, programOf, simulate, step } from "./__test-helpers__/simulated.js";
import { type Declaration, declarationOf, pinnedDeclaration } from "./declaration.js";
import { judgeProgram } from "./judge-program.js";
import { acceptanceSets } from "./set-sizes.js";

const pytorch = dialectById("pytorch");
const { fused } = PINNED_EVALUATIONS;
const h = { lr: 0.1, momentum: 0.9 };
const gradients = Array.from({ length: 8 }, (_, t) => [Math.cos(t), 1 / (t + 3), 1e-20].map(Math.fround));
const program = programOf(
  pytorch,
  init(h, [0.5, 0.001, 3]),
  ...gradients.flatMap((g) => [step(g), EVERYTHING]),
);
const observations = simulate(program, pytorch, fused);

describe("acceptanceSets", () => {
  it("are single floats where nothing is left open", () => {
    const sets = acceptanceSets(program, observations, pinnedDeclaration(pytorch, "fused", fused));
    expect([...sets.keys()].sort()).toEqual(["momentum_buffer", "parameter", "square_avg"]);
    for (const { sizes } of sets.values()) expect(sizes).toEqual(Array(24).fill(1));
  });

  it("are as large as the lists of the judge", () => {
    const declaration = declarationOf(pytorch, "fused");
    const listed: number[] = [];
    judgeProgram(program, observations, declaration, (values) => listed.push(values.length));
    const sizes = [...acceptanceSets(program, observations, declaration).values()].flatMap(
      (one) => one.sizes,
    );
    expect(sizes.toSorted()).toEqual(listed.toSorted());
    expect(Math.max(...sizes)).toBeGreaterThan(1);
  });

  it("count what proves little as the judge does", () => {
    const declaration = declarationOf(pytorch, "fused");
    const { bySlot } = judgeProgram(program, observations, declaration);
    const sets = acceptanceSets(program, observations, declaration);
    for (const [slot, { weak, indeterminate }] of sets)
      expect({ weak, indeterminate }).toEqual({
        weak: bySlot[slot]?.weak,
        indeterminate: bySlot[slot]?.indeterminate,
      });
    expect([...sets.values()].some(({ indeterminate }) => indeterminate > 0)).toBe(true);
    expect([...sets.values()].some(({ weak }) => weak > 0)).toBe(true);
  });

  it("are the floats between the ends, where sets are intervals", () => {
    const wider: Declaration = {
      dialect: pytorch,
      evaluation: { ...DEFAULT_FREEDOM, intermediates: ["wider"] },
    };
    const once = programOf(pytorch, init({}, [0]), step([0.3]), observe("parameter", "square_avg"));
    const [{ parameters }] = simulate(once, pytorch, fused);
    const wrong = {
      parameters: [{ ...parameters[0], parameter: { shape: [1], values: Float32Array.of(7) } }],
    };
    const [{ accepted }] = judgeProgram(once, [wrong], wider).rejected;
    if (accepted.kind !== "intervals") throw new Error("sets of wider intermediates are intervals");
    const sizes = acceptanceSets(once, [wrong], wider).get("parameter")?.sizes;
    const inAny = new Set(
      accepted.ranges.flatMap(([lowest, highest]) =>
        Array.from({ length: ordinalOf(highest) - ordinalOf(lowest) + 1 }, (_, k) => ordinalOf(lowest) + k),
      ),
    );
    expect(sizes).toEqual([inAny.size]);
  });

  it("are there for sets that are carried, too", () => {
    const hidden = programOf(pytorch, init(h, [0]), step([0.3]), step([0.7]), observe("parameter"));
    const sets = acceptanceSets(hidden, simulate(hidden, pytorch, fused), declarationOf(pytorch));
    expect([...sets.keys()]).toEqual(["parameter"]);
    expect(sets.get("parameter")?.sizes).toHaveLength(1);
    expect(sets.get("parameter")?.sizes[0]).toBeGreaterThan(1);
  });

  it("add up over parameters, and stay silent of what is wrong otherwise", () => {
    const two = programOf(pytorch, init({}, [1], [2, 3]), step([1], [1, 1]), EVERYTHING);
    const right = simulate(two, pytorch, fused);
    const sets = acceptanceSets(two, right, pinnedDeclaration(pytorch, "fused", fused));
    expect(sets.get("parameter")?.sizes).toEqual([1, 1, 1]);
    const [{ parameters }] = right;
    const broken = [
      { parameters: [{ ...parameters[0], step: 9 }, { square_avg: parameters[1].square_avg! }] },
    ];
    expect(
      acceptanceSets(two, broken, pinnedDeclaration(pytorch, "fused", fused)).get("parameter")?.sizes,
    ).toEqual([1]);
  });
});

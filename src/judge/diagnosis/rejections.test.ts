import { describe, expect, it } from "vitest";
import type { Dialect } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import type { Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { RandomSource } from "../../search/element-steps.js";
import { approximateStep, within } from "../approximate.test-support.js";
import { declarationOf } from "../declaration.js";
import { judgeProgram } from "../judge-program.js";
import {
  type Alteration,
  EVERYTHING,
  init,
  programOf,
  set,
  simulate,
  step,
} from "../simulated.test-support.js";
import type { DiagnosedCluster, FailingCase } from "./diagnosis.js";
import { diagnoseRejections } from "./rejections.js";

const pytorch = dialectById("pytorch");
const { fused, unfused } = PINNED_EVALUATIONS;
const declaration = declarationOf(pytorch, "fused");

/** Short programs that use every part of the rule, with gradients that no axis hides behind. */
function trace(seed: number): Program {
  const gradient = (k: number) => [0.3, -1.7, 0.011].map((g) => g * (seed + k));
  return programOf(
    pytorch,
    init({ lr: 0.1, alpha: 0.9, eps: 1e-3, momentum: 0.9, weight_decay: 0.1 }, [0.5, 0, -0.25]),
    step(gradient(1)),
    EVERYTHING,
    set({ lr: 0.05 }),
    step(gradient(-2)),
    EVERYTHING,
  );
}

const plainTrace = (seed: number) =>
  programOf(
    pytorch,
    init({ lr: 0.1, alpha: 0.9, eps: 1e-3 }, new Array(12).fill(0)),
    step(Array.from({ length: 12 }, (_, k) => (k + seed) / 7)),
    EVERYTHING,
  );

/** One failing case a program, of an implementation that is wrong in some way. */
function failing(
  programs: readonly Program[],
  dialect: Dialect,
  evaluation = fused,
  alter?: Alteration,
): FailingCase[] {
  return programs.map((program, k) => {
    const observations = simulate(program, dialect, evaluation, alter);
    expect(judgeProgram(program, observations, declaration).tally.rejected).toBeGreaterThan(0);
    return { id: `case-${k}`, programs: [{ program, observations }] };
  });
}

function onlyCluster(clusters: readonly DiagnosedCluster[]): DiagnosedCluster {
  expect(clusters.map(({ diagnosis }) => diagnosis.sentence)).toHaveLength(1);
  return clusters[0];
}

describe("diagnoseRejections", () => {
  it.each([
    ["epsilon", "inside", "momentum_buffer"],
    ["epsilon", "none", "momentum_buffer"],
    ["epsilon", "both", "momentum_buffer"],
    ["epsilon", "max-clamp", "momentum_buffer"],
    ["initialAccumulator", "one", "square_avg"],
    ["momentum", "lr-inside", "momentum_buffer"],
    ["momentum", "nesterov-lr-outside", "parameter"],
    ["momentum", "raw-gradient", "momentum_buffer"],
    ["momentum", "ignored", "parameter"],
    ["weightDecay", "none", "square_avg"],
    ["weightDecay", "decoupled-lr", "square_avg"],
    ["weightDecay", "decoupled", "square_avg"],
    ["biasCorrection", "always", "momentum_buffer"],
  ] as const)("names the axis %s with %s", (axis, observed, firstSlot) => {
    const clusters = diagnoseRejections(
      failing([trace(1), trace(2)], { ...pytorch, [axis]: observed }),
      declaration,
    );
    const { cases, diagnosis } = onlyCluster(clusters);
    expect(cases).toHaveLength(2);
    expect(diagnosis.verdict).toBe("other-dialect");
    const explanations = [diagnosis.axes, ...diagnosis.alternatives];
    expect(explanations).toContainEqual([{ kind: "dialect", axis, declared: pytorch[axis], observed }]);
    expect(diagnosis.sentence).toContain(diagnosis.axes[0].observed);
    expect(diagnosis.firstDiverging).toBe(firstSlot);
  });

  it("names a rounding that was not declared, which is no other dialect", () => {
    const high = { ...fused, root: "one-float-high" as const };
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1), plainTrace(5)], pytorch, high), declaration),
    );
    expect(diagnosis.verdict).toBe("inaccurate");
    expect(diagnosis.axes).toEqual([
      { kind: "evaluation", axis: "root", declared: "correct", observed: "one-float-low or one-float-high" },
    ]);
    expect(diagnosis.firstDiverging).toBe("parameter");
  });

  it("names roots that are off by one and by two floats as what they are together", () => {
    const random = new RandomSource(5);
    const cases = [1, 2, 3].map((k) => {
      const gradients = Array.from({ length: 24 }, (_, i) => Math.fround((i + k) / 7));
      const h = { ...pytorch.defaults, lr: 0.1, alpha: 0.9, eps: 1e-3 };
      const program = programOf(
        pytorch,
        init({ lr: 0.1, alpha: 0.9, eps: 1e-3 }, new Array(24).fill(0)),
        step(gradients),
        EVERYTHING,
      );
      const after = gradients.map((gradient) => {
        const start = { parameter: 0, gradient, square_avg: 0, grad_avg: 0, momentum_buffer: 0 };
        return approximateStep(start, h, within({ root: 2, quotient: 0 }, random), random);
      });
      const slot = (name: "parameter" | "square_avg") => vector(after.map((x) => x[name]));
      const observations = [
        { parameters: [{ parameter: slot("parameter"), square_avg: slot("square_avg") }] },
      ];
      return { id: `case-${k}`, programs: [{ program, observations }] as const };
    });
    const { diagnosis } = onlyCluster(diagnoseRejections(cases, declaration));
    expect(diagnosis.verdict).toBe("inaccurate");
    const told = [diagnosis.axes, ...diagnosis.alternatives];
    expect(told).toContainEqual([
      { kind: "evaluation", axis: "root", declared: "correct", observed: "within-two-ulps" },
    ]);
  });

  it("names two axes where no single one is enough", () => {
    const other: Dialect = { ...pytorch, epsilon: "inside", initialAccumulator: "one" };
    const { diagnosis } = onlyCluster(diagnoseRejections(failing([trace(1)], other), declaration));
    expect(diagnosis.verdict).toBe("other-dialect");
    expect(
      [diagnosis.axes, ...diagnosis.alternatives].map((axes) => axes.map(({ observed }) => observed)),
    ).toContainEqual(["inside", "one"]);
    expect(diagnosis.axes).toHaveLength(2);
  });

  it("keeps causes apart, each with its own cases", () => {
    const inside = failing([trace(1), trace(2), trace(3)], { ...pytorch, epsilon: "inside" });
    const one = failing([trace(4)], { ...pytorch, initialAccumulator: "one" });
    const mixed = [...inside, ...one.map((each) => ({ ...each, id: "other" }))];
    const clusters = diagnoseRejections(mixed, declaration);
    expect(clusters.map(({ cases }) => cases.map(({ id }) => id))).toEqual([
      ["case-0", "case-1", "case-2"],
      ["other"],
    ]);
    expect(clusters[1].diagnosis.axes[0]).toMatchObject({ axis: "initialAccumulator", observed: "one" });
  });

  it("says of a result of another class that every declared evaluation gives another", () => {
    const nan: Alteration = (value, { slot, element }) =>
      slot === "parameter" && element === 1 ? Number.NaN : value;
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1)], pytorch, fused, nan), declaration),
    );
    expect(diagnosis.verdict).toBe("special-mismatch");
    expect(diagnosis.sentence).toBe("The parameter is NaN where every declared evaluation gives finite.");
    expect(diagnosis.axes).toEqual([]);
    const clamped: Alteration = (value, { slot }) => (slot === "square_avg" ? Math.min(value, 3e38) : value);
    const overflow = programOf(pytorch, init({}, [1]), step([1e30]), EVERYTHING);
    const [{ diagnosis: finite }] = diagnoseRejections(
      failing([overflow], pytorch, fused, clamped),
      declaration,
    );
    expect(finite).toMatchObject({ verdict: "special-mismatch", firstDiverging: "square_avg" });
    expect(finite.sentence).toBe("The square_avg is finite where every declared evaluation gives +∞.");
  });

  it("counts the bits that are right where the formula is", () => {
    // Eight significant bits, as in bfloat16.
    const coarse: Alteration = (value, { slot }) =>
      slot === "square_avg" ? Number(value.toPrecision(3)) : value;
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1)], pytorch, fused, coarse), declaration),
    );
    expect(diagnosis.verdict).toBe("inaccurate");
    expect(diagnosis.sentence).toMatch(/^The square_avg is right to about (8|9|10|11) bits of its change/);
  });

  it("takes state that is the neighbouring float for rounding, among subnormals and where nothing changed too", () => {
    const down: Alteration = (value, { slot }) => (slot === "square_avg" ? nextDown(value) : value);
    // A mean square of a few subnormals; and one that is where it stays.
    const tiny = programOf(pytorch, init({ alpha: 0.75 }, [0]), step([2 ** -73]), EVERYTHING);
    const still = programOf(
      pytorch,
      init({ alpha: 0.75 }, [0]),
      { op: "load", state: [{ parameter: 0, step: 1, square_avg: vector([1]) }] },
      step([1]),
      EVERYTHING,
    );
    for (const program of [tiny, still]) {
      const [{ diagnosis }] = diagnoseRejections(failing([program], pytorch, fused, down), declaration);
      expect(diagnosis.verdict).toBe("inaccurate");
    }
  });

  it("admits that nothing explains a formula that nobody has", () => {
    const cube: Alteration = (value, { slot }) => (slot === "square_avg" ? value ** 1.5 : value);
    const { diagnosis } = onlyCluster(
      diagnoseRejections(failing([plainTrace(1)], pytorch, fused, cube), declaration),
    );
    expect(diagnosis.verdict).toBe("differs");
    expect(diagnosis.sentence).toMatch(/no known dialect explains it/);
    expect(diagnosis.axes).toEqual([]);
  });

  it("never takes single floats that are off for another dialect", () => {
    for (const [k, off] of [nextUp, nextDown].entries()) {
      for (const slot of ["square_avg", "parameter"] as const) {
        const alter: Alteration = (value, at) =>
          at.slot === slot && at.element % 3 === k ? off(off(value)) : value;
        for (const { diagnosis } of diagnoseRejections(
          failing([plainTrace(1), plainTrace(4)], pytorch, unfused, alter),
          declaration,
        )) {
          expect(diagnosis.verdict).toBe("inaccurate");
        }
      }
    }
  });

  it("has nothing to say of no cases", () => {
    expect(diagnoseRejections([], declaration)).toEqual([]);
  });
});

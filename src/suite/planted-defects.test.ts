import { afterAll, describe, expect, it, vi } from "vitest";
import { recurrenceProperties } from "../../properties/recurrence.js";
import { dialectById } from "../../spec/dialects.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import type { Adapter } from "../adapter/adapter.js";
import { nextDown, nextUp } from "../float32/neighbours.js";
import { declarationOf } from "../judge/declaration.js";
import { decodeProgram, encodeProgram } from "../program/program-codec.js";
import { defectiveAdapter, dialectAdapter } from "./__test-helpers__/planted.js";
import { runGate } from "./gate.js";
import type { GateOptions } from "./gate-options.js";
import type { GateResult } from "./gate-result.js";
import { GoldenCopy, REAL_GOLDENS } from "./golden/__test-helpers__/golden-copy.js";
import type { Level } from "./level.js";
import { replay } from "./replay.js";

// Goldens and one property are enough to find them; that every property finds what it is for is tested next to the
// properties.
const injected = vi.hoisted(() => ({ properties: [] as unknown[] }));
vi.mock("../../properties/index.js", () => ({ PROPERTIES: injected.properties }));
injected.properties.push(recurrenceProperties.find(({ id }) => id === "plain-steps-are-accepted"));

const pytorch = dialectById("pytorch");
const few = new GoldenCopy("groups", "checkpoint");
afterAll(() => few.remove());

function gate(
  adapter: Adapter,
  evaluation: PinnedEvaluationName,
  level: Level,
  more: Partial<GateOptions> = {},
): Promise<GateResult> {
  return runGate({
    adapter,
    declaration: declarationOf(pytorch, evaluation),
    level,
    profile: "smoke",
    seed: 20130,
    goldens: few.folder,
    replay: (selection) => `npx rmsprop-conformance gate ${selection}`,
    ...more,
  });
}

describe("planted defects", () => {
  it("ε inside instead of outside: another dialect, at every level", async () => {
    for (const level of ["L2", "L3"] as const) {
      const result = await gate(dialectAdapter({ epsilon: "inside" }), "fused", level);
      expect(result.conforms).toBe(false);
      expect(result.reached).toBe("L0");
      const [{ diagnosis, cases }] = result.findings;
      expect(diagnosis.verdict).toBe("other-dialect");
      const observed = [diagnosis.axes, ...diagnosis.alternatives]
        .flat()
        .filter(({ axis }) => axis === "epsilon");
      expect(observed.map((axis) => axis.observed)).toContain("inside");
      expect(diagnosis.axes[0]).toMatchObject({ axis: "epsilon", declared: "outside", observed: "inside" });
      expect(cases.length).toBe(result.results.filter(({ failure }) => failure).length);
    }
    const semantics = await gate(dialectAdapter({ epsilon: "inside" }), "fused", "L1", {
      only: "torch/groups/*",
    });
    expect(semantics.conforms).toBe(false);
  });

  it("the unfused order declared as fused: certified, and not the bits that were claimed", async () => {
    const certified = await gate(dialectAdapter({}, "unfused"), "fused", "L2");
    expect(certified).toMatchObject({ conforms: true, reached: "L2", findings: [] });
    const claimed = await gate(dialectAdapter({}, "unfused"), "fused", "L3");
    expect(claimed).toMatchObject({ conforms: false, reached: "L2" });
    const [{ diagnosis }] = claimed.findings;
    expect(diagnosis.verdict).toBe("certified");
    expect(diagnosis.axes).toContainEqual({
      kind: "evaluation",
      axis: "contraction.mean-square",
      declared: "right",
      observed: "none",
    });
    expect(diagnosis.sentence).toContain("these are the bits of unfused");
  });

  it("the learning rate inside the momentum buffer: another dialect", async () => {
    const result = await gate(dialectAdapter({ momentum: "lr-inside" }), "fused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings[0].diagnosis).toMatchObject({
      verdict: "other-dialect",
      axes: [{ axis: "momentum", declared: "lr-outside", observed: "lr-inside" }],
    });
  });

  it("an accumulator that starts at 1: another dialect, seen first in the mean square", async () => {
    const result = await gate(dialectAdapter({ initialAccumulator: "one" }), "fused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings[0]).toMatchObject({
      diagnosis: {
        verdict: "other-dialect",
        axes: [{ axis: "initialAccumulator", declared: "zero", observed: "one" }],
        firstDiverging: "square_avg",
      },
      mismatch: { slot: "square_avg", step: 1 },
    });
    expect(result.findings[0].clauses[0]).toBe("RMS-1.1");
  });

  it("a mean square by lerp that was not declared: the right semantics, inaccurately", async () => {
    const lerp = defectiveAdapter({ lerp: true });
    const result = await gate(lerp, "unfused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L1" });
    expect(result.findings[0].diagnosis).toMatchObject({
      verdict: "inaccurate",
      axes: [{ kind: "evaluation", axis: "order.mean-square" }],
    });
    expect((await gate(lerp, "unfused", "L1")).conforms).toBe(true);
  });

  it("a root that is one float high: the right semantics, inaccurately", async () => {
    const high = (x: number) => {
      const root = Math.fround(Math.sqrt(x));
      return root > 0 && root < Number.POSITIVE_INFINITY ? nextUp(root) : root;
    };
    const result = await gate(defectiveAdapter({ root: high }), "unfused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L1" });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0].diagnosis).toMatchObject({
      verdict: "inaccurate",
      axes: [{ axis: "root", declared: "correct" }],
    });
  });

  it("a mean square that is truncated: the right semantics, inaccurately", async () => {
    const truncated = (x: number) => {
      const rounded = Math.fround(x);
      return rounded > x ? nextDown(rounded) : rounded;
    };
    const result = await gate(defectiveAdapter({ meanSquare: truncated }), "unfused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L1" });
    expect(result.findings[0].diagnosis.firstDiverging).toBe("square_avg");
    for (const { diagnosis } of result.findings) expect(diagnosis.verdict).toBe("inaccurate");
  });

  it("1 − β subtracted in float32: the right semantics, inaccurately", async () => {
    const single = (alpha: number) => Math.fround(1 - Math.fround(alpha));
    const result = await gate(defectiveAdapter({ complement: single }), "unfused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L1" });
    expect(result.findings[0].diagnosis.axes).toMatchObject([{ axis: "complement", observed: "float32" }]);
  });

  it("a gradient that is written to: a breach of the contract", async () => {
    // Goldens do not ask for the gradient; a property does.
    const writing = defectiveAdapter({ writesGradient: true });
    const result = await gate(writing, "unfused", "L2", { only: "plain-steps-are-accepted" });
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings).toHaveLength(1);
    const [{ diagnosis, cases }] = result.findings;
    expect(diagnosis.verdict).toBe("contract-mismatch");
    expect(diagnosis.sentence).toMatch(/the gradient was changed by the step/);
    expect(cases).toEqual(["plain-steps-are-accepted"]);
  });

  it("a checkpoint that loses the momentum buffer", async () => {
    const result = await gate(defectiveAdapter({ forgets: "momentum_buffer" }), "unfused", "L2");
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    for (const { clauses } of result.findings) expect(clauses).toEqual(["RMS-10.1"]);
    expect(result.clauses.find(({ clause }) => clause === "RMS-10.1")?.outcome).toBe("failed");
  });

  it("a missing gradient that is taken for zero: a breach of the contract, one finding a sentence", async () => {
    const result = await gate(defectiveAdapter({ missingIsZero: true }), "unfused", "L2", {
      goldens: REAL_GOLDENS,
      only: "RMS-10.4",
    });
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings[0].diagnosis.sentence).toMatch(/changed without a step/);
    expect(result.findings.length).toBeLessThan(6);
    expect(result.findings[0].cases.length).toBeGreaterThan(5);
  });

  it("every failing case is in exactly one finding, whose program fails again after it was written and read", async () => {
    const adapter = dialectAdapter({ epsilon: "inside" });
    const result = await gate(adapter, "fused", "L2");
    const listed = result.findings.flatMap(({ cases }) => cases);
    const failed = result.results.filter(({ failure }) => failure).map(({ id }) => id);
    expect([...listed].sort()).toEqual([...failed].sort());
    for (const { minimal, mismatch, replay: command } of result.findings) {
      const text = JSON.stringify(encodeProgram(minimal!.program));
      const again = await replay(
        decodeProgram(JSON.parse(text), "finding"),
        adapter,
        declarationOf(pytorch, "fused"),
      );
      expect(again.accepted).toBe(false);
      expect(again.judged?.judgement.rejected.map(({ got }) => got)).toContain(mismatch!.got);
      expect(command).toMatch(/^npx rmsprop-conformance gate --only /);
    }
  });
});

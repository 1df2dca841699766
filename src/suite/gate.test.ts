import { afterAll, describe, expect, it, vi } from "vitest";
import { arb } from "../../properties/arbitraries/arb.js";
import type { Property } from "../../properties/property.js";
import { PropertyFailure } from "../../properties/property-failure.js";
import { recurrenceProperties } from "../../properties/recurrence.js";
import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import type { Adapter, Outcome } from "../adapter/adapter.js";
import { bundledFactory } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import type { Program } from "../program/program.js";
import { ProgramError } from "../program/program-error.js";
import { adapterOf, defectiveAdapter, dialectAdapter } from "./__test-helpers__/planted.js";
import { runGate } from "./gate.js";
import type { GateOptions } from "./gate-options.js";
import type { GateResult } from "./gate-result.js";
import { GoldenCopy, REAL_GOLDENS } from "./golden/__test-helpers__/golden-copy.js";
import { JUDGE_CHECKS } from "./judge-checks.js";
import { LEVELS, type Level, reaches } from "./level.js";
import { NothingSelected } from "./only.js";

// Two properties of the recurrence, and those that a test adds: the others have tests of their own, and
// what a gate does with properties does not depend on how many there are. Long traces take seconds to shrink.
const injected = vi.hoisted(() => ({ properties: [] as unknown[] }));
vi.mock("../../properties/index.js", () => ({
  get PROPERTIES() {
    return injected.properties;
  },
}));
const FEW_PROPERTIES = recurrenceProperties.filter(({ id }) =>
  ["plain-steps-are-accepted", "hidden-state-traces-are-accepted"].includes(id),
);
injected.properties = FEW_PROPERTIES;

const pytorch = dialectById("pytorch");
const few = new GoldenCopy("groups", "checkpoint");
afterAll(() => few.remove());

/** What was asked of the implementation, without the checks of the judge. */
const seen = (result: GateResult) =>
  result.results
    .filter(({ id }) => !(JUDGE_CHECKS as readonly string[]).includes(id))
    .map(({ id, verdict }) => `${id} ${verdict}`);

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

/** Run with only these properties. */
async function withProperties<T>(properties: readonly Property[], action: () => Promise<T>): Promise<T> {
  const before = injected.properties;
  injected.properties = [...properties];
  try {
    return await action();
  } finally {
    injected.properties = before;
  }
}

/** A property that fails or passes as it likes. */
function fake(
  id: string,
  target: Property["target"],
  check: Property["check"],
  clause = "RMS-5.1",
): Property {
  return { id, clauses: [clause], target, requires: [], arbitrary: () => arb.constant(1), check };
}

describe("an honest implementation", () => {
  it("conforms at every level, to the bit of all goldens of real PyTorch", async () => {
    const result = await gate(defectiveAdapter(), "unfused", "L3", { goldens: REAL_GOLDENS });
    expect(result.findings).toEqual([]);
    expect(result).toMatchObject({ conforms: true, complete: true, reached: "L3", outcome: "passed" });
    expect(result.results.length).toBeGreaterThan(300);
    expect(result.tally.bitExact).toBe(result.tally.judged);
    for (const level of Object.keys(LEVELS) as Level[]) expect(reaches(result.reached, level)).toBe(true);
  });

  it("is judged alike in any number of groups and shapes, and counts what it showed", async () => {
    const result = await gate(adapterOf(bundledFactory("fused")), "fused", "L3");
    expect(result.conforms).toBe(true);
    const sum = result.results.reduce((judged, { tally }) => judged + tally.judged, 0);
    expect(result.tally.judged).toBe(sum);
    const rows = new Map(result.clauses.map((row) => [row.clause, row]));
    expect(rows.get("RMS-8.6")).toMatchObject({ outcome: "passed", counts: { "bit-exact": 12 } });
    expect(rows.get("RMS-11.1")).toMatchObject({ outcome: "skipped", counts: {} });
  });
});

describe("an implementation that hides its state", () => {
  const visible = CAPABILITIES.filter((capability) => capability !== "state");
  const asksForState = ({ operations }: Program) =>
    operations.some((operation) => operation.op === "observe" && operation.slots.includes("square_avg"));
  /** Answers with parameters only, whatever is asked; refuses to show state unless it lies. */
  const hiding = (adapter: Adapter, lies = false): Adapter => ({
    hello: async () => ({ ...(await adapter.hello()), capabilities: [...visible] }),
    stop: async () => {},
    run: async (programs) =>
      (await adapter.run(programs)).map((reply, k): Outcome => {
        if (!lies && asksForState(programs[k])) return { status: "unsupported", capability: "state" };
        return reply.status === "ok"
          ? {
              status: "ok",
              observations: reply.observations.map(({ parameters }) => ({
                parameters: parameters.map(({ parameter }) => ({ ...(parameter && { parameter }) })),
              })),
            }
          : reply;
      }),
  });

  it.each(["fused", "unfused", "cuda", "operation-by-operation"] as const)(
    "is judged by its parameters: %s",
    async (name) => {
      const result = await gate(hiding(adapterOf(bundledFactory(name))), name, "L3");
      expect(result.findings).toEqual([]);
      expect(result).toMatchObject({ conforms: true, reached: "L3" });
      const skipped = result.results.filter(({ verdict }) => verdict === "skipped");
      const needy = skipped.filter(({ missingCapabilities }) => missingCapabilities);
      expect(needy.length).toBeGreaterThan(0);
      expect(needy.every(({ reason }) => reason === "the implementation does not offer state")).toBe(true);
      expect(
        result.results.filter(({ kind, verdict }) => kind === "golden" && verdict === "bit-exact").length,
      ).toBeGreaterThan(30);
    },
  );

  it("is found out where its dialect is another", async () => {
    const result = await gate(hiding(dialectAdapter({ epsilon: "inside" })), "fused", "L2", {
      only: "torch/groups/*",
    });
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings[0].diagnosis.axes[0]).toMatchObject({ axis: "epsilon", observed: "inside" });
  });

  it("breaks the contract if it had said that it shows the state", async () => {
    const lying: Adapter = {
      ...hiding(adapterOf(bundledFactory("fused")), true),
      hello: async () => await adapterOf(bundledFactory("fused")).hello(),
    };
    const result = await gate(lying, "fused", "L2", { only: "torch/groups/*" });
    expect(result.findings[0].diagnosis).toMatchObject({
      verdict: "contract-mismatch",
      sentence: expect.stringMatching(/no square_avg returned/),
    });
  });
});

describe("capabilities", () => {
  const offering = (...capabilities: Capability[]) =>
    adapterOf(bundledFactory("fused"), ["state", ...capabilities]);

  it("that are not offered leave cases that are not run, with the reason", async () => {
    const result = await gate(offering("groups", "set"), "fused", "L3");
    expect(result.conforms).toBe(true);
    const reasons = new Set(
      result.results.flatMap(({ verdict, reason }) => (verdict === "skipped" ? [reason] : [])),
    );
    expect(reasons).toContain("the implementation does not offer momentum");
    expect(reasons).toContain("the implementation does not offer checkpoint");
    expect(result.results.filter(({ verdict }) => verdict === "bit-exact").length).toBeGreaterThan(0);
    expect(result.clauses.find(({ clause }) => clause === "RMS-10.1")).toMatchObject({
      outcome: "skipped",
    });
  });

  it("that are declared and not there are a mismatch, and no level is left", async () => {
    const adapter = adapterOf(bundledFactory("fused"));
    const refusing: Adapter = {
      hello: () => adapter.hello(),
      stop: () => adapter.stop(),
      run: async (programs) => programs.map((): Outcome => ({ status: "unsupported", capability: "step" })),
    };
    const result = await gate(refusing, "fused", "L0");
    // Nothing was judged, so that there is no judge to check.
    const requested = result.results.filter(
      ({ kind, verdict }) => kind !== "audit" && kind !== "self-check" && verdict !== "skipped",
    );
    expect(new Set(requested.map(({ verdict }) => verdict))).toEqual(new Set(["capability-mismatch"]));
    expect(result).toMatchObject({ conforms: false, reached: "none" });
  });

  it("that are there and not declared are a mismatch", async () => {
    const adapter = adapterOf(bundledFactory("fused"));
    const modest: Adapter = {
      hello: async () => ({ ...(await adapter.hello()), capabilities: ["state"] }),
      run: (programs) => adapter.run(programs),
      stop: () => adapter.stop(),
    };
    const result = await gate(modest, "fused", "L0", { only: "capability/*" });
    const mismatched = result.results.filter(({ verdict }) => verdict === "capability-mismatch");
    expect(mismatched.map(({ id }) => id)).toContain("capability/momentum");
    expect(mismatched[0].failure?.message).toBe(
      'momentum is not declared, so "unsupported" is due, but the implementation ran a program that needs it',
    );
    expect(result).toMatchObject({ conforms: false, reached: "none" });
  });
});

describe("an observation with a parameter too few", () => {
  it("is a breach of the contract, whatever a property would compare", async () => {
    const adapter = adapterOf(bundledFactory("fused"));
    const losing: Adapter = {
      hello: () => adapter.hello(),
      stop: () => adapter.stop(),
      run: async (programs) =>
        (await adapter.run(programs)).map(
          (reply): Outcome =>
            reply.status !== "ok"
              ? reply
              : {
                  status: "ok",
                  observations: reply.observations.map(({ parameters }) => ({
                    parameters: parameters.slice(0, 1),
                  })),
                },
        ),
    };
    const result = await gate(losing, "fused", "L2", { only: "torch/groups/*" });
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings[0].diagnosis).toMatchObject({
      verdict: "contract-mismatch",
      sentence: expect.stringMatching(/^operation \d+: the observation has 1 parameters instead of \d+/),
    });
  });
});

describe("what a run does not show", () => {
  it("an interrupted run is incomplete and does not conform", async () => {
    const controller = new AbortController();
    const result = await gate(adapterOf(bundledFactory("fused")), "fused", "L0", {
      signal: controller.signal,
      onCase: (_, done) => {
        if (done === 3) controller.abort();
      },
    });
    expect(result).toMatchObject({ complete: false, conforms: false });
    expect(result.results).toHaveLength(3);
  });

  it("a run that is interrupted before it starts has no results", async () => {
    const controller = new AbortController();
    controller.abort();
    const result = await gate(adapterOf(bundledFactory("fused")), "fused", "L0", {
      signal: controller.signal,
    });
    expect(result).toMatchObject({ complete: false, conforms: false, results: [], reached: "L0" });
  });

  it("selects by clause, family or case", async () => {
    const adapter = adapterOf(bundledFactory("fused"));
    expect(seen(await gate(adapter, "fused", "L3", { only: "RMS-1.4" }))).toEqual([
      "hidden-state-traces-are-accepted bit-exact",
    ]);
    const family = await gate(adapter, "fused", "L3", { only: "RMS-1" });
    expect(family.results.map(({ id }) => id)).toEqual([
      ...FEW_PROPERTIES.map(({ id }) => id),
      ...JUDGE_CHECKS,
    ]);
    expect(
      (await gate(adapter, "fused", "L3", { only: "torch/groups/two/*" })).results.length,
    ).toBeGreaterThan(3);
    await expect(gate(adapter, "fused", "L3", { only: "nonsense" })).rejects.toThrow(NothingSelected);
    await expect(gate(adapter, "fused", "L3", { only: "" })).rejects.toThrow(/no clause and no case/);
  });

  it("with the same seed, the same", async () => {
    const run = () => gate(adapterOf(bundledFactory("fused")), "fused", "L3", { seed: 7 });
    expect((await run()).tally).toEqual((await run()).tally);
  });

  it("a run in which nothing is decided does not conform", async () => {
    // No gradient ever: nothing moves, whatever the rule is.
    const still: Program = {
      format: "rmsprop-program/1",
      dialect: "pytorch",
      operations: [
        {
          op: "init",
          groups: [{ hyperparameters: {}, parameters: [{ shape: [1], values: Float32Array.of(1) }] }],
        },
        { op: "step", gradients: [{ shape: [1], values: Float32Array.of(0) }] },
        { op: "observe", slots: ["parameter", "square_avg"] },
      ],
    };
    const undecided = fake("still", "implementation", async (_, subject) => {
      await subject.conforms(still);
    });
    for (const level of ["L0", "L1", "L3"] as const) {
      const result = await withProperties([undecided], () =>
        gate(adapterOf(bundledFactory("fused")), "fused", level, { only: "still" }),
      );
      expect(seen(result)).toEqual(["still inconclusive"]);
      expect(result).toMatchObject({ outcome: "inconclusive", inconclusive: "no-evidence", reached: "L0" });
      expect(result.clauses.find(({ clause }) => clause === "RMS-5.1")?.outcome).toBe("inconclusive");
    }
  });

  it("what the specification proves of itself shows nothing of an implementation", async () => {
    const proof = fake("proof", "specification", async () => {});
    for (const level of ["L0", "L3"] as const) {
      const result = await withProperties([proof], () =>
        gate(adapterOf(bundledFactory("fused")), "fused", level, { only: "proof" }),
      );
      expect(seen(result)).toEqual(["proof certified"]);
      expect(result).toMatchObject({ outcome: "inconclusive", inconclusive: "no-evidence", reached: "L0" });
      expect(result.clauses.find(({ clause }) => clause === "RMS-5.1")?.outcome).toBe("spec-only");
    }
  });

  it("a specification that fails is the suite's failure, and no implementation conforms", async () => {
    const wrong = fake("proof", "specification", async () => {
      throw new PropertyFailure("1 is not 2", "differs");
    });
    const result = await withProperties([wrong, ...FEW_PROPERTIES], () =>
      gate(adapterOf(bundledFactory("fused")), "fused", "L1"),
    );
    expect(result).toMatchObject({
      outcome: "inconclusive",
      inconclusive: "self-check-failed",
      reached: "L3",
    });
    expect(result.findings).toMatchObject([{ cases: ["proof"], diagnosis: { sentence: "1 is not 2." } }]);
  });

  it("an implementation that answers everything with an error does not even run programs", async () => {
    const adapter = adapterOf({
      create: () => {
        throw new Error("not today");
      },
    });
    const result = await gate(adapter, "fused", "L0");
    expect(result).toMatchObject({ conforms: false, reached: "L0" });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0].diagnosis.sentence).toBe(
      "the implementation answered internal in init: not today.",
    );
  });

  it("a defect of the suite is thrown, not counted", async () => {
    const broken = fake("broken", "implementation", async () => {
      throw new TypeError("x is undefined");
    });
    await expect(
      withProperties([broken], () =>
        gate(adapterOf(bundledFactory("fused")), "fused", "L3", { only: "broken" }),
      ),
    ).rejects.toThrow(TypeError);
  });

  it("goldens that cannot be read stop the run", async () => {
    await expect(
      gate(adapterOf(bundledFactory("fused")), "fused", "L3", { goldens: "/nonexistent" }),
    ).rejects.toThrow(ProgramError);
  });
});

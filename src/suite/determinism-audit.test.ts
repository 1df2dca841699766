import { describe, expect, it } from "vitest";
import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import type { Adapter, Outcome } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import type { CaseOptions } from "./case-options.js";
import { DeterminismAudit } from "./determinism-audit.js";
import { FaultBudget } from "./fault-budget.js";

function programOf(gradient: number): Program {
  return {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1])] }] },
      { op: "step", gradients: [vector([gradient])] },
      { op: "observe", slots: ["parameter"] },
    ],
  };
}

const programs = Array.from({ length: 250 }, (_, k) => programOf(k + 1));
const bundled = bundledAdapter("fused");

/** What went to an adapter, call by call. */
function recording(change: (outcome: Outcome, served: number) => Outcome = (outcome) => outcome) {
  const calls: (readonly Program[])[] = [];
  let served = 0;
  const adapter: Adapter = {
    hello: () => bundled.hello(),
    stop: async () => {},
    run: async (given) => {
      calls.push(given);
      const outcomes = await bundled.run(given);
      return outcomes.map((outcome) => change(outcome, served++));
    },
  };
  return { adapter, calls };
}

const optionsFor = (adapter: Adapter, capabilities: readonly Capability[] = CAPABILITIES): CaseOptions => ({
  adapter,
  capabilities,
  declaration: declarationOf(dialectById("pytorch"), "fused"),
  demandBitExact: false,
  faultBudget: new FaultBudget(),
  replay: (selection) => `gate ${selection}`,
});

/** Three cases run their programs, then the audit runs. */
async function audited(adapter: Adapter, capabilities?: readonly Capability[]) {
  const audit = new DeterminismAudit();
  for (const start of [0, 1, 2]) {
    const watched = audit.watch(adapter);
    for (let k = start; k < programs.length; k += 3) await watched.run([programs[k]]);
  }
  return audit.run(optionsFor(adapter, capabilities));
}

/** Moves everything that is served from here on, as if by an extra step. */
const moved = (outcome: Outcome): Outcome => {
  if (outcome.status !== "ok") return outcome;
  const observations = outcome.observations.map(({ parameters }) => ({
    parameters: parameters.map(({ parameter }) => ({
      parameter: vector([...(parameter?.values ?? [])].map((value) => value + 1)),
    })),
  }));
  return { status: "ok", observations };
};

describe("the determinism audit", () => {
  it("sends the first program of each case and one of a hundred again, in another order", async () => {
    const { adapter, calls } = recording();
    const audit = new DeterminismAudit();
    for (const case_ of [programs.slice(0, 150), programs.slice(150)]) {
      const watched = audit.watch(adapter);
      for (const program of case_) await watched.run([program]);
    }
    const result = await audit.run(optionsFor(adapter));
    expect(result).toMatchObject({ id: "determinism-audit", kind: "audit", verdict: "certified", runs: 3 });
    expect(calls.at(-1)).toEqual([programs[150], programs[100], programs[0]]);
  });

  it("goes on in a fresh process where there is one", async () => {
    const { adapter, calls } = recording();
    let fresh = -1;
    const refresh = async () => {
      fresh = calls.length;
    };
    const refreshed: Adapter = { ...adapter, refresh };
    await audited(refreshed);
    expect(fresh).toBe(calls.length - 1);
  });

  it("finds other bits in an implementation that claims to have none", async () => {
    const { adapter } = recording((outcome, served) => (served > programs.length ? moved(outcome) : outcome));
    const result = await audited(adapter);
    expect(result.verdict).toBe("nondeterministic");
    expect(result.failure?.message).toMatch(
      /^\d of 3 programs were answered otherwise in another order; one of them: parameter of parameter 0, element 0, observation 0 was .* and is /,
    );
    expect(programs).toContain(result.failure?.minimal?.program);
  });

  it("counts them where determinism is not declared, and fails nothing", async () => {
    const { adapter } = recording((outcome, served) => (served > programs.length ? moved(outcome) : outcome));
    const result = await audited(adapter, ["state"]);
    expect(result).toMatchObject({
      verdict: "inconclusive",
      reason: expect.stringMatching(/Determinism is not declared/),
    });
    expect(result.failure).toBeUndefined();
  });

  it("finds an answer of another kind", async () => {
    const { adapter } = recording((outcome, served) =>
      served >= programs.length ? { status: "fault", verdict: "crash", message: "it is gone" } : outcome,
    );
    const result = await audited(adapter);
    expect(result.failure?.message).toMatch(/the answer was ok and is crash \(it is gone\)$/);
  });

  const SLOW = { verdict: "timeout", message: "the process did not answer", external: true } as const;
  const GONE = { verdict: "crash", message: "the process was killed by SIGSEGV", external: false } as const;

  it("reports faults that were not reproduced, whatever is declared", async () => {
    const { adapter } = recording();
    const result = await audited({ ...adapter, unexplained: [SLOW, GONE] }, []);
    expect(result).toMatchObject({
      verdict: "crash",
      failure: {
        message:
          "2 faults were not reproduced in isolation; one of them: crash: the process was killed by SIGSEGV",
      },
    });
    expect(result.failure?.minimal).toBeUndefined();
  });

  it("does not fail for a fault that the machine may have caused, and decides nothing", async () => {
    const { adapter } = recording();
    const result = await audited({ ...adapter, unexplained: [SLOW] });
    expect(result.failure).toBeUndefined();
    expect(result).toMatchObject({
      verdict: "inconclusive",
      reason: expect.stringMatching(
        /^1 fault was not reproduced in isolation; .* did not answer\. The machine/,
      ),
    });
  });

  it("says nothing where nothing was answered", async () => {
    const { adapter } = recording(() => ({ status: "fault", verdict: "timeout", message: "silence" }));
    expect(await audited(adapter)).toMatchObject({ verdict: "skipped", runs: 0 });
  });
});

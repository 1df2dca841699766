import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Adapter, Outcome } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { type Hello, helloSchema } from "../adapter/hello.js";
import { outsideDomain } from "../program/domain.js";
import type { Program, ProgramHyperparameters } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { declarationFrom } from "./declared.js";
import { runGate } from "./gate.js";
import type { GateOptions } from "./gate-options.js";
import type { GateResult } from "./gate-result.js";

const bundled = bundledAdapter("fused");

interface Variant {
  readonly hello?: Partial<Hello>;
  /** What it answers to a program, given the right answer; and what it was sent is recorded. */
  readonly answer?: (program: Program, right: Outcome) => Outcome | Promise<Outcome>;
}

/** The bundled implementation with another introduction and other answers, in a gate. */
async function gate({ hello = {}, answer }: Variant, more: Partial<GateOptions> = {}) {
  const sent: Program[] = [];
  const adapter: Adapter = {
    hello: async () => ({ ...(await bundled.hello()), ...hello }),
    stop: () => bundled.stop(),
    run: async (programs) => {
      sent.push(...programs);
      const right = await bundled.run(programs);
      return Promise.all(programs.map(async (program, k) => answer?.(program, right[k]) ?? right[k]));
    },
  };
  const declaration = declarationFrom(await adapter.hello(), { dialect: "pytorch" });
  const options = {
    adapter,
    declaration,
    level: "L3",
    profile: "smoke",
    seed: 20130,
    shrink: false,
  } as const;
  return { result: await runGate({ ...options, ...more }), sent };
}

function givenIn({ operations }: Program): ProgramHyperparameters[] {
  return operations.flatMap((operation) =>
    operation.op === "init"
      ? operation.groups.map(({ hyperparameters }) => hyperparameters)
      : operation.op === "set"
        ? [operation.hyperparameters]
        : [],
  );
}

const refusal = (phase: "init" | "set"): Outcome => ({
  status: "error",
  phase,
  class: "invalid-hyperparameter",
  message: "refused",
});

const failures = (result: GateResult) =>
  result.results.flatMap(({ id, failure }) => (failure ? [`${id}: ${failure.message}`] : []));
const caseOf = (result: GateResult, id: string) => {
  const found = result.results.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found;
};

/** Answers as an implementation that cannot change these hyperparameters: that it does not support it. */
const fixing =
  (...names: readonly (keyof ProgramHyperparameters)[]): NonNullable<Variant["answer"]> =>
  ({ operations }, right) =>
    operations.some(
      ({ op, ...rest }) => op === "set" && names.some((name) => name in (rest as Changes).hyperparameters),
    )
      ? { status: "unsupported", capability: "set" }
      : right;
type Changes = { readonly hyperparameters: ProgramHyperparameters };

describe("hyperparameters that are fixed at construction", () => {
  const others = ["alpha", "eps", "momentum", "weight_decay", "centered", "maximize"] as const;

  it.each([[["centered"] as const], [others]])("declared as fixed, %j are never set", async (fixed) => {
    const variant = { hello: { domain: { fixed: [...fixed] } }, answer: fixing(...fixed) };
    const { result: changed } = await gate(variant, { only: "RMS-9.4" });
    expect(failures(changed)).toEqual([]);
    const { result, sent } = await gate(variant, { only: "RMS-10.5" });
    expect(failures(result)).toEqual([]);
    const interleaved = caseOf(result, "any-interleaving-of-operations-is-judged");
    expect(interleaved.verdict).toBe("bit-exact");
    const set = sent.flatMap(({ operations }) =>
      operations.flatMap((one) => (one.op === "set" ? Object.keys(one.hyperparameters) : [])),
    );
    expect(set).toContain("lr");
    expect(set.filter((name) => (fixed as readonly string[]).includes(name))).toEqual([]);
  });

  it("not declared, are a capability that is missing", async () => {
    const { result } = await gate({ answer: fixing("centered") }, { only: "RMS-10.5" });
    expect(failures(result).join()).toContain("does not support set");
  });
});

describe("a declared domain", () => {
  const hasZeroEpsilon = (program: Program) => givenIn(program).some(({ eps }) => eps === 0);
  const refusesZero: Variant["answer"] = (program, right) =>
    hasZeroEpsilon(program) ? refusal("init") : right;

  it("is a range on the wire for each hyperparameter, with bits for bounds", () => {
    const { domain } = z.decode(helloSchema, {
      implementation: { name: "it", version: "1", language: "C" },
      dialects: ["pytorch"],
      capabilities: [],
      domain: {
        eps: { above: "0000000000000000" },
        alpha: { atLeast: "0000000000000000", below: "3ff0000000000000" },
      },
    });
    expect(domain).toEqual({ eps: { above: 0 }, alpha: { atLeast: 0, below: 1 } });
    for (const wrong of [{ epsilon: {} }, { eps: { from: "0000000000000000" } }, { eps: { above: 0 } }])
      expect(() => z.decode(helloSchema.shape.domain, wrong as never)).toThrow();
  });

  it("is compared with every value that a program gives, in init and set, defaults included", () => {
    const { dialect } = declarationFrom(
      { implementation: { name: "", version: "", language: "" }, dialects: ["pytorch"], capabilities: [] },
      {},
    );
    const program = (first: ProgramHyperparameters, then: ProgramHyperparameters): Program => ({
      format: "rmsprop-program/1",
      dialect: "pytorch",
      operations: [
        { op: "init", groups: [{ hyperparameters: first, parameters: [vector([1])] }] },
        { op: "set", group: 0, hyperparameters: then },
      ],
    });
    const why = (first: ProgramHyperparameters, then: ProgramHyperparameters = {}) =>
      outsideDomain(program(first, then), dialect, {
        eps: { above: 0, atMost: 1 },
        alpha: { atLeast: 0, below: 1 },
      });
    expect(why({})).toBeUndefined();
    expect(why({ eps: 1, alpha: 0 })).toBeUndefined();
    expect(why({ eps: 0 })).toBe("eps = 0 is outside the declared domain");
    expect(why({ eps: -0 })).toMatch(/^eps = -0 /);
    expect(why({ eps: 2 })).toMatch(/^eps = 2 /);
    expect(why({}, { alpha: 1 })).toMatch(/^alpha = 1 /);
    expect(why({ eps: Number.NaN })).toMatch(/^eps = NaN /);
  });

  it("keeps programs from an implementation that refuses ε = 0, and counts them", async () => {
    const { result, sent } = await gate({ hello: { domain: { eps: { above: 0 } } }, answer: refusesZero });
    expect(failures(result)).toEqual([]);
    expect(result).toMatchObject({ conforms: true, reached: "L3", validation: "passed" });
    expect(sent.some(hasZeroEpsilon)).toBe(false);
    const without = result.results.filter(({ reason }) => reason?.includes("outside the declared domain"));
    expect(without.length).toBeGreaterThan(0);
    expect(without[0]).toMatchObject({ verdict: "skipped", reason: expect.stringContaining("0 < eps") });
    expect(caseOf(result, "boundary-hyperparameters-are-accepted").outsideDomain).toBeGreaterThan(0);
  });

  it("leaves a refusal inside it a failure", async () => {
    const only = "boundary-hyperparameters-are-accepted";
    const undeclared = await gate({ answer: refusesZero }, { only });
    expect(failures(undeclared.result)[0]).toMatch(
      /eps = 0 is allowed, but the implementation answered init/,
    );
    const narrower = { alpha: { below: 1 } };
    const { result } = await gate({ hello: { domain: narrower }, answer: refusesZero }, { only });
    expect(failures(result)[0]).toMatch(/eps = 0 is allowed/);
  });
});

describe("declared refusals", () => {
  const isNaNProgram = (program: Program) =>
    givenIn(program).some((given) => Object.values(given).some((x) => Number.isNaN(x)));
  const withoutNaN = (given: ProgramHyperparameters): ProgramHyperparameters =>
    Object.fromEntries(Object.entries(given).filter(([, x]) => !Number.isNaN(x)));
  /** As timm 1.0.31: x < 0 is false for NaN, so the step is made. */
  const acceptsNaN: Variant["answer"] = async (program, right) => {
    if (!isNaNProgram(program)) return right;
    const operations = program.operations.map((operation) =>
      operation.op === "init"
        ? {
            ...operation,
            groups: operation.groups.map((group) => ({
              ...group,
              hyperparameters: withoutNaN(group.hyperparameters),
            })),
          }
        : operation.op === "set"
          ? { ...operation, hyperparameters: withoutNaN(operation.hyperparameters) }
          : operation,
    );
    const [outcome] = await bundled.run([{ ...program, operations }]);
    return outcome;
  };

  it("that are not kept fail the run and leave the level", async () => {
    const { result } = await gate({ answer: acceptsNaN }, { only: "*hyperparameters-are-*" });
    expect(result).toMatchObject({ reached: "L3", validation: "failed", conforms: false });
    expect(failures(result).length).toBeGreaterThan(0);
    expect(caseOf(result, "nan-hyperparameters-are-refused").failure).toBeDefined();
  });

  it("are all that is asked where they are declared", async () => {
    const negative = ["lr", "alpha", "eps", "momentum", "weight_decay"] as const;
    const { result } = await gate(
      { hello: { validates: { negative: [...negative] } }, answer: acceptsNaN },
      { only: "RMS-12" },
    );
    expect(failures(result)).toEqual([]);
    expect(result.validation).toBe("passed");
    expect(caseOf(result, "nan-hyperparameters-are-refused")).toMatchObject({
      verdict: "skipped",
      reason: "no hyperparameter is declared to be refused where it is nan",
    });
  });

  it("are asked of a dialect that refuses nothing by itself, by name", async () => {
    const validates = { negative: ["lr"] } as const;
    const adapter: Adapter = {
      ...bundled,
      hello: async () => ({ ...(await bundled.hello()), validates: { negative: ["lr"] } }),
      run: (programs) => bundled.run(programs),
      stop: () => bundled.stop(),
    };
    const declaration = declarationFrom(await adapter.hello(), { dialect: "keras" });
    expect(declaration.validates).toEqual(validates);
    const result = await runGate({
      adapter,
      declaration,
      level: "L2",
      profile: "smoke",
      seed: 1,
      only: "negative-hyperparameters-are-refused",
    });
    expect(result.results).toMatchObject([{ verdict: "certified" }]);
    expect(result.validation).toBe("passed");
  });
});

describe("a gradient", () => {
  /** As Caffe: the update stands in the gradient after the step. */
  const scratches: Variant["answer"] = (_, right) =>
    right.status !== "ok"
      ? right
      : {
          status: "ok",
          observations: right.observations.map(({ parameters }) => ({
            parameters: parameters.map((entry) =>
              entry.gradient
                ? { ...entry, gradient: vector([...entry.gradient.values].map((g) => g / 2 + 1)) }
                : entry,
            ),
          })),
        };
  const hides: Variant["answer"] = (_, right) =>
    right.status !== "ok"
      ? right
      : {
          status: "ok",
          observations: right.observations.map(({ parameters }) => ({
            parameters: parameters.map(({ gradient: _, ...entry }) => entry),
          })),
        };
  const observesGradient = ({ operations }: Program) =>
    operations.some((operation) => operation.op === "observe" && operation.slots.includes("gradient"));
  const SOME = { only: "RMS-10" };

  it("that is declared as scratch is observed nowhere", async () => {
    expect(failures((await gate({ answer: scratches }, SOME)).result).length).toBeGreaterThan(0);
    const { result, sent } = await gate({ hello: { gradient: "scratch" }, answer: scratches });
    expect(failures(result)).toEqual([]);
    expect(result).toMatchObject({ conforms: true, reached: "L3" });
    expect(sent.some(observesGradient)).toBe(false);
    expect(caseOf(result, "gradient-is-left-alone")).toMatchObject({
      verdict: "skipped",
      reason: "a step may use the gradient as scratch, as declared",
    });
  });

  it("that is left out of observations is no failure, and shows nothing", async () => {
    const { result } = await gate({ answer: hides }, SOME);
    expect(failures(result)).toEqual([]);
    expect(caseOf(result, "gradient-is-left-alone")).toMatchObject({
      verdict: "skipped",
      reason: "the implementation does not show the gradient after a step",
    });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import { stepShape } from "../../spec/step-shape.js";
import { neededCapabilities } from "../../src/adapter/needed-capabilities.js";
import type { Program } from "../../src/program/program.js";
import { resolveHyperparameters } from "../../src/program/timeline.js";
import { validateProgram } from "../../src/program/validate.js";
import { interleavedProgram, interleavings } from "./interleavings.js";

const pytorch = dialectById("pytorch");

function draws(dialectId: string, capabilities: readonly Capability[], count: number, seed = 1) {
  const dialect = dialectById(dialectId);
  const drawn = fc.sample(interleavings(dialect, capabilities), { numRuns: count, seed });
  return drawn.map((interleaving) => interleavedProgram(dialect, interleaving));
}

function operationsOf<Op extends Program["operations"][number]["op"]>(programs: readonly Program[], op: Op) {
  type Found = Extract<Program["operations"][number], { op: Op }>;
  return programs.flatMap(({ operations }) => operations.filter((one): one is Found => one.op === op));
}

describe("an interleaving of operations", () => {
  const programs = draws("pytorch", CAPABILITIES, 600).map(({ program }) => program);

  it("is a valid program that begins with init and ends with an observation", () => {
    for (const program of programs) {
      validateProgram(program, "drawn");
      expect(program.operations.at(-1)?.op).toBe("observe");
    }
  });

  it("has every operation before every other one", () => {
    const names = ["step", "set", "load", "checkpoint", "observe"];
    const pairs = new Set(
      programs.flatMap(({ operations }) =>
        operations.slice(1).map(({ op }, k) => `${operations[k].op} ${op}`),
      ),
    );
    expect(names.flatMap((a) => names.map((b) => `${a} ${b}`)).filter((pair) => !pairs.has(pair))).toEqual(
      [],
    );
  });

  it("has groups and parameters of several shapes, without elements and without dimensions too", () => {
    const inits = operationsOf(programs, "init");
    expect(new Set(inits.map(({ groups }) => groups.length))).toEqual(new Set([1, 2, 3]));
    const shapes = inits.flatMap(({ groups }) =>
      groups.flatMap((g) => g.parameters.map((p) => p.shape.join())),
    );
    expect(new Set(shapes)).toEqual(new Set(["1", "", "3", "2,2", "0", "9", "2,0,3", "17"]));
  });

  it("has steps with all, some and no gradients, and special values in them", () => {
    const steps = operationsOf(programs, "step");
    const missing = steps.map(({ gradients }) => gradients.filter((gradient) => gradient === null).length);
    expect(missing.some((count, k) => count === steps[k].gradients.length)).toBe(true);
    expect(missing.some((count, k) => count > 0 && count < steps[k].gradients.length)).toBe(true);
    const values = steps.flatMap(({ gradients }) => gradients.flatMap((g) => [...(g?.values ?? [])]));
    for (const special of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 2 ** -149])
      expect(values.some((value) => Object.is(value, special))).toBe(true);
  });

  it("switches every part of the rule on and off, and loads some parameters with some buffers", () => {
    const sets = operationsOf(programs, "set").map(({ hyperparameters }) => hyperparameters);
    for (const name of ["centered", "maximize"] as const)
      expect(new Set(sets.map((h) => h[name]))).toEqual(new Set([undefined, true, false]));
    for (const name of ["momentum", "weight_decay"] as const) {
      expect(sets.some((h) => h[name] === 0)).toBe(true);
      expect(sets.some((h) => (h[name] ?? 0) > 0)).toBe(true);
    }
    const entries = operationsOf(programs, "load").flatMap(({ state }) => state);
    const given = entries.map(
      (entry) => `${entry.grad_avg !== undefined} ${entry.momentum_buffer !== undefined}`,
    );
    expect(new Set(given).size).toBe(4);
  });

  it("observes everything, something, or nothing after a step", () => {
    const after = programs.flatMap(({ operations }) =>
      operations.flatMap((operation, k) => {
        if (operation.op !== "step") return [];
        const next = operations[k + 1];
        return [next.op === "observe" ? next.slots.length : 0];
      }),
    );
    expect(new Set(after)).toEqual(new Set([0, 1, 2, 3, 4]));
  });
});

describe("the operations of an interleaving", () => {
  const some: readonly (readonly Capability[])[] = [
    [],
    ["set"],
    ["state", "load"],
    ["checkpoint", "missing-gradient", "groups"],
    ["momentum", "set", "load"],
    ["centered", "weight-decay", "maximize", "set", "state"],
  ];

  it.each(DIALECTS.map(({ id }) => id))("need only what is offered: %s", (id) => {
    const dialect = dialectById(id);
    for (const offered of some) {
      const capabilities = dialect.centered === "always" ? [...offered, "centered" as const] : offered;
      for (const { program } of draws(id, capabilities, 12)) {
        const needed = neededCapabilities(program, dialect);
        expect(needed.filter((capability) => !capabilities.includes(capability))).toEqual([]);
      }
    }
  });

  it.each(DIALECTS.map(({ id }) => id))("send no hyperparameter that the dialect does not have: %s", (id) => {
    const { momentum, epsilon, weightDecay, centered, maximize, lrDecay, clipping } = dialectById(id);
    const names = new Set([
      "lr",
      "alpha",
      ...(epsilon === "none" ? [] : ["eps"]),
      ...(momentum === "none" || momentum === "ignored" ? [] : ["momentum"]),
      ...(weightDecay === "none" ? [] : ["weight_decay"]),
      ...(centered === "optional" ? ["centered"] : []),
      ...(maximize === "optional" ? ["maximize"] : []),
      ...(lrDecay === "never" ? [] : ["lr_decay"]),
      ...(clipping === "never" ? [] : ["clip_value"]),
    ]);
    const programs = draws(id, CAPABILITIES, 40).map(({ program }) => program);
    const sent = [
      ...operationsOf(programs, "init").flatMap(({ groups }) => groups.map((g) => g.hyperparameters)),
      ...operationsOf(programs, "set").map(({ hyperparameters }) => hyperparameters),
    ];
    expect(new Set(sent.flatMap((h) => Object.keys(h)))).toEqual(names);
  });

  it("load one step count into all parameters where no gradient can be missing", () => {
    const offered = CAPABILITIES.filter((one) => one !== "missing-gradient");
    const uneven = (capabilities: readonly Capability[]) =>
      draws("pytorch", capabilities, 300).filter(({ program }) => {
        const parameters = operationsOf([program], "init")[0].groups.flatMap((group) => group.parameters);
        return operationsOf([program], "load").some(
          ({ state }) => state.length < parameters.length || new Set(state.map((one) => one.step)).size > 1,
        );
      });
    expect(uneven(offered)).toEqual([]);
    expect(uneven(CAPABILITIES).length).toBeGreaterThan(0);
  });

  it("change no ε before the first step where the state starts at it", () => {
    expect(dialectById("dl4j").initialAccumulator).toBe("epsilon");
    for (const { program } of draws("dl4j", CAPABILITIES, 300)) {
      const stepped = new Set<number>();
      const groupOf = operationsOf([program], "init")[0].groups.flatMap(({ parameters }, g) =>
        parameters.map(() => g),
      );
      for (const operation of program.operations) {
        if (operation.op === "load") for (const { parameter } of operation.state) stepped.add(parameter);
        if (operation.op === "step")
          for (const [k, gradient] of operation.gradients.entries()) if (gradient) stepped.add(k);
        if (operation.op !== "set" || operation.hyperparameters.eps === undefined) continue;
        expect(groupOf.every((group, k) => group !== operation.group || stepped.has(k))).toBe(true);
      }
    }
  });

  it("use a buffer that the state does not have only where that is said", () => {
    const message = draws("pytorch", CAPABILITIES, 600).map(({ program, usesLateBuffer }) => {
      expect(raisesKeyError(program)).toBe(usesLateBuffer);
      return usesLateBuffer;
    });
    const share = message.filter(Boolean).length / message.length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.25);
  });
});

/** Whether PyTorch has no answer: buffers are made at the first step, or loaded, and looked up by later ones. */
function raisesKeyError({ operations }: Program): boolean {
  const [init] = operations;
  if (init.op !== "init") return false;
  const hyperparameters = init.groups.map((group) => resolveHyperparameters(pytorch, group.hyperparameters));
  const groupOf = init.groups.flatMap(({ parameters }, g) => parameters.map(() => g));
  const states: ({ grad_avg: boolean; momentum_buffer: boolean } | undefined)[] = groupOf.map(
    () => undefined,
  );
  const lacks = (k: number) => {
    const { centered, momentum } = stepShape(pytorch, hyperparameters[groupOf[k]]);
    const state = states[k];
    return state !== undefined && ((centered && !state.grad_avg) || (momentum && !state.momentum_buffer));
  };
  for (const operation of operations) {
    if (operation.op === "set")
      hyperparameters[operation.group] = {
        ...hyperparameters[operation.group],
        ...operation.hyperparameters,
      } as (typeof hyperparameters)[number];
    if (operation.op === "load") {
      for (const { parameter, grad_avg, momentum_buffer } of operation.state) {
        states[parameter] = { grad_avg: !!grad_avg, momentum_buffer: !!momentum_buffer };
        if (lacks(parameter)) return true;
      }
    }
    if (operation.op !== "step") continue;
    for (const [k, gradient] of operation.gradients.entries()) {
      if (!gradient) continue;
      if (lacks(k)) return true;
      const { centered, momentum } = stepShape(pytorch, hyperparameters[groupOf[k]]);
      states[k] ??= { grad_avg: centered, momentum_buffer: momentum };
    }
  }
  return false;
}

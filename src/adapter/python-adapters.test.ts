import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import { declarationOf } from "../judge/declaration.js";
import { judgeProgram } from "../judge/judge-program.js";
import { addTally, emptyTally } from "../judge/tally.js";
import { packageRoot } from "../package-info.js";
import type { Program, ProgramHyperparameters } from "../program/program.js";
import { encodeProgram } from "../program/program-codec.js";
import { vector } from "../program/tensor.js";
import { AdapterLines } from "./__test-helpers__/adapter-lines.js";
import {
  ALLOWED_PROGRAMS,
  init,
  observe,
  programOf,
  REFUSED_PROGRAMS,
  randomPrograms,
  step,
} from "./__test-helpers__/adapter-programs.js";
import { comparable, expectSameAsBundled } from "./__test-helpers__/same-as-bundled.js";

/** The example adapters in Python, with whatever Python is there. */

const adapters = join(packageRoot(), "adapters");
const venv = join(packageRoot(), ".venv", "bin", "python");

/** The first Python that can import these modules, if there is one. */
function pythonWith(modules: string): string | undefined {
  return ["python3", ...(existsSync(venv) ? [venv] : [])].find(
    (python) => spawnSync(python, ["-c", `import ${modules}`]).status === 0,
  );
}

/** A test that runs if there is a Python with these modules, and else says in its name why not. */
function checkWith(modules: string) {
  const python = pythonWith(modules);
  return (title: string, body: (python: string) => Promise<void>) =>
    python === undefined
      ? it.skip(`${title} (not run: no Python with ${modules})`, () => {})
      : it(title, () => body(python));
}

const PROGRAMS = randomPrograms(20_131, 256);
const PLAIN = programOf(init({}, vector([0.5, -0.25])), step(vector([1, 2])), observe);

/** What it answers to programs, in requests of 64. */
async function repliesTo(adapter: AdapterLines, programs: typeof PROGRAMS) {
  const replies = [];
  for (let k = 0; k < programs.length; k += 64)
    replies.push(...(await adapter.run(programs.slice(k, k + 64))));
  return replies;
}

async function expectUnknownIsUnsupported(adapter: AdapterLines): Promise<void> {
  const wire = encodeProgram(PLAIN);
  const later = { ...wire, operations: [wire.operations[0], { op: "anneal", by: 2 }] };
  const replies = await adapter.runWires([later, { ...wire, dialect: "tensorflow" }, wire]);
  expect(replies).toMatchObject([
    { status: "unsupported", capability: "anneal" },
    { status: "unsupported", capability: "dialect" },
    { status: "ok" },
  ]);
}

async function expectEndAfterStop(adapter: AdapterLines): Promise<void> {
  adapter.send({ message: "stop" });
  expect(await adapter.ended).toEqual([0, null]);
  expect(await adapter.line()).toBeUndefined();
  expect(adapter.stderr).toBe("");
}

describe("adapters/python", () => {
  const check = checkWith("numpy");
  const start = (python: string) => new AdapterLines(python, join(adapters, "python", "numpy_rmsprop.py"));

  check("introduces itself, and ends after stop", async (python) => {
    const adapter = start(python);
    const hello = await adapter.hello();
    expect(hello.dialects).toEqual(["pytorch"]);
    expect([...hello.capabilities].sort()).toEqual([...CAPABILITIES].sort());
    expect(hello.float32).toEqual({ reference: "unfused" });
    await expectEndAfterStop(adapter);
  });

  check("has the bits of the bundled implementation, in any order", async (python) => {
    const adapter = start(python);
    for (let k = 0; k < PROGRAMS.length; k += 64)
      await expectSameAsBundled(adapter, PROGRAMS.slice(k, k + 64));
    await expectSameAsBundled(adapter, PROGRAMS.toReversed());
  });

  check(
    "refuses the hyperparameters that the dialect refuses, no others, and does not support what it does not know",
    async (python) => {
      const adapter = start(python);
      await expectSameAsBundled(adapter, [...REFUSED_PROGRAMS, ...ALLOWED_PROGRAMS]);
      await expectUnknownIsUnsupported(adapter);
    },
  );
});

/** PyTorch makes buffers in a first step only, and takes no finite number that would be infinite in float32. */
function suitsPytorch({ operations }: Program): boolean {
  const fits = (hyperparameters: ProgramHyperparameters) =>
    Object.values(hyperparameters).every(
      (value) => typeof value !== "number" || !Number.isFinite(value) || Number.isFinite(Math.fround(value)),
    );
  return operations.every((operation) => {
    if (operation.op === "init") return operation.groups.every((group) => fits(group.hyperparameters));
    if (operation.op !== "set") return true;
    const { hyperparameters } = operation;
    return fits(hyperparameters) && !("momentum" in hyperparameters || "centered" in hyperparameters);
  });
}

const checkTorch = checkWith("torch, numpy");

describe.each([
  ["adapters/pytorch", []],
  ["adapters/pytorch --foreach", ["--foreach"]],
])("%s", (_, flags) => {
  const start = (python: string) =>
    new AdapterLines(python, join(adapters, "pytorch", "torch_rmsprop.py"), ...flags);

  checkTorch("is PyTorch's RMSprop with the roots that it declares, in any order", async (python) => {
    const adapter = start(python);
    const hello = await adapter.hello();
    expect([...hello.capabilities].sort()).toEqual([...CAPABILITIES].sort());
    const declaration = declarationOf(dialectById("pytorch"), undefined, hello.float32?.choices);
    expect(declaration.evaluation.root).toEqual(["correct", "one-ulp-low", "one-ulp-high"]);

    const programs = PROGRAMS.filter(suitsPytorch);
    const replies = await repliesTo(adapter, programs);
    const tally = emptyTally();
    replies.forEach((reply, k) => {
      if (reply.status !== "ok") throw new Error(`program ${k}: ${JSON.stringify(reply)}`);
      const judgement = judgeProgram(programs[k], reply.observations, declaration);
      expect([judgement.contract, judgement.rejected], `program ${k}`).toEqual([[], []]);
      addTally(tally, judgement.tally);
    });
    expect(tally.rejected).toBe(0);
    expect(tally.judged - tally.weak - tally.indeterminate).toBeGreaterThan(1000);

    const backwards = await repliesTo(adapter, programs.toReversed());
    expect(backwards.toReversed().map(comparable)).toEqual(replies.map(comparable));
    await expectEndAfterStop(adapter);
  });

  checkTorch(
    "refuses the hyperparameters that the dialect refuses, no others, and does not support what it does not know",
    async (python) => {
      const adapter = start(python);
      for (const reply of await adapter.run(REFUSED_PROGRAMS)) {
        expect(reply).toMatchObject({ status: "error", class: "invalid-hyperparameter" });
      }
      for (const reply of await adapter.run(ALLOWED_PROGRAMS)) expect(reply.status).toBe("ok");
      await expectUnknownIsUnsupported(adapter);
    },
  );
});

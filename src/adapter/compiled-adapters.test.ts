import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { packageRoot } from "../package-info.js";
import { encodeProgram } from "../program/program-codec.js";
import { hexOfBinary64 } from "../program/scalar.js";
import { type Tensor, vector } from "../program/tensor.js";
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
import { bundledResults, comparable, expectSameAsBundled } from "./__test-helpers__/same-as-bundled.js";
import { helloReplySchema } from "./messages.js";

/** The example adapters that have to be built. Nothing is written into their folders. */

interface CompiledAdapter {
  readonly name: string;
  /** Commands that must be there, with the arguments that show it. */
  readonly tools: readonly (readonly [command: string, ...args: string[]])[];
  /** Build into a folder. The answer is the program. */
  readonly build: (folder: string) => Promise<string>;
}

const execute = promisify(execFile);
const sourceOf = (name: string) => join(packageRoot(), "adapters", name);

const ADAPTERS: readonly CompiledAdapter[] = [
  {
    name: "rust",
    tools: [["cargo", "--version"]],
    build: async (folder) => {
      const env = { ...process.env, CARGO_TARGET_DIR: folder };
      const args = ["build", "--release", "--locked", "--offline"];
      await execute("cargo", args, { cwd: sourceOf("rust"), env });
      return join(folder, "release", "rmsprop-adapter");
    },
  },
  {
    name: "cpp",
    tools: [
      ["make", "--version"],
      ["g++", "--version"],
    ],
    build: async (folder) => {
      const source = sourceOf("cpp");
      await execute("make", ["-f", join(source, "Makefile"), `VPATH=${source}`], { cwd: folder });
      return join(folder, "rmsprop_adapter");
    },
  },
  {
    name: "go",
    tools: [["go", "version"]],
    build: async (folder) => {
      const program = join(folder, "rmsprop-adapter");
      await execute("go", ["build", "-buildvcs=false", "-o", program, "."], { cwd: sourceOf("go") });
      return program;
    },
  },
];

const PROGRAMS = randomPrograms(20_111, 320);
const PLAIN = programOf(init({}, vector([0.5, -0.25])), step(vector([1, 2])), observe);

describe.each(ADAPTERS.map((each) => [each.name, each] as const))("adapters/%s", (name, { tools, build }) => {
  const missing = tools.filter(([tool, ...args]) => spawnSync(tool, args).status !== 0).map(([tool]) => tool);
  const check = (title: string, body: () => Promise<void>) =>
    missing.length === 0 ? it(title, body) : it.skip(`${title} (not run: no ${missing.join(", no ")})`, body);
  let folder: string;
  let program: string;
  const start = () => new AdapterLines(program);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `rmsprop-adapter-${name}-`));
    if (missing.length === 0) program = await build(folder);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  check("introduces itself", async () => {
    const hello = await start().hello();
    expect(hello.dialects).toEqual(["pytorch"]);
    expect([...hello.capabilities].sort()).toEqual([...CAPABILITIES].sort());
    expect(hello.float32).toEqual({ reference: "unfused" });
  });

  check("has the bits of the bundled implementation, in any order and batch", async () => {
    const adapter = start();
    const bitsOfAll = await bundledResults(PROGRAMS);
    for (let k = 0; k < PROGRAMS.length; k += 64) {
      const replies = await adapter.run(PROGRAMS.slice(k, k + 64));
      expect(replies.map(comparable)).toEqual(bitsOfAll.slice(k, k + 64));
    }
    const backwards = await adapter.run(PROGRAMS.toReversed());
    expect(backwards.map(comparable)).toEqual(bitsOfAll.toReversed());
  });

  check("refuses the hyperparameters that the dialect refuses, and no others", async () => {
    const adapter = start();
    for (const reply of await adapter.run(REFUSED_PROGRAMS)) {
      expect(reply).toMatchObject({ status: "error", class: "invalid-hyperparameter" });
    }
    await expectSameAsBundled(adapter, [...REFUSED_PROGRAMS, ...ALLOWED_PROGRAMS]);
  });

  check("answers unsupported to operations and dialects that it does not know, and goes on", async () => {
    const wire = encodeProgram(PLAIN);
    const [first, ...rest] = wire.operations;
    const unknown = { ...wire, operations: [first, { op: "set\tsail", group: "all", slots: {} }, ...rest] };
    const replies = await start().runWires([unknown, { ...wire, dialect: "tensorflow" }, wire]);
    expect(replies.slice(0, 2)).toEqual([
      { status: "unsupported", capability: "set\tsail" },
      { status: "unsupported", capability: "dialect" },
    ]);
    expect(replies.slice(2).map(comparable)).toEqual(await bundledResults([PLAIN]));
  });

  check("ignores fields that it does not know, wherever they are", async () => {
    const strangers = {
      comment: 'a \\ "quoted" \n \u0001 word',
      LR: hexOfBinary64(100),
      Data: "AAAA",
      "": [null, true, false, -0, -12.5e-3, 1e300, {}, [], { lr: [{}] }],
    };
    const strange = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(strange);
      if (typeof value !== "object" || value === null) return value;
      const fields = Object.entries(value).map(([key, field]) => [key, strange(field)]);
      return { ...Object.fromEntries(fields), ...strangers };
    };
    const programs = PROGRAMS.slice(0, 40);
    const adapter = start();
    const replies = await adapter.runWires(programs.map((each) => strange(encodeProgram(each))));
    expect(replies.map(comparable)).toEqual(await bundledResults(programs));
    helloReplySchema.parse(await adapter.ask({ message: "hello", ...strangers, protocol: 1, suite: "test" }));
  });

  check("repeats names as they are, however they are escaped", async () => {
    const adapter = start();
    const wire = encodeProgram(PLAIN);
    const names = ["", '"\\/\b\f\n\r\t', "\u0000\u001f\u007f", "é € 😀", "\\u0041"];
    const all = names.map(() => wire);
    await adapter.runWires(all, names);
    const escaped = (text: string) =>
      Array.from(
        { length: text.length },
        (_, k) => `\\u${text.charCodeAt(k).toString(16).padStart(4, "0")}`,
      ).join("");
    const cases = names.map((text) => `{ "case":"${escaped(text)}"\t,"program":${JSON.stringify(wire)} }`);
    adapter.write(`{"id":77,"message":"\\u0072un","encoding":"base64","cases":[${cases.join(" ,\r")}]}\r\n`);
    const reply = JSON.parse((await adapter.line()) as string);
    expect(reply.results.map((result: { case: string }) => result.case)).toEqual(names);
  });

  check("reads a line of 3 MiB", async () => {
    const values = Float32Array.from({ length: 300_000 }, (_, i) => ((i % 1999) - 999) / 64);
    const large: Tensor = { shape: [300, 1000], values };
    const long = programOf(init({ momentum: 0.5 }, large), step(large), observe);
    expect(JSON.stringify(encodeProgram(long)).length).toBeGreaterThan(3 * 2 ** 20);
    const [reply] = await start().run([long]);
    const [same] = await bundledResults([long]);
    // Not toEqual: it would print both.
    expect(JSON.stringify(comparable(reply)) === JSON.stringify(same)).toBe(true);
  });

  check("answers invalid-argument to a malformed program, and goes on", async () => {
    const wire = encodeProgram(
      programOf(init({}, vector([1, 2])), step(vector([1, 2])), {
        op: "load",
        state: [{ parameter: 0, step: 1, square_avg: vector([1, 2]) }],
      }),
    );
    const text = JSON.stringify(wire);
    const step1 = wire.operations[1];
    const tensor = '{"shape":[2],"data":"AACAPwAAAEA="}';
    expect(text.split(tensor)).toHaveLength(4);
    const changed = (tensorInstead: string) => {
      const [before, ...after] = text.split(tensor);
      return JSON.parse([before, after.join(tensor)].join(tensorInstead));
    };
    const broken: readonly (readonly [phase: string, wire: unknown])[] = [
      ["init", {}],
      ["init", null],
      ["init", { ...wire, operations: "none" }],
      ["init", { ...wire, operations: [{}] }],
      ["step", { ...wire, operations: [step1] }],
      ["init", { ...wire, operations: [wire.operations[0], wire.operations[0]] }],
      ["init", changed('{"shape":[2],"data":"AACAPwAAAEA"}')],
      ["init", changed('{"shape":[2],"data":"AACAPwAA*EA="}')],
      ["init", changed('{"shape":[3],"data":"AACAPwAAAEA="}')],
      ["init", changed('{"shape":[-2],"data":"AACAPwAAAEA="}')],
      ["init", changed('{"shape":[9e15,9e15,9e15],"data":""}')],
      ["init", changed('{"shape":[2]}')],
      ["init", changed("null")],
      ["step", changed('{"shape":[1,2],"data":"AACAPwAAAEA="}')],
      ["step", changed(`${tensor},${tensor}`)],
      ["init", JSON.parse(text.replace('"hyperparameters":{}', '"hyperparameters":{"lr":"3f8"}'))],
      ["init", JSON.parse(text.replace('"hyperparameters":{}', '"hyperparameters":{"lr":0.5}'))],
      ["init", JSON.parse(text.replace('"hyperparameters":{}', '"hyperparameters":{"centered":1}'))],
      ["load", JSON.parse(text.replace('"parameter":0', '"parameter":1'))],
      ["load", JSON.parse(text.replace('"step":1', '"step":1.5'))],
      ["set", { ...wire, operations: [...wire.operations, { op: "set", group: 1, hyperparameters: {} }] }],
      ["observe", { ...wire, operations: [...wire.operations, { op: "observe" }] }],
    ];
    const adapter = start();
    const replies = await adapter.runWires(broken.map(([, program]) => program));
    expect(replies.map(comparable)).toEqual(
      broken.map(([phase]) => ({ status: "error", phase, class: "invalid-argument", message: "" })),
    );
    expect((await adapter.runWires([wire]))[0].status).toBe("ok");
  });

  check("survives lines that are no requests, and says so on standard error", async () => {
    const adapter = start();
    const lines = [
      "",
      "nonsense",
      "nul",
      "{",
      "[1,]",
      "{} {}",
      '{"id":1,"message":"hello"',
      '{"id":1,"message":"hel\tlo"}',
      '{"id":1,"message":"\\x"}',
      '{"id":1,"message":"\\u12"}',
      '{"id":1,"message":"hello","x":-}',
      '{"id" 1}',
      '{"message":"hello"}',
      '{"id":"one","message":"hello"}',
      "[]",
      "null",
      '"\\',
      Buffer.of(0xff, 0xfe, 0x00),
      `{"id":1,"x":${"[".repeat(300_000)}`,
      "[".repeat(300_000) + "]".repeat(300_000),
    ];
    for (const line of lines) {
      const before = adapter.stderr.length;
      adapter.write(line);
      adapter.write("\n");
      // If the line was answered, this is another reply than the next one's.
      await adapter.hello();
      await expect.poll(() => adapter.stderr.length, { timeout: 60_000 }).toBeGreaterThan(before);
    }
  });

  check("answers malformed requests that have an id with an error", async () => {
    const adapter = start();
    const requests: readonly object[] = [
      { message: "run" },
      { message: "run", cases: {} },
      { message: "run", cases: [{}] },
      { message: "run", cases: [7] },
      { message: "dance" },
      { message: 1 },
    ];
    for (const request of requests) {
      expect(await adapter.ask(request)).toEqual({
        id: expect.any(Number),
        error: expect.stringMatching(/./),
      });
    }
    await adapter.hello();
    expect(adapter.stderr).toBe("");
  });

  check("ends with status 0 after stop, without a reply", async () => {
    const adapter = start();
    await adapter.hello();
    adapter.write('{"message":"stop","id":2}\n');
    expect(await adapter.line()).toBeUndefined();
    expect(await adapter.ended).toEqual([0, null]);
  });

  check("ends with status 0 at the end of input, and answers a last line that does not end", async () => {
    const adapter = start();
    adapter.write('{"message":"hello","id":5,"protocol":1,"suite":"test"}');
    adapter.endInput();
    expect(helloReplySchema.parse(JSON.parse((await adapter.line()) as string)).id).toBe(5);
    expect(await adapter.line()).toBeUndefined();
    expect(await adapter.ended).toEqual([0, null]);
    expect(adapter.stderr).toBe("");
  });
});

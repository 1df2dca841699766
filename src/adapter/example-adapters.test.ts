import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { packageRoot } from "../package-info.js";
import type { Program, ProgramHyperparameters, StateEntry } from "../program/program.js";
import { encodeProgram } from "../program/program-codec.js";
import { vector } from "../program/tensor.js";
import { AdapterLines, runRequest } from "./__test-helpers__/adapter-lines.js";
import {
  ALLOWED_PROGRAMS,
  init,
  observe,
  programOf,
  REFUSED_PROGRAMS,
  randomPrograms,
  step,
} from "./__test-helpers__/adapter-programs.js";
import { bundled, comparable, expectSameAsBundled } from "./__test-helpers__/same-as-bundled.js";
import { runReplyCodec } from "./messages.js";

const FAULTY = join(packageRoot(), "adapters/faulty");
const start = (path: string) => new AdapterLines(process.execPath, path);
const example = () => start(join(packageRoot(), "adapters/javascript/rmsprop-adapter.mjs"));
const faulty = (name: string) => start(join(FAULTY, `${name}.mjs`));

/** One step of one parameter with this gradient. */
function stepped(gradient: number, hyperparameters: ProgramHyperparameters = {}): Program {
  return programOf(init(hyperparameters, vector([0.5])), step(vector([gradient])), observe);
}

const requestOf = (...programs: Program[]) => runRequest(programs.map(encodeProgram));

describe("the JavaScript adapter", () => {
  it("introduces itself and claims the unfused evaluation", async () => {
    const hello = await example().hello();
    expect(hello.dialects).toEqual(["pytorch"]);
    expect([...hello.capabilities].sort()).toEqual([...CAPABILITIES].sort());
    expect(hello.float32).toEqual({ reference: "unfused" });
  });

  it("has the bits of the bundled implementation on random programs, whatever ran before", async () => {
    const adapter = example();
    await adapter.hello();
    const programs = randomPrograms(20_130, 480);
    for (let k = 0; k < programs.length; k += 4) await expectSameAsBundled(adapter, programs.slice(k, k + 4));
  });

  it("gives back slots of empty and of zero-dimensional tensors in their shapes", async () => {
    const adapter = example();
    const parameters = [[], [0], [2, 0]].map((shape) => ({
      shape,
      values: new Float32Array(shape.length === 0 ? 1 : 0).fill(0.5),
    }));
    const program = programOf(
      init({ momentum: 0.9, centered: true }, ...parameters),
      step(...parameters),
      { op: "checkpoint" },
      step(null, parameters[1], null),
      observe,
    );
    await expectSameAsBundled(adapter, [program]);
    const [reply] = await adapter.run([program]);
    const observed = reply.status === "ok" ? reply.observations[0].parameters : [];
    expect(observed.map((entry) => entry.momentum_buffer?.shape)).toEqual([[], [0], [2, 0]]);
    expect(observed.map((entry) => entry.gradient?.shape)).toEqual([undefined, [0], undefined]);
    expect(observed.map(({ step }) => step)).toEqual([1, 2, 1]);
  });

  it("starts buffers at zero that a loaded state lacks", async () => {
    const adapter = example();
    const zeros = vector([0, 0]);
    const loaded = (optional: Partial<StateEntry>) =>
      programOf(
        init({ momentum: 0.9, centered: true, alpha: 0.25 }, vector([1, 2])),
        { op: "load", state: [{ parameter: 0, step: 3, square_avg: vector([4, 0.5]), ...optional }] },
        step(vector([0.3, -7])),
        observe,
      );
    const [without, withZeros] = await adapter.run([
      loaded({}),
      loaded({ grad_avg: zeros, momentum_buffer: zeros }),
    ]);
    expect(without.status).toBe("ok");
    expect(comparable(without)).toEqual(comparable(withZeros));
    await expectSameAsBundled(adapter, [loaded({ grad_avg: zeros, momentum_buffer: zeros })]);
  });

  it("refuses negative and NaN hyperparameters in init and in set, and takes the least and the greatest", async () => {
    const adapter = example();
    for (const reply of await adapter.run(REFUSED_PROGRAMS)) {
      expect(reply).toMatchObject({ status: "error", class: "invalid-hyperparameter" });
    }
    await expectSameAsBundled(adapter, [...REFUSED_PROGRAMS, ...ALLOWED_PROGRAMS]);
  });

  it("answers what it does not know with unsupported, and runs the next case", async () => {
    const adapter = example();
    const keras = { ...encodeProgram(stepped(1)), dialect: "keras" };
    const { operations, ...program } = encodeProgram(stepped(1));
    const later = { ...program, operations: [operations[0], { op: "anneal", by: 2 }] };
    const inherited = { ...program, operations: [operations[0], { op: "toString" }] };
    const good = { ...program, operations };
    const programs = [keras, later, inherited, good];
    expect(await adapter.runWires(programs)).toMatchObject([
      { status: "unsupported", capability: "dialect" },
      { status: "unsupported", capability: "anneal" },
      { status: "unsupported", capability: "toString" },
      { status: "ok" },
    ]);
  });

  it("ignores fields that it does not know, wherever they are", async () => {
    const adapter = example();
    const program = programOf(
      init({ momentum: 0.5 }, vector([1, -2])),
      { op: "load", state: [{ parameter: 0, step: 1, square_avg: vector([1, 2]) }] },
      step(vector([3, 4])),
      { op: "set", group: 0, hyperparameters: { lr: 0.5 } },
      step(vector([3, 4])),
      observe,
    );
    adapter.send(requestOf(program));
    adapter.send(withUnknownFields(requestOf(program)) as object);
    const [plain, extended] = [await adapter.reply(), await adapter.reply()] as { results: unknown }[];
    expect(extended.results).toEqual(plain.results);
    expect(plain.results).toMatchObject([{ status: "ok" }]);
  });

  it("answers many requests in their order and ends lines only where they end", async () => {
    const adapter = example();
    const ids = Array.from({ length: 20 }, () => adapter.send(requestOf(stepped(1))));
    const named = requestOf(stepped(1));
    named.cases[0].case = "a\u2028b\u0085c";
    ids.push(adapter.send(named));
    const replies: { id: number; results: { case: string }[] }[] = [];
    for (const _ of ids) replies.push((await adapter.reply()) as (typeof replies)[number]);
    expect(replies.map(({ id }) => id)).toEqual(ids);
    expect(replies.at(-1)?.results[0].case).toBe("a\u2028b\u0085c");
  });

  it("reads a line as long as the least that every adapter must", async () => {
    const adapter = example();
    const values = new Float32Array(390_000).fill(0.25);
    const program = programOf(init({}, { shape: [390_000], values }), {
      op: "observe",
      slots: ["parameter"],
    });
    expect(JSON.stringify(encodeProgram(program)).length).toBeGreaterThan(2_000_000);
    await expectSameAsBundled(adapter, [program]);
  });

  it("ends with status 0 after stop and at the end of its input", async () => {
    const stopped = example();
    await stopped.hello();
    stopped.send({ message: "stop" });
    expect(await stopped.ended).toEqual([0, null]);
    expect(await stopped.line()).toBeUndefined();
    const atEnd = example();
    await atEnd.run([stepped(1)]);
    atEnd.endInput();
    expect(await atEnd.ended).toEqual([0, null]);
    expect([stopped.stderr, atEnd.stderr]).toEqual(["", ""]);
  });
});

/** The same message with a field more in every object. */
function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withUnknownFields(field)]);
  return { ...Object.fromEntries(fields), "x-note": "of another version" };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the faulty adapters", () => {
  const NAN = stepped(Number.NaN);
  const NEGATIVE_ZERO = stepped(-0);
  const files = readdirSync(FAULTY)
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => file.replace(/\.mjs$/, ""));

  it("are listed in their README, one row each", () => {
    const rows = readFileSync(join(FAULTY, "README.md"), "utf8").matchAll(/^\| \[([^\]]+)\]\(([^)]+)\)/gm);
    const listed = [...rows].map(([, name, link]) => (link === `${name}.mjs` ? name : link));
    expect(listed.sort()).toEqual([...files].sort());
  });

  it.each([
    "hangs",
    "crashes-on-nan",
    "exits-early",
    "killed-by-signal",
    "wrong-id",
    "truncates",
    "oversized-line",
    "floods-stdout",
    "unknown-case",
    "answers-twice",
    "nan-as-null",
    "reorders-replies",
  ])("%s answers rightly where no gradient has a NaN", async (name) => {
    const adapter = faulty(name);
    await adapter.hello();
    await expectSameAsBundled(adapter, [stepped(2), NEGATIVE_ZERO]);
    await expectSameAsBundled(adapter, [stepped(-7, { momentum: 0.9, maximize: true })]);
  });

  it.each(["slow-start", "floods-stderr", "ignores-stop", "offers-what-it-does-not-declare"])(
    "%s answers rightly",
    async (name) => {
      const adapter = faulty(name);
      await adapter.hello();
      await expectSameAsBundled(adapter, [stepped(2), NEGATIVE_ZERO, NAN]);
    },
  );

  /** An adapter that has answered rightly, and then been given these programs in one request. */
  async function given(name: string, ...programs: Program[]) {
    const adapter = faulty(name);
    const { id } = await adapter.hello();
    await expectSameAsBundled(adapter, [stepped(1)]);
    adapter.send(requestOf(...programs));
    return { adapter, id: id + 2 };
  }

  it.each([
    ["crashes-on-nan", [134, null], /Assertion failed/],
    ["exits-early", [0, null], /^$/],
    ["killed-by-signal", [null, "SIGKILL"], /^$/],
  ])("%s ends without an answer", async (name, ended, stderr) => {
    const { adapter } = await given(name, stepped(2), NAN);
    expect(await adapter.ended).toEqual(ended);
    expect(await adapter.line()).toBeUndefined();
    expect(adapter.stderr).toMatch(stderr);
  });

  it("hangs, hangs-always, hangs-at-start are silent and live", async () => {
    const { adapter: rarely } = await given("hangs", NAN);
    const always = faulty("hangs-always");
    await always.hello();
    always.send(requestOf(stepped(1)));
    const atStart = faulty("hangs-at-start");
    atStart.send({ message: "hello", protocol: 1, suite: "rmsprop-conformance test" });
    await pause(1000);
    for (const adapter of [rarely, always, atStart]) {
      adapter.kill("SIGTERM");
      expect(await adapter.ended).toEqual([null, "SIGTERM"]);
      expect(await adapter.line()).toBeUndefined();
    }
  });

  it("prints-noise and prints-noise-at-start have a line before their answer", async () => {
    const { adapter } = await given("prints-noise", stepped(0), NAN);
    expect(await adapter.reply()).toMatchObject({ id: 3 });
    adapter.send(requestOf(stepped(0), NEGATIVE_ZERO));
    expect(await adapter.line()).toMatch(/^DEBUG/);
    expect(await adapter.reply()).toMatchObject({ id: 4 });
    const early = faulty("prints-noise-at-start");
    expect(await early.line()).toMatch(/^RMSprop ready/);
    await early.hello();
  });

  it("wrong-id, unknown-case, reorders-replies, nan-as-null send the wrong fields", async () => {
    const { adapter: wrongId, id } = await given("wrong-id", NAN);
    expect(await wrongId.reply()).toMatchObject({ id: id + 1, results: [{ case: "case 0" }] });
    const { adapter: unknown } = await given("unknown-case", stepped(2), NAN);
    expect(await unknown.reply()).toMatchObject({
      id,
      results: [{ case: "case 0" }, { case: "case 1-nan" }],
    });
    const { adapter: reorders } = await given("reorders-replies", stepped(2), NAN);
    expect(await reorders.reply()).toMatchObject({ id, results: [{ case: "case 1" }, { case: "case 0" }] });
    const { adapter: asNull } = await given("nan-as-null", NAN);
    const reply = (await asNull.reply()) as z.input<typeof runReplyCodec>;
    expect(reply).toMatchObject({
      results: [{ observations: [{ parameters: [{ gradient: { shape: [1], data: [null] } }] }] }],
    });
    expect(z.safeDecode(runReplyCodec, reply).success).toBe(false);
  });

  it("truncates cuts its line and answers the next request", async () => {
    const { adapter } = await given("truncates", NAN);
    const line = (await adapter.line()) ?? "";
    expect(line).toMatch(/^\{"id":3,"results":/);
    expect(() => JSON.parse(line)).toThrow(SyntaxError);
    await expectSameAsBundled(adapter, [stepped(1)]);
  });

  it("answers-twice sends the same line twice", async () => {
    const { adapter } = await given("answers-twice", NAN);
    const line = await adapter.line();
    expect(line).toMatch(/^\{"id":3,/);
    expect(await adapter.line()).toBe(line);
  });

  it("oversized-line and floods-stdout send more than 64 MiB without the end of a line", async () => {
    const { adapter: oversized } = await given("oversized-line", NAN);
    expect((await oversized.line())?.length).toBeGreaterThan(2 ** 27);
    const { adapter: floods } = await given("floods-stdout", NAN);
    const rest = floods.line();
    while (floods.received < 2 ** 26 + 2 ** 20) await pause(5);
    floods.kill("SIGKILL");
    expect(await rest).toMatch(/^x+$/);
  });

  it("declares-what-it-lacks and offers-what-it-does-not-declare disagree with what they declare", async () => {
    const withMomentum = stepped(1, { momentum: 0.5 });
    const lacks = faulty("declares-what-it-lacks");
    expect((await lacks.hello()).capabilities).toContain("momentum");
    expect(await lacks.run([withMomentum])).toEqual([{ status: "unsupported", capability: "momentum" }]);
    await expectSameAsBundled(lacks, [stepped(1)]);
    const offers = faulty("offers-what-it-does-not-declare");
    expect((await offers.hello()).capabilities).not.toContain("momentum");
    await expectSameAsBundled(offers, [withMomentum]);
  });

  it("claims-determinism has other bits in the first four cases of a process, and in no other", async () => {
    const gradients = Array.from({ length: 16 }, (_, k) => Math.fround(0.1 + k / 7));
    const program = programOf(init({}, vector(gradients)), step(vector(gradients)), observe);
    const adapter = faulty("claims-determinism");
    expect((await adapter.hello()).capabilities).toContain("deterministic");
    const replies = [...(await adapter.run([program, program, program])), ...(await adapter.run([program]))];
    const [first, ...others] = replies.map(comparable);
    for (const other of others) expect(other).toEqual(first);
    await expectSameAsBundled(adapter, [program, program]);
    expect(first).not.toEqual(comparable((await bundled.run([program]))[0]));
  });

  it("shared-state is right in its first case only", async () => {
    const adapter = faulty("shared-state");
    await expectSameAsBundled(adapter, [stepped(3)]);
    const [again] = await adapter.run([stepped(3)]);
    expect(comparable(again)).not.toEqual(comparable((await bundled.run([stepped(3)]))[0]));
  });

  /** What the only parameter's slot holds at the end, in the adapter and in the bundled implementation. */
  async function last(name: string, program: Program, slot: "parameter" | "square_avg") {
    const adapter = faulty(name);
    const replies = [...(await adapter.run([program])), ...(await bundled.run([program]))];
    return replies.map((reply) => {
      if (reply.status !== "ok") throw new Error(reply.status);
      return reply.observations[0].parameters[0][slot]?.values[0];
    });
  }

  it("wrong-dialect, one-ulp-off, decimal-round-trip, loses-negative-zero compute something else", async () => {
    const [inside, outside] = await last("wrong-dialect", stepped(4, { alpha: 0.5, eps: 1 }), "parameter");
    expect(outside).toBeCloseTo(0.5 - 0.04 / (Math.sqrt(8) + 1), 6);
    expect(inside).toBeCloseTo(0.5 - 0.04 / 3, 6);
    const [high, right] = await last("one-ulp-off", stepped(1, { alpha: 0.5 }), "square_avg");
    expect([high, right]).toEqual([0.5 + 2 ** -24, 0.5]);
    const [decimal] = await last("decimal-round-trip", stepped(1, { alpha: 2 / 3 }), "square_avg");
    expect(decimal).toBe(Math.fround(0.333333));
    const negative = programOf(init({}, vector([-0])), step(vector([0])), {
      op: "observe",
      slots: ["parameter"],
    });
    expect(await last("loses-negative-zero", negative, "parameter")).toEqual([0, -0]);
  });

  it("floods-stderr writes 1 MiB for each case", async () => {
    const adapter = faulty("floods-stderr");
    await adapter.run([stepped(1), stepped(2), stepped(3)]);
    adapter.send({ message: "stop" });
    expect(await adapter.ended).toEqual([0, null]);
    expect(adapter.stderr).toHaveLength(3 * 2 ** 20);
  });

  it("ignores-stop goes on after stop, the end of its input and SIGTERM", async () => {
    const adapter = faulty("ignores-stop");
    await adapter.run([stepped(1)]);
    adapter.send({ message: "stop" });
    adapter.endInput();
    adapter.kill("SIGTERM");
    await pause(1000);
    expect(adapter.isRunning).toBe(true);
    adapter.kill("SIGKILL");
    expect(await adapter.ended).toEqual([null, "SIGKILL"]);
  });
});

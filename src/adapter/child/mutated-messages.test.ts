import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Slot } from "../../../spec/arithmetic.js";
import { dialectById } from "../../../spec/dialects.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import { declarationOf } from "../../judge/declaration.js";
import { judgeProgram, verdictOf } from "../../judge/judge-program.js";
import { isFailure } from "../../judge/verdict.js";
import { packageRoot } from "../../package-info.js";
import type { Program } from "../../program/program.js";
import { timelinesOf } from "../../program/timeline.js";
import { MessageMutator, type Mutation } from "../__test-helpers__/message-mutations.js";
import {
  differencesOf,
  Ledger,
  LIMIT,
  MUTATIONS,
  PROGRAMS,
  REFUSED,
  SEED,
  TIMEOUT_MS,
  type Use,
} from "../__test-helpers__/mutated-messages.js";
import { AdapterUnavailable } from "../adapter.js";
import { bundledAdapter } from "../bundled.js";
import { type Hello, MIN_LINE_LENGTH } from "../hello.js";
import { runReplyCodec } from "../messages.js";
import type { Reply } from "../reply.js";
import { tensorInHex } from "../tensor-in-hex.js";
import { ChildProcessAdapter } from "./child-process-adapter.js";
import { LineReader } from "./line-reader.js";
import { ReplyError, readHello, readReplies } from "./read-reply.js";
import { negotiateLimits } from "./session.js";

// Answers that were changed on their way to the suite: it does not crash and does not hang, and nothing that was
// changed passes for what it was. With RMSPROP_MUTATIONS=100000 in the environment there are as many.

const pytorch = dialectById("pytorch");
const bundled = bundledAdapter("unfused");
const declaration = declarationOf(pytorch, "unfused");

// ---- correct answers -------------------------------------------------------------------------------------------------

/** A reply as it should be, and what it replies to. */
interface Answer {
  readonly line: string;
  readonly id: number;
  readonly names: readonly string[];
  readonly programs: readonly Program[];
  readonly replies: readonly Reply[];
}

/** What the bundled implementation answers, as if it did nothing but PyTorch's dialect. */
async function repliesTo(programs: readonly Program[]): Promise<readonly Reply[]> {
  const replies = await bundled.run(programs);
  return replies.map((reply, k) =>
    programs[k].dialect === "pytorch" ? reply : { status: "unsupported", capability: "dialect" },
  );
}

async function answerTo(id: number, programs: readonly Program[], inHex = false): Promise<Answer> {
  const replies = await repliesTo(programs);
  const names = programs.map((_, k) => `${id}.${k}`);
  const results = replies.map((reply, k) => ({ case: names[k], ...reply }));
  const wire = z.encode(runReplyCodec, { id, results });
  return { line: JSON.stringify(wire, inHex ? tensorInHex : undefined), id, names, programs, replies };
}

async function answers(): Promise<Answer[]> {
  const all = [...PROGRAMS, ...REFUSED];
  const alone = await Promise.all(all.map((program, k) => answerTo(k + 2, [program], k % 3 === 2)));
  const pairs = await Promise.all(
    all.map((program, k) => answerTo(k + 40, [program, all[(k + 1) % all.length]])),
  );
  return [...alone, ...pairs, await answerTo(97, all), await answerTo(98, [])];
}

const HELLOS: readonly Hello[] = [
  {
    implementation: {
      name: "an adapter",
      version: "1.2.0",
      language: "Rust",
      issues: "https://example.org/issues",
    },
    dialects: ["pytorch", "keras"],
    capabilities: ["momentum", "centered", "state", "deterministic"],
    float32: { reference: "unfused", choices: { subnormals: ["flushed", "flushed-early"] } },
    limits: { cases: 8, bytes: 2 ** 22, pipeline: 2 },
    encodings: ["hex", "base64"],
  },
  {
    implementation: { name: "a smaller one", version: "", language: "C" },
    dialects: ["pytorch"],
    capabilities: [],
  },
];

const helloLines = HELLOS.map((hello) => JSON.stringify({ id: 1, protocol: 1, ...hello }));

// ---- what is required of one that can be read ------------------------------------------------------------------------

/** What must be shown if it is asked for: the slots of the last step, or of the state that was loaded since. */
function useIn(program: Program): Use {
  const uses: ReadonlySet<Slot>[][] = [];
  for (const { parameter, events } of timelinesOf(program, pytorch)) {
    let used = new Set<Slot>(["parameter"]);
    for (const event of events) {
      if (event.kind === "load") used = new Set(["parameter", "square_avg"]);
      else if (event.kind === "step")
        used = new Set(["parameter", ...slotsOf(stepShape(pytorch, event.hyperparameters))]);
      else {
        uses[event.observation] ??= [];
        uses[event.observation][parameter] = used;
      }
    }
  }
  return (observation, parameter, slot) => slot !== "gradient" && uses[observation][parameter].has(slot);
}

/** Whether a property would take this for the bits of the reference: what level L3 demands. */
function passes(program: Program, reply: Reply): boolean {
  if (reply.status !== "ok") return false;
  const judgement = judgeProgram(program, reply.observations, declaration);
  const { bitExact, judged } = judgement.tally;
  return !isFailure(verdictOf(judgement, declaration)) && bitExact === judged;
}

/**
 * What the judge of a single program leaves open. Properties hold step counts and state of several runs against each
 * other.
 */
const LEFT_OPEN = /^(step count|slot added|unused slot (lost|changed)|gradient lost)$/;

/** What is wrong with the words of an error, if anything is. */
function wordsProblem(message: string): string | undefined {
  if (message === "") return "says nothing";
  if (/[\p{Cc}\u2028\u2029]/u.test(message)) return "is more than one line";
  if (Buffer.byteLength(message) > 2048) return `has ${Buffer.byteLength(message)} bytes`;
  if (/\bat \S+:\d+:\d+|\.[jt]s:\d+/.test(message)) return "has a stack in it";
  return undefined;
}

/** What became of an answer that was read, per case and all in all. */
function judged(answer: Answer, got: readonly Reply[], mutation: Mutation, ledger: Ledger): string {
  if (got.length !== answer.programs.length) {
    ledger.problem(`${got.length} replies to ${answer.programs.length} cases`, mutation);
    return "PROBLEM";
  }
  const categories = new Set<string>();
  got.forEach((reply, k) => {
    const differences = [...new Set(differencesOf(answer.replies[k], reply, useIn(answer.programs[k])))];
    if (differences.length === 0) return;
    const passed = passes(answer.programs[k], reply);
    if (!passed) categories.add(reply.status === "ok" ? "not accepted" : "an answer that is no pass");
    else if (differences.every((each) => LEFT_OPEN.test(each))) {
      for (const difference of differences) categories.add(`accepted (${difference})`);
    } else ledger.problem(`a pass in spite of: ${differences.join(", ")} (case ${k})`, mutation);
  });
  if (categories.size === 0) return "same results";
  return [...categories].sort().reverse().join(" and ");
}

// ---- read from memory ------------------------------------------------------------------------------------------------

describe("answers that were changed on their way", () => {
  let correct: Answer[];
  beforeAll(async () => {
    correct = await answers();
  });

  it("would have been passes", () => {
    for (const { programs, replies, line, id, names } of correct) {
      const read = readReplies(line, id, names);
      programs.forEach((program, k) => {
        expect(differencesOf(replies[k], read[k])).toEqual([]);
        expect(passes(program, read[k])).toBe(replies[k].status === "ok");
      });
    }
    expect(
      correct.flatMap(({ replies }) => replies).filter(({ status }) => status === "ok").length,
    ).toBeGreaterThan(20);
  });

  /** Read a line as the suite reads what comes from a process. */
  function read<T>(mutator: MessageMutator, mutation: Mutation, ledger: Ledger, decode: (line: string) => T) {
    const reader = new LineReader();
    const end = mutator.pick(["\n", "\n", "\n", "\n", "\n", "\n", "\n", ""]);
    const stream = Buffer.concat([mutation.bytes, Buffer.from(end)]);
    const lines = mutator.pieces(stream).flatMap((piece) => reader.push(piece));
    const rest = reader.end();
    if (rest) lines.push(rest);
    const [first, ...more] = lines;
    if (first === undefined) return ledger.count("no line");
    if (first.kind !== "line") return ledger.count(`line ${first.kind}`);
    const suffix = more.length > 0 ? ", then a line unasked" : "";
    try {
      return { decoded: decode(first.text), suffix };
    } catch (error) {
      if (!(error instanceof ReplyError)) {
        ledger.problem(`threw ${(error as Error).stack}`, mutation);
        return undefined;
      }
      const problem = wordsProblem(error.message);
      if (problem) ledger.problem(`the error ${problem}: ${error.message.slice(0, 300)}`, mutation);
      ledger.count(/not JSON/.test(error.message) ? "not JSON" : `broken answer${suffix}`);
      return undefined;
    }
  }

  it("are refused, or give the same results, or do not pass", LIMIT, async () => {
    const mutator = new MessageMutator(SEED);
    const ledger = new Ledger();
    for (let n = 0; n < MUTATIONS; n++) {
      if (n % 500 === 0) await turn();
      const answer = mutator.pick(correct);
      const mutation = mutator.mutate(
        answer.line,
        mutator.pick([...correct.map(({ line }) => line), ...helloLines]),
      );
      const { id, names } = answer;
      const result = read(mutator, mutation, ledger, (line) => readReplies(line, id, names));
      if (!result) continue;
      try {
        ledger.count(judged(answer, result.decoded, mutation, ledger) + result.suffix);
      } catch (error) {
        ledger.problem(`judging threw ${(error as Error).stack}`, mutation);
      }
    }
    ledger.close(`${MUTATIONS} mutated answers to run`);
    for (const category of [
      /^not JSON/,
      /^broken answer/,
      /^same results/,
      /^not accepted/,
      /no pass$/,
      /^line/,
    ]) {
      expect(ledger.total(category)).toBeGreaterThan(MUTATIONS / 1000);
    }
  });

  it("are refused, or introduce the same or another adapter in terms that hold", LIMIT, async () => {
    const count = Math.ceil(MUTATIONS / 4);
    const mutator = new MessageMutator(SEED + 1);
    const ledger = new Ledger();
    for (let n = 0; n < count; n++) {
      if (n % 500 === 0) await turn();
      const k = mutator.integer(0, HELLOS.length - 1);
      const mutation = mutator.mutate(helloLines[k], mutator.pick([...helloLines, correct[0].line]));
      const result = read(mutator, mutation, ledger, (line) => readHello(line, 1));
      if (!result) continue;
      const { decoded, suffix } = result;
      const { cases, bytes, pipeline, encoding } = negotiateLimits(decoded);
      const sound =
        cases >= 1 &&
        bytes >= MIN_LINE_LENGTH &&
        pipeline >= 1 &&
        ["base64", "hex"].includes(encoding) &&
        decoded.dialects.length > 0 &&
        decoded.implementation.name !== "";
      if (!sound) ledger.problem(`terms ${JSON.stringify(negotiateLimits(decoded)).slice(0, 200)}`, mutation);
      const same = JSON.stringify(sorted(decoded)) === JSON.stringify(sorted(HELLOS[k]));
      ledger.count((same ? "same introduction" : "another introduction") + suffix);
    }
    ledger.close(`${count} mutated answers to hello`);
    for (const category of [/^not JSON/, /^broken answer/, /^same/, /^another/]) {
      expect(ledger.total(category)).toBeGreaterThan(count / 1000);
    }
  });

  /** Fields in the order of their names. */
  function sorted(value: unknown): unknown {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
  }
});

// ---- read from real processes ----------------------------------------------------------------------------------------

const EXAMPLE = join(packageRoot(), "adapters/javascript/rmsprop-adapter.mjs");
const folder = mkdtempSync(join(tmpdir(), "rmsprop-mutated-messages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How a process gives a line. */
const MANNERS = [
  "line",
  "line",
  "line",
  "pieces",
  "pieces",
  "then ends",
  "then dies",
  "never ends it",
] as const;

interface Scripted {
  readonly bytes: string;
  readonly manner: (typeof MANNERS)[number];
}

/**
 * The JavaScript example, but for scripted answers: one to hello, or those to the first request of each process. The
 * hyperparameter `clip_value`, which PyTorch's dialect does not have, says which one is meant.
 */
function scriptedAdapter(
  name: string,
  { hello, runs = [] }: { hello?: Scripted; runs?: readonly Scripted[] },
) {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(`${path}.json`, JSON.stringify({ hello, runs }));
  writeFileSync(
    path,
    `import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { answer } from ${JSON.stringify(pathToFileURL(EXAMPLE).href)};

const { hello, runs } = JSON.parse(readFileSync(${JSON.stringify(`${path}.json`)}, "utf8"));
const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
function write(bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      wait();
    }
  }
}
function say({ bytes: text, manner }) {
  const bytes = Buffer.from(text, "base64");
  const line = Buffer.concat([bytes, Buffer.from("\\n")]);
  const third = Math.ceil(line.length / 3);
  if (manner === "pieces") {
    for (let at = 0; at < line.length; at += third) {
      write(line.subarray(at, at + third));
      wait();
    }
  } else write(manner === "line" || manner === "then dies" ? line : bytes);
  if (manner === "then ends") process.exit(0);
  if (manner === "then dies") process.exit(3);
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  if (request.message === "stop") process.exit(0);
  const scripted =
    request.message === "hello"
      ? hello
      : request.id === 2 && runs[Buffer.from(request.cases[0].program.operations[0].groups[0].hyperparameters.clip_value, "hex").readDoubleBE()];
  if (scripted) say(scripted);
  else write(Buffer.from(JSON.stringify(answer(request)) + "\\n"));
});
`,
  );
  return [process.execPath, path] as const;
}

const driven: ChildProcessAdapter[] = [];
afterEach(async () => {
  await Promise.all(driven.splice(0).map((adapter) => adapter.stop()));
});

describe("a process whose answers are changed", () => {
  const SHORT = 1500;

  function drive(command: readonly [string, ...string[]], runTimeout = SHORT): ChildProcessAdapter {
    const adapter = new ChildProcessAdapter({
      command,
      helloTimeout: TIMEOUT_MS,
      runTimeout,
      restarts: Number.POSITIVE_INFINITY,
    });
    driven.push(adapter);
    return adapter;
  }

  /** With its number where the scripted adapter looks for it. */
  function numbered(program: Program, n: number): Program {
    const [first, ...rest] = program.operations;
    if (first.op !== "init") throw new Error("a program begins with init");
    const [group, ...others] = first.groups;
    const hyperparameters = { ...group.hyperparameters, clip_value: n };
    return {
      ...program,
      operations: [{ ...first, groups: [{ ...group, hyperparameters }, ...others] }, ...rest],
    };
  }

  it("is restarted where it must be, and nothing that was changed passes", LIMIT, async () => {
    const count = Math.min(400, Math.ceil(MUTATIONS / 100));
    const mutator = new MessageMutator(SEED + 2);
    const ledger = new Ledger();
    const all = [...PROGRAMS, ...REFUSED];
    const samples = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const answer = await answerTo(2, [numbered(all[n % all.length], n)]);
        const mutation = mutator.mutate(answer.line, (await answerTo(3, [all[(n + 1) % all.length]])).line);
        // The last one takes as long as the budget is.
        const manner = MANNERS[n % 40 === 7 ? 7 : mutator.integer(0, 6)];
        return { answer, mutation, manner };
      }),
    );
    const runs = samples.map(({ mutation, manner }) => ({
      bytes: mutation.bytes.toString("base64"),
      manner,
    }));
    const adapter = drive(scriptedAdapter("answers", { runs }));
    let faults = 0;
    for (const { answer, mutation, manner } of samples) {
      await adapter.refresh();
      const [outcome] = await adapter.run(answer.programs);
      if (outcome.status === "fault") {
        faults++;
        const problem = wordsProblem(outcome.message);
        if (problem) ledger.problem(`the fault ${problem}: ${outcome.message.slice(0, 300)}`, mutation);
        ledger.count(outcome.verdict);
      } else if (outcome.status === "not-sent") {
        ledger.problem(`not sent: ${outcome.reason}`, mutation);
      } else ledger.count(judged(answer, [outcome], mutation, ledger));
      if (manner === "never ends it" && outcome.status === "ok")
        ledger.problem("half a line was read", mutation);
    }
    // Until the last fault is seen to.
    await adapter.refresh();
    await adapter.stop();
    ledger.close(`${count} mutated answers of processes, ${adapter.restarts} restarts`);
    expect(adapter.restarts).toBeGreaterThanOrEqual(faults);
    for (const verdict of [/^protocol-error$/, /^timeout$/, /^same results/]) {
      expect(ledger.total(verdict)).toBeGreaterThan(0);
    }
    // It works as before for the next caller.
    const after = drive(scriptedAdapter("afterwards", {}), TIMEOUT_MS);
    const again = await after.run(PROGRAMS.map((program) => numbered(program, 0)));
    expect(again.map((reply, k) => reply.status === "ok" && passes(PROGRAMS[k], reply))).not.toContain(false);
  });

  it("is refused in one line, or introduces itself in terms that hold", LIMIT, async () => {
    const count = Math.min(100, Math.ceil(MUTATIONS / 300));
    const mutator = new MessageMutator(SEED + 3);
    const ledger = new Ledger();
    for (let n = 0; n < count; n++) {
      const mutation = mutator.mutate(helloLines[n % 2], helloLines[1]);
      const hello = { bytes: mutation.bytes.toString("base64"), manner: MANNERS[mutator.integer(0, 6)] };
      const adapter = drive(scriptedAdapter(`hello-${n}`, { hello }));
      try {
        const { cases } = negotiateLimits(await adapter.hello());
        ledger.count(cases >= 1 ? "introduction" : "PROBLEM");
      } catch (error) {
        if (!(error instanceof AdapterUnavailable))
          ledger.problem(`threw ${(error as Error).stack}`, mutation);
        else {
          const problem = wordsProblem(error.message);
          if (problem) ledger.problem(`the error ${problem}: ${error.message.slice(0, 300)}`, mutation);
          ledger.count("refused");
        }
      }
      await adapter.stop();
    }
    ledger.close(`${count} mutated introductions of processes`);
    expect(ledger.total(/^refused/)).toBeGreaterThan(0);
    expect(ledger.total(/^introduction/)).toBeGreaterThan(0);
  });
});

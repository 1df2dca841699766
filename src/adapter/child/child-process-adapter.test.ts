import { afterEach, describe, expect, it } from "vitest";
import type { Program } from "../../program/program.js";
import { AdapterUnavailable, type Fault } from "../adapter.js";
import {
  type Behaviour,
  type FaultyAdapter,
  faultyAdapter,
  lives,
  outcomeValue,
  valueProgram,
  valuePrograms,
} from "./__test-helpers__/faulty-adapter.js";
import { ChildProcessAdapter, type ChildProcessAdapterOptions } from "./child-process-adapter.js";

/** A budget for what is expected to answer, however loaded the machine is. */
const LONG = 60_000;
/** A budget for what hangs. Whatever answers does so sooner, but for a very slow machine. */
const SHORT = 1500;

const driven: ChildProcessAdapter[] = [];
afterEach(async () => {
  await Promise.all(driven.splice(0).map((adapter) => adapter.stop()));
});

function drive(
  { command }: Pick<FaultyAdapter, "command">,
  options: Partial<ChildProcessAdapterOptions> = {},
): ChildProcessAdapter {
  const adapter = new ChildProcessAdapter({ command, helloTimeout: LONG, runTimeout: LONG, ...options });
  driven.push(adapter);
  return adapter;
}

function driveFaulty(behaviour: Behaviour, options: Partial<ChildProcessAdapterOptions> = {}) {
  const faulty = faultyAdapter(behaviour);
  return { faulty, adapter: drive(faulty, options) };
}

/** The values that an adapter gives for programs. */
async function valuesFrom(adapter: ChildProcessAdapter, programs: readonly Program[]) {
  return (await adapter.run(programs)).map(outcomeValue);
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const programsFrom = (from: number, to: number) => numbers(from, to).map((value) => valueProgram(value));

/** Let requests grow to what the adapter takes, with programs of values that no test uses. */
async function warmUp(adapter: ChildProcessAdapter, most = 64): Promise<void> {
  await adapter.run(Array.from({ length: 3 * most }, () => valueProgram(-1)));
}

async function rejection(promise: Promise<unknown>): Promise<AdapterUnavailable> {
  const error = await promise.then(
    () => new Error("nothing was thrown"),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(AdapterUnavailable);
  return error;
}

function messagesOf(adapter: ChildProcessAdapter): string[] {
  return adapter.unexplained.map(({ verdict, message }) => `${verdict}: ${message}`);
}

async function untilGone(pid: number): Promise<void> {
  while (lives(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  // The ends of its pipes, by which its end is known, are read in the next turns of the event loop.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("hello", () => {
  it("introduces the implementation, once", async () => {
    const { faulty, adapter } = driveFaulty({
      start: 'log("start");',
      hello: { limits: { cases: 3 }, float32: { reference: "unfused" }, unknown: 1 },
    });
    expect(adapter.concurrency).toBe(1);
    const hello = await adapter.hello();
    expect(hello).toEqual({
      implementation: { name: "echo", version: "1", language: "JavaScript" },
      dialects: ["pytorch"],
      capabilities: ["state"],
      float32: { reference: "unfused" },
      limits: { cases: 3 },
    });
    expect(await adapter.hello()).toBe(hello);
    expect(faulty.log()).toEqual(["start"]);
    expect(adapter.concurrency).toBe(6);
  });

  it("leaves it to the caller to know the dialects", async () => {
    const { adapter } = driveFaulty({ hello: { dialects: ["of-tomorrow"] } });
    expect((await adapter.hello()).dialects).toEqual(["of-tomorrow"]);
  });

  it("waits for what starts slowly", async () => {
    const { adapter } = driveFaulty({ onHello: "setTimeout(() => send(reply), 1000);" });
    expect((await adapter.hello()).implementation.name).toBe("echo");
  });

  it.each<[string, Behaviour, RegExp]>([
    [
      "ends at the start",
      { start: 'console.error("no torch"); process.exit(1);' },
      /status 1\nstderr .*\nno torch$/,
    ],
    ["is killed", { onHello: 'process.kill(process.pid, "SIGKILL");' }, /killed by SIGKILL/],
    ["says something else first", { start: 'write("Loading\\n");' }, /"Loading"/],
    ["answers twice", { onHello: "write((JSON.stringify(reply) + '\\n').repeat(2));" }, /unexpected line/],
    ["has another id", { onHello: "send({ ...reply, id: 9 });" }, /the answer to request 1 has id 9/],
    ["has no id", { onHello: "delete reply.id; send(reply);" }, /in an answer, id: /],
    ["speaks another protocol", { hello: { protocol: 2 } }, /in an answer, protocol: /],
    ["claims no dialect", { hello: { dialects: [] } }, /in an answer, dialects: /],
    ["has an unknown capability", { hello: { capabilities: ["state", "x"] } }, /capabilities\[1\]: /],
    ["reads short lines only", { hello: { limits: { bytes: 1000 } } }, /limits\.bytes: /],
  ])("fails for an adapter that %s", async (_, behaviour, message) => {
    const { adapter } = driveFaulty(behaviour);
    const error = await rejection(adapter.hello());
    expect(error.phase).toBe("start");
    expect(error.message).toMatch(/^the handshake with the adapter failed: /);
    expect(error.message).toMatch(message);
    expect((await rejection(adapter.run(valuePrograms(1)))).phase).toBe("start");
  });

  it("fails for an adapter that does not answer", async () => {
    const { adapter } = driveFaulty({ onHello: "block();" }, { helloTimeout: SHORT });
    const error = await rejection(adapter.hello());
    expect(error.phase).toBe("start");
    expect(error.message).toMatch(/flush.* did not answer within 1\.5 s/);
  });

  it("may succeed for an adapter that ends after it, which then answers nothing", async () => {
    const { adapter } = driveFaulty({ onHello: "send(reply); process.exit(0);" }, { restarts: 2 });
    expect((await rejection(adapter.run(valuePrograms(20)))).message).toMatch(/status 0/);
  });

  it("fails for a command that there is not", async () => {
    const error = await rejection(drive({ command: ["/no/such/adapter"] }).hello());
    expect(error.phase).toBe("start");
    expect(error.message).toMatch(/cannot start "\/no\/such\/adapter": no such program/);
  });
});

describe("run", () => {
  it("gives outcomes in the order of the programs", async () => {
    const { adapter } = driveFaulty({});
    expect(await valuesFrom(adapter, valuePrograms(1000))).toEqual(numbers(0, 1000));
    expect(await adapter.run([])).toEqual([]);
    expect(adapter.restarts).toBe(0);
    expect(adapter.unexplained).toEqual([]);
  });

  it("gives the observations to the bit, special values included", async () => {
    const bits = new Uint32Array([0x7fc00001, 0x80000000, 0x7f800000, 1, 0xff7fffff]);
    const values = new Float32Array(bits.buffer);
    for (const encodings of [["base64"], ["hex", "base64"], ["hex"]]) {
      const { adapter } = driveFaulty({ hello: { encodings } });
      const program = valueProgram(0, 5);
      const [init] = program.operations;
      if (init.op !== "init") throw new Error("no init");
      init.groups[0].parameters[0].values.set(values);
      const [outcome] = await adapter.run([program]);
      if (outcome.status !== "ok") throw new Error(outcome.status);
      const seen = outcome.observations[0].parameters[0].parameter?.values as Float32Array;
      expect(new Uint32Array(seen.buffer)).toEqual(bits);
    }
  });

  it("sends tensors in the encoding that the adapter prefers", async () => {
    const onRun = `
      log(request.encoding + " " + Object.keys(request.cases[0].program.operations[1].gradients[0]));
      send(reply);`;
    for (const [encodings, logged] of [
      [["hex", "base64"], "hex shape,hex"],
      [["base64", "hex"], "base64 shape,data"],
      [undefined, "base64 shape,data"],
    ]) {
      const { faulty, adapter } = driveFaulty({ hello: { encodings }, onRun });
      expect(await valuesFrom(adapter, [valueProgram(1.5)])).toEqual([1.5]);
      expect(faulty.log()).toEqual([logged]);
    }
  });

  it("gives every call its own outcomes, whatever requests they share", async () => {
    const { adapter } = driveFaulty({ hello: { limits: { cases: 16, pipeline: 3 } } });
    const calls = numbers(0, 200).map(async (k) => {
      for (let turn = 0; turn < k % 3; turn++) await adapter.run([valueProgram(k)]);
      const values = numbers(k, k + (k % 5));
      const seen = await valuesFrom(
        adapter,
        values.map((value) => valueProgram(value)),
      );
      expect(seen).toEqual(values);
    });
    await Promise.all(calls);
  });

  it("runs a program twice that is given twice", async () => {
    const { adapter } = driveFaulty({});
    const program = valueProgram(3);
    expect(await valuesFrom(adapter, [program, program])).toEqual([3, 3]);
  });

  it("passes on what the adapter cannot do", async () => {
    const { adapter } = driveFaulty({
      onRun: `
        const [name, other] = request.cases.map((each) => each.case);
        send({ id: request.id, results: values.map((value, k) => {
          const name = request.cases[k].case;
          if (value === 0) return { case: name, status: "unsupported", capability: "momentum" };
          return { case: name, status: "error", phase: "init", class: "internal", message: "oh" };
        }) });`,
    });
    expect(await adapter.run(valuePrograms(2))).toEqual([
      { status: "unsupported", capability: "momentum" },
      { status: "error", phase: "init", class: "internal", message: "oh" },
    ]);
  });

  it("refuses a program that cannot be encoded", async () => {
    const { adapter } = driveFaulty({});
    const broken = valueProgram(1);
    (broken as { format: string }).format = "rmsprop-program/0";
    await expect(adapter.run([broken])).rejects.toThrow();
    expect(await valuesFrom(adapter, valuePrograms(2))).toEqual([0, 1]);
  });
});

describe("limits", () => {
  const LOG_SIZES = "log(values.length); send(reply);";

  it.each([1, 5, 64])("sends at most %i cases at once, and as many when it can", async (cases) => {
    const { faulty, adapter } = driveFaulty({ hello: { limits: { cases } }, onRun: LOG_SIZES });
    expect(await valuesFrom(adapter, valuePrograms(400))).toEqual(numbers(0, 400));
    expect(Math.max(...faulty.log().map(Number))).toBe(cases);
  });

  it("sends no line that is longer than the adapter reads", async () => {
    const { faulty, adapter } = driveFaulty({
      hello: { limits: { bytes: 2 ** 21, cases: 64 } },
      onRun: "log(Buffer.byteLength(JSON.stringify(request)) + 1); send(reply);",
    });
    await warmUp(adapter);
    const programs = numbers(0, 20).map((value) => valueProgram(value, 30_000));
    expect(await valuesFrom(adapter, programs)).toEqual(numbers(0, 20));
    const lengths = faulty.log().map(Number);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 ** 21);
    expect(Math.max(...lengths)).toBeGreaterThan(2 ** 20);
  });

  it("does not send a program that the adapter cannot read", async () => {
    const { adapter } = driveFaulty({ hello: { limits: { bytes: 2 ** 21 } } });
    const outcomes = await adapter.run([valueProgram(1), valueProgram(2, 300_000), valueProgram(3)]);
    expect(outcomes.map(outcomeValue)).toEqual([1, "not-sent", 3]);
    expect(outcomes[1]).toEqual({
      status: "not-sent",
      reason: expect.stringMatching(
        /^its request would be a line of 32\d{5} bytes, and the adapter reads no more than 2097152 \(limits\.bytes\)$/,
      ),
    });
    expect(await valuesFrom(adapter, [valueProgram(2, 300_000)])).toEqual(["not-sent"]);
  });

  it("keeps as many requests outstanding as the adapter allows, and no more", async () => {
    // It answers three requests at once, or fewer where none come any more.
    const { faulty, adapter } = driveFaulty({
      hello: { limits: { cases: 1, pipeline: 3 } },
      start: "const held = []; let timer;",
      onRun: `
        held.push(reply);
        clearTimeout(timer);
        timer = setTimeout(() => {
          log(held.length);
          for (const each of held.splice(0)) send(each);
        }, 300);`,
    });
    expect(await valuesFrom(adapter, valuePrograms(9))).toEqual(numbers(0, 9));
    const counts = faulty.log().map(Number);
    expect(counts.reduce((a, b) => a + b)).toBe(9);
    expect(Math.max(...counts)).toBe(3);
  });

  it("sends what comes while a request is outstanding, if it may", async () => {
    // The first request is answered once the second has come.
    const { adapter } = driveFaulty({
      hello: { limits: { cases: 4, pipeline: 2 } },
      start: "const held = [];",
      onRun: "held.push(reply); if (held.length === 2) for (const each of held) send(each);",
    });
    const first = valuesFrom(adapter, [valueProgram(1)]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await valuesFrom(adapter, [valueProgram(2)])).toEqual([2]);
    expect(await first).toEqual([1]);
  });
});

describe("faults", () => {
  const CULPRIT = "values.includes(7)";
  const when = (statement: string) => `if (${CULPRIT}) { ${statement} } else send(reply);`;
  const INDEX = "const k = values.indexOf(7);";

  it.each<[string, string, Fault["verdict"], RegExp]>([
    [
      "ends with a status",
      "console.error('why'); process.exit(3);",
      "crash",
      /^the process ended with status 3$/,
    ],
    [
      "ends as if all were well",
      "process.exit(0);",
      "crash",
      /^the process ended with status 0 without an answer$/,
    ],
    ["is killed", 'process.kill(process.pid, "SIGSEGV");', "crash", /^the process was killed by SIGSEGV$/],
    ["throws", "throw new Error('oh');", "crash", /^the process ended with status 1$/],
    [
      "writes noise",
      'write("debug\\u0007\\n"); send(reply);',
      "protocol-error",
      /^a line is not JSON; the line is "debug\\u0007"$/,
    ],
    [
      "writes an empty line",
      'write("\\n"); send(reply);',
      "protocol-error",
      /^a line is not JSON; the line is ""$/,
    ],
    ["answers with no object", "send([null]);", "protocol-error", /^in an answer, /],
    ["answers null", "send(null);", "protocol-error", /^in an answer, the message: /],
    [
      "has another id",
      "send({ ...reply, id: reply.id + 1 });",
      "protocol-error",
      /^the answer to request \d+ has id \d+; the line is "\{/,
    ],
    [
      "cuts a line off",
      "write(JSON.stringify(reply).slice(0, 9)); process.exit(0);",
      "protocol-error",
      /^a line is cut off: .*"\{"id":\d/,
    ],
    [
      "writes a line that is too long",
      'write("a".repeat(2 ** 21) + "\\n");',
      "protocol-error",
      /^a line is longer than an answer may be; it begins "a{200}"…$/,
    ],
    ["floods", 'for (;;) write("a".repeat(2 ** 16));', "protocol-error", /^a line is longer/],
    [
      "names another case",
      `${INDEX} reply.results[k].case = "x"; send(reply);`,
      "protocol-error",
      /^results\[0\] is for case "x", which was not sent/,
    ],
    [
      "leaves a case out",
      `${INDEX} reply.results.splice(k, 1); send(reply);`,
      "protocol-error",
      /^there is no result for case "\d+\.0"/,
    ],
    [
      "has two results for a case",
      `${INDEX} reply.results.push(reply.results[k]); send(reply);`,
      "protocol-error",
      /^results\[1\] is a second result for case "\d+\.0"/,
    ],
    [
      "answers twice",
      'write((JSON.stringify(reply) + "\\n").repeat(2));',
      "protocol-error",
      /^an unexpected line/,
    ],
    [
      "has an unknown status",
      `${INDEX} reply.results[k].status = "fine"; send(reply);`,
      "protocol-error",
      /^in an answer, results\[0\]\.?.*status/,
    ],
    [
      "has a broken tensor",
      `${INDEX} reply.results[k].observations[0].parameters[0].parameter.data = "?"; send(reply);`,
      "protocol-error",
      /^in an answer, results\[0\]\.observations\[0\]\.parameters\[0\]\.parameter: not base64; the line is /,
    ],
  ])("one that %s is found, and all others keep their results", async (_, statement, verdict, message) => {
    const { adapter } = driveFaulty({ onRun: when(statement) }, { lineLimit: 2 ** 20 });
    await warmUp(adapter);
    const outcomes = await adapter.run(valuePrograms(40));
    expect(outcomes.map(outcomeValue)).toEqual([...numbers(0, 7), verdict, ...numbers(8, 40)]);
    expect((outcomes[7] as Fault).message).toMatch(message);
    expect(adapter.unexplained).toEqual([]);
    expect(adapter.restarts).toBeGreaterThan(0);
    expect(adapter.restarts).toBeLessThan(10);
  });

  it("a hang costs two budgets more than the first, and requests have one case from then on", async () => {
    const { faulty, adapter } = driveFaulty(
      { onRun: `log(values.length); ${when("block();")}` },
      { runTimeout: SHORT },
    );
    const hanging = (from: number, to: number) => numbers(from, to).map((k) => (k === 7 ? "timeout" : k));
    expect(await valuesFrom(adapter, valuePrograms(16))).toEqual(hanging(0, 16));
    expect(adapter.restarts).toBeLessThanOrEqual(3);
    const before = faulty.log().length;
    expect(await valuesFrom(adapter, valuePrograms(16))).toEqual(hanging(0, 16));
    expect(adapter.restarts).toBeLessThanOrEqual(5);
    expect(faulty.log().slice(before).map(Number)).toEqual(Array(17).fill(1));
    expect(adapter.unexplained).toEqual([]);
  });

  it("the message has the end of standard error", async () => {
    const { adapter } = driveFaulty({ onRun: when("fs.writeSync(2, 'dying\\n'); process.exit(1);") });
    const outcomes = await adapter.run([valueProgram(7)]);
    expect(outcomes).toEqual([
      { status: "fault", verdict: "crash", message: "the process ended with status 1", stderr: "dying\n" },
    ]);
  });

  it("standard error is no fault, however much it is", async () => {
    const flood = 'for (let k = 0; k < 64; k++) fs.writeSync(2, "x".repeat(2 ** 16)); send(reply);';
    const { adapter } = driveFaulty({ onRun: flood });
    expect(await valuesFrom(adapter, valuePrograms(20))).toEqual(numbers(0, 20));
    expect(adapter.restarts).toBe(0);
  });

  it.each([0, 100, 255])(
    "one culprit of 256, number %i, is found in ten restarts at most",
    async (culprit) => {
      const { faulty, adapter } = driveFaulty({
        hello: { limits: { cases: 256 } },
        onRun: `log(values.length); if (values.includes(${culprit})) process.exit(3); else send(reply);`,
      });
      await warmUp(adapter, 256);
      const before = faulty.log().length;
      const expected = numbers(0, 256).map((k) => (k === culprit ? "crash" : k));
      expect(await valuesFrom(adapter, valuePrograms(256))).toEqual(expected);
      expect(Number(faulty.log()[before])).toBe(256);
      expect(adapter.restarts).toBeLessThanOrEqual(10);
      expect(adapter.unexplained).toEqual([]);
    },
  );

  it("two culprits are found, each with its own fault", async () => {
    const { adapter } = driveFaulty({
      hello: { limits: { cases: 128, pipeline: 2 } },
      onRun: `
        if (values.includes(20)) process.exit(20);
        else if (values.includes(90)) write("oops\\n");
        else send(reply);`,
    });
    await warmUp(adapter, 128);
    const outcomes = await adapter.run(valuePrograms(300));
    const expected = numbers(0, 300).map((k) => (k === 20 ? "crash" : k === 90 ? "protocol-error" : k));
    expect(outcomes.map(outcomeValue)).toEqual(expected);
    expect((outcomes[20] as Fault).message).toBe("the process ended with status 20");
    expect((outcomes[90] as Fault).message).toMatch(/"oops"$/);
    expect(adapter.unexplained).toEqual([]);
  });

  it("requests behind the one that fails are sent again", async () => {
    const { adapter } = driveFaulty({
      hello: { limits: { cases: 2, pipeline: 8 } },
      onRun: when("setTimeout(() => process.exit(1), 50);"),
    });
    const expected = numbers(0, 50).map((k) => (k === 7 ? "crash" : k));
    expect(await valuesFrom(adapter, valuePrograms(50))).toEqual(expected);
  });

  it("a case is not blamed for what one before it did to the process", async () => {
    // The process dies at the case after 7, whichever that is.
    const { adapter } = driveFaulty({
      hello: { limits: { cases: 1 } },
      start: "let hurt = false;",
      onRun: "if (hurt) process.exit(1); hurt = values.includes(7); send(reply);",
    });
    expect(await valuesFrom(adapter, valuePrograms(20))).toEqual(numbers(0, 20));
    expect(adapter.restarts).toBe(1);
    expect(messagesOf(adapter)).toEqual([
      "crash: the process ended with status 1; it was not reproduced when the case was run again",
    ]);
  });

  it("a fault that does not show again is no case's, and is told", async () => {
    const { adapter } = driveFaulty({
      onRun: 'if (values.length > 8 && first("fault")) process.exit(3); else send(reply);',
    });
    expect(await valuesFrom(adapter, valuePrograms(100))).toEqual(numbers(0, 100));
    expect(adapter.restarts).toBe(1);
    expect(messagesOf(adapter)).toEqual([
      "crash: the process ended with status 3; it was not reproduced when the 16 cases were run apart",
    ]);
  });

  it("results in another order are not taken, although each case alone is answered well", async () => {
    const { adapter } = driveFaulty({ onRun: `if (${CULPRIT}) reply.results.reverse(); send(reply);` });
    await warmUp(adapter);
    expect(await valuesFrom(adapter, valuePrograms(40))).toEqual(numbers(0, 40));
    expect(messagesOf(adapter)).toEqual([
      expect.stringMatching(
        /^protocol-error: results\[0\] is for case "\d+\.\d+", but case "\d+\.0" was sent in this place; .*it was not reproduced/,
      ),
    ]);
  });

  it("an answer that comes again later matches no request", async () => {
    const { adapter } = driveFaulty({
      start: "let last;",
      onRun: 'if (last && first("again")) send(last); last = reply; send(reply);',
    });
    expect(await valuesFrom(adapter, [valueProgram(1)])).toEqual([1]);
    expect(await valuesFrom(adapter, [valueProgram(2)])).toEqual([2]);
    expect(await valuesFrom(adapter, [valueProgram(3)])).toEqual([3]);
    expect(adapter.restarts).toBe(1);
    expect(messagesOf(adapter)).toEqual([
      expect.stringMatching(/^protocol-error: the answer to request 3 has id 2; the line is /),
    ]);
  });

  it("a second answer is its own request's fault when others are outstanding too", async () => {
    const { adapter } = driveFaulty({
      hello: { limits: { cases: 1, pipeline: 4 } },
      onRun: when('write((JSON.stringify(reply) + "\\n").repeat(2));'),
    });
    const expected = numbers(0, 20).map((k) => (k === 7 ? "protocol-error" : k));
    expect(await valuesFrom(adapter, valuePrograms(20))).toEqual(expected);
  });

  it("one id for all answers is a broken adapter", async () => {
    const { adapter } = driveFaulty({ onRun: "send({ ...reply, id: 1 });" });
    const error = await rejection(adapter.run(valuePrograms(3)));
    expect(error.phase).toBe("start");
    expect(error.message).toMatch(/the answer to request 2 has id 1; .*the id is that of hello/);
  });

  it.each([
    ["ends", "process.exit(9);", /^crash: the process ended with status 9$/],
    ["writes", 'write("psst\\n");', /^protocol-error: an unexpected line, .*: "psst"$/],
  ])(
    "a process that %s when nothing is asked is replaced, and that is told",
    async (_, statement, message) => {
      const { faulty, adapter } = driveFaulty({
        start: "log(process.pid);",
        onRun: `send(reply); if (first("fault")) setTimeout(() => { ${statement} }, 200);`,
      });
      expect(await valuesFrom(adapter, valuePrograms(1))).toEqual([0]);
      await untilGone(Number(faulty.log()[0]));
      expect(await valuesFrom(adapter, valuePrograms(3))).toEqual([0, 1, 2]);
      expect(adapter.restarts).toBe(1);
      expect(messagesOf(adapter)).toEqual([expect.stringMatching(message)]);
    },
  );

  it("what a process does after the last answer is told by stop", async () => {
    const { faulty, adapter } = driveFaulty({
      start: "log(process.pid);",
      onRun: "send(reply); setTimeout(() => write('bye\\n'), 200);",
    });
    await adapter.run(valuePrograms(1));
    await untilGone(Number(faulty.log()[0]));
    await adapter.stop();
    expect(messagesOf(adapter)).toEqual([expect.stringMatching(/unexpected line/)]);
  });
});

describe("alone", () => {
  it("programs have requests of their own, with no others outstanding", async () => {
    const { faulty, adapter } = driveFaulty({
      hello: { limits: { cases: 8, pipeline: 4 } },
      start: "let outstanding = 0;",
      onRun: `
        outstanding++;
        setTimeout(() => {
          if (values.some((value) => value >= 100)) log(values.length + " of " + outstanding);
          outstanding--;
          send(reply);
        }, 20);`,
    });
    const [many, alone, more] = await Promise.all([
      valuesFrom(adapter, valuePrograms(60)),
      adapter.run(programsFrom(100, 103), { alone: true }),
      valuesFrom(adapter, valuePrograms(60)),
    ]);
    expect(alone.map(outcomeValue)).toEqual([100, 101, 102]);
    expect(many).toEqual(numbers(0, 60));
    expect(more).toEqual(numbers(0, 60));
    expect(faulty.log()).toEqual(["1 of 1", "1 of 1", "1 of 1"]);
  });

  it("what they do to the process changes nothing for others", async () => {
    const { faulty, adapter } = driveFaulty({
      onRun: "log(values.length); if (values.includes(7)) process.exit(3); else send(reply);",
    });
    await warmUp(adapter);
    const outcomes = await adapter.run(programsFrom(5, 10), { alone: true });
    expect(outcomes.map(outcomeValue)).toEqual([5, 6, "crash", 8, 9]);
    expect(adapter.restarts).toBe(2);
    const before = faulty.log().length;
    await adapter.run(programsFrom(100, 164));
    expect(faulty.log().slice(before)).toEqual(["64"]);
  });
});

describe("restarts", () => {
  it("are counted, and too many are the end", async () => {
    const { faulty, adapter } = driveFaulty(
      { start: "log(process.pid);", onRun: "console.error('broken'); process.exit(3);" },
      { restarts: 3 },
    );
    const run = adapter.run(valuePrograms(20));
    const other = adapter.run(valuePrograms(2));
    const error = await rejection(run);
    expect(error.phase).toBe("run");
    expect(error.message).toBe(
      "gave up on the adapter after 6 restarts; the last fault: the process ended with status 3\nstderr (tail):\nbroken",
    );
    expect(await rejection(other)).toBe(error);
    expect(await rejection(adapter.run(valuePrograms(1)))).toBe(error);
    expect(await rejection(adapter.refresh())).toBe(error);
    // Three programs, each of which was tried again in a fresh process.
    expect(adapter.restarts).toBe(6);
    expect(faulty.log()).toHaveLength(7);
    for (const pid of faulty.log()) await untilGone(Number(pid));
  });

  it("do without a restart when none is allowed", async () => {
    const { adapter } = driveFaulty({ onRun: "process.exit(3);" }, { restarts: 0 });
    expect((await rejection(adapter.run(valuePrograms(2)))).message).toMatch(
      /gave up on the adapter after 0 restarts/,
    );
  });

  it("that fail again and again are the end", async () => {
    const { faulty, adapter } = driveFaulty({
      start: 'log("start"); if (!first("start")) { console.error("no memory"); process.exit(4); }',
      onRun: "process.exit(3);",
    });
    const error = await rejection(adapter.run(valuePrograms(5)));
    expect(error.phase).toBe("run");
    expect(error.message).toMatch(
      /^the adapter failed to restart 3 times: the process ended with status 4\n.*\nno memory$/,
    );
    expect(faulty.log()).toHaveLength(4);
  });

  it("that fail once are tried again", async () => {
    const { adapter } = driveFaulty({
      start: 'if (!first("start") && first("restart")) process.exit(4);',
      onRun: "if (values.includes(3)) process.exit(3); else send(reply);",
    });
    const outcomes = await adapter.run(programsFrom(3, 6), { alone: true });
    expect(outcomes.map(outcomeValue)).toEqual(["crash", 4, 5]);
    expect(adapter.restarts).toBe(3);
  });

  it("must give the same implementation", async () => {
    const { faulty, adapter } = driveFaulty({
      start: "log(process.pid);",
      onHello: 'reply.capabilities = first("hello") ? ["state", "load"] : ["state"]; send(reply);',
      onRun: "process.exit(3);",
    });
    const error = await rejection(adapter.run(valuePrograms(5)));
    expect(error.phase).toBe("run");
    expect(error.message).toBe(
      'the hello of the adapter changed after a restart: capabilities was ["state","load"] and is ["state"]',
    );
    for (const pid of faulty.log()) await untilGone(Number(pid));
  });
});

describe("refresh", () => {
  const PIDS = {
    start: "log(process.pid);",
    onRun: 'log(process.pid + " " + values); send(reply);',
  };

  it("goes on in another process, which is no restart", async () => {
    const { faulty, adapter } = driveFaulty(PIDS);
    const before = adapter.run([valueProgram(1)]);
    const refreshed = adapter.refresh();
    const after = adapter.run([valueProgram(2)]);
    expect((await before).map(outcomeValue)).toEqual([1]);
    await refreshed;
    expect((await after).map(outcomeValue)).toEqual([2]);
    const [first, one, second, two] = faulty.log();
    expect([one, two]).toEqual([`${first} 1`, `${second} 2`]);
    expect(first).not.toBe(second);
    expect(lives(Number(first))).toBe(false);
    expect(adapter.restarts).toBe(0);
    expect(adapter.unexplained).toEqual([]);
  });

  it("kills a process that does not end", async () => {
    const { faulty, adapter } = driveFaulty({
      ...PIDS,
      start: `${PIDS.start} setInterval(() => {}, 1000);`,
      onStop: "",
    });
    await adapter.refresh();
    const [first, second] = faulty.log().map(Number);
    expect([first, second].map(lives)).toEqual([false, true]);
  });
});

describe("stop", () => {
  it("lets the process end by itself", async () => {
    const { faulty, adapter } = driveFaulty({
      start: "log(process.pid);",
      onStop: "log(Object.keys(request).join()); process.exit(0);",
    });
    await adapter.run(valuePrograms(3));
    await Promise.all([adapter.stop(), adapter.stop()]);
    await adapter.stop();
    const [pid, ...stops] = faulty.log();
    expect(stops).toEqual(["message,id"]);
    expect(lives(Number(pid))).toBe(false);
    const error = await rejection(adapter.run(valuePrograms(1)));
    expect(error.message).toBe("the adapter was stopped");
    expect(adapter.unexplained).toEqual([]);
  });

  it("kills a process that does not, and what that has started", async () => {
    const { faulty, adapter } = driveFaulty({
      start: `
        import { spawn } from "node:child_process";
        const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
        log(process.pid + "\\n" + child.pid);
        setInterval(() => {}, 1000);`,
      onStop: "",
    });
    await adapter.run(valuePrograms(3));
    const pids = faulty.log().map(Number);
    expect(pids.map(lives)).toEqual([true, true]);
    await adapter.stop();
    expect(lives(pids[0])).toBe(false);
    await untilGone(pids[1]);
  });

  it("rejects what is pending", async () => {
    const { faulty, adapter } = driveFaulty({ start: "log(process.pid);", onRun: "block();" });
    await adapter.hello();
    const run = adapter.run(valuePrograms(100));
    const refreshed = adapter.refresh();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const rejected = Promise.all([rejection(run), rejection(refreshed)]);
    await adapter.stop();
    for (const error of await rejected) expect(error.message).toBe("the adapter was stopped");
    expect(lives(Number(faulty.log()[0]))).toBe(false);
  });

  it("may come before or during hello", async () => {
    const { faulty, adapter } = driveFaulty({ start: "log(process.pid);", onHello: "block();" });
    const hello = rejection(adapter.hello());
    while (faulty.log().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await adapter.stop();
    expect((await hello).message).toBe("the adapter was stopped");
    expect(lives(Number(faulty.log()[0]))).toBe(false);

    const unused = driveFaulty({ start: "log(process.pid);" });
    await unused.adapter.stop();
    await rejection(unused.adapter.hello());
    expect(unused.faulty.log()).toEqual([]);

    const starting = driveFaulty({ start: "log(process.pid);" });
    const started = rejection(starting.adapter.hello());
    await starting.adapter.stop();
    await started;
    for (const pid of starting.faulty.log()) expect(lives(Number(pid))).toBe(false);
  });
});

describe("exchangeOf", () => {
  it("is what went over the wire in the last request of a program", async () => {
    const { adapter } = driveFaulty(
      {
        onRun:
          "fs.writeSync(2, 'hm\\n'); if (values.includes(7)) process.exit(3); setTimeout(() => send(reply), 200);",
      },
      { trace: true },
    );
    const [good, bad] = [valueProgram(1), valueProgram(7)];
    await adapter.run([good]);
    const [sent, stderr, received] = (adapter.exchangeOf(good) ?? [])
      .slice(1)
      .map((line) => JSON.parse(line));
    expect(JSON.parse(adapter.exchangeOf(good)?.[0] ?? "")).toEqual({
      event: "first request of a fresh process",
    });
    expect(sent.to).toBe("adapter");
    expect(JSON.parse(sent.line)).toMatchObject({
      message: "run",
      id: 2,
      encoding: "base64",
      cases: [{ case: "2.0" }],
    });
    expect(stderr).toEqual({ from: "stderr", text: "hm\n" });
    expect(received.from).toBe("adapter");
    expect(JSON.parse(received.line)).toMatchObject({ id: 2, results: [{ case: "2.0", status: "ok" }] });

    await adapter.run([bad]);
    const last = adapter.exchangeOf(bad)?.at(-1) ?? "";
    expect(JSON.parse(last)).toEqual({ event: "crash: the process ended with status 3" });
    expect(adapter.exchangeOf(valueProgram(1))).toBeUndefined();
  });

  it("is not recorded unless that was asked for", async () => {
    const { adapter } = driveFaulty({});
    const program = valueProgram(1);
    await adapter.run([program]);
    expect(adapter.exchangeOf(program)).toBeUndefined();
  });
});

describe("a fault is blamed on a program", () => {
  it("only if it is reproduced alone in a fresh process, even where the program was sent alone", async () => {
    // The process answers twice and dies at the third request, whatever is in it.
    const { adapter } = driveFaulty({
      start: "let requests = 0;",
      onRun: "if (++requests === 3) process.exit(9); send(reply);",
    });
    const outcomes = await adapter.run(valuePrograms(12), { alone: true });
    expect(outcomes.map(outcomeValue)).toEqual(numbers(0, 12));
    expect(adapter.unexplained.length).toBe(adapter.restarts);
    expect(adapter.unexplained[0]).toEqual({
      verdict: "crash",
      message: "the process ended with status 9; it was not reproduced when the case was run again",
      external: false,
    });
  });

  it("not where the process dies after it has answered, while the next request is outstanding", async () => {
    const { adapter } = driveFaulty({
      start: "let dying = false;",
      onRun: "if (dying) return; send(reply); dying = true; setTimeout(() => process.exit(0), 100);",
    });
    const outcomes = await adapter.run(valuePrograms(4), { alone: true });
    expect(outcomes.map(outcomeValue)).toEqual(numbers(0, 4));
    expect(adapter.unexplained.map(({ verdict }) => verdict)).toEqual(["crash", "crash", "crash"]);
  });

  it("after the second fault, with the whole time", async () => {
    // Once a case has hung, this program needs half of the time that a request has.
    const { faulty, adapter } = driveFaulty(
      {
        onRun: `
          log(values);
          if (values.includes(7)) block();
          if (values.includes(8)) setTimeout(() => send(reply), ${SHORT / 2}); else send(reply);`,
      },
      { runTimeout: SHORT },
    );
    expect(await valuesFrom(adapter, programsFrom(5, 10))).toEqual([5, 6, "timeout", 8, 9]);
    const alone = faulty.log().filter((values) => values === "7");
    expect(alone.length).toBeGreaterThanOrEqual(1);
    expect(adapter.unexplained).toEqual([]);
  });

  it("not for a hang that does not come again, after which requests may be large again", async () => {
    const { faulty, adapter } = driveFaulty(
      { onRun: `log(values.length); if (values.includes(7) && first("load")) block(); send(reply);` },
      { runTimeout: SHORT },
    );
    expect(await valuesFrom(adapter, valuePrograms(16))).toEqual(numbers(0, 16));
    expect(adapter.unexplained).toEqual([
      {
        verdict: "timeout",
        message: expect.stringMatching(
          /^the process did not answer within [\d.]+ s; it was not reproduced when/,
        ),
        external: true,
      },
    ]);
    await warmUp(adapter);
    expect(Math.max(...faulty.log().map(Number))).toBeGreaterThan(16);
  });

  it("not where a process is only slow to answer its first request, as one that compiles then", async () => {
    const { adapter } = driveFaulty(
      {
        start: "let slow = true;",
        onRun: `
          if (values.includes(5) && first("fault")) process.exit(3);
          setTimeout(() => send(reply), slow ? ${2 * SHORT} : 0);
          slow = false;`,
      },
      { runTimeout: SHORT },
    );
    expect(await valuesFrom(adapter, valuePrograms(8))).toEqual(numbers(0, 8));
    expect(adapter.unexplained.map(({ verdict }) => verdict)).toEqual(["crash"]);
  });

  it("not where something else killed the process, as a system without memory does", async () => {
    const { adapter } = driveFaulty({
      start: "let requests = 0;",
      onRun: 'if (++requests === 5) process.kill(process.pid, "SIGKILL"); else send(reply);',
    });
    const outcomes = await adapter.run(valuePrograms(8), { alone: true });
    expect(outcomes.map(outcomeValue)).toEqual(numbers(0, 8));
    expect(adapter.unexplained).toEqual([
      {
        verdict: "crash",
        message: "the process was killed by SIGKILL; it was not reproduced when the case was run again",
        external: true,
      },
    ]);
  });
});

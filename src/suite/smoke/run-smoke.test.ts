import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../package-info.js";
import { SmokeAdapters } from "./__test-helpers__/smoke-adapter.js";
import { runSmoke, SMOKE_CASES, type SmokeOptions, type SmokeResult } from "./run-smoke.js";
import { SECTIONS } from "./unexpected.js";

const adapters = new SmokeAdapters();
afterAll(() => adapters.remove());

const smoke = (body: string, options: Partial<SmokeOptions> = {}) =>
  runSmoke({ command: adapters.command(body), ...options });

const ids = ({ cases }: SmokeResult, outcome: string) =>
  cases.filter((one) => one.outcome === outcome).map(({ id }) => id);

const resultOf = ({ cases }: SmokeResult, id: string) => cases.find((one) => one.id === id);

interface Fault {
  readonly what: string;
  readonly body: string;
  /** The cases that fail, and no other. */
  readonly failed: readonly string[];
  /** What the first of them says. */
  readonly expectedMessage: RegExp;
  readonly options?: Partial<SmokeOptions>;
}

const hello = (change: string) => `await serve((request) => ({ ...answer(request), ...(${change}) }));`;
const stepping = (step: string, more = "") => `
  ${more}
  class Faulty extends RMSprop { ${step} }
  await serve((request) => answer(request, HELLO, Faulty));`;
const throwing = (condition: string) => `
  await serve((request) => {
    const all = request.cases ?? [];
    if (${condition}) throw new Error("planted");
    return answer(request);
  });`;
const reshaped = (from: string, to: string) => `
  await serve((request) => mapTensors(answer(request), (tensor) =>
    String(tensor.shape) === "${from}" ? { ...tensor, shape: ${to} } : tensor));`;

/** What a hello of this kind breaks is known before anything is run. */
const HELLO_FAULTS: readonly Fault[] = [
  {
    what: "does not answer hello",
    body: "await serve(answer, () => new Promise(() => setInterval(() => {}, 1000)));",
    failed: ["hello"],
    expectedMessage: /\ntimeout: .* 0\.5 s\n.*"Process"/,
    options: { helloTimeout: 500 },
  },
  {
    what: "dies at the start",
    body: "console.error('no device'); process.exit(7);",
    failed: ["hello"],
    expectedMessage: /\ncrash: .*7/,
  },
  {
    what: "prints at the start",
    body: "console.log('ready'); await serve();",
    failed: ["hello"],
    expectedMessage: /\n.*not JSON.*ready.*\nexpected: .*"hello"/,
  },
  {
    what: "has no dialects",
    body: hello("{ dialects: [] }"),
    failed: ["hello"],
    expectedMessage: /\n.*dialects.*\nexpected: .*"hello"/,
  },
  {
    what: "has no dialect of the catalogue",
    body: hello("{ dialects: ['torch'] }"),
    failed: ["hello"],
    expectedMessage:
      /\nreceived: .*torch.*\nexpected: dialects of the catalogue, the main one first: .*pytorch/,
  },
  {
    what: "does not claim the dialect that is asked for",
    body: "await serve();",
    failed: ["hello"],
    expectedMessage: /\nexpected: "keras" among the dialects \(/,
    options: { dialect: "keras" },
  },
  {
    what: "speaks another protocol",
    body: hello("{ protocol: 2 }"),
    failed: ["hello"],
    expectedMessage: /\n.*protocol.*\nexpected: .*"hello"/,
  },
  {
    what: "repeats no id",
    body: hello("{ id: 7 }"),
    failed: ["hello"],
    expectedMessage: /\n.*answer to request 1 has id 7/,
  },
];

const FAULTS: readonly Fault[] = [
  {
    what: "loses the sign of zeros",
    body: `
      await serve((request) => mapTensors(answer(request), ({ shape, data }) => {
        const bytes = Buffer.from(data, "base64");
        for (let k = 0; k < bytes.length; k += 4) if (bytes.readUInt32LE(k) === 2 ** 31) bytes.writeUInt32LE(0, k);
        return { shape, data: bytes.toString("base64") };
      }));`,
    failed: ["bit-patterns"],
    expectedMessage: /\nexpected: .*element 1 was 80000000 and is 00000000 \(spec\/PROTOCOL\.md, "Values"\)$/,
  },
  {
    what: "makes numbers of NaNs",
    body: `
      await serve((request) => mapTensors(answer(request), ({ shape, data }) => {
        const bytes = Buffer.from(data, "base64");
        for (let k = 0; k < bytes.length; k += 4)
          if (Number.isNaN(bytes.readFloatLE(k))) bytes.writeUInt32LE(0x7f800000, k);
        return { shape, data: bytes.toString("base64") };
      }));`,
    failed: ["bit-patterns"],
    expectedMessage: /element 11 was 7fc00000 and is 7f800000/,
  },
  {
    what: "fails on empty tensors",
    body: throwing("JSON.stringify(all).includes('[0]')"),
    failed: ["no-elements"],
    expectedMessage: /^sent: .*\ncrash: .*status 1/,
  },
  {
    what: "makes vectors of scalars",
    body: reshaped("", "[1]"),
    failed: ["no-dimensions"],
    expectedMessage: /expected: shape \[\], not \[1\]/,
  },
  {
    what: "flattens matrices",
    body: reshaped("2,3", "[6]"),
    failed: ["two-dimensions"],
    expectedMessage: /expected: shape \[2, 3\], not \[6\]/,
  },
  {
    what: "takes 1024 elements",
    body: `
      await serve((request) => mapTensors(answer(request), ({ shape, data }) => {
        const bytes = Buffer.from(data, "base64");
        return { shape, data: bytes.fill(0, Math.min(bytes.length, 4 * 1024)).toString("base64") };
      }));`,
    failed: ["many-elements", "long-line"],
    expectedMessage: /expected: .*element 1024 was 4402f000 and is 00000000/,
  },
  {
    what: "takes lines of 64 KiB",
    body: throwing("JSON.stringify(all).length > 2 ** 16"),
    failed: ["long-line"],
    expectedMessage: /^sent: .* \(10\d{5} bytes\)\ncrash: /,
  },
  {
    what: "moves at lr = 0",
    body: stepping(`
      stepParameter(p, ...more) {
        super.stepParameter(p, ...more);
        p[0] *= 1 + 2 ** -23;
      }`),
    failed: ["zero-rate"],
    expectedMessage: /element 0 was 3f800000 and is 3f800001/,
  },
  {
    what: "takes ones for a missing gradient",
    body: stepping(`
      step(gradients) {
        super.step(gradients.map((one, k) => one ?? this.parameters[k].values.map(() => 1)));
      }`),
    failed: ["missing-gradient"],
    expectedMessage: /expected: the bits that the parameter began with.*"Programs"/,
  },
  {
    what: "takes a missing gradient though it does not declare it",
    body: `
      const capabilities = HELLO.capabilities.filter((one) => one !== "missing-gradient");
      await serve((request) => request.message === "hello" ? { ...answer(request), capabilities } : answer(request));`,
    failed: ["missing-gradient"],
    expectedMessage: /expected: status "unsupported" with capability "missing-gradient" .*"Capabilities"/,
  },
  {
    what: "answers four cases at most, and does not say so",
    body: `
      await serve((request) => {
        const reply = answer(request);
        return { ...reply, results: reply.results?.slice(0, 4) };
      });`,
    failed: ["case-order"],
    expectedMessage: /received: there is no result for case .*"run"/s,
  },
  {
    what: "reverses results",
    body: `
      await serve((request) => {
        const reply = answer(request);
        reply.results?.reverse();
        return reply;
      });`,
    failed: ["case-order", "refusal", "isolation-in-request"],
    expectedMessage: /received: results\[0\] is for case "a\.b\/c", but case "z" was sent/,
  },
  {
    what: "gives the first result for every case",
    body: `
      await serve((request) => {
        const reply = answer(request);
        const results = reply.results?.map((one) => ({ ...reply.results[0], case: one.case }));
        return results ? { ...reply, results } : reply;
      });`,
    failed: ["case-order", "refusal"],
    expectedMessage: /element 0 was 40000000 and is 3f800000/,
  },
  {
    what: "writes Latin-1",
    body: 'await serve(answer, (line) => process.stdout.write(line, "latin1"));',
    failed: ["case-order"],
    expectedMessage: /\nprotocol-error: .*not UTF-8/,
  },
  {
    what: "keeps ids in 32 bits",
    body: "await serve((request) => ({ ...answer(request), id: request.id | 0 }));",
    failed: ["large-id"],
    expectedMessage: /the answer to request 9007199254740991 has id -1/,
  },
  ...[
    ["the message", "'unknownField' in request"],
    ["a case", "all.some((one) => 'unknownField' in one)"],
    ["a program", "all.some(({ program }) => 'unknownField' in program)"],
    ["an operation", "all.some(({ program }) => program.operations.some((one) => 'unknownField' in one))"],
  ].map(([where, condition]) => ({
    what: `fails on an unknown field in ${where}`,
    body: throwing(condition),
    failed: ["unknown-fields"],
    expectedMessage: /\ncrash: /,
  })),
  {
    what: "skips unknown operations",
    body: `
      await serve((request) => {
        for (const { program } of request.cases ?? [])
          program.operations = program.operations.filter(({ op }) => op !== "rewind");
        return answer(request);
      });`,
    failed: ["unknown-operation"],
    expectedMessage: /received: .*"ok".*\nexpected: status "unsupported" with capability "rewind" .*"run"/,
  },
  {
    what: "does not name unknown operations",
    body: `
      await serve((request) => {
        const reply = answer(request);
        for (const one of reply.results ?? []) if (one.capability === "rewind") one.capability = "operation";
        return reply;
      });`,
    failed: ["unknown-operation"],
    expectedMessage: /received: .*"operation"/,
  },
  {
    what: "takes any dialect for its own",
    body: `
      await serve((request) => {
        for (const { program } of request.cases ?? []) program.dialect = "pytorch";
        return answer(request);
      });`,
    failed: ["unknown-dialect"],
    expectedMessage: /expected: status "unsupported" with capability "dialect"/,
  },
  {
    what: "dies of what it refuses",
    body: throwing("JSON.stringify(all).includes('bff0000000000000')"),
    failed: ["refusal"],
    expectedMessage: /\ncrash: /,
  },
  {
    what: "answers nothing any more once it has refused",
    body: `
      let refused = false;
      await serve((request) => {
        const reply = answer(request);
        for (const one of reply.results ?? []) {
          if (refused) Object.assign(one, { status: "error", phase: "init", class: "internal", message: "" });
          refused ||= one.class === "invalid-hyperparameter";
        }
        return reply;
      });`,
    failed: ["refusal"],
    expectedMessage: /expected: status "ok" \(.*"run"\)/,
  },
  {
    what: "begins a case with the state of the one before it in the request",
    body: `
      let left;
      class Faulty extends RMSprop {
        stepParameter(p, gradient, state, h) {
          if (state.step === 0 && left?.length === p.length) state.square_avg.set(left);
          super.stepParameter(p, gradient, state, h);
          left = state.square_avg;
        }
      }
      await serve((request) => {
        left = undefined;
        return answer(request, HELLO, Faulty);
      });`,
    failed: ["isolation-in-request"],
    expectedMessage: /expected: the same result for the cases first and again.*"Process"/,
  },
  {
    what: "begins a request with the state of the one before",
    body: `
      let [left, fresh] = [];
      class Faulty extends RMSprop {
        stepParameter(p, gradient, state, h) {
          if (fresh && left?.length === p.length) state.square_avg.set(left);
          fresh = false;
          super.stepParameter(p, gradient, state, h);
          left = state.square_avg;
        }
      }
      await serve((request) => {
        fresh = true;
        return answer(request, HELLO, Faulty);
      });`,
    failed: ["isolation-between-requests"],
    expectedMessage: /expected: the same result for the cases first and again.*"Process"/,
  },
  {
    what: "goes on after stop",
    body: "await serve(); process.stdin.resume(); setInterval(() => {}, 1000);",
    failed: ["stop", "end-of-input"],
    expectedMessage: /\nreceived: nothing: still running after 5 s\nexpected: .*"stop"/,
    options: { runTimeout: 5000 },
  },
  {
    what: "ends with another status after stop",
    body: `
      let ended = false;
      process.stdin.on("end", () => { ended = true; });
      await serve();
      process.exitCode = ended ? 0 : 3;`,
    failed: ["stop"],
    expectedMessage: /\nreceived: it ended with status 3\n/,
  },
  {
    what: "ends with another status at the end of its input",
    body: `
      process.stdin.on("end", () => { process.exitCode = 3; });
      await serve();`,
    failed: ["end-of-input"],
    expectedMessage: /^sent: the end of standard input\nreceived: it ended with status 3\n/,
  },
  {
    what: "is killed at the end of its input",
    body: `
      process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));
      await serve();`,
    failed: ["end-of-input"],
    expectedMessage: /\nreceived: it ended by SIGKILL\n/,
  },
  {
    what: "changes its hello each time",
    body: hello(
      "request.message === 'hello' ? { implementation: { ...HELLO.implementation, version: String(process.pid) } } : {}",
    ),
    failed: ["hello-again"],
    expectedMessage: /expected: the hello of the first process: .*"rmsprop-javascript-example"/,
  },
  {
    what: "says goodbye on standard output",
    body: 'process.on("exit", () => writeSync(1, "goodbye\\n")); await serve();',
    failed: ["stop", "end-of-input", "only-messages"],
    expectedMessage: /\nreceived: goodbye\nexpected: no reply .*"stop"/,
  },
];

describe("every smoke case", () => {
  it("fails for one of the faulty adapters below", () => {
    const failed = new Set([...HELLO_FAULTS, ...FAULTS].flatMap((fault) => fault.failed));
    expect(SMOKE_CASES.map(({ id }) => id)).toEqual([...new Set(SMOKE_CASES.map(({ id }) => id))]);
    expect([...failed].sort()).toEqual(SMOKE_CASES.map(({ id }) => id).sort());
  });

  it("names sections that the protocol has", () => {
    const protocol = readFileSync(join(packageRoot(), "spec", "PROTOCOL.md"), "utf8");
    const headings = [...protocol.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
    for (const section of SECTIONS) expect(headings).toContain(section);
  });
});

describe("runSmoke fails, where nothing can be run, an adapter that", () => {
  it.each(HELLO_FAULTS)("$what", async ({ body, expectedMessage: text, options }) => {
    const result = await smoke(body, options);
    expect(result.passed).toBe(false);
    expect(result.hello).toBeUndefined();
    expect(ids(result, "failed")).toEqual(["hello"]);
    expect(resultOf(result, "hello")?.message).toMatch(text);
    expect(ids(result, "skipped")).toHaveLength(SMOKE_CASES.length - 1);
    expect(resultOf(result, "stop")?.message).toBe("hello failed");
  });

  it("is not there", async () => {
    const result = await runSmoke({ command: ["no-such-program"] });
    expect(ids(result, "failed")).toEqual(["hello"]);
    expect(resultOf(result, "hello")?.message).toMatch(
      /^crash: cannot start "no-such-program".*\nexpected: /,
    );
  });
});

describe("runSmoke fails an adapter that", () => {
  it.each(FAULTS)("$what", async ({ body, failed, expectedMessage: printed, options }) => {
    const result = await smoke(body, options);
    expect(result.passed).toBe(false);
    expect(ids(result, "failed")).toEqual(failed);
    expect(ids(result, "skipped")).toEqual([]);
    expect(resultOf(result, failed[0])?.message).toMatch(printed);
  });

  it("prints between its replies", async () => {
    const result = await smoke(`
      await serve(answer, (line, request) => {
        process.stdout.write(line);
        if (request.message === "run") process.stdout.write("done\\n");
      });`);
    // Where the line is noticed depends on when it comes: with the reply or after it.
    expect(ids(result, "failed")).toContain("only-messages");
  });

  it("hangs in one case, which does not touch the others", async () => {
    const body = `
      await serve(answer, (line) => {
        if (!line.includes('"shape":[2,3]')) return process.stdout.write(line);
        console.error("waiting");
        return new Promise(() => setInterval(() => {}, 1000));
      });`;
    const result = await smoke(body, { runTimeout: 5000 });
    expect(ids(result, "failed")).toEqual(["two-dimensions"]);
    expect(resultOf(result, "two-dimensions")).toMatchObject({
      message: expect.stringMatching(/\ntimeout: .* 5 s\n/),
      stderr: expect.stringContaining("waiting"),
    });
  });
});

describe("runSmoke passes an adapter that", () => {
  const PASSING: [what: string, body: string][] = [
    ["does everything", "await serve();"],
    [
      "declares nothing, takes one case at a time and shuffles its capabilities",
      `
      const hello = { ...HELLO, capabilities: [], limits: { cases: 1, bytes: 2 ** 21 } };
      await serve((request) => {
        if (request.cases?.length > 1) throw new Error("too many cases");
        if (JSON.stringify(request).length >= 2 ** 21) throw new Error("too long");
        return answer(request, hello);
      });`,
    ],
    [
      "is not deterministic and does not claim to be",
      `
      const capabilities = HELLO.capabilities.filter((one) => one !== "deterministic");
      class Noisy extends RMSprop {
        stepParameter(p, gradient, state, h) {
          super.stepParameter(p, gradient, state, h);
          if (h.lr > 0) p[0] += Math.random();
          state.square_avg[0] += Math.random();
        }
      }
      await serve((request) => answer(request, { ...HELLO, capabilities }, Noisy));`,
    ],
    [
      "lists its capabilities in any order and changes the payload of NaNs",
      `
      const capabilities = HELLO.capabilities.toSorted(() => Math.random() - 0.5);
      await serve((request) => mapTensors(answer(request, { ...HELLO, capabilities }), ({ shape, data }) => {
        const bytes = Buffer.from(data, "base64");
        for (let k = 0; k < bytes.length; k += 4)
          if (Number.isNaN(bytes.readFloatLE(k))) bytes.writeUInt32LE(0x7fc00000, k);
        return { shape, data: bytes.toString("base64") };
      }));`,
    ],
    [
      "writes much to standard error",
      'await serve((request) => { console.error("x".repeat(2 ** 17)); return answer(request); });',
    ],
  ];

  it.each(PASSING)("%s", async (_, body) => {
    const seen: string[] = [];
    const onCase: SmokeOptions["onCase"] = ({ id }, done, total) => seen.push(`${id} ${done} ${total}`);
    const result = await smoke(body, { onCase });
    expect(result.cases.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(result.passed).toBe(true);
    expect(result.hello?.implementation.name).toBe("rmsprop-javascript-example");
    expect(result.cases.map(({ id, says }) => ({ id, says }))).toEqual(SMOKE_CASES);
    expect(seen).toEqual(SMOKE_CASES.map(({ id }, k) => `${id} ${k + 1} ${SMOKE_CASES.length}`));
  });
});

describe("runSmoke leaves no process behind", () => {
  /** Writes down its process ids. */
  const noting = (file: string, rest: string) =>
    `appendFileSync(${JSON.stringify(file)}, process.pid + "\\n");\n${rest}`;

  function expectGone(file: string): void {
    const pids = readFileSync(file, "utf8").trimEnd().split("\n").map(Number);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  }

  it("when it is done", async () => {
    const file = adapters.file("pids-done", "");
    await smoke(noting(file, "await serve();"));
    expectGone(file);
  });

  it("when it is interrupted between cases", async () => {
    const file = adapters.file("pids-between", "");
    const controller = new AbortController();
    const result = await smoke(noting(file, "await serve();"), {
      signal: controller.signal,
      onCase: (_, done) => done === 3 && controller.abort(),
    });
    expectGone(file);
    expect(result.passed).toBe(false);
    expect(ids(result, "passed")).toHaveLength(3);
    expect(ids(result, "skipped")).toHaveLength(SMOKE_CASES.length - 3);
    expect(resultOf(result, "stop")?.message).toBe("interrupted");
  });

  it("when it is interrupted while the adapter says nothing", async () => {
    const file = join(adapters.file("pids-silent.folder", ""), "..", "pids-silent");
    const controller = new AbortController();
    const running = smoke(noting(file, "setInterval(() => {}, 1000);"), { signal: controller.signal });
    while (!existsSync(file)) await delay(20);
    controller.abort();
    const result = await running;
    expectGone(file);
    expect(ids(result, "skipped")).toHaveLength(SMOKE_CASES.length);
  });

  it("when it is interrupted before it begins", async () => {
    const result = await smoke("await serve();", { signal: AbortSignal.abort() });
    expect(ids(result, "skipped")).toHaveLength(SMOKE_CASES.length);
  });
});

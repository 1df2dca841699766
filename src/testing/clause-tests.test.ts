import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { arb } from "../../properties/arbitraries/arb.js";
import { momentumProperties } from "../../properties/momentum.js";
import { optionProperties } from "../../properties/options.js";
import type { Property } from "../../properties/property.js";
import { PropertyFailure } from "../../properties/property-failure.js";
import { recurrenceProperties } from "../../properties/recurrence.js";
import { stateAndPurityProperties } from "../../properties/state-and-purity.js";
import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import { CLAUSES } from "../../spec/clauses.js";
import { type Adapter, AdapterUnavailable } from "../adapter/adapter.js";
import { bundledAdapter, bundledFactory } from "../adapter/bundled.js";
import { InProcessAdapter } from "../adapter/in-process.js";
import { adapterOf, defectiveAdapter, dialectAdapter } from "../suite/__test-helpers__/planted.js";
import { type ClauseTest, type ClauseTestResult, clauseTests } from "./clause-tests.js";
import { ConformanceFailure } from "./conformance-failure.js";
import type { AdapterOptions } from "./conformance-options.js";

// Some properties stand for all: what becomes of their results does not depend on how many there are.
const injected = vi.hoisted(() => ({ properties: [] as unknown[] }));
vi.mock("../../properties/index.js", () => ({
  get PROPERTIES() {
    return injected.properties;
  },
}));
const FEW: readonly Property[] = [...recurrenceProperties, ...momentumProperties, ...optionProperties].filter(
  ({ id }) =>
    [
      "plain-steps-are-accepted",
      "hidden-state-traces-are-accepted",
      "constant-learning-rate-inside-or-outside",
      "momentum-buffer-and-parameter-follow-the-form",
      "decoupled-weight-decay-shrinks-the-parameter",
    ].includes(id),
);
injected.properties = [...FEW];

const folder = mkdtempSync(join(tmpdir(), "clause-tests-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function suite(adapter: Adapter, more: Partial<AdapterOptions> = {}): ClauseTest[] {
  return clauseTests({ adapter, dialect: "pytorch", profile: "smoke", goldens: false, ...more });
}

function run(tests: readonly ClauseTest[], start: string): Promise<ClauseTestResult> {
  const found = tests.find(({ title }) => `${title} `.startsWith(`${start} `));
  if (!found) throw new Error(`no test begins with ${start}`);
  return found.run();
}

/** What a test that must fail has to say. */
async function failureOf(tests: readonly ClauseTest[], start: string): Promise<ConformanceFailure> {
  const error = await run(tests, start).then(
    (outcome) => outcome,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConformanceFailure);
  return error as ConformanceFailure;
}

/** The same adapter, and how many programs it was given. */
function counted(adapter: Adapter): { adapter: Adapter; programs(): number } {
  let programs = 0;
  return {
    adapter: {
      hello: () => adapter.hello(),
      stop: () => adapter.stop(),
      run: (batch) => {
        programs += batch.length;
        return adapter.run(batch);
      },
    },
    programs: () => programs,
  };
}

const inside = () => dialectAdapter({ epsilon: "inside" });

describe("the list", () => {
  it("has every clause in order, then the audit and the level", () => {
    const tests = suite(bundledAdapter("fused"));
    expect(tests.map(({ clause }) => clause)).toEqual([...CLAUSES.map(({ id }) => id), undefined, undefined]);
    expect(tests[0].title).toBe(`RMS-1.1 ${CLAUSES[0].statement}`);
    expect(tests.slice(-2).map(({ title }) => title)).toEqual(["determinism audit", "level"]);
  });

  it("gives each test its time", () => {
    const timeouts = (more: Partial<AdapterOptions>) =>
      new Set(suite(bundledAdapter("fused"), more).map(({ timeout }) => timeout));
    expect(timeouts({})).toEqual(new Set([120_000]));
    expect(timeouts({ profile: "nightly" })).toEqual(new Set([3_600_000]));
    expect(timeouts({ profile: "nightly", timeout: 7 })).toEqual(new Set([7]));
  });

  it("asks nothing of the implementation before a test is run, and refuses wrong options at once", () => {
    const hello = vi.fn();
    suite({ ...bundledAdapter("fused"), hello, run: vi.fn(), stop: vi.fn() });
    expect(hello).not.toHaveBeenCalled();
    expect(() => suite(bundledAdapter("fused"), { dialect: "torch" })).toThrow(/^conformance: dialect/);
    expect(() => suite(bundledAdapter("fused"), { expectations: join(folder, "none.yaml") })).toThrow(
      /none\.yaml/,
    );
  });
});

describe("a clause", () => {
  it("is shown by an honest implementation in process", async () => {
    const tests = clauseTests({
      implementation: { name: "mine" },
      dialect: "pytorch",
      capabilities: CAPABILITIES,
      create: bundledFactory("unfused").create,
      profile: "smoke",
      goldens: false,
    });
    expect(await run(tests, "RMS-1.1")).toEqual({ outcome: "passed" });
    expect(await run(tests, "RMS-14.1")).toEqual({ outcome: "passed" });
  });

  it("is not shown where the dialect or the implementation has nothing to show, with the reason", async () => {
    const tests = suite(adapterOf(bundledFactory("fused"), ["state"]));
    expect(await run(tests, "RMS-9.3")).toEqual({
      outcome: "skipped",
      reason: "the implementation does not offer weight-decay",
    });
    expect(await run(suite(bundledAdapter("fused")), "RMS-9.3")).toEqual({
      outcome: "skipped",
      reason: "not a property of dialect pytorch",
    });
    expect(await run(tests, "RMS-3.1")).toEqual({ outcome: "skipped", reason: "no case is about it" });
  });

  it("is not shown where it holds over the reals and nothing of the implementation was asked", async () => {
    const proof = (clause: `RMS-${string}`): Property => ({
      id: `proof-of-${clause}`,
      clauses: [clause],
      target: "specification",
      requires: [],
      arbitrary: () => arb.constant(2),
      check: async () => {},
    });
    injected.properties = [...FEW, proof("RMS-2.1"), proof("RMS-9.3")];
    try {
      const tests = suite(adapterOf(bundledFactory("fused"), ["state"]));
      expect(await run(tests, "RMS-2.1")).toEqual({
        outcome: "spec-only",
        reason: "it was checked on the specification only: no case asks it of an implementation",
      });
      expect(await run(tests, "RMS-9.3")).toEqual({
        outcome: "spec-only",
        reason: "it was checked on the specification only: the implementation does not offer weight-decay",
      });
    } finally {
      injected.properties = [...FEW];
    }
  });

  it("that is not shown says of many reasons the one that says most", async () => {
    const reasonOf = async (dialect: string) => {
      const capabilities = CAPABILITIES.filter((capability) => capability !== "checkpoint");
      const hello = { ...(await bundledAdapter("fused").hello()), capabilities };
      const modest = new InProcessAdapter(hello, bundledFactory("fused"));
      return (await run(suite(modest, { dialect, goldens: true }), "RMS-10.1")).reason;
    };
    const missingCapabilities = "the implementation does not offer checkpoint";
    expect(await reasonOf("pytorch")).toBe(missingCapabilities);
    expect(await reasonOf("keras")).toBe("for dialect pytorch");
    injected.properties = [...stateAndPurityProperties];
    try {
      expect(await reasonOf("keras")).toBe(`${missingCapabilities}; and for 1 other reason`);
    } finally {
      injected.properties = [...FEW];
    }
    const most = suite(adapterOf(bundledFactory("fused"), ["state"]), { goldens: true });
    expect((await run(most, "RMS-10.1")).reason).toMatch(
      new RegExp(`^${missingCapabilities}; and for \\d+ other reasons$`),
    );
  });

  it("fails with the card of the gate's report and no frames", async () => {
    const { message, stack } = await failureOf(suite(inside()), "RMS-1.2");
    expect(message).toMatch(
      /^Finding 1 · other-dialect · This is another dialect: epsilon is inside instead of outside\.\n {2}RMS-1\.2 /,
    );
    expect(message).toMatch(/ {2}program:\n {4}init pytorch \{/);
    expect(message).toMatch(/ {4}got {6}.*\n {4}accepted .*\n {4}distance [\d,]+ ulp/);
    expect(message).toContain('  replay: run the test "RMS-1.2 …" again  # profile smoke, seed 20130\n');
    expect(stack).toBe(`ConformanceFailure: ${message}`);
  });

  it("fails with every case that names it", async () => {
    const tests = suite(inside(), { seed: 5, replay: (test) => `again ${test}` });
    for (const clause of ["RMS-1.1", "RMS-1.2", "RMS-1.3"]) {
      const { message } = await failureOf(tests, clause);
      expect(message).toContain("  cases: plain-steps-are-accepted\n");
      expect(message).toContain(`  replay: again ${clause}  # profile smoke, seed 5\n`);
    }
  });

  it("runs its own cases, and each only once", async () => {
    const alone = counted(bundledAdapter("fused"));
    const tests = suite(alone.adapter);
    await run(tests, "RMS-9.3");
    expect(alone.programs()).toBe(0);
    await run(tests, "RMS-1.1");
    const before = alone.programs();
    expect(before).toBeGreaterThan(20);
    await Promise.all(["RMS-1.1", "RMS-1.2", "RMS-1.3"].map((clause) => run(tests, clause)));
    expect(alone.programs()).toBe(before);
    await run(tests, "level");
    expect(alone.programs()).toBeGreaterThan(before);
  });

  it("has as many cases under way as the adapter has lanes", async () => {
    const honest = bundledAdapter("fused");
    let [underWay, most] = [0, 0];
    const waiting: Adapter = {
      concurrency: 3,
      hello: () => honest.hello(),
      stop: async () => {},
      run: async (programs) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return honest.run(programs);
      },
    };
    expect(await run(suite(waiting), "RMS-14.1")).toEqual({ outcome: "passed" });
    expect(most).toBe(3);
  });

  it("fails where something declared is not there", async () => {
    const adapter = adapterOf(bundledFactory("fused"), ["state"]);
    const hello = { ...(await adapter.hello()), capabilities: [...CAPABILITIES] };
    const { message } = await failureOf(
      suite({ ...adapter, hello: async () => hello, run: (p) => adapter.run(p), stop: async () => {} }),
      "RMS-14.1",
    );
    expect(message).toMatch(/^Finding 1 · capability-mismatch · momentum is declared, but /);
  });

  it("blames the suite for what the specification fails", async () => {
    const wrong: Property = {
      id: "two-is-three",
      clauses: ["RMS-2.1"],
      target: "specification",
      requires: [],
      arbitrary: () => arb.constant(2),
      check: async () => {
        throw new PropertyFailure("2 is not 3", "differs");
      },
    };
    injected.properties = [...FEW, wrong];
    try {
      const tests = suite(bundledAdapter("fused"));
      const said = /self-check failed: the fault is not the implementation's\.[\s\S]*2 is not 3/;
      expect((await failureOf(tests, "RMS-2.1")).message).toMatch(said);
      expect((await failureOf(tests, "level")).message).toMatch(said);
    } finally {
      injected.properties = [...FEW];
    }
  });
});

describe("the determinism audit", () => {
  /** Another instance each time, of which every second one is wrong. */
  function fickle(capabilities: readonly Capability[] = CAPABILITIES): Adapter {
    const [right, wrong] = [adapterOf(bundledFactory("fused"), capabilities), inside()];
    const seen = new Set<string>();
    return {
      hello: () => right.hello(),
      stop: async () => {},
      run: async (programs) => {
        const answers = programs.map((program) => {
          const key = JSON.stringify(program);
          const adapter = seen.has(key) ? wrong : right;
          seen.add(key);
          return adapter.run([program]);
        });
        return (await Promise.all(answers)).flat();
      },
    };
  }

  it("looks at all cases, whatever was run before", async () => {
    const watched = counted(bundledAdapter("fused"));
    expect(await run(suite(watched.adapter), "determinism audit")).toEqual({ outcome: "passed" });
    expect(watched.programs()).toBeGreaterThan(50);
  });

  it("fails an implementation that claims determinism, and no other", async () => {
    injected.properties = [];
    try {
      const { message } = await failureOf(suite(fickle()), "determinism audit");
      expect(message).toMatch(/^Finding 1 · nondeterministic · /);
      expect(message).toContain('replay: run the test "determinism audit …" again');
      const modest = CAPABILITIES.filter((capability) => capability !== "deterministic");
      const outcome = await run(suite(fickle(modest)), "determinism audit");
      expect(outcome).toMatchObject({
        outcome: "inconclusive",
        reason: expect.stringContaining("Determinism is not declared, so this is no failure"),
      });
    } finally {
      injected.properties = [...FEW];
    }
  });
});

describe("the level", () => {
  it("is claimed in the words of the gate", async () => {
    const { outcome, claim } = await run(suite(bundledAdapter("fused")), "level");
    expect(outcome).toBe("passed");
    expect(claim).toMatch(
      /^bundled \(fused\) [\d.]+: L3 bit-exact to the reference evaluation \(fused\); dialect pytorch; .*, profile smoke, seed 20130, \d+ cases of which \d+ skipped$/,
    );
  });

  it("fails with the first line of the report and a card for each root cause", async () => {
    const { message } = await failureOf(suite(inside(), { replay: (test) => `again ${test}` }), "level");
    expect(message).toMatch(
      /^FAILED at L2 \(reached L0: speaks the protocol\) · planted · .*\n\nFinding 1 · other-dialect · .*\n/,
    );
    expect(message).not.toContain("Finding 2");
    expect(message).toMatch(/ {2}replay: again RMS-1\.2 {2}# /);
  });

  it("that was asked for counts: L2 is reached where L3 is not", async () => {
    const tests = (level: "L2" | "L3") => suite(bundledAdapter("fused"), { evaluation: "unfused", level });
    expect((await run(tests("L2"), "level")).claim).toContain(": L2 certified accuracy;");
    const { message } = await failureOf(tests("L3"), "level");
    expect(message).toMatch(/^FAILED at L3 \(reached L2: certified accuracy\)/);
  });

  it("is not reached by an implementation of which nothing is known", async () => {
    injected.properties = [];
    try {
      const nothing = suite(adapterOf(bundledFactory("fused"), []));
      const { message } = await failureOf(nothing, "level");
      expect(message).toMatch(/^INCONCLUSIVE: no case that was run decides anything · /);
    } finally {
      injected.properties = [...FEW];
    }
  });
});

describe("several dialects", () => {
  it("have tests of their own, which say so", async () => {
    const tests = suite(bundledAdapter("fused"), { dialect: ["pytorch", "keras"] });
    expect(tests).toHaveLength(2 * (CLAUSES.length + 2));
    expect(tests[0].title).toMatch(/^pytorch: RMS-1\.1 /);
    expect(tests.at(-1)?.title).toBe("keras: level");
    expect((await run(tests, "pytorch: RMS-9.3")).outcome).toBe("skipped");
    expect((await run(tests, "keras: RMS-9.3")).outcome).toBe("passed");
  });

  it("must be claimed", async () => {
    await expect(run(suite(inside(), { dialect: "keras" }), "RMS-1.1")).rejects.toThrow(
      "planted does not claim dialect keras; it claims pytorch",
    );
  });
});

describe("known failures", () => {
  const expectations = (cases: readonly string[]): string => {
    const file = join(folder, "known.yaml");
    const entry = `cases: [${cases.join(", ")}]\n    verdict: other-dialect\n    reason: it is so\n    issue: "#1"`;
    writeFileSync(file, `format: rmsprop-expectations/1\nexpectations:\n  - ${entry}\n`);
    return file;
  };
  const failing = [
    "plain-steps-are-accepted",
    "hidden-state-traces-are-accepted",
    "momentum-buffer-and-parameter-follow-the-form",
  ];

  it("do not fail their clauses, and the claim says them", async () => {
    const tests = suite(inside(), { expectations: expectations([...failing, "regression/sign-*"]) });
    expect(await run(tests, "RMS-1.3")).toEqual({
      outcome: "xfailed",
      reason: "known to fail: plain-steps-are-accepted",
    });
    expect((await run(tests, "level")).claim).toMatch(/with \d+ known failures/);
  });

  it("do not hide the others", async () => {
    const tests = suite(inside(), { expectations: expectations(failing.slice(1)) });
    expect((await run(tests, "RMS-1.4")).outcome).toBe("xfailed");
    expect((await failureOf(tests, "RMS-1.3")).message).toContain("plain-steps-are-accepted");
    expect((await failureOf(tests, "level")).message).toMatch(/^FAILED/);
  });

  it("that are fixed fail the level, with the place in the file", async () => {
    const file = expectations(["plain-steps-are-accepted"]);
    const tests = suite(bundledAdapter("fused"), { expectations: file });
    expect(await run(tests, "RMS-1.1")).toEqual({ outcome: "passed" });
    const { message } = await failureOf(tests, "level");
    expect(message).toContain(
      `  ${file}:3: plain-steps-are-accepted is expected to fail as other-dialect, but does not`,
    );
  });
});

describe("an implementation that cannot be reached", () => {
  it("fails every test with what is wrong", async () => {
    const gone: Adapter = {
      hello: () => Promise.reject(new AdapterUnavailable("no such program: x", "start")),
      run: () => Promise.reject(new Error("not started")),
      stop: async () => {},
    };
    const tests = suite(gone);
    for (const test of ["RMS-1.1", "determinism audit", "level"])
      await expect(run(tests, test)).rejects.toMatchObject({
        message: "no such program: x",
        stack: "AdapterUnavailable: no such program: x",
      });
  });

  it("keeps what was shown before", async () => {
    const honest = defectiveAdapter();
    let left = 100;
    const dying: Adapter = {
      hello: () => honest.hello(),
      stop: async () => {},
      run: async (programs) => {
        if (left-- <= 0) throw new AdapterUnavailable("it was restarted too often", "run");
        return honest.run(programs);
      },
    };
    const tests = suite(dying);
    expect(await run(tests, "RMS-1.3")).toEqual({ outcome: "passed" });
    left = 0;
    await expect(run(tests, "RMS-1.4")).rejects.toThrow("it was restarted too often");
    expect(await run(tests, "RMS-1.3")).toEqual({ outcome: "passed" });
  });
});

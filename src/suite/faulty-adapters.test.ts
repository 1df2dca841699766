import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { momentumProperties } from "../../properties/momentum.js";
import type { Property } from "../../properties/property.js";
import { recurrenceProperties } from "../../properties/recurrence.js";
import { specialValueProperties } from "../../properties/special-values.js";
import { type Adapter, AdapterUnavailable, type Outcome } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import {
  ChildProcessAdapter,
  type ChildProcessAdapterOptions,
} from "../adapter/child/child-process-adapter.js";
import type { Hello } from "../adapter/hello.js";
import type { Verdict } from "../judge/verdict.js";
import { BUNDLED_REGRESSIONS, packageRoot } from "../package-info.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import type { CaseResult } from "./case-result.js";
import { declarationFrom } from "./declared.js";
import { runGate } from "./gate.js";
import type { GateResult } from "./gate-result.js";
import { GoldenCopy } from "./golden/__test-helpers__/golden-copy.js";
import { differencesBetween } from "./golden/compare-observations.js";
import type { ReachedLevel } from "./level.js";
import { runSmoke, type SmokeOptions } from "./smoke/run-smoke.js";

/**
 * The adapters that each do one thing wrong, behind real processes, in gates of a part of all cases. Each must get the
 * verdict that its README promises where the fault shows, and no other case may lose its result.
 */

const injected = vi.hoisted(() => ({ properties: [] as readonly Property[] }));
vi.mock("../../properties/index.js", () => ({
  get PROPERTIES() {
    return injected.properties;
  },
}));

const chosen = (from: readonly Property[], ...ids: string[]) => from.filter(({ id }) => ids.includes(id));
/** Their gradients have no NaN. */
const CALM_PROPERTIES = [
  ...chosen(recurrenceProperties, "plain-steps-are-accepted", "hidden-state-traces-are-accepted"),
  ...chosen(momentumProperties, "momentum-buffer-and-parameter-follow-the-form"),
  ...chosen(specialValueProperties, "subnormal-parameters-are-kept"),
];
const NAN_PROPERTIES = [...CALM_PROPERTIES, ...chosen(specialValueProperties, "nan-gradient-gives-nan")];
const ALL_PROPERTIES = [...NAN_PROPERTIES, ...chosen(specialValueProperties, "any-bits-are-judged")];

type Options = Omit<ChildProcessAdapterOptions, "command">;
/** Whether a fault shows in a program. */
type Touches = (program: Program, correct: Outcome) => boolean;

interface Faulty {
  /** Cases of smoke that fail; the others pass. */
  readonly smoke?: readonly string[];
  readonly smokeTimeout?: number;
  readonly options?: Options;
  /** Where the fault shows: in such programs, or in those that are answered otherwise when they are run alone. */
  readonly touches: Touches | "other answers";
  readonly properties?: readonly Property[];
  /** The verdicts of the cases in which the fault shows, and of no others. */
  readonly verdicts: readonly Verdict[];
  /** What each of those cases says. */
  readonly says: RegExp;
  /** What one of the findings says, where cases alone do not say it. */
  readonly finding?: RegExp;
  /** How the determinism audit fails, if it does. */
  readonly audit?: { readonly verdict: Verdict; readonly says: RegExp };
  readonly reached: ReachedLevel;
}

const gradientHas =
  (test: (x: number) => boolean): Touches =>
  ({ operations }) =>
    operations.some(
      (operation) =>
        operation.op === "step" && operation.gradients.some((gradient) => gradient?.values.some(test)),
    );
const usesMomentum: Touches = ({ operations }) =>
  operations.some((operation) => {
    if (operation.op === "set") return (operation.hyperparameters.momentum ?? 0) > 0;
    return (
      operation.op === "init" && operation.groups.some((group) => (group.hyperparameters.momentum ?? 0) > 0)
    );
  });
const showsNaN: Touches = (_, correct) =>
  correct.status === "ok" &&
  correct.observations
    .flatMap(({ parameters }) => parameters.flatMap((entry) => Object.values(entry)))
    .some((slot) => typeof slot === "object" && slot.values.some(Number.isNaN));

const onNaN = (verdict: Verdict, says: RegExp): Faulty => ({
  touches: gradientHas(Number.isNaN),
  // Making programs small costs many processes: only two of these adapters get properties with NaN.
  properties: CALM_PROPERTIES,
  verdicts: [verdict],
  says,
  reached: "none",
});
const PASSED: Faulty = { touches: () => false, verdicts: [], says: /^$/, reached: "L3" };
const OUTSIDE = /is outside its acceptance set|not the bits of unfused/;

const FAULTY_ADAPTERS: Readonly<Record<string, Faulty>> = {
  hangs: {
    ...onNaN("timeout", /^the process did not answer within [\d.]+ s$/),
    properties: NAN_PROPERTIES,
    options: { runTimeout: 1500 },
  },
  "crashes-on-nan": {
    ...onNaN("crash", /^the process ended with status 134; stderr .*: Assertion failed: isfinite/),
    properties: ALL_PROPERTIES,
  },
  "exits-early": onNaN("crash", /^the process ended with status 0 without an answer$/),
  "killed-by-signal": onNaN("crash", /^the process was killed by SIGKILL$/),
  "prints-noise": {
    ...onNaN("protocol-error", /^a line is not JSON; the line is "DEBUG sign bit of a zero is set"$/),
    touches: gradientHas((x) => Object.is(x, -0)),
  },
  "wrong-id": onNaN("protocol-error", /^the answer to request \d+ has id \d+; the line is /),
  truncates: onNaN("protocol-error", /^a line is not JSON; the line is "\{/),
  "oversized-line": {
    ...onNaN("protocol-error", /^a line is longer than an answer may be; it begins " /),
    options: { lineLimit: 2 ** 22 },
  },
  "floods-stdout": {
    ...onNaN("protocol-error", /^a line is longer than an answer may be; it begins "x/),
    options: { lineLimit: 2 ** 22 },
  },
  "unknown-case": onNaN("protocol-error", /^results\[0\] is for case ".*-nan", which was not sent; /),
  "answers-twice": onNaN("protocol-error", /^an unexpected line, after all|^a request was answered twice; /),
  "nan-as-null": {
    ...onNaN("protocol-error", /^in an answer, results\[0\]\S*\.data: .*string.*array; the line is /),
    smoke: ["bit-patterns"],
    touches: showsNaN,
  },
  "reorders-replies": {
    ...PASSED,
    properties: CALM_PROPERTIES,
    audit: {
      verdict: "protocol-error",
      says: /^\d+ faults? w\w+ not reproduced in isolation; .*: results\[0\] is for case "\S+", but case "\S+" was sent in this place/,
    },
    reached: "none",
  },
  "dies-after-requests": {
    ...PASSED,
    properties: CALM_PROPERTIES,
    audit: {
      verdict: "crash",
      says: /^\d+ faults? w\w+ not reproduced in isolation; one of them: crash: the process ended with status 1; it was not reproduced when/,
    },
    reached: "none",
  },
  "declares-what-it-lacks": {
    touches: usesMomentum,
    verdicts: ["capability-mismatch"],
    says: /the implementation (answered that it )?does not support momentum/,
    reached: "none",
  },
  "offers-what-it-does-not-declare": {
    touches: usesMomentum,
    verdicts: ["capability-mismatch"],
    says: /^momentum is not declared, so "unsupported" is due, but the implementation ran a program/,
    reached: "none",
  },
  "claims-determinism": {
    ...PASSED,
    audit: {
      verdict: "nondeterministic",
      says: /^\d+ of \d+ programs were answered otherwise in another order and a fresh process; one of them: /,
    },
    reached: "L1",
  },
  "wrong-dialect": {
    touches: "other answers",
    verdicts: ["other-dialect"],
    says: OUTSIDE,
    finding: /^This is another dialect: epsilon is inside instead of outside\.$/,
    reached: "L0",
  },
  "one-ulp-off": {
    touches: "other answers",
    verdicts: ["inaccurate"],
    says: OUTSIDE,
    finding:
      /^The square_avg is right to about 23 bits of its change, which no declared rounding explains\.$/,
    reached: "L1",
  },
  "decimal-round-trip": {
    smoke: ["bit-patterns", "long-line", "zero-rate"],
    touches: "other answers",
    verdicts: ["inaccurate", "other-dialect", "differs", "contract-mismatch"],
    says: /is outside its acceptance set|changed without a step/,
    finding: /is right to about 8 bits of its change, which no declared rounding explains\.$/,
    reached: "L0",
  },
  "loses-negative-zero": {
    touches: "other answers",
    verdicts: ["special-mismatch"],
    // Formulas that leave the sign of a zero open seem to explain it.
    says: OUTSIDE,
    finding: /^The parameter is \+0 where every declared evaluation gives (finite or )?−0\.$/,
    reached: "L0",
  },
  "slow-start": PASSED,
  "floods-stderr": PASSED,
  "ignores-stop": { ...PASSED, smoke: ["stop", "end-of-input"], smokeTimeout: 1000 },
};

/** Those that have tests of their own below. */
const SHARED_STATE = {
  smoke: ["isolation-in-request", "isolation-between-requests"],
  verdicts: ["special-mismatch", "differs", "nondeterministic"],
} as const;
const HANGS_ALWAYS = { smoke: ["bit-patterns"], verdicts: ["timeout"] } as const;
const NOT_STARTED = { smoke: ["hello"], verdicts: [] } as const;

const goldens = new GoldenCopy("groups", "checkpoint", "matrix");
afterAll(() => goldens.remove());
beforeAll(() => {
  const manifest = JSON.parse(goldens.read("manifest.json"));
  for (const { path } of manifest.files) {
    if (!path.endsWith("/matrix.json")) continue;
    goldens.edit(path, (file) => {
      file.cases = file.cases.filter(({ id }: { id: string }) =>
        /^torch\/matrix\/(m0c1w0x0|m1c1w1x1)\/dyadic\/(normal|edge|cancelling)$/.test(id),
      );
    });
  }
  goldens.rehash();
});

const CORRECT = join(packageRoot(), "adapters", "javascript", "rmsprop-adapter.mjs");
const FAULTY = join(packageRoot(), "adapters", "faulty");
const faulty = (name: string) => join(FAULTY, `${name}.mjs`);

let commands = 0;
/** A command that no other process has: adapters do not look at their arguments. */
function commandOf(path: string): [string, ...string[]] {
  return [process.execPath, path, `test-${process.pid}-${++commands}`];
}

/** The command lines of all processes that have this argument. */
function processesWith(argument: string): string[] {
  const lines = existsSync("/proc/self/cmdline")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(commandLine)
    : execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.split(" ").includes(argument));
}

/** Empty for a zombie. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function gate(
  adapter: Adapter,
  hello: Hello,
  properties: readonly Property[],
  onCase?: (result: CaseResult) => void,
): Promise<GateResult> {
  injected.properties = properties;
  const declaration = declarationFrom(hello, {});
  return runGate({
    adapter,
    declaration,
    level: declaration.reference ? "L3" : "L2",
    profile: "smoke",
    seed: 20130,
    goldens: goldens.folder,
    regressions: BUNDLED_REGRESSIONS,
    ...(onCase && { onCase }),
  });
}

/** Use an adapter and end it. Nothing that was started may be left. */
async function using<T>(
  path: string,
  options: Options,
  use: (adapter: ChildProcessAdapter) => Promise<T>,
): Promise<T> {
  const command = commandOf(path);
  const adapter = new ChildProcessAdapter({ command, ...options });
  try {
    return await use(adapter);
  } finally {
    await adapter.stop();
    expect(processesWith(command[2])).toEqual([]);
  }
}

/** Cases that fail. After the first one nothing more is run, if so asked. */
async function failedInSmoke(
  name: string,
  options: Omit<SmokeOptions, "command">,
  firstOnly = false,
): Promise<string[]> {
  const command = commandOf(faulty(name));
  const controller = new AbortController();
  const { cases, passed } = await runSmoke({
    command,
    ...options,
    signal: controller.signal,
    onCase: ({ outcome }) => {
      if (firstOnly && outcome === "failed") controller.abort();
    },
  });
  expect(processesWith(command[2])).toEqual([]);
  const failed = cases.filter(({ outcome }) => outcome === "failed").map(({ id }) => id);
  expect(passed).toBe(failed.length === 0);
  return failed;
}

interface Sent {
  readonly program: Program;
  readonly outcome: Outcome;
}

/** What the correct adapter does in a gate: results, and what was sent for each case. */
interface CorrectRun {
  readonly results: readonly CaseResult[];
  readonly sent: ReadonlyMap<string, readonly Sent[]>;
}

const correctRuns = new Map<string, Promise<CorrectRun>>();

/** The run of the correct adapter when it says this of itself. */
function correctRun(hello: Hello, properties: readonly Property[]): Promise<CorrectRun> {
  const key = JSON.stringify([hello, properties.map(({ id }) => id)]);
  const run = correctRuns.get(key) ?? recordCorrectRun(hello, properties);
  correctRuns.set(key, run);
  return run;
}

function recordCorrectRun(hello: Hello, properties: readonly Property[]): Promise<CorrectRun> {
  return using(CORRECT, {}, async (child) => {
    const sent = new Map<string, readonly Sent[]>();
    let current: Sent[] = [];
    // Without lanes cases run one after the other: what was sent since the last one ended is sent for the next.
    const recorder: Adapter = {
      hello: async () => hello,
      run: async (programs, options) => {
        const outcomes = await child.run(programs, options);
        current.push(...programs.map((program, k) => ({ program, outcome: outcomes[k] })));
        return outcomes;
      },
      refresh: () => child.refresh(),
      stop: () => child.stop(),
    };
    const result = await gate(recorder, hello, properties, ({ id }) => {
      sent.set(id, current);
      current = [];
    });
    return { results: result.results, sent };
  });
}

/** The cases in which a fault shows, in order. */
async function touchedCases(
  { results, sent }: CorrectRun,
  touches: Faulty["touches"],
  adapter: Adapter,
): Promise<string[]> {
  const touched: string[] = [];
  for (const { id, kind } of results) {
    const programs = kind === "audit" ? [] : (sent.get(id) ?? []);
    if (touches !== "other answers") {
      if (programs.some(({ program, outcome }) => touches(program, outcome))) touched.push(id);
    } else if (kind !== "capability") {
      const answers = await adapter.run(programs.map(({ program }) => program));
      if (programs.some(({ outcome }, k) => isOther(outcome, answers[k]))) touched.push(id);
    }
  }
  return touched;
}

function isOther(correct: Outcome, answer: Outcome): boolean {
  if (correct.status !== "ok" || answer.status !== "ok") return correct.status !== answer.status;
  return !differencesBetween(correct.observations, answer.observations).next().done;
}

/** What must be the same. How many programs the audit runs depends on how many were answered. */
function comparable({ id, kind, verdict, reason, runs, tally, multiStep }: CaseResult) {
  return { id, verdict, reason, tally, multiStep, ...(kind !== "audit" && { runs }) };
}

const isAudit = ({ kind }: CaseResult) => kind === "audit";

describe.each(Object.entries(FAULTY_ADAPTERS))("%s", (name, expected) => {
  const { smoke = [], smokeTimeout, options = {}, properties = ALL_PROPERTIES } = expected;

  // Smoke starts four processes, which takes this one twelve seconds.
  if (name !== "slow-start") {
    it(smoke.length === 0 ? "passes smoke" : `fails in smoke: ${smoke.join(", ")}`, async () => {
      expect(await failedInSmoke(name, { ...(smokeTimeout && { runTimeout: smokeTimeout }) })).toEqual(smoke);
    });
  }

  it("gets its verdict in a gate, and costs no other case its result", async () => {
    await using(faulty(name), options, async (adapter) => {
      const hello = await adapter.hello();
      const correct = await correctRun(hello, properties);
      const touched = await touchedCases(correct, expected.touches, adapter);
      const result = await gate(adapter, hello, properties);

      const failed = result.results.filter((one) => one.failure && !isAudit(one));
      expect(failed.map(({ id }) => id)).toEqual(touched);
      const verdicts = new Set(failed.map(({ verdict }) => verdict));
      expect(verdicts).toEqual(new Set(expected.verdicts));
      for (const { failure } of failed) expect(failure?.message).toMatch(expected.says);

      const sentences = result.findings.map(({ diagnosis }) => diagnosis.sentence);
      if (expected.finding) expect(sentences).toContainEqual(expect.stringMatching(expected.finding));

      const audit = result.results.find(isAudit);
      expect(audit?.verdict).toBe(expected.audit?.verdict ?? "certified");
      if (expected.audit) expect(audit?.failure?.message).toMatch(expected.audit.says);
      const notReproduced = expected.audit && expected.audit.verdict !== "nondeterministic";
      expect(result.unexplained.length > 0).toBe(notReproduced ?? false);

      // How much of the judge's work is checked depends on what there was to judge.
      const untouched = (one: CaseResult) =>
        one.kind !== "self-check" &&
        !touched.includes(one.id) &&
        !(expected.audit !== undefined && isAudit(one));
      expect(result.results.filter(untouched).map(comparable)).toEqual(
        correct.results.filter(untouched).map(comparable),
      );
      expect(result).toMatchObject({
        complete: true,
        planned: correct.results.length,
        reached: expected.reached,
        conforms: expected.reached === "L3",
      });
    });
  });
});

describe("shared-state", () => {
  it(`fails in smoke: ${SHARED_STATE.smoke.join(", ")}`, async () => {
    expect(await failedInSmoke("shared-state", {})).toEqual(SHARED_STATE.smoke);
  });

  it("gives other results than alone, and is not deterministic", async () => {
    await using(faulty("shared-state"), {}, async (child) => {
      const hello = await child.hello();
      const correct = await correctRun(hello, ALL_PROPERTIES);
      // Without lanes, so that what ran before a program is always the same.
      const adapter: Adapter = {
        hello: async () => hello,
        run: (programs, options) => child.run(programs, options),
        refresh: () => child.refresh(),
        stop: () => child.stop(),
      };
      const result = await gate(adapter, hello, ALL_PROPERTIES);
      const verdicts = result.results.flatMap(({ failure, verdict }) => (failure ? [verdict] : []));
      expect(new Set(verdicts)).toEqual(new Set(SHARED_STATE.verdicts));
      expect(result.results.find(isAudit)?.verdict).toBe("nondeterministic");
      expect(result).toMatchObject({ complete: true, reached: "L0", conforms: false });
      // Of these answers only the kind is looked at.
      const looseCases = ({ kind }: CaseResult) => kind === "capability";
      expect(result.results.filter(looseCases).map(comparable)).toEqual(
        correct.results.filter(looseCases).map(comparable),
      );
    });
  });
});

describe("hangs-always", () => {
  it("fails in smoke from the first program on", async () => {
    expect(await failedInSmoke("hangs-always", { runTimeout: 500 }, true)).toEqual(HANGS_ALWAYS.smoke);
  });

  it("is given up, and says so", async () => {
    await using(
      faulty("hangs-always"),
      { runTimeout: 500, helloTimeout: 5000, restarts: 2 },
      async (adapter) => {
        const result = await gate(adapter, await adapter.hello(), CALM_PROPERTIES);
        expect(result).toMatchObject({ complete: false, conforms: false });
        expect(result.stopped).toBe(
          "gave up on the adapter after 4 restarts; the last fault: the process did not answer within 0.5 s",
        );
        const requested = result.results.filter(
          ({ kind, verdict }) => kind !== "self-check" && verdict !== "skipped",
        );
        expect(new Set(requested.map(({ verdict }) => verdict))).toEqual(new Set(HANGS_ALWAYS.verdicts));
        expect(result.results.length).toBeLessThan(result.planned);
      },
    );
  });
});

describe.each([
  ["hangs-at-start", /does it flush .*: the process did not answer within 0\.5 s$/, { helloTimeout: 500 }],
  ["prints-noise-at-start", /: a line is not JSON; the line is "RMSprop ready, using 1 thread"$/, {}],
])("%s", (name, says, options) => {
  it("fails in smoke: hello", async () => {
    expect(await failedInSmoke(name, options)).toEqual(NOT_STARTED.smoke);
  });

  it("cannot be started", async () => {
    const anyHello = await bundledAdapter("unfused").hello();
    await using(faulty(name), options, async (adapter) => {
      const error = await gate(adapter, anyHello, CALM_PROPERTIES).catch((reason) => reason);
      expect(error).toBeInstanceOf(AdapterUnavailable);
      expect(error.phase).toBe("start");
      expect(error.message).toMatch(says);
    });
  });
});

describe("256 programs in one run, one of which ends the process", () => {
  const program = (gradient: number): Program => ({
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1])] }] },
      { op: "step", gradients: [vector([gradient])] },
      { op: "observe", slots: ["parameter", "square_avg"] },
    ],
  });

  it("costs none of the 255 others its result, and at most ten restarts", async ({ annotate }) => {
    const culprit = 170;
    const programs = Array.from({ length: 256 }, (_, k) => program(k === culprit ? Number.NaN : k / 8));
    await using(faulty("killed-by-signal"), {}, async (adapter) => {
      const outcomes = await adapter.run(programs);
      const correct: readonly Outcome[] = await bundledAdapter("unfused").run(programs);
      const others = programs.map((_, k) => k).filter((k) => k !== culprit);
      for (const k of others) expect(isOther(correct[k], outcomes[k]), `program ${k}`).toBe(false);
      expect(outcomes[culprit]).toMatchObject({ status: "fault", verdict: "crash" });
      expect(adapter.unexplained).toEqual([]);
      expect(adapter.restarts).toBeLessThanOrEqual(10);
      await annotate(`restarts: ${adapter.restarts}`);
    });
  });
});

describe("these tests", () => {
  it("see a process that is left", async () => {
    const command = commandOf(CORRECT);
    const adapter = new ChildProcessAdapter({ command });
    try {
      await adapter.hello();
      expect(processesWith(command[2])).toHaveLength(1);
    } finally {
      await adapter.stop();
    }
    expect(processesWith(command[2])).toEqual([]);
  });

  it("expect what the README of the faulty adapters says", () => {
    const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
    const rows = readFileSync(join(FAULTY, "README.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| ["))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const promised = rows.map(([, adapter, , smoke, gateSays]) => [
      adapter.replace(/^\[(.*)\].*$/, "$1"),
      { smoke: quoted(smoke), verdicts: quoted(gateSays).sort() },
    ]);
    const special = {
      "shared-state": SHARED_STATE,
      "hangs-always": HANGS_ALWAYS,
      "hangs-at-start": NOT_STARTED,
      "prints-noise-at-start": NOT_STARTED,
    };
    const tested = Object.entries({ ...FAULTY_ADAPTERS, ...special }).map(([name, expected]) => {
      const { smoke = [], verdicts, audit } = expected as Partial<Faulty> & Pick<Faulty, "verdicts">;
      return [name, { smoke, verdicts: [...verdicts, ...(audit ? [audit.verdict] : [])].sort() }];
    });
    expect(Object.fromEntries(promised)).toEqual(Object.fromEntries(tested));
  });
});

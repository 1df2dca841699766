import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packageRoot, packageVersion } from "../../src/package-info.js";

// What can be seen of ci/ without running it. `node scripts/ci/try-ci.mjs` runs it.

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const read = (path: string) => readFileSync(join(packageRoot(), path), "utf8");
const { KNOWN_ACTIONS, OWN_ACTION } = (await import(new URL("github-steps.mjs", import.meta.url).href)) as {
  KNOWN_ACTIONS: Readonly<Record<string, unknown>>;
  OWN_ACTION: RegExp;
};
const { workflowCommands } = (await import(new URL("workflow-log.mjs", import.meta.url).href)) as {
  workflowCommands(log: string): object[];
};
const actionText = read("ci/github/action.yml");
const action = parse(actionText) as Action;
const workflows = readdirSync(join(packageRoot(), "ci/github/examples")).map((name) => {
  const path = `ci/github/examples/${name}`;
  return { path, workflow: parse(read(path)) as Workflow };
});
const stepsOf = {
  "ci/github/action.yml": action.runs.steps,
  ...Object.fromEntries(
    workflows.map(({ path, workflow }) => [path, Object.values(workflow.jobs).flatMap(({ steps }) => steps)]),
  ),
};
const page = read("docs/ci.md");

describe.each(Object.entries(stepsOf))("%s", (_, steps) => {
  it("uses known actions alone, each pinned to a version", () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((one) => !(one in KNOWN_ACTIONS) && !OWN_ACTION.test(one))).toEqual([]);
  });

  it("has no expression in a script: what stands in an input is no code", () => {
    expect(steps.filter(({ run = "" }) => /\$\{\{/.test(run))).toEqual([]);
  });

  it("calls the suite's own action by the present version", () => {
    for (const { uses = "" } of steps) {
      const [, version] = OWN_ACTION.exec(uses) ?? [];
      if (version !== undefined) expect(version).toBe(packageVersion());
    }
  });
});

describe("the action", () => {
  it("installs the version of the suite that it belongs to", () => {
    expect(action.inputs.version.default).toBe(packageVersion());
  });

  it("uses every input that it has, and has every input that it uses", () => {
    const used = [...actionText.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it("reads in its scripts every variable that it gives them, and no other of its own", () => {
    const given = [...actionText.matchAll(/^ {8}(GATE_\w+):/gm)].map(([, name]) => name);
    const scripts = readdirSync(join(packageRoot(), "ci/github/steps")).map((name) =>
      read(`ci/github/steps/${name}`),
    );
    const used = scripts.flatMap((text) => [...text.matchAll(/\$\{?(GATE_\w+)/g)].map(([, name]) => name));
    expect([...new Set(used)].sort()).toEqual([...new Set(given)].sort());
  });

  it("has outputs of steps that it has", () => {
    const ids = action.runs.steps.flatMap(({ id }) => id ?? []);
    const named = [...actionText.matchAll(/\bsteps\.([\w-]+)\./g)].map(([, id]) => id);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("is described in docs/ci.md: each input in a row, each output by name", () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);
    expect(rows.slice(0, Object.keys(action.inputs).length)).toEqual(Object.keys(action.inputs));
    const outputs = /Later steps have the outputs([\s\S]*?)\n\n/.exec(page)?.[1] ?? "";
    expect(Object.keys(action.outputs).filter((name) => !outputs.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("GitLab", () => {
  const template = parse(read("ci/gitlab/rmsprop-conformance.gitlab-ci.yml")) as {
    readonly variables: Readonly<Record<string, string>>;
  };

  it("installs the present version of the suite", () => {
    expect(template.variables.RMSPROP_VERSION).toBe(packageVersion());
    expect(read("ci/gitlab/example.gitlab-ci.yml")).toContain(`/v${packageVersion()}/ci/gitlab/`);
  });

  it("has variables that docs/ci.md names, and the other way round", () => {
    const named = [...page.matchAll(/\bRMSPROP_[A-Z]+/g)].map(([name]) => name);
    expect([...new Set(named)].sort()).toEqual(Object.keys(template.variables).sort());
  });
});

describe("the step that judges", () => {
  const displayed = "::error title=planted::planted\n##[error]planted\n";
  let temp: string;
  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), "judge-step-"));
  });
  afterEach(() => rmSync(temp, { recursive: true }));

  /** What it prints, and the words that the suite is started with, where the suite only prints. */
  function judged(given: Readonly<Record<string, string>>): { log: string; words: string[] } {
    const suite = join(temp, "rmsprop-conformance/node_modules/rmsprop-conformance/scripts");
    mkdirSync(suite, { recursive: true });
    writeFileSync(
      join(suite, "rmsprop-conformance.mjs"),
      `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(join(temp, "words"))}, JSON.stringify(process.argv.slice(2)));
process.stdout.write(${JSON.stringify(displayed)});\n`,
    );
    const names = [...read("ci/github/steps/judge.sh").matchAll(/\bGATE_\w+/g)].map(([name]) => [name, ""]);
    const log = spawnSync("bash", [join(packageRoot(), "ci/github/steps/judge.sh")], {
      cwd: temp,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: join(temp, "output"),
        ...Object.fromEntries(names),
        GATE_FAIL_ON: "failure",
        ...given,
      },
    }).stdout;
    return { log, words: JSON.parse(readFileSync(join(temp, "words"), "utf8")) as string[] };
  }

  it("shields the runner from what the suite shows", () => {
    const { log } = judged({ GATE_ADAPTER: "adapter" });
    expect(log).toContain(displayed);
    expect(workflowCommands(log)).toEqual([]);
    expect(workflowCommands(displayed)).toHaveLength(2);
  });

  it.each([
    ["python3 adapter.py", ["python3", "adapter.py"]],
    [" a\n  b\tc ", ["a", "b", "c"]],
    [`a "b c" 'd "e"' f\\ g "" --h`, ["a", "b c", 'd "e"', "f g", "", "--h"]],
    ["$(id) `id` $HOME * ; & | > x", ["$(id)", "`id`", "$HOME", "*", ";", "&", "|", ">", "x"]],
    ["bash -c 'cd x && exec ./y'", ["bash", "-c", "cd x && exec ./y"]],
  ])("splits as a shell does, and expands nothing: %s", (adapter, expected) => {
    const { words } = judged({ GATE_ADAPTER: adapter });
    expect(words.slice(words.indexOf("--") + 1)).toEqual(expected);
  });

  it("gives each option its value, whatever it begins with, and none that is empty", () => {
    const { words } = judged({
      GATE_ADAPTER: "adapter",
      GATE_SEED: "-1",
      GATE_LEVEL: "L2",
      GATE_REPORTERS: " html, github ,junit",
      GATE_OPTIONS: "--only 'torch/*'",
    });
    const folder = words.find((word) => word.startsWith("--report-dir=")) ?? "";
    expect(words).toEqual([
      "gate",
      "--level=L2",
      "--seed=-1",
      "--reporter=html,junit",
      "--only",
      "torch/*",
      folder,
      "--",
      "adapter",
    ]);
  });

  it("finds the shards of a folder at any depth, in order", () => {
    for (const name of ["b c", "a/deep", "d"]) mkdirSync(join(temp, "shards", name), { recursive: true });
    for (const name of ["b c", "a/deep"]) writeFileSync(join(temp, "shards", name, "report.jsonl"), "");
    const { words } = judged({ GATE_MERGE: "shards", GATE_EXPECTATIONS: "known.yaml" });
    const shard = (name: string) => join(realpathSync(temp), "shards", name, "report.jsonl");
    expect(words.slice(0, 4)).toEqual(["report", "merge", shard("a/deep"), shard("b c")]);
    expect(words).toContain("--expect=known.yaml");
  });
});

/** Exit status of the last step, for what the gate's was. */
function concluded(failOn: string, status: number, changed = ""): number | null {
  return spawnSync("bash", [join(packageRoot(), "ci/github/steps/conclude.sh")], {
    env: {
      PATH: process.env.PATH,
      GATE_FAIL_ON: failOn,
      GATE_STATUS: String(status),
      GATE_CHANGED: changed,
    },
  }).status;
}

describe("fail-on", () => {
  const statuses = [0, 1, 2, 3, 4, 5];

  it.each([
    ["failure", "", statuses],
    ["failure", "worse", statuses],
    ["worse", "", statuses],
    ["worse", "not-worse", statuses],
    ["worse", "worse", [1, 1, 2, 3, 4, 5]],
    ["broken-run", "worse", [0, 0, 2, 3, 4, 5]],
    ["never", "worse", [0, 0, 0, 0, 0, 0]],
    ["sometimes", "", [2, 2, 2, 3, 4, 5]],
  ])("%s, %s", (failOn, changed, expected) => {
    expect(statuses.map((status) => concluded(failOn, status, changed))).toEqual(expected);
  });
});

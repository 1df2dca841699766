// Carries out what ci/ gives to users: the GitHub Action and its example workflows step by step, and the GitLab jobs, with
// the packed package and real adapters. Needs dist/. `--keep` leaves the folder of the machines there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { useOwnAction } from "./github-steps.mjs";
import { carryOutWorkflow, machine } from "./github-workflow.mjs";
import { carryOutPipeline } from "./gitlab-pipeline.mjs";
import { Storage } from "./storage.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rmsprop-ci-"));
const action = join(root, "ci/github");
const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
const FILES = ["badge.json", "junit.xml", "report.html", "report.jsonl", "summary.md"];
/** A clause of few cases that are quickly run, and that an implementation with epsilon inside the root fails. */
const QUICK = "--only RMS-1.4";

const readYaml = (path) => parse(readFileSync(join(root, path), "utf8"), { merge: true });
const bundled = join(root, "adapters/node/bundled.mjs");
const wrongDialect = join(root, "adapters/faulty/wrong-dialect.mjs");
let checks = 0;

function check(title, carryOut) {
  const began = performance.now();
  let job;
  try {
    carryOut((one) => {
      job = one;
      return one;
    });
  } catch (error) {
    console.error(`FAILED  ${title}\n${job?.log ?? ""}`);
    throw error;
  }
  checks++;
  console.log(`ok  ${title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

/** A repository with an adapter in it, as users have them. */
function repository(name, adapter) {
  const path = join(folder, name);
  mkdirSync(path);
  const launch = `import os\nos.execvp("node", ["node", ${JSON.stringify(adapter)}])\n`;
  writeFileSync(join(path, "adapter.py"), launch);
  writeFileSync(join(path, "expectations.yaml"), "format: rmsprop-expectations/1\nexpectations: []\n");
  writeFileSync(join(path, "package.json"), '{ "name": "somebody-elses" }\n');
  return path;
}

/** An adapter that tries to speak to the runner through everything that is shown of it. */
function hostileAdapter() {
  const path = join(folder, "hostile.mjs");
  const base = join(root, "adapters/javascript/rmsprop-adapter.mjs");
  writeFileSync(
    path,
    `import { answer, HELLO, RMSprop, serve } from ${JSON.stringify(base)};
const text = "\\r\\n::error title=planted::planted\\n##[error]planted\\u2028::warning::planted";
const implementation = { name: text, version: text, language: text };
class Broken extends RMSprop {
  denominator(variance, eps) { return Math.fround(Math.sqrt(Math.fround(variance + eps))); }
}
console.error(text);
await serve((request) => answer(request, { ...HELLO, implementation }, Broken));
`,
  );
  return path;
}

try {
  const packed = spawnSync(
    "npm",
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder, root],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  assert.equal(packed.status, 0, packed.stderr);
  const tarball = join(folder, packed.stdout.trim());

  const conforming = repository("conforming", bundled);
  const failing = repository("failing", wrongDialect);
  const storage = new Storage(join(folder, "storage"));
  const lastReport = join(folder, "last-report");
  const setting = { folder, checkout: conforming, storage, action, event: "push", run: 1 };

  const pullRequest = readYaml("ci/github/examples/pull-request.yml");
  const runPullRequest = (given) => {
    storage.nextRun();
    const { conformance } = carryOutWorkflow(pullRequest, { ...setting, ...given });
    return { ...conformance.runs[0], result: conformance.result };
  };

  check("push: a conforming implementation, from the packed package", (watch) => {
    const { job, result } = runPullRequest({ trial: { version: `file:${tarball}`, profile: "smoke" } });
    watch(job);
    assert.equal(result, "success");
    const [report] = storage.artifacts("rmsprop-report").values();
    assert.deepEqual(readdirSync(report).sort(), FILES);
    const footer = lastLine(join(report, "report.jsonl"));
    assert.equal(footer.reached, "L3");
    assert.equal(JSON.parse(readFileSync(join(report, "badge.json"), "utf8")).schemaVersion, 1);
    assert.ok(job.summary.includes(readFileSync(join(report, "summary.md"), "utf8")));
    assert.deepEqual([...new Set(job.commands.map(({ name }) => name))], ["notice"]);
    assert.match(job.log, /^PASSED at L3/m);
    assert.deepEqual(readdirSync(job.workspace).sort(), readdirSync(conforming).sort());
    assert.equal(
      readFileSync(join(job.workspace, "package.json"), "utf8"),
      readFileSync(join(conforming, "package.json"), "utf8"),
    );
    // From now on the suite comes out of the cache, as it does for a published version.
    storage.save(`rmsprop-conformance-${version}-Linux-X64`, join(job.temp, "rmsprop-conformance"));
  });

  const quick = { version, profile: "smoke", options: QUICK };
  check("push: a report to compare with", (watch) => {
    const { job, result } = runPullRequest({ run: 2, trial: quick });
    watch(job);
    assert.equal(result, "success");
    assert.match(job.summary, /Since the last report/);
  });

  check("pull request: another dialect", (watch) => {
    const { job, result, status } = runPullRequest({
      run: 3,
      event: "pull_request",
      checkout: failing,
      trial: quick,
    });
    watch(job);
    assert.equal(result, "failure");
    assert.equal(status, 1);
    const errors = job.commands.filter(({ name }) => name === "error");
    assert.ok(errors.some(({ text }) => text.includes("epsilon is inside instead of outside")));
    assert.match(job.summary, /epsilon is inside instead of outside/);
    assert.match(job.summary, /Since the last report/);
    const [report] = storage.artifacts("rmsprop-report").values();
    assert.equal(lastLine(join(report, "report.jsonl")).outcome, "failed");
    assert.ok(existsSync(join(report, "finding-1.json")));
    assert.match(readFileSync(join(report, "junit.xml"), "utf8"), /<failure/);
    // What a pull request shows is no measure for the next one.
    const kept = storage.restore("", ["rmsprop-last-report/rmsprop-report/"], lastReport);
    assert.equal(kept, "rmsprop-last-report/rmsprop-report/2/1");
  });

  /** The action alone, on a machine that has the suite. */
  const use = (watch, inputs, checkout = conforming) => {
    storage.nextRun();
    const job = watch(machine({ ...setting, checkout, trial: quick, event: "push", run: 4 }));
    cpSync(checkout, job.workspace, { recursive: true });
    return { ...useOwnAction(inputs, job), job };
  };

  check("outputs, and a command line with quotes", (watch) => {
    const spaced = join(folder, "two words.mjs");
    writeFileSync(
      spaced,
      `process.argv[2] === "a  'b" || process.exit(9);\nprocess.argv.length = 2;\nawait import(${JSON.stringify(bundled)});\n`,
    );
    const { outputs, status } = use(watch, { adapter: `node "${spaced}"\n  "a  'b"` });
    assert.equal(status, 0);
    assert.equal(outputs.outcome, "passed");
    assert.equal(outputs.status, "0");
    assert.match(outputs.level, /^L[23]$/);
    assert.equal(outputs.changed, "");
    assert.equal(outputs.report, join(outputs["report-dir"], "report.jsonl"));
    assert.equal(lastLine(outputs.report).reached, outputs.level);
  });

  check("fail-on: broken-run reports a failure and does not fail", (watch) => {
    const inputs = { adapter: "python3 adapter.py", "fail-on": "broken-run", artifact: "" };
    const { outputs, status } = use(watch, inputs, failing);
    assert.equal(status, 0);
    assert.equal(outputs.outcome, "failed");
    assert.equal(outputs.status, "1");
    assert.equal(storage.artifacts("*").size, 0);
  });

  check("nothing that an implementation says is obeyed by the runner", (watch) => {
    const { job, outputs, status } = use(watch, { adapter: `node ${hostileAdapter()}` });
    assert.equal(status, 1);
    assert.equal(outputs.outcome, "failed");
    const planted = ({ properties, text }) => /planted/.test(properties) || text.startsWith("planted");
    assert.deepEqual(job.commands.filter(planted), []);
    assert.match(job.summary, /planted/);
  });

  const refused = {
    "no adapter": [{ adapter: " \n" }, /The input adapter is empty/],
    "a quote that is not closed": [{ adapter: "python3 'adapter.py" }, /a quote that is not closed/],
    "a level that does not exist": [{ adapter: "python3 adapter.py", level: "L9" }, /L9/],
    "a value that looks like an option": [
      { adapter: "python3 adapter.py", seed: "--no-smoke" },
      /--no-smoke/,
    ],
    "an unknown reporter": [{ adapter: "python3 adapter.py", reporters: "html,pdf" }, /pdf/],
    "an unknown fail-on": [{ adapter: "python3 adapter.py", "fail-on": "sometimes" }, /fail-on must be/],
    "a missing file of expectations": [
      { adapter: "python3 adapter.py", expectations: "gone.yaml" },
      /gone\.yaml/,
    ],
    "merge with an adapter": [{ adapter: "python3 adapter.py", merge: "." }, /takes working-directory/],
    "merge of a folder that is not there": [{ merge: "gone" }, /names no folder/],
    "merge of an empty folder": [{ merge: "." }, /holds no report\.jsonl/],
  };
  for (const [title, [inputs, message]] of Object.entries(refused)) {
    check(`refused: ${title}`, (watch) => {
      const { job, outputs, status } = use(watch, inputs);
      assert.equal(status, 2);
      assert.equal(outputs.outcome, "bad-input");
      assert.equal(outputs.level, "");
      assert.match(job.log, message);
      assert.match(job.summary, /there is no report/);
      assert.ok(job.commands.some(({ name }) => name === "error"));
    });
  }

  check("an adapter that does not start", (watch) => {
    const { outputs, status } = use(watch, { adapter: "./gone" });
    assert.equal(status, 3);
    assert.equal(outputs.outcome, "adapter-fails");
  });

  check("an input is no code", (watch) => {
    const code = "$(touch planted) `touch planted` ; touch planted | touch planted";
    for (const name of [
      "adapter",
      "level",
      "seed",
      "expectations",
      "reporters",
      "options",
      "fail-on",
      "merge",
    ]) {
      const { job, status } = use(watch, { adapter: name === "merge" ? "" : "./gone", [name]: code });
      assert.notEqual(status, 0, name);
      assert.ok(!existsSync(join(job.workspace, "planted")), name);
    }
  });

  check("a version that is not exact is not installed", (watch) => {
    for (const range of ["latest", "^0.1.0", "0.1.0 --prefix=/tmp", "0.1.0\nlatest"]) {
      storage.nextRun();
      const job = watch(
        machine({ ...setting, trial: { version: range, profile: "smoke" }, event: "push", run: 5 }),
      );
      const { status } = useOwnAction({ adapter: "python3 adapter.py" }, job);
      assert.equal(status, 2, range);
      assert.match(job.log, /must be one exact version/);
    }
  });

  check("nightly: three shards, merged, compared and published", (watch) => {
    storage.nextRun();
    // As if there had been a night before.
    storage.save("rmsprop-last-report/rmsprop-nightly/5/1", lastReport);
    const trial = { version, profile: "smoke", options: "--only torch/training/*" };
    const nightly = readYaml("ci/github/examples/nightly.yml");
    const jobs = carryOutWorkflow(nightly, { ...setting, event: "schedule", run: 6, trial });
    for (const { runs } of Object.values(jobs)) for (const { job } of runs) watch(job);
    assert.deepEqual(
      Object.entries(jobs).map(([name, { result }]) => [name, result]),
      [
        ["shard", "success"],
        ["report", "success"],
        ["publish", "success"],
      ],
    );
    assert.equal(jobs.shard.runs.length, 3);
    const [report] = storage.artifacts("rmsprop-nightly").values();
    const shards = [...storage.artifacts("rmsprop-shard-*").values()];
    const cases = shards.map((shard) => lastLine(join(shard, "report.jsonl")).cases);
    const whole = lastLine(join(report, "report.jsonl"));
    assert.equal(whole.outcome, "passed");
    assert.ok(Math.max(...cases) < whole.cases);
    const [published] = storage.artifacts("github-pages").values();
    assert.deepEqual(readdirSync(published).sort(), FILES);
    assert.match(jobs.report.runs[0].job.summary, /Since the last report/);
    const kept = storage.restore("", ["rmsprop-last-report/rmsprop-nightly/"], join(folder, "last-night"));
    assert.equal(kept, "rmsprop-last-report/rmsprop-nightly/6/1");
  });

  // GitLab: the same adapters behind the job template.
  const gitlab = readYaml("ci/gitlab/rmsprop-conformance.gitlab-ci.yml");
  const pipeline = (source, checkout, project) =>
    carryOutPipeline(gitlab, {
      folder,
      checkout,
      storage,
      predefined: { CI_PIPELINE_SOURCE: source, CI_DEFAULT_BRANCH: "main", CI_COMMIT_BRANCH: "main" },
      project: {
        RMSPROP_ADAPTER: "python3 'adapter.py'",
        RMSPROP_VERSION: `file:${tarball}`,
        RMSPROP_PROFILE: "smoke",
        ...project,
      },
    });

  check("GitLab: a merge request", (watch) => {
    const project = { RMSPROP_OPTIONS: QUICK, RMSPROP_EXPECTATIONS: "expectations.yaml" };
    const { "rmsprop-conformance": jobs, ...others } = pipeline("merge_request_event", conforming, project);
    assert.deepEqual(Object.keys(others), []);
    const [job] = jobs;
    watch(job);
    assert.equal(job.status, 0);
    assert.deepEqual(readdirSync(join(job.workspace, "rmsprop-report")).sort(), FILES);
  });

  check("GitLab: another dialect", (watch) => {
    const [job] = pipeline("push", failing, { RMSPROP_OPTIONS: QUICK })["rmsprop-conformance"];
    watch(job);
    assert.equal(job.status, 1);
    assert.match(readFileSync(join(job.workspace, "rmsprop-report/junit.xml"), "utf8"), /<failure/);
  });

  check("GitLab: no adapter", (watch) => {
    const [job] = pipeline("merge_request_event", conforming, { RMSPROP_ADAPTER: "" })["rmsprop-conformance"];
    watch(job);
    assert.equal(job.status, 2);
    assert.match(job.log, /RMSPROP_ADAPTER is empty/);
  });

  check("GitLab: nightly in three shards", (watch) => {
    storage.save("rmsprop-last-report", lastReport);
    const jobs = pipeline("schedule", conforming, { RMSPROP_OPTIONS: "--only torch/training/*" });
    assert.deepEqual(Object.keys(jobs), ["rmsprop-nightly", "rmsprop-nightly-report"]);
    assert.equal(jobs["rmsprop-nightly"].length, 3);
    for (const job of jobs["rmsprop-nightly"]) assert.equal(watch(job).status, 0);
    const [report] = jobs["rmsprop-nightly-report"];
    watch(report);
    assert.equal(report.status, 0);
    assert.deepEqual(readdirSync(join(report.workspace, "rmsprop-report")).sort(), FILES);
    assert.match(report.log, /^NOT WORSE/m);
    const kept = readFileSync(join(report.workspace, "rmsprop-last-report/report.jsonl"), "utf8");
    assert.equal(kept, readFileSync(join(report.workspace, "rmsprop-report/report.jsonl"), "utf8"));
  });
  console.log(`${checks} checks of ci/ passed`);
} finally {
  if (process.argv.includes("--keep")) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

function lastLine(path) {
  return JSON.parse(readFileSync(path, "utf8").trimEnd().split("\n").at(-1));
}

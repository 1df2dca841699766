// Carries out steps of GitHub Actions on this machine: `run` steps with bash, as a runner does, and of the actions those
// that are known here. The suite's own action is carried out step by step.
import { spawnSync } from "node:child_process";
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { filled, holds } from "./expression.mjs";
import { assignments, workflowCommands } from "./workflow-log.mjs";

/**
 * What is not as users have it: the version of the suite, how much is generated, and further options unless some are
 * given.
 * @typedef {{version: string, profile: string, options?: string}} Trial
 */

/**
 * A job on its machine.
 * @typedef {object} Job
 * @property {string} workspace
 * @property {string} temp its $RUNNER_TEMP
 * @property {string} checkout what actions/checkout brings
 * @property {import("./storage.mjs").Storage} storage
 * @property {Record<string, string>} github the context `github`
 * @property {string} action folder of the suite's own action
 * @property {Trial} trial
 * @property {string} summary what was written to $GITHUB_STEP_SUMMARY
 * @property {{name: string, properties: string, text: string}[]} commands workflow commands that were obeyed
 * @property {string} log
 */

/** Actions of others that ci/ may use, each pinned to a major version, and what they do here. */
export const KNOWN_ACTIONS = {
  "actions/checkout@v5": (_, job) => {
    cpSync(job.checkout, job.workspace, { recursive: true });
    return {};
  },
  "actions/setup-node@v6": (inputs) => {
    if (!/^\d+(\.\d+)*$/.test(inputs["node-version"])) throw new Error("setup-node needs a version");
    return {};
  },
  "actions/cache/restore@v5": ({ key, path, "restore-keys": others = "" }, { storage }) => {
    const found = storage.restore(key, others.split("\n").filter(Boolean), path);
    return {
      "cache-hit": found === undefined ? "" : String(found === key),
      "cache-matched-key": found ?? "",
    };
  },
  "actions/cache/save@v5": ({ key, path }, { storage }) => {
    storage.save(key, path);
    return {};
  },
  "actions/upload-artifact@v6": ({ name, path }, { storage, workspace }) => {
    storage.upload(name, resolve(workspace, path));
    return {};
  },
  "actions/download-artifact@v7": ({ name, pattern, path }, { storage, workspace }) => {
    const found = storage.artifacts(name ?? pattern);
    if (name !== undefined && found.size === 0) throw new Error(`there is no artifact called ${name}`);
    for (const [each, folder] of found) {
      const target = resolve(workspace, path, name === undefined ? each : ".");
      cpSync(folder, target, { recursive: true });
    }
    return {};
  },
  "actions/upload-pages-artifact@v4": ({ path }, { storage, workspace }) => {
    storage.upload("github-pages", resolve(workspace, path));
    return {};
  },
  "actions/deploy-pages@v4": (_, { storage }) => {
    if (storage.artifacts("github-pages").size === 0) throw new Error("there is nothing to deploy");
    return { page_url: "https://owner.github.io/repository/" };
  },
};

/** The suite's own action, as the examples call it. */
export const OWN_ACTION = /^OWNER\/rmsprop-conformance\/ci\/github@v(.+)$/;

/**
 * Run steps in order.
 * @param {object[]} steps as in YAML
 * @param {Record<string, unknown>} contexts other than `steps`
 * @param {Job} job
 * @param {string | undefined} actionPath folder of the action whose steps they are
 * @returns {{failed: boolean, steps: Record<string, {outputs: Record<string, string>}>, status: number}} `status` is
 *   that of the first `run` step that failed, or 0
 */
export function carryOut(steps, contexts, job, actionPath) {
  const ids = steps.flatMap(({ id }) => (id === undefined ? [] : [[id, { outputs: {} }]]));
  const outcome = { failed: false, steps: Object.fromEntries(ids), status: 0 };
  for (const step of steps) {
    refuseUnknownKeys(step);
    const scope = {
      contexts: { ...contexts, steps: outcome.steps, env: {} },
      failed: outcome.failed,
      cancelled: false,
    };
    if (!holds(step.if, scope)) continue;
    const { outputs, status } = step.uses
      ? useAction(step, scope, job)
      : runScript(step, scope, job, actionPath);
    if (step.id !== undefined) outcome.steps[step.id].outputs = outputs;
    if (status === 0 || outcome.failed) continue;
    outcome.failed = true;
    outcome.status = status;
  }
  return outcome;
}

function useAction(step, scope, job) {
  const inputs = Object.fromEntries(
    Object.entries(step.with ?? {}).map(([name, value]) => [name, filled(value, scope)]),
  );
  const known = KNOWN_ACTIONS[step.uses];
  if (known) return { outputs: known(inputs, job), status: 0 };
  if (!OWN_ACTION.test(step.uses)) throw new Error(`the action ${step.uses} is not known here`);
  return useOwnAction(inputs, job);
}

/**
 * The suite's own action.
 * @param {Record<string, string>} given inputs
 * @param {Job} job
 */
export function useOwnAction(given, job) {
  const action = parse(readFileSync(join(job.action, "action.yml"), "utf8"));
  for (const name of Object.keys(given))
    if (!Object.hasOwn(action.inputs, name)) throw new Error(`the action has no input ${name}`);
  const defaults = Object.entries(action.inputs).map(([name, { default: value }]) => [name, String(value)]);
  const { version, profile, options = "" } = job.trial;
  // Putting reports together takes neither profile nor options.
  const inputs = {
    ...Object.fromEntries(defaults),
    ...(!given.merge && { options }),
    ...given,
    ...(!given.merge && { profile }),
    version,
  };
  const runner = { temp: job.temp, os: "Linux", arch: "X64" };
  const contexts = { inputs, runner, github: { ...job.github, action_path: job.action } };
  const { steps, status } = carryOut(action.runs.steps, contexts, job, job.action);
  const scope = { contexts: { ...contexts, steps }, failed: false, cancelled: false };
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value, scope)]);
  return { outputs: Object.fromEntries(outputs), status };
}

function runScript(step, scope, job, actionPath) {
  if (/\$\{\{/.test(step.run)) throw new Error(`an expression in a script is code: ${step.run}`);
  if (actionPath !== undefined && step.shell !== "bash")
    throw new Error("steps of an action say their shell");
  const files = mkdtempSync(join(job.temp, "step-"));
  const file = (name, text = "") => {
    writeFileSync(join(files, name), text);
    return join(files, name);
  };
  const [output, environment, summary] = ["output", "env", "summary"].map((name) => file(name));
  const script = file("script.sh", step.run);
  const log = join(files, "log");
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(GITHUB_|RUNNER_|GATE_|npm_)/.test(name)),
    ),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: job.github.event_name,
    GITHUB_WORKSPACE: job.workspace,
    GITHUB_OUTPUT: output,
    GITHUB_ENV: environment,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: job.temp,
    ...(actionPath !== undefined && { GITHUB_ACTION_PATH: actionPath }),
    ...Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, scope)]),
    ),
  };
  // Both streams into one file, in their order, as in the log of a runner.
  const stream = openSync(log, "w");
  const cwd = resolve(job.workspace, filled(step["working-directory"] ?? ".", scope));
  mkdirSync(job.workspace, { recursive: true });
  const { status, error } = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", script], {
    cwd,
    env,
    stdio: ["ignore", stream, stream],
  });
  closeSync(stream);
  if (error) throw error;
  const logText = readFileSync(log, "utf8");
  job.log += `### ${step.name ?? step.run}\n${logText}`;
  job.commands.push(...workflowCommands(logText));
  job.summary += readFileSync(summary, "utf8");
  if (readFileSync(environment, "utf8") !== "")
    throw new Error("no step here may change the job's environment");
  return { outputs: assignments(readFileSync(output, "utf8")), status: status ?? 1 };
}

const KEYS = ["name", "id", "if", "uses", "with", "run", "shell", "env", "working-directory"];

function refuseUnknownKeys(step) {
  const unknown = Object.keys(step).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) throw new Error(`a step with ${unknown.join(", ")} is not carried out here`);
}

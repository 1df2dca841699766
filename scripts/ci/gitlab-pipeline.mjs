// Carries out a pipeline of GitLab on this machine, job by job, with sh.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { ruleHolds } from "./gitlab-rules.mjs";

/**
 * @typedef {object} Setting
 * @property {string} folder for the jobs' machines
 * @property {string} checkout the repository
 * @property {import("./storage.mjs").Storage} storage
 * @property {Record<string, string>} predefined variables of the pipeline, which a file cannot change
 * @property {Record<string, string>} project variables of the project
 */

/**
 * @param {object} file as in YAML, with all that it includes
 * @param {Setting} setting
 * @returns {Record<string, {status: number, allowed: boolean, log: string, workspace: string}[]>} by job, one for each
 *   of its parallel runs
 */
export function carryOutPipeline(file, setting) {
  const pipeline = {};
  for (const name of Object.keys(file)) {
    if (name.startsWith(".") || ["variables", "include"].includes(name)) continue;
    const job = extended(file, name);
    const variables = { ...file.variables, ...job.variables, ...setting.project, ...setting.predefined };
    const rule = (job.rules ?? [{}]).find((each) => ruleHolds(each.if, variables));
    if (!rule) continue;
    const before = [job.needs ?? []].flat().flatMap((need) => pipeline[need] ?? []);
    if (rule.when !== "always" && before.some(({ status, allowed }) => status !== 0 && !allowed)) continue;
    const total = job.parallel ?? 1;
    pipeline[name] = Array.from({ length: total }, (_, k) => {
      const index = { CI_NODE_INDEX: String(k + 1), CI_NODE_TOTAL: String(total) };
      return carryOutJob(name, job, { ...variables, ...(total > 1 && index) }, before, setting);
    });
  }
  return pipeline;
}

function carryOutJob(name, job, variables, before, { folder, checkout, storage }) {
  const workspace = join(mkdtempSync(join(folder, `${name}-`)), "work 'space");
  mkdirSync(workspace);
  cpSync(checkout, workspace, { recursive: true });
  for (const { artifacts, workspace: from } of before) copy(artifacts, from, workspace);
  const caches = [job.cache ?? []].flat();
  const keyOf = ({ key }) => key.replace(/\$(\w+)/g, (_, variable) => variables[variable] ?? "");
  for (const cache of caches) {
    const path = join(workspace, cache.paths[0]);
    if (cache.paths.length !== 1) throw new Error(`${name} caches more than one path`);
    storage.restore(keyOf(cache), [], path);
  }
  const script = [...[job.before_script ?? []].flat(), ...[job.script].flat()].join("\n");
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", script], {
    cwd: workspace,
    env: { ...withoutOurs(process.env), CI: "true", CI_PROJECT_DIR: workspace, ...variables },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  for (const cache of caches) {
    const path = join(workspace, cache.paths[0]);
    if (existsSync(path) && (status === 0 || cache.when === "always")) storage.replace(keyOf(cache), path);
  }
  const { paths = [], reports = {}, when } = job.artifacts ?? {};
  const kept = status === 0 || when === "always" ? [...paths, ...Object.values(reports)] : [];
  const allowed = job.allow_failure === true || [job.allow_failure?.exit_codes ?? []].flat().includes(status);
  return { status: status ?? 1, allowed, log: stdout + stderr, workspace, artifacts: kept };
}

function copy(paths, from, to) {
  for (const path of paths.filter((each) => existsSync(join(from, each)))) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path), { recursive: true });
  }
}

/** A job with what it extends; maps are merged, everything else is replaced. */
function extended(file, name) {
  const { extends: base, ...own } = file[name];
  return base === undefined ? own : merged(extended(file, base), own);
}

function merged(base, own) {
  const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(base) || !isMap(own)) return own;
  const both = Object.keys(own).map((key) => [key, key in base ? merged(base[key], own[key]) : own[key]]);
  return { ...base, ...Object.fromEntries(both) };
}

const withoutOurs = (env) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(CI_|RMSPROP_|npm_)/.test(name)));

// Carries out a workflow of GitHub Actions on this machine, job by job.
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { holds } from "./expression.mjs";
import { carryOut } from "./github-steps.mjs";

/**
 * @typedef {object} Setting
 * @property {string} folder for the jobs' machines
 * @property {string} checkout the repository that the workflow stands in
 * @property {import("./storage.mjs").Storage} storage
 * @property {string} action folder of the suite's own action
 * @property {import("./github-steps.mjs").Trial} trial
 * @property {string} event name of the event
 * @property {number} run number of the run
 */

/** A machine for one job. */
export function machine({ folder, checkout, storage, action, trial, event, run }) {
  const own = mkdtempSync(join(folder, "job-"));
  // People have folders with such names.
  const [workspace, temp] = [join(own, "work 'space"), join(own, "temp")];
  for (const each of [workspace, temp]) mkdirSync(each);
  const github = { event_name: event, run_id: String(run), run_attempt: "1" };
  return {
    workspace,
    temp,
    checkout,
    storage,
    github,
    action,
    trial,
    summary: "",
    commands: [],
    log: "",
  };
}

/**
 * @param {object} workflow as in YAML
 * @param {Setting} setting
 * @returns {Record<string, {result: "success" | "failure" | "skipped", runs: object[]}>} by job; a run for each value of
 *   its matrix, with its machine and the outputs of its steps
 */
export function carryOutWorkflow(workflow, setting) {
  const jobs = {};
  // Jobs stand in the order of their needs.
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const needs = [job.needs ?? []].flat();
    for (const need of needs)
      if (!jobs[need]) throw new Error(`${name} stands before ${need}, which it needs`);
    const scope = {
      contexts: {},
      failed: needs.some((need) => jobs[need].result !== "success"),
      cancelled: false,
    };
    if (!holds(job.if, scope)) {
      jobs[name] = { result: "skipped", runs: [] };
      continue;
    }
    const runs = matrixOf(job).map((matrix) => {
      const own = machine(setting);
      const outcome = carryOut(job.steps, { matrix, github: own.github }, own, undefined);
      return { ...outcome, job: own };
    });
    jobs[name] = { result: runs.some(({ failed }) => failed) ? "failure" : "success", runs };
  }
  return jobs;
}

function matrixOf({ strategy }) {
  const axes = Object.entries(strategy?.matrix ?? {});
  return axes.reduce(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

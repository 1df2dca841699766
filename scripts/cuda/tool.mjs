import { spawnSync } from "node:child_process";
import { Refusal } from "./refusal.mjs";

/**
 * Run a program and give back what it printed.
 * @param {string} remedy what to do if it fails, as the end of a sentence
 * @throws {Refusal} if it cannot be started or fails
 */
export function runTool(command, parameters, remedy, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    ...options,
  });
  if (error) throw new Refusal(`${command} cannot be started (${error.code ?? error.message}); ${remedy}`);
  if (status !== 0) {
    const lastLines = stderr.trim().split("\n").slice(-5).join("\n  ");
    throw new Refusal(`${command} ${parameters.join(" ")} failed; ${remedy}\n  ${lastLines}`);
  }
  return stdout;
}

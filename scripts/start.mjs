// The main job on a machine that has only Node, npm and git: install what is missing, gate the bundled implementation,
// write the report.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

if (!isInstalled()) run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
run(process.execPath, [join(root, "scripts", "build.mjs")]);
const main = join(root, "dist", "src", "cli", "main.js");
run(process.execPath, [main, "gate", "--report-dir", "report", "--reporter", "terminal,html"]);
console.log(`
This gated the suite's own implementation. To gate yours, write an adapter (docs/write-an-adapter.md), then:
  npx rmsprop-conformance gate -- <command that starts your adapter>`);

/** Whether every package of the lockfile is there in its version. */
function isInstalled() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const want = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(want).every(
    ([path, { version, optional }]) => path === "" || optional || have[path]?.version === version,
  );
}

function run(command, parameters) {
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

// Compiles the package into dist/. Run by npm's `prepare`, so that a clone has a working command after install.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

if (!existsSync(compiler)) {
  // `npm ci --omit=dev`: there is nothing to compile with, and a published package brings its dist/ along.
  console.error("build: skipped, because TypeScript is not installed (a production install)");
  process.exit(0);
}
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
chmodSync(new URL("../dist/src/cli/main.js", import.meta.url), 0o755);

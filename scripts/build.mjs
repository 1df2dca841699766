// Compiles the package into a temporary folder and renames it to dist/ at the end, so that an interrupted build keeps
// the previous one.
import { spawnSync } from "node:child_process";
import { chmodSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const [made, dist] = [join(root, "dist.new"), join(root, "dist")];

rmSync(made, { recursive: true, force: true });
const parameters = [compiler, "-p", "tsconfig.build.json", "--outDir", made];
const { status } = spawnSync(process.execPath, parameters, { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
chmodSync(join(made, "src", "cli", "main.js"), 0o755);
rmSync(dist, { recursive: true, force: true });
renameSync(made, dist);

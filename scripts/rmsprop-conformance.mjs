#!/usr/bin/env node
// The command. A published package has dist/; a clone compiles it the first time.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  const build = fileURLToPath(new URL("build.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [build], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (status !== 0) process.exit(5);
}
await import(main.href);

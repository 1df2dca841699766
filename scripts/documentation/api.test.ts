import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../../src/package-info.js";

it("docs/api is what the docstrings say, and every export has one: npm run api", () => {
  const check = [join(packageRoot(), "scripts/api.mjs"), "--check"];
  const { status, stdout, stderr } = spawnSync(process.execPath, check, { encoding: "utf8" });
  expect(`${stdout}${stderr}`).toBe("");
  expect(status).toBe(0);
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/package-info.js";

const hasPython =
  spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).status === 0;

test("the committed fingerprints are what generate.py writes: run npm run fingerprints", ({ skip }) => {
  if (!hasPython) skip("there is no python3 of 3.10 or later on the path");
  const folder = mkdtempSync(join(tmpdir(), "rmsprop-fingerprints-"));
  try {
    const written = join(folder, "fingerprints.json");
    const script = join(packageRoot(), "scripts", "fingerprints", "generate.py");
    const { status, stderr } = spawnSync("python3", ["-B", script, written], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const committed = join(packageRoot(), "spec", "dialect-fingerprints.json");
    // Two texts of a thousand lines would hide the message.
    expect(readFileSync(committed, "utf8") === readFileSync(written, "utf8")).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** What the outcome of a trial depends on; its pages and texts are no part of it. */
const DECISIVE = [
  "properties",
  "spec",
  ...["adapter", "float32", "judge", "oracle", "program", "rmsprop", "search", "suite"].map((room) =>
    join("src", room),
  ),
];

/** A hash of the compiled files that decide what becomes of the subjects of a trial. */
export function trialDigest() {
  const hash = createHash("sha256");
  for (const room of DECISIVE) {
    const files = readdirSync(join(DIST, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) hash.update(`${file.slice(DIST.length)}\n`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

// Compares two reports case by case: same cases, same verdicts, same counts. Fails and names the first that differ.
import { readFileSync } from "node:fs";

const [, , ...paths] = process.argv;
if (paths.length !== 2) {
  console.error("usage: node scripts/same-verdicts.mjs <report.jsonl> <report.jsonl>");
  process.exit(2);
}
const [first, second] = paths.map((path) => {
  const lines = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return new Map(
    lines
      .filter(({ type }) => type === "case")
      .map(({ id, verdict, runs, tally }) => [id, JSON.stringify({ verdict, runs, tally })]),
  );
});
const ids = new Set([...first.keys(), ...second.keys()]);
const differing = [...ids].filter((id) => first.get(id) !== second.get(id));
for (const id of differing.slice(0, 10)) console.error(`${id}: ${first.get(id)} and ${second.get(id)}`);
if (differing.length > 0 || ids.size === 0) {
  console.error(`${differing.length} of ${ids.size} cases differ`);
  process.exit(1);
}
console.log(`${ids.size} cases have the same verdicts and counts`);

// Changes the code in small ways, part by part, and sees whether the part's own tests notice: `npm run mutation [part…]`.
// The results of each part are kept in reports/mutation; docs/mutation.md and .json are written of them when there are
// all (`npm run mutation -- --page`: of those that there are already). A part that was run before is run again only where
// its sources or its tests have changed; what else has changed, Stryker does not see, so remove the folder to start over.
// Exit 1 where a part scores less than `thresholds.break`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { mutationPage } from "./page.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Files that are changed, and the tests that must notice. */
const PARTS = {
  float32: { mutate: ["src/float32/**/*.ts"], tests: ["src/float32/**/*.test.ts"] },
  program: {
    mutate: ["src/program/**/*.ts"],
    // What the schemas say of themselves is published, and looked at there; replies are read by the adapter.
    tests: [
      "src/program/**/*.test.ts",
      "src/report/model/published-schemas.test.ts",
      "src/adapter/child/read-reply.test.ts",
      "src/adapter/received-program.test.ts",
    ],
  },
  rmsprop: { mutate: ["src/rmsprop/**/*.ts"], tests: ["src/rmsprop/**/*.test.ts"] },
  // Left out is a test that tries very many inputs, for 20 seconds: what it would kill, others must.
  judge: { mutate: ["src/judge/**/*.ts"], tests: ["src/judge/**/!(approximate).test.ts"] },
  exact: { mutate: ["src/oracle/exact/**/*.ts"], tests: ["src/oracle/exact/**/*.test.ts"] },
  rational: {
    mutate: ["src/oracle/rational/**/*.ts", "src/oracle/cross-check/**/*.ts"],
    tests: ["src/oracle/rational/**/*.test.ts", "src/oracle/cross-check/**/*.test.ts"],
  },
  interval: { mutate: ["src/oracle/interval/**/*.ts"], tests: ["src/oracle/interval/**/*.test.ts"] },
  enumerated: {
    mutate: ["src/oracle/enumerated/**/*.ts", "src/oracle/*.ts"],
    tests: ["src/oracle/enumerated/**/*.test.ts", "src/oracle/*.test.ts"],
  },
};

const pageOnly = process.argv.includes("--page");
const requested = process.argv.slice(2).filter((name) => name !== "--page");
const unknown = requested.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`no part is called ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
const names = requested.length > 0 || pageOnly ? requested : Object.keys(PARTS);
const RESULTS = join(ROOT, "reports", "mutation");
const resultOf = (name) => join(RESULTS, `${name}.json`);

for (const name of names) {
  const { mutate, tests } = PARTS[name];
  const patterns = [...mutate, "!**/*.test.ts", "!**/__test-helpers__/**"].join(",");
  const { status } = spawnSync(
    "npx",
    [
      ...["stryker", "run", "scripts/mutation/stryker.config.json", "--mutate", patterns],
      ...["--incremental", "--incrementalFile", resultOf(name)],
    ],
    { cwd: ROOT, stdio: "inherit", env: { ...process.env, MUTATION_TESTS: tests.join(",") } },
  );
  if (status !== 0) process.exitCode = 1;
}

// A part that was run before is not run again for the page, unless its sources have changed since.
const results = {};
for (const name of Object.keys(PARTS)) {
  if (!existsSync(resultOf(name))) continue;
  const result = JSON.parse(readFileSync(resultOf(name), "utf8"));
  const changed = Object.entries(result.files).filter(([file, { source }]) => sourceOf(file) !== source);
  if (changed.length === 0) results[name] = result;
  else console.error(`${name} was run on other sources of ${changed.map(([file]) => file).join(", ")}`);
}
const missing = Object.keys(PARTS).filter((name) => !(name in results));
const reasons = parse(readFileSync(new URL("./survivors.yaml", import.meta.url), "utf8"));
const { page, counts, unexplained, stale } = mutationPage(results, reasons);
for (const survivor of unexplained) console.error(`survived without a reason in survivors.yaml: ${survivor}`);
if (missing.length > 0) console.error(`docs/mutation.md is not written: not run: ${missing.join(", ")}`);
else {
  for (const reason of stale)
    console.error(`survivors.yaml has a reason for what did not survive: ${reason}`);
  writeFileSync(join(ROOT, "docs", "mutation.md"), page);
  writeFileSync(join(ROOT, "docs", "mutation.json"), `${JSON.stringify(counts, null, 1)}\n`);
}

function sourceOf(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

// Writes spec/SPEC.md: SPEC.preface.md, then clauses, axes, catalogue and named evaluations from the compiled data.
// Run `node scripts/build.mjs` first.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const compiled = new URL("../dist/spec/print-specification.js", import.meta.url);
if (!existsSync(compiled)) {
  console.error("print-spec: dist/ is missing; run `node scripts/build.mjs` first");
  process.exit(1);
}
const { printSpecification } = await import(compiled);
const preface = readFileSync(new URL("../spec/SPEC.preface.md", import.meta.url), "utf8");
writeFileSync(new URL("../spec/SPEC.md", import.meta.url), printSpecification(preface));
console.log("wrote spec/SPEC.md");

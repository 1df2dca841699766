// Writes the numbers and the sample card into README.md; `--check` fails if they are not the present ones.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PROPERTIES } from "../dist/properties/index.js";
import { CLAUSES, DIALECTS, dialectById } from "../dist/spec/index.js";
import { bundledAdapter, optimizerOf } from "../dist/src/adapter/bundled.js";
import { InProcessAdapter } from "../dist/src/adapter/in-process.js";
import { declarationOf } from "../dist/src/judge/declaration.js";
import { terminalReport } from "../dist/src/report/terminal.js";
import { runGate } from "../dist/src/suite/gate.js";
import { verifyGoldens } from "../dist/src/suite/golden/verify.js";

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const pytorch = dialectById("pytorch");

/** The bundled implementation with ε inside the root, introduced as PyTorch's dialect. */
const defective = new InProcessAdapter(await bundledAdapter("fused").hello(), {
  create: (_, groups) => optimizerOf({ ...pytorch, epsilon: "inside" }, "fused", groups),
});
const failing = await runGate({
  adapter: defective,
  declaration: declarationOf(pytorch, "fused"),
  level: "L3",
  profile: "smoke",
  seed: 20130,
  only: "plain-steps-are-accepted",
});
const card = terminalReport(failing, false)
  .split("\n\n")[1]
  .replace(/\n {2}replay:.*/, ""); // the defect is planted here, and the command would not see it

const goldens = await verifyGoldens(fileURLToPath(new URL("../golden/torch", import.meta.url)));
const count = (x) => x.toLocaleString("en-US");
const values = goldens.reduce((sum, row) => sum + row.values, 0);
const mismatching = goldens.reduce((sum, row) => sum + row.mismatchingBits, 0);
const outside = goldens.reduce((sum, row) => sum + row.outside, 0);
const cases = goldens.find(({ kind, capability }) => kind === "correct-root" && capability === "avx2").cases;
const numbers = `${count(CLAUSES.length)} clauses, ${count(PROPERTIES.length)} properties, ${count(DIALECTS.length)} dialects, ${count(cases)} golden cases. ${count(values)} values observed in real PyTorch, half of them as shipped and half with the correct root, are judged: ${count(mismatching)} bits differ with the correct root, ${count(outside)} values are outside their acceptance set.`;

const before = readFileSync(path, "utf8");
const after = fill(fill(before, "card", `\`\`\`text\n${card}\n\`\`\``), "numbers", numbers);
if (!process.argv.includes("--check")) writeFileSync(path, after);
else if (after !== before) {
  console.error("README.md has other numbers than the suite: run `npm run numbers`");
  process.exit(1);
}

function fill(text, name, content) {
  const marker = new RegExp(`(<!-- ${name}:start -->\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
  return text.replace(marker, (_, start, end) => `${start}${content}\n${end}`);
}

// Writes the numbers, the sample card and the scores of the trial into README.md; `--check` fails if they are not the
// present ones. The scores are those of docs/trial.json and docs/sharpness.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PROPERTIES } from "../dist/properties/index.js";
import { SUBJECTS } from "../dist/scripts/trial/subject-list.js";
import { CLAUSES, DIALECTS, dialectById } from "../dist/spec/index.js";
import { bundledAdapter, optimizerOf } from "../dist/src/adapter/bundled.js";
import { InProcessAdapter } from "../dist/src/adapter/in-process.js";
import { declarationOf } from "../dist/src/judge/declaration.js";
import { reportFinding } from "../dist/src/report/model/report.js";
import { findingText } from "../dist/src/report/text/finding-text.js";
import { runGate } from "../dist/src/suite/gate.js";
import { verifyGoldens } from "../dist/src/suite/golden/verify.js";
import { share, sum } from "./mutation/page.mjs";

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
/** Of the card, what says most: the whole one is for the reader of a report. */
const card = findingText(reportFinding(failing.findings[0], 1))
  .split("\n")
  .filter((line) => !/^ +(clauses|cases|or|program|observe|reference|replay)\b/.test(line))
  .join("\n");

const goldens = await verifyGoldens(fileURLToPath(new URL("../golden/torch", import.meta.url)));
const count = (x) => x.toLocaleString("en-US");
const values = goldens.reduce((sum, row) => sum + row.values, 0);
const mismatching = goldens.reduce((sum, row) => sum + row.mismatchingBits, 0);
const outside = goldens.reduce((sum, row) => sum + row.outside, 0);
const cases = goldens.find(({ kind, capability }) => kind === "correct-root" && capability === "avx2").cases;
const numbers = `${count(CLAUSES.length)} clauses, ${count(PROPERTIES.length)} properties, ${count(DIALECTS.length)} dialects, ${count(cases)} golden cases. ${count(values)} values recorded from real PyTorch, half of them as shipped and half with the correctly rounded root: ${count(mismatching)} bits differ with the correct root, ${count(outside)} values are outside their acceptance set.`;

const WRITTEN_BY = {
  trial: "npm run trial -- --write",
  sharpness: "npm run figures",
  mutation: "npm run mutation",
  "onnx-figures": "node scripts/onnx-figures.mjs --airfoil <file>",
};

function figures(name) {
  const file = new URL(`../docs/${name}.json`, import.meta.url);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  console.error(
    `docs/${name}.json is missing, and so its numbers are not written: run \`${WRITTEN_BY[name]}\``,
  );
  return undefined;
}

const [trial, sharpness, mutation, onnx] = ["trial", "sharpness", "mutation", "onnx-figures"].map(figures);
const before = readFileSync(path, "utf8");
const parts = {
  card: `\`\`\`text exempt="written by npm run numbers, of a planted defect"\n${card}\n\`\`\``,
  numbers,
  ...(onnx && { onnx: onnxText(onnx) }),
  ...(trial && sharpness && { trial: trialText(trial, sharpness) }),
  ...(mutation && { mutation: mutationText(mutation) }),
};
const after = Object.entries(parts).reduce((text, [name, content]) => fill(text, name, content), before);
if (!process.argv.includes("--check")) writeFileSync(path, after);
else if (after !== before) {
  console.error("README.md has other numbers than the suite: run `npm run numbers`");
  process.exit(1);
}

/** @throws {Error} if the trial was of other subjects than there are now */
function trialText(trial, { floats, pinned }) {
  const { profile, seeds, mutants, benign, killed, accepted, later, killTimes } = trial;
  const idsOf = (wanted) => SUBJECTS.filter(({ kind }) => kind === wanted).map(({ variant }) => variant.id);
  if (`${mutants}` !== `${idsOf("mutant")}` || `${benign}` !== `${idsOf("benign")}`)
    throw new Error("docs/trial.json is of other subjects: run `npm run trial -- --write`");
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const { within, medianCases } = killTimes;
  const { median, p99, worst } = floats.update.listed;
  return [
    `${count(killed)} of ${count(mutants.length)} faulty RMSprops are detected by the clause that their defect violates, and ${count(accepted)} of ${count(benign.length)} correct ones are accepted (profile ${profile}, seed ${seeds[0]}).`,
    ...(seeds.length > 1
      ? [
          `Under ${count(seeds.length - 1)} other seeds, for everything that depends on the seed, ${count(later.killed)} of ${count(later.mutants)} are detected and ${count(later.accepted)} of ${count(later.benign)} accepted.`,
        ]
      : []),
    `${percent(within[1])} of the faulty ones are detected within 1 second and ${percent(within[10])} within 10, half of them within ${count(medianCases)} cases.`,
    `With the default freedom of rounding, over all input regimes and dialects, the acceptance set of an update has ${count(median)} float in the median, ${count(p99)} at the 99th percentile and ${count(worst)} at most; with a pinned evaluation it has ${count(pinned.largest)}.`,
  ].join(" ");
}

function mutationText(parts) {
  const whole = sum(parts);
  const byPart = parts.map((row) => `\`${row.part}\` ${share(row)}`).join(", ");
  const changes = whole.killed + whole.timeout + whole.alive;
  return `The tests detect ${share(whole)} of ${count(changes)} mutations of the suite's own code: ${byPart}.`;
}

function onnxText({ providers }) {
  const [run, not] = [true, false].map((wanted) => providers.filter(({ runs }) => runs > 0 === wanted));
  const seen = run.map(
    ({ provider, graphs, runs, judged, bitExact, rejected }) =>
      `${provider}: ${count(graphs)} graphs, ${count(runs)} runs, ${count(bitExact)} of ${count(judged)} updated values bit-exact, ${count(rejected)} rejected`,
  );
  const missing = not.length === 0 ? "" : ` Skipped: ${not.map(({ provider }) => provider).join(", ")}.`;
  return `${seen.join("; ")}.${missing}`;
}

/** @throws {Error} if there is no such place */
function fill(text, name, content) {
  const marker = new RegExp(`(<!-- ${name}:start -->\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
  if (!marker.test(text)) throw new Error(`README.md has no place for ${name}`);
  return text.replace(marker, (_, start, end) => `${start}${content}\n${end}`);
}

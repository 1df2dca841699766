// The suite on trial: every mutant must be killed by its clause, every benign variant accepted. Exit 1 if not.
// `--write` runs all cases for every mutant and writes docs/trial.md and docs/trial.json. `--keep` goes on from where an
// interrupted trial was.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import ora from "ora";
import { Piscina } from "piscina";
import { SUBJECTS } from "../../dist/scripts/trial/subject-list.js";
import { trialPage } from "../../dist/scripts/trial/trial-page.js";
import { scoresOf } from "../../dist/scripts/trial/trial-result.js";
import { benignLine, mutantLine, scoreText } from "../../dist/scripts/trial/trial-text.js";
import { isGenerated } from "../../dist/src/suite/plan.js";
import { DEFAULT_SEED, PROFILES } from "../../dist/src/suite/profile.js";
import { trialDigest } from "./trial-digest.mjs";

/** One mutant in so many is tried over standard input and output too. */
const STDIO_SAMPLE = 10;

const whole = (text) => Number.parseInt(text, 10);
const flags = new Command("trial")
  .description("put the suite on trial: mutants that it must kill, benign variants that it must accept")
  .addOption(new Option("--profile <name>").choices(Object.keys(PROFILES)).default("smoke"))
  .option("--seed <integer>", "seed of all generated inputs", whole, DEFAULT_SEED)
  .option("--seeds <count>", "so many seeds, counted up from the first", whole, 1)
  .option("--subject <part of id>", "only subjects with this in their id", "")
  .option("--threads <count>", "worker threads", whole, availableParallelism())
  .option("--all", "run all cases for every mutant, also after the first failure")
  .option(
    "--quick",
    "run the cases of a mutant's own clause first, and the others only if none of them kills it",
  )
  .option("--write", "write docs/trial.md and docs/trial.json; implies --all")
  .option("--keep <file>", "keep the results of each seed in this file, and take from it those that it has")
  .parse()
  .opts();

// Which mutants depend on the seed is known when all of their cases were run.
const all = Boolean(flags.all || flags.write || flags.seeds > 1);
const search = flags.quick ? "own-clause-first" : all ? "all" : "until-killed";
if (flags.quick && all) {
  console.error("--quick does not run all cases: leave out --all, --write and --seeds");
  process.exit(2);
}
const pool = new Piscina({
  filename: fileURLToPath(new URL("../../dist/scripts/trial/worker.js", import.meta.url)),
  maxThreads: flags.threads,
});
const selected = (kind) =>
  SUBJECTS.filter((subject) => subject.kind === kind)
    .map(({ variant }) => variant.id)
    .filter((id) => id.includes(flags.subject));
const benignIds = selected("benign");

/** One seed. Under later seeds only what is drawn is run: everything else is the same for all of them. */
async function trial(seed, mutantIds, generatedOnly) {
  const progress = ora({ text: `seed ${seed}`, isSilent: !process.stderr.isTTY }).start();
  const total = mutantIds.length + benignIds.length;
  let done = 0;
  const attempt = async (id, lineOf) => {
    const options = { profile: flags.profile, seed, generatedOnly, ...(!generatedOnly && { search }) };
    const result = await pool.run({ id, options });
    progress.text = `seed ${seed}: ${++done} of ${total}: ${id}`;
    if (!generatedOnly) {
      progress.clear();
      console.log(lineOf(result));
    }
    return result;
  };
  // Benign variants take longest, so they begin.
  const benign = benignIds.map((id) => attempt(id, benignLine));
  const mutants = mutantIds.map((id) => attempt(id, mutantLine));
  const result = { seed, mutants: await Promise.all(mutants), benign: await Promise.all(benign) };
  progress.stop();
  console.log(scoreText(result));
  return result;
}

const kept = keptResults();
const first = kept.shift() ?? (await trial(flags.seed, selected("mutant"), false));
if (first.mutants.length + first.benign.length === 0) {
  console.error(`no subject has "${flags.subject}" in its id`);
  process.exit(2);
}
// What a stored case or a single example of its clause kills is dead under every seed.
const byChance = first.mutants
  .filter(({ clause, failing = [] }) =>
    failing.every(({ id, clauses }) => isGenerated(id) || !clauses.includes(clause)),
  )
  .map(({ id }) => id);
const later = [];
keep();
for (let k = 1; k < flags.seeds; k++) {
  later.push(kept.shift() ?? (await trial(flags.seed + k, byChance, true)));
  keep(); // also if the next one is interrupted
}
const overStdio = await stdioSample();
await pool.close();

if (!overStdio || ![first, ...later].every((result) => scoresOf(result).passed)) process.exitCode = 1;

/** What an earlier run of the same trial left, seed by seed. */
function keptResults() {
  if (flags.keep === undefined || !existsSync(flags.keep)) return [];
  const { trial: of, results } = JSON.parse(readFileSync(flags.keep, "utf8"));
  if (JSON.stringify(of) !== JSON.stringify(whatIsTried())) {
    console.error(`${flags.keep} is of another trial or of other sources: delete it, or name another file`);
    process.exit(2);
  }
  return results.slice(0, flags.seeds);
}

function whatIsTried() {
  const { profile, seed, subject } = flags;
  return { profile, seed, subject, search, sources: trialDigest() };
}

function keep() {
  if (flags.keep !== undefined)
    writeFileSync(flags.keep, JSON.stringify({ trial: whatIsTried(), results: [first, ...later] }));
  if (!flags.write) return;
  const { page, figures } = trialPage(first, later, flags.profile);
  writeFileSync(new URL("../../docs/trial.md", import.meta.url), page);
  writeFileSync(new URL("../../docs/trial.json", import.meta.url), `${JSON.stringify(figures, null, 1)}\n`);
}

/** A part of the mutants again, as child processes: each must be killed there too. */
async function stdioSample() {
  const sample = first.mutants.filter((_, k) => k % STDIO_SAMPLE === 0);
  const options = { profile: flags.profile, seed: flags.seed, ...(flags.quick && { search }) };
  const again = await Promise.all(sample.map(({ id }) => pool.run({ id, options, overStdio: true })));
  const alive = again.filter(({ outcome }) => outcome !== "killed");
  for (const { id, outcome } of alive) console.log(`over stdio ${id}: ${outcome}`);
  // What a defect depends on, such as what ran before, may be otherwise in a process of its own.
  const same = again.filter(({ first: kill }, k) => kill?.id === sample[k].first?.id).length;
  console.log(
    `over stdio: ${sample.length - alive.length} of ${sample.length} mutants are killed by their clause, ${same} by the very same case`,
  );
  return alive.length === 0;
}

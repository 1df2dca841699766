// Regenerates the golden traces with one command: makes the pinned Python environment in .venv, runs real PyTorch for
// each kind and CPU capability, certifies what it wrote. With --check it writes elsewhere and compares.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const committed = join(root, "golden", "torch");
const KINDS = ["correct-root", "as-shipped"];
const CAPABILITIES = ["default", "avx2"];

const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: committed },
    only: { type: "string", multiple: true, default: [] },
    check: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    seed: { type: "string" },
    values: { type: "string" },
    airfoil: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(`npm run golden -- [--out FOLDER] [--airfoil FILE] [--only FAMILY]…
npm run golden -- --only FAMILY…               add families that the committed set does not have
npm run golden -- --check [--only FAMILY]…     regenerate into a temporary folder and compare bytes
npm run golden -- --large --out FOLDER [--seed N] [--values N]     a large set, for golden verify`);
  process.exit(0);
}
const writesCommitted = options.out === committed && !options.check;
const adds = writesCommitted && options.only.length > 0;
if (writesCommitted && options.large)
  fail("the committed set has no large cases; give --out FOLDER with --large");
if (adds) {
  const there = options.only.filter((family) => existsSync(join(committed, "programs", `${family}.json`)));
  if (there.length > 0) {
    fail(
      `the committed set has ${there.join(", ")}; what is there is regenerated whole, or with --out FOLDER or --check`,
    );
  }
} else if (writesCommitted && options.airfoil === undefined) {
  fail(
    "the committed set has a training run on the airfoil data: give --airfoil airfoil_self_noise.dat (UCI Machine Learning Repository)",
  );
}

const python = pythonEnvironment();
const raw = mkdtempSync(join(tmpdir(), "rmsprop-golden-"));
try {
  for (const kind of KINDS) {
    for (const capability of CAPABILITIES) {
      console.error(`PyTorch, ${kind}, ${capability} …`);
      const flags = ["--out", raw, "--kind", kind, "--capability", capability];
      for (const family of options.only) flags.push("--only", family);
      if (options.large) flags.push("--large");
      for (const name of ["seed", "values", "airfoil"])
        if (options[name]) flags.push(`--${name}`, options[name]);
      run(python, [join(here, "generate.py"), ...flags], "the generator failed");
    }
  }
  const out = options.check ? join(raw, "certified") : options.out;
  mkdirSync(out, { recursive: true });
  run(
    process.execPath,
    [join(root, "dist", "src", "cli", "main.js"), "golden", "certify", raw, out, ...(adds ? ["--add"] : [])],
    "certifying failed",
  );
  if (options.check) compare(out);
} finally {
  rmSync(raw, { recursive: true, force: true });
}

/** The environment with the pinned packages, made or renewed when its requirements changed. */
function pythonEnvironment() {
  const folder = join(root, ".venv");
  const executable = join(folder, "bin", "python");
  const stamp = join(folder, "requirements.sha256");
  const requirements = join(here, "requirements.txt");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return executable;
  console.error("making .venv with the pinned PyTorch …");
  rmSync(folder, { recursive: true, force: true });
  const cannot = "PyTorch cannot be installed here (scripts/golden/README.md says what pip needs)";
  run("python3", ["-m", "venv", folder], "there is no python3 with venv", 3);
  run(
    executable,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    cannot,
    3,
  );
  writeFileSync(stamp, digest);
  return executable;
}

/** Correct-root files must be equal to the byte; as-shipped ones where the processor is the one that they name. */
function compare(out) {
  const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  let different = 0;
  for (const { path } of manifest.files) {
    const [now, before] = [out, committed].map((folder) =>
      withoutGenerator(readFileSync(join(folder, path), "utf8")),
    );
    if (now === before) console.log(`same bytes: ${path}`);
    else if (path.startsWith("as-shipped/") && processor(now) !== processor(before)) {
      console.log(
        `other processor (${processor(before)} there, ${processor(now)} here), inside its acceptance sets: ${path}`,
      );
    } else {
      different++;
      console.log(`DIFFERENT: ${path}`);
    }
  }
  if (different > 0) fail(`${different} files differ; \`golden diff\` says what moved`, 1);
}

/** Python's version and the generator's hash are stated, but a generator with more families writes the same traces. */
function withoutGenerator(text) {
  return text.replace(/"(python|sha256)": "[^"]*"/g, '"$1": ""');
}

function processor(text) {
  return /"cpu": "([^"]*)"/.exec(text)?.[1];
}

function run(command, parameters, problem, code = 1) {
  const { status } = spawnSync(command, parameters, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) fail(problem, code);
}

/** Exit status: 1 a difference or a failure, 2 usage, 3 no PyTorch to be had. */
function fail(problem, code = 2) {
  console.error(`golden: ${problem}`);
  process.exit(code);
}

// Regenerates golden/onnx with one command: makes the pinned Python environment in .venv-onnx, exports the training
// steps, records PyTorch's runs of them. With --check it writes elsewhere and compares.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const committed = join(root, "golden", "onnx");

const options = parsedOptions();
if (options.help) {
  console.log(`node scripts/onnx/regenerate.mjs --airfoil FILE [--out FOLDER]
node scripts/onnx/regenerate.mjs --check [--airfoil FILE] [--only MODEL.VARIANT]…
  --check     regenerate into a temporary folder and compare bytes; without --airfoil that model is left out
  --python    a Python that has the pinned packages, instead of .venv-onnx`);
  process.exit(0);
}
if (!options.check && options.out === committed) {
  if (options.only.length > 0)
    fail("the committed set is regenerated whole; give --out FOLDER or --check with --only");
  if (options.airfoil === undefined)
    fail(
      "the committed set has a model on the airfoil data: give --airfoil airfoil_self_noise.dat (UCI Machine Learning Repository)",
    );
}

const python = options.python ?? pythonEnvironment();
const selection = options.only.flatMap((pair) => ["--only", pair]);
if (options.airfoil !== undefined) selection.push("--airfoil", options.airfoil);
if (options.check) {
  const fresh = mkdtempSync(join(tmpdir(), "rmsprop-onnx-"));
  try {
    generate(fresh);
    compare(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
} else {
  generate(options.out);
}

function generate(out) {
  run(python, [join(here, "generate.py"), "--out", out, ...selection], "the generator failed");
}

/** The environment with the pinned packages, made or renewed when its requirements changed. */
function pythonEnvironment() {
  const folder = join(root, ".venv-onnx");
  const executable = join(folder, "bin", "python");
  const stamp = join(folder, "requirements.sha256");
  const requirements = join(here, "requirements.txt");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return executable;
  console.error("making .venv-onnx with the pinned PyTorch and ONNX …");
  rmSync(folder, { recursive: true, force: true });
  run("python3", ["-m", "venv", folder], "there is no python3 with venv", 3);
  run(
    executable,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    "PyTorch cannot be installed here (scripts/onnx/README.md says what pip needs)",
    3,
  );
  writeFileSync(stamp, digest);
  return executable;
}

/**
 * Models must be equal to the byte. Losses and gradients depend on the processor's mathematical library, and through
 * them a whole run: traces must be equal where the processor is the one that they name, and elsewhere this machine's
 * losses and gradients, from every state of the committed trace, must lie within its bounds.
 */
function compare(fresh) {
  const { files } = JSON.parse(readFileSync(join(fresh, "manifest.json"), "utf8"));
  if (files.length === 0) fail("nothing was generated, so nothing was compared");
  let different = 0;
  const elsewhere = [];
  for (const { path } of files) {
    if (!existsSync(join(committed, path))) {
      different++;
      console.log(`NOT COMMITTED: ${path}`);
      continue;
    }
    const [now, before] = [fresh, committed].map((folder) => readFileSync(join(folder, path)));
    if (now.equals(before) || (path.endsWith(".json") && sameTrace(now, before)))
      console.log(`same bytes: ${path}`);
    else if (path.endsWith(".json") && processor(now) !== processor(before)) elsewhere.push(path);
    else {
      different++;
      console.log(`DIFFERENT: ${path}`);
    }
  }
  if (different > 0) fail(`${different} files differ`, 1);
  if (elsewhere.length > 0) {
    console.log(`recorded on another processor, checked by bound: ${elsewhere.join(" ")}`);
    const pairs = elsewhere.flatMap((path) => ["--only", path.split("/")[0]]);
    const airfoil = options.airfoil === undefined ? [] : ["--airfoil", options.airfoil];
    run(
      python,
      [join(here, "check.py"), committed, ...pairs, ...airfoil],
      "a committed trace does not hold here",
    );
  }
}

/** Python's own version is stated, but no bit of a trace depends on it. */
function sameTrace(now, before) {
  const withoutPython = (bytes) => bytes.toString("utf8").replace(/"python":"[^"]*"/, '"python":""');
  return withoutPython(now) === withoutPython(before);
}

function processor(bytes) {
  return /"cpu":"([^"]*)"/.exec(bytes.toString("utf8"))?.[1];
}

function parsedOptions() {
  try {
    return parseArgs({
      options: {
        out: { type: "string", default: committed },
        only: { type: "string", multiple: true, default: [] },
        check: { type: "boolean", default: false },
        airfoil: { type: "string" },
        python: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}; --help lists the options`);
  }
}

function run(command, parameters, problem, code = 1) {
  const { status } = spawnSync(command, parameters, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) fail(problem, code);
}

/** Exit status: 1 a difference or a failure, 2 usage, 3 no PyTorch to be had. */
function fail(problem, code = 2) {
  console.error(`onnx golden: ${problem}`);
  process.exit(code);
}

// Packs the built suite for a GPU machine without network: Node, dependencies, goldens, ONNX Runtime with its CUDA
// provider. README.md in this folder says what to do with it.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { collectContents } from "./contents.mjs";
import { hashFiles, writeParts } from "./parts.mjs";
import { Refusal } from "./refusal.mjs";

const NAME = "rmsprop-cuda";
const MAX_PART_MB = 60;
const DEFAULT_PART_MB = 48;
const USAGE = `node scripts/cuda/pack.mjs --out FOLDER [--part-mb N] [--cache FOLDER] [--python PATH]
node scripts/cuda/pack.mjs --dry-run [--cache FOLDER] [--python PATH]

--out FOLDER     new or empty; parts, manifest and run.sh go there
--part-mb N      the most that a part has, in millions of bytes, 1 to ${MAX_PART_MB} (default ${DEFAULT_PART_MB})
--cache FOLDER   keep downloads there, and use what is there (default: a temporary folder)
--python PATH    a Python with pip (default python3)
--dry-run        collect everything, print what would be packed, write nothing`;

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`pack: ${error.message}`);
  process.exit(2);
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
  const scratch = mkdtempSync(join(tmpdir(), "rmsprop-cuda-"));
  try {
    const downloads = options.cache ? resolve(options.cache) : join(scratch, "downloads");
    const staging = join(scratch, "pack");
    for (const folder of [downloads, staging]) mkdirSync(folder, { recursive: true });
    const items = collectContents(root, staging, downloads, {
      python: options.python,
      onStep: (step) => console.error(`collecting ${step} …`),
    });
    const files = await hashFiles(staging);
    printContents(items, files);
    if (options.out !== undefined) await writePack(staging, options.out, options.partBytes, items, files);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        out: { type: "string" },
        "part-mb": { type: "string", default: `${DEFAULT_PART_MB}` },
        cache: { type: "string" },
        python: { type: "string", default: "python3" },
        "dry-run": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new Refusal(`${error.message}\n${USAGE}`);
  }
  const { help, cache, python, "dry-run": dry, "part-mb": partText } = values;
  if (help) return { help };
  if (dry === (values.out !== undefined))
    throw new Refusal(`give either --out FOLDER or --dry-run\n${USAGE}`);
  const megabytes = Number(partText);
  if (!(megabytes >= 1 && megabytes <= MAX_PART_MB))
    throw new Refusal(`--part-mb must be a number from 1 to ${MAX_PART_MB}, but is "${partText}"`);
  if (process.platform !== "linux" || process.arch !== "x64") {
    const here = `${process.platform} ${process.arch}`;
    throw new Refusal(
      `the pack is for Linux x64 and is made there, so that npm installs its packages; this is ${here}`,
    );
  }
  const out = values.out === undefined ? undefined : resolve(values.out);
  if (out !== undefined && existsSync(out) && readdirSync(out).length > 0)
    throw new Refusal(`${out} is not empty; give a new folder, so that no part of an older pack stays in it`);
  return { out, cache, python, partBytes: Math.floor(megabytes * 1e6) };
}

async function writePack(staging, out, partBytes, items, files) {
  const sums = (list, key) => list.map((one) => `${one.sha256}  ${one[key]}\n`).join("");
  // Inside the archive, where the hashes of its parts cover it.
  writeFileSync(join(staging, "files.sha256"), sums(files, "path"));
  mkdirSync(out, { recursive: true });
  console.error("compressing …");
  const parts = await writeParts(staging, out, NAME, partBytes);
  writeFileSync(join(out, "parts.sha256"), sums(parts, "name"));
  const contents = items.map(({ name, version, path }) => ({ name, version, path }));
  const manifest = { format: "rmsprop-cuda-pack/1", contents, parts, files };
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  cpSync(fileURLToPath(new URL("run.sh", import.meta.url)), join(out, "run.sh"));
  for (const { name, bytes } of parts) console.log(`${megabytes(bytes)}  ${name}`);
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${megabytes(total)}  ${parts.length} parts in ${out}; on the GPU machine: bash run.sh`);
}

/** Each file is counted once, for the innermost thing that it belongs to. */
function printContents(items, files) {
  const isUnder = (path, folder) => path === folder || path.startsWith(`${folder}/`);
  const innermost = items.toSorted((a, b) => b.path.length - a.path.length);
  const sizes = new Map(items.map((item) => [item, 0]));
  for (const { path, bytes } of files) {
    const owner = innermost.find((item) => isUnder(path, item.path));
    sizes.set(owner, sizes.get(owner) + bytes);
  }
  for (const [{ name, version, path }, bytes] of sizes)
    console.log(`${megabytes(bytes)}  ${name} ${version} (${path})`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${megabytes(total)}  ${files.length} files in all, unpacked`);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2).padStart(9)} MB`;
}

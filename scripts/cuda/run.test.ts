import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

/** run.sh on packs whose Node is a shell script, so that what it runs ends as a test wants it to. */

const HERE = fileURLToPath(new URL(".", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "rmsprop-cuda-test-"));
const pack = join(scratch, "pack");
const bin = join(scratch, "bin");
const archive = join(scratch, "archive");

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

function write(path: string, text: string, executable = false): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (executable) chmodSync(path, 0o755);
}

const PART = "rmsprop-cuda.tar.gz";

/** A pack in two parts. `node` says what its Node does with the arguments $*. */
function makePack(node: string, parts = 2): void {
  for (const folder of [pack, archive]) rmSync(folder, { recursive: true, force: true });
  const provider = "app/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so";
  const files: Record<string, string> = { "node/bin/node": `#!/bin/bash\n${node}\n`, [provider]: "" };
  for (const [path, text] of Object.entries(files)) write(join(archive, path), text, true);
  const sums = Object.keys(files).map((path) => `${sha256(join(archive, path))}  ${path}\n`);
  writeFileSync(join(archive, "files.sha256"), sums.join(""));
  const { stdout } = spawnSync("tar", ["-C", archive, "-czf", "-", "."]);
  const size = Math.ceil(stdout.length / parts);
  const listed = Array.from({ length: parts }, (_, k) => {
    const name = `${PART}.0${k + 1}`;
    mkdirSync(pack, { recursive: true });
    writeFileSync(join(pack, name), stdout.subarray(k * size, (k + 1) * size));
    return `${sha256(join(pack, name))}  ${name}\n`;
  });
  writeFileSync(join(pack, "parts.sha256"), listed.join(""));
  cpSync(join(HERE, "run.sh"), join(pack, "run.sh"));
}

function run(...parameters: string[]): { status: number | null; printed: string } {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["run.sh", "--out", join(scratch, "report"), ...parameters],
    {
      cwd: pack,
      encoding: "utf8",
      env: { PATH: `${bin}:/usr/bin:/bin`, TMPDIR: scratch },
    },
  );
  return { status, printed: stdout + stderr };
}

const GOOD_NODE =
  'case $* in *--version*) echo v0;; *"onnx --help"*) echo "--provider";; *) echo "PASSED at L3";; esac';

beforeEach(() => {
  rmSync(bin, { recursive: true, force: true });
  rmSync(join(scratch, "report"), { recursive: true, force: true });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The pack is for one platform, and both its makers and its users are told so. */
const elsewhere = process.platform !== "linux" || process.arch !== "x64";

describe.skipIf(elsewhere)("a pack that is not whole", () => {
  beforeEach(() => makePack(GOOD_NODE));

  test("is said to be whole where it is", () => {
    expect(run("--check")).toEqual({ status: 0, printed: "2 parts, every SHA-256 as listed\n" });
  });

  test("lacks a part", () => {
    rmSync(join(pack, `${PART}.02`));
    expect(run()).toEqual({ status: 2, printed: `run.sh: ${PART}.02 is missing; copy it next to run.sh\n` });
  });

  test("has a damaged part", () => {
    appendFileSync(join(pack, `${PART}.01`), "x");
    const { status, printed } = run();
    expect(status).toBe(2);
    expect(printed).toMatch(
      /^run\.sh: rmsprop-cuda\.tar\.gz\.01 is damaged: SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}; copy it again$/m,
    );
  });

  test("lacks the list of parts, or it is empty", () => {
    writeFileSync(join(pack, "parts.sha256"), "");
    expect(run()).toMatchObject({
      status: 2,
      printed: "run.sh: parts.sha256 lists no parts; copy it again\n",
    });
    rmSync(join(pack, "parts.sha256"));
    expect(run().printed).toBe("run.sh: parts.sha256 is missing next to run.sh; copy the whole pack\n");
  });
});

test.skipIf(elsewhere).each([
  [["--fast"], "run.sh: there is no option --fast"],
  [["--work"], "run.sh: --work needs a value"],
  [["--limit", "soon"], 'run.sh: --limit must be a whole number of seconds, but is "soon"'],
])("%s is refused", (parameters, problem) => {
  makePack(GOOD_NODE);
  const { status, printed } = run(...parameters);
  expect(status).toBe(2);
  expect(printed).toContain(problem);
});

describe.skipIf(elsewhere)("what is run", () => {
  const summary = () => readFileSync(join(scratch, "report", "summary.txt"), "utf8");
  const gpu = () => write(join(bin, "nvidia-smi"), '#!/bin/bash\necho "GPU 0: a test\'s"\n', true);
  /** A Python that says it has PyTorch with CUDA, or not, and does everything else as told. */
  const python = (torch: string, rest: string) =>
    write(
      join(bin, "python3"),
      `#!/bin/bash\ncase "$*" in *"import numpy, torch"*) ${torch};; -c*) ;; *) ${rest};; esac\n`,
      true,
    );

  test.skipIf(existsSync("/dev/nvidia0"))("without a GPU: the gate, and it is said what was not", () => {
    makePack(GOOD_NODE);
    python("exit 1", "exit 1");
    expect(run().status).toBe(4);
    expect(summary()).toMatch(/^ran {7}gate of the bundled implementation, evaluation cuda: PASSED at L3$/m);
    expect(summary()).toMatch(/^not run {3}ONNX training graphs on CUDA: no NVIDIA GPU$/m);
    expect(summary()).toMatch(/^not run {3}PyTorch on CUDA: no NVIDIA GPU$/m);
  });

  test("with a GPU and PyTorch: everything", () => {
    makePack(GOOD_NODE);
    gpu();
    python('echo "2.13.0 13.0"', "exit 0");
    write(join(bin, "ldd"), "#!/bin/bash\n", true);
    expect(run()).toMatchObject({ status: 0 });
    expect(summary().match(/^ran /gm)).toHaveLength(6);
    expect(summary()).not.toMatch(/not run|FAILED/);
  });

  test("libraries that the provider lacks are named", () => {
    makePack(GOOD_NODE);
    gpu();
    python("exit 1", "exit 1");
    write(
      join(bin, "ldd"),
      '#!/bin/bash\nprintf "\\tlibcudart.so.13 => not found\\n\\tlibc.so.6 => /lib/libc.so.6\\n"\n',
      true,
    );
    expect(run().status).toBe(4);
    expect(summary()).toMatch(
      /ONNX training graphs on CUDA: libraries that the CUDA provider needs are missing: libcudart\.so\.13/,
    );
    expect(summary()).toContain(
      "not run   PyTorch on CUDA: python3 has no PyTorch and NumPy (--python PATH)",
    );
  });

  test("a suite without the command, a PyTorch without CUDA", () => {
    makePack('case $* in *--version*) echo v0;; *) echo "PASSED at L3";; esac');
    gpu();
    python('echo "2.13.0 "', "exit 0");
    expect(run().status).toBe(4);
    expect(summary()).toContain("ONNX training graphs on CUDA: this suite has no command onnx");
    expect(summary()).toContain("PyTorch on CUDA: PyTorch 2.13.0 of python3 sees no CUDA device");
  });

  test("what fails makes it fail, whatever else was not run; traces that were not made are not judged", () => {
    makePack(
      `case $* in *--version*) echo v0;; *"onnx --help"*) ;; *gate*) echo "FAILED at L3"; echo more; exit 1;; *) ;; esac`,
    );
    gpu();
    python('echo "2.13.0 13.0"', "{ echo no such device >&2; exit 1; }");
    expect(run().status).toBe(1);
    expect(summary()).toContain(
      "FAILED    gate of the bundled implementation, evaluation cuda: exit 1: FAILED at L3",
    );
    expect(summary()).toContain("FAILED    PyTorch's traces on CUDA: exit 1: no such device");
    expect(summary()).toContain(
      "not run   the traces' bits against the evaluation cuda: there are no traces",
    );
  });

  test("what takes too long is stopped", () => {
    makePack("case $* in *--version*) echo v0;; *) sleep 60;; esac");
    python("exit 1", "exit 1");
    expect(run("--limit", "1").status).toBe(4);
    expect(summary()).toContain(
      "not run   gate of the bundled implementation, evaluation cuda: not done after 1 seconds (--limit)",
    );
  });
});

describe.skipIf(elsewhere)("pack.mjs refuses", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(scratch, "used-"));
    writeFileSync(join(folder, "old"), "");
  });

  test.each([
    ["neither --out nor --dry-run", () => [], "give either --out FOLDER or --dry-run"],
    ["an unknown option", () => ["--fast"], "Unknown option '--fast'"],
    [
      "parts that are too large",
      () => ["--out", join(scratch, "new"), "--part-mb", "61"],
      '--part-mb must be a number from 1 to 60, but is "61"',
    ],
    ["a folder that is used", () => ["--out", folder], "is not empty; give a new folder"],
  ])("%s", (_, parameters, problem) => {
    const { status, stderr } = spawnSync(process.execPath, [join(HERE, "pack.mjs"), ...parameters()], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

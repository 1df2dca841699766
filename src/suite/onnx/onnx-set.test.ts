import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUNDLED_ONNX } from "../../package-info.js";
import { OnnxSet } from "./onnx-set.js";

const NAME = "linear.pytorch";

interface Manifest {
  files: { path: string; sha256: string }[];
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onnx-set-"));
  cpSync(join(BUNDLED_ONNX, NAME), join(folder, NAME), { recursive: true });
  const manifest: Manifest = JSON.parse(readFileSync(join(BUNDLED_ONNX, "manifest.json"), "utf8"));
  writeManifest({ ...manifest, files: manifest.files.filter(({ path }) => path.startsWith(`${NAME}/`)) });
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeManifest(manifest: Manifest): void {
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
}

// biome-ignore lint/suspicious/noExplicitAny: the trace is edited in ways that its type forbids
type Edited = any;

/** Edit the trace and put its new hash into the manifest. */
function editTrace(edit: (trace: Edited) => void): void {
  const path = join(folder, NAME, "trace.json");
  const trace = JSON.parse(readFileSync(path, "utf8"));
  edit(trace);
  const text = JSON.stringify(trace);
  writeFileSync(path, text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const manifest = readManifest();
  writeManifest({
    ...manifest,
    files: manifest.files.map((file) => (file.path.endsWith("trace.json") ? { ...file, sha256 } : file)),
  });
}

const open = () => OnnxSet.open(folder).open(NAME);

test("the set that comes with the package is whole, and every trace has 30 steps and more", () => {
  const set = OnnxSet.open(BUNDLED_ONNX);
  expect(set.names.length).toBeGreaterThanOrEqual(16);
  for (const name of set.names) {
    const { trace } = set.open(name);
    expect(trace.steps.length, name).toBeGreaterThanOrEqual(30);
    for (const step of trace.steps)
      for (const bound of step.bound.gradients)
        for (const value of bound.values) expect(value).toBeGreaterThanOrEqual(0);
  }
});

test("a copy of a pair opens", () => {
  expect(open().trace.model).toBe("linear");
});

describe("says what is wrong with", () => {
  test("a folder without a manifest", () => {
    rmSync(join(folder, "manifest.json"));
    expect(() => OnnxSet.open(folder)).toThrow(/there is no manifest/);
  });

  test("a manifest that names half a pair", () => {
    const { files, ...rest } = readManifest();
    writeManifest({ ...rest, files: files.filter(({ path }) => path.endsWith("model.onnx")) });
    expect(() => OnnxSet.open(folder)).toThrow(`${NAME}/trace.json is missing from the set`);
  });

  test("a manifest that names another file", () => {
    const { files, ...rest } = readManifest();
    writeManifest({ ...rest, files: [...files, { path: "../secret/model.onnx", sha256: "0".repeat(64) }] });
    expect(() => OnnxSet.open(folder)).toThrow(
      "../secret/model.onnx is neither a model.onnx nor a trace.json",
    );
  });

  test("a model that was edited", () => {
    const path = join(folder, NAME, "model.onnx");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(path, bytes);
    expect(open).toThrow(/model\.onnx: SHA-256 is .* the file was edited/);
  });

  test("a model that is gone", () => {
    rmSync(join(folder, NAME, "model.onnx"));
    expect(open).toThrow(/the manifest names this file, but it is missing/);
  });

  test("a trace of another graph", () => {
    editTrace((trace) => {
      trace.variant = "inside";
    });
    expect(open).toThrow("it says that it is of linear.inside");
  });

  test("a clause and a dialect that there are not", () => {
    editTrace((trace) => {
      trace.clauses = ["RMS-99.9"];
    });
    expect(open).toThrow(/RMS-99\.9/);
    editTrace((trace) => {
      trace.clauses = ["RMS-1.1"];
      trace.dialect = "pytorhc";
    });
    expect(open).toThrow(/dialect: unknown dialect "pytorhc"/);
  });

  test("a step without a gradient for each parameter", () => {
    editTrace((trace) => {
      trace.steps[3].gradients.pop();
    });
    expect(open).toThrow("steps[3].gradients: tensors of [1×10], but the parameters are [1×10, 1]");
  });

  test("a loss that is a number", () => {
    editTrace((trace) => {
      trace.steps[0].loss = 1.5;
    });
    expect(open).toThrow(/steps\[0\]\.loss: .*expected string/);
  });
});

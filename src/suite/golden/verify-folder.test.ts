import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BUNDLED_ONNX, BUNDLED_SOURCE_TRAINING } from "../../package-info.js";
import { GoldenCopy } from "./__test-helpers__/golden-copy.js";
import { isFolderVerified, verifyGoldenFolder } from "./verify-folder.js";

const GRAPH = "linear.pytorch";

interface OnnxManifest {
  files: { path: string; sha256: string }[];
}

/** A folder of goldens: one family of traces and one training graph. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rmsprop-golden-folder-"));
  const copy = new GoldenCopy("groups");
  cpSync(copy.folder, join(folder, "torch"), { recursive: true });
  copy.remove();
  cpSync(join(BUNDLED_ONNX, GRAPH), join(folder, "onnx", GRAPH), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(BUNDLED_ONNX, "manifest.json"), "utf8"));
  manifest.files = manifest.files.filter(({ path }: { path: string }) => path.startsWith(`${GRAPH}/`));
  writeFileSync(join(folder, "onnx", "manifest.json"), JSON.stringify(manifest));
  cpSync(BUNDLED_SOURCE_TRAINING, join(folder, "source"), { recursive: true });
  writeFileSync(join(folder, "README.md"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...path: string[]) => join(folder, ...path);

/** Edit the trace of the graph as JSON, and the manifest with it. */
// biome-ignore lint/suspicious/noExplicitAny: what is edited may become malformed.
function forgeTrace(change: (trace: any) => void): void {
  const trace = JSON.parse(readFileSync(at("onnx", GRAPH, "trace.json"), "utf8"));
  change(trace);
  const text = JSON.stringify(trace);
  writeFileSync(at("onnx", GRAPH, "trace.json"), text);
  const manifest: OnnxManifest = JSON.parse(readFileSync(at("onnx", "manifest.json"), "utf8"));
  for (const file of manifest.files) {
    if (file.path.endsWith("trace.json")) file.sha256 = createHash("sha256").update(text).digest("hex");
  }
  writeFileSync(at("onnx", "manifest.json"), JSON.stringify(manifest));
}

describe("verifyGoldenFolder", () => {
  it("verifies every set of a folder, and one set alone", async () => {
    const files: string[] = [];
    const whole = await verifyGoldenFolder(folder, (path) => files.push(path));
    expect(isFolderVerified(whole)).toBe(true);
    expect(whole.traces).toHaveLength(4);
    expect(whole.graphs?.map(({ graph, verdict }) => [graph, verdict])).toEqual([[GRAPH, "bit-exact"]]);
    expect(whole.trainings).toEqual(["source/training/airfoil"]);
    expect(files).toHaveLength(6);
    const torch = await verifyGoldenFolder(at("torch"));
    expect([torch.traces?.length, torch.graphs, isFolderVerified(torch)]).toEqual([4, null, true]);
    const onnx = await verifyGoldenFolder(at("onnx"));
    expect([onnx.traces, onnx.graphs?.length, isFolderVerified(onnx)]).toEqual([null, 1, true]);
  });

  it.each([
    [
      "an edited trace",
      () => writeFileSync(at("onnx", GRAPH, "trace.json"), edited("trace.json")),
      /SHA-256/,
    ],
    [
      "an edited training",
      () => writeFileSync(at("source", "airfoil.json"), "{}"),
      /airfoil\.json: it is not the file that the manifest names/,
    ],
    [
      "an edited model",
      () => writeFileSync(at("onnx", GRAPH, "model.onnx"), edited("model.onnx")),
      /SHA-256/,
    ],
    [
      "a missing model",
      () => rmSync(at("onnx", GRAPH, "model.onnx")),
      /model\.onnx: the manifest names this/,
    ],
    ["a missing graph", () => rmSync(at("onnx", GRAPH), { recursive: true }), /the manifest names this file/],
    ["a missing set", () => rmSync(at("onnx"), { recursive: true }), /onnx: this set is missing/],
    ["a set without manifest", () => rmSync(at("onnx", "manifest.json")), /onnx.manifest\.json: there is no/],
    ["an unlisted graph", () => add("onnx", "other.pytorch", "model.onnx"), /does not list this file/],
    ["an unlisted trace", () => add("torch", "correct-root", "avx2", "x.json"), /does not list this file/],
    [
      "an unlisted file",
      () => writeFileSync(at("torch", "notes.txt"), ""),
      /notes\.txt: .*does not list this/,
    ],
    ["another file next to the sets", () => writeFileSync(at("x.json"), ""), /x\.json: it belongs to no set/],
    ["no set at all", () => rmSync(folder, { recursive: true }), /manifest\.json: there is no manifest/],
  ])("refuses %s, naming the file", async (_, damage, message) => {
    damage();
    await expect(verifyGoldenFolder(folder)).rejects.toThrow(message);
  });

  it("does not verify a trace whose update is not PyTorch's, although its hash is right", async () => {
    forgeTrace(({ steps }) => {
      const { data } = steps[3].state[0].square_avg;
      const bytes = Buffer.from(data, "base64");
      bytes[0] ^= 1;
      steps[3].state[0].square_avg.data = bytes.toString("base64");
    });
    const found = await verifyGoldenFolder(folder);
    expect(found.graphs?.[0].verdict).not.toBe("bit-exact");
    expect(isFolderVerified(found)).toBe(false);
  });

  it("verifies nothing where there is nothing", () => {
    expect(isFolderVerified({ traces: [], graphs: null, trainings: null })).toBe(false);
    expect(isFolderVerified({ traces: null, graphs: [], trainings: null })).toBe(false);
    expect(isFolderVerified({ traces: null, graphs: null, trainings: null })).toBe(false);
  });
});

/** The bytes of a file with one bit turned over. */
function edited(name: string): Buffer {
  const bytes = readFileSync(at("onnx", GRAPH, name));
  bytes[bytes.length - 100] ^= 1;
  return bytes;
}

function add(...path: string[]): void {
  mkdirSync(at(...path, ".."), { recursive: true });
  writeFileSync(at(...path), "");
}

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dialectById } from "../../../spec/dialects.js";
import { decodeWire, parseJson } from "../../program/decode.js";
import { ProgramError } from "../../program/program-error.js";
import { checkClause } from "../check-clause.js";
import { type OnnxTrace, onnxManifestCodec, traceCodec } from "./trace-format.js";

/** An exported training graph with the trace of PyTorch that it is checked with. */
export interface TracedGraph {
  /** `<model>.<variant>` */
  readonly name: string;
  readonly modelPath: string;
  readonly trace: OnnxTrace;
}

/** Exported training graphs on disk whose files have the hashes of their manifest. */
export class OnnxSet {
  private constructor(
    readonly folder: string,
    private readonly hashes: ReadonlyMap<string, string>,
    /** `<model>.<variant>`, sorted. */
    readonly names: readonly string[],
  ) {}

  /** @throws {ProgramError} if there is no manifest, or it is malformed or not of whole pairs */
  static open(folder: string): OnnxSet {
    const path = join(folder, "manifest.json");
    if (!existsSync(path))
      throw new ProgramError(path, "", "there is no manifest; scripts/onnx/regenerate.mjs writes it");
    const { files } = decodeWire(onnxManifestCodec, parseJson(readFileSync(path, "utf8"), path), path);
    const hashes = new Map(files.map((file) => [file.path, file.sha256]));
    const names = new Set<string>();
    for (const file of hashes.keys()) {
      const name = /^([\w-]+\.[\w-]+)\/(?:model\.onnx|trace\.json)$/.exec(file)?.[1];
      if (name === undefined)
        throw new ProgramError(path, "files", `${file} is neither a model.onnx nor a trace.json`);
      names.add(name);
    }
    for (const name of names) {
      for (const file of [`${name}/model.onnx`, `${name}/trace.json`])
        if (!hashes.has(file)) throw new ProgramError(path, "files", `${file} is missing from the set`);
    }
    return new OnnxSet(folder, hashes, [...names].sort());
  }

  /** Every file of the manifest. */
  paths(): string[] {
    return [...this.hashes.keys()];
  }

  /** @throws {ProgramError} for a file that is missing, edited or malformed */
  open(name: string): TracedGraph {
    const source = join(this.folder, name, "trace.json");
    const trace = decodeWire(
      traceCodec,
      parseJson(this.read(`${name}/trace.json`).toString("utf8"), source),
      source,
    );
    this.read(`${name}/model.onnx`);
    if (`${trace.model}.${trace.variant}` !== name)
      throw new ProgramError(source, "", `it says that it is of ${trace.model}.${trace.variant}`);
    checkTrace(trace, source);
    return { name, modelPath: join(this.folder, name, "model.onnx"), trace };
  }

  private read(path: string): Buffer {
    const source = join(this.folder, path);
    if (!existsSync(source))
      throw new ProgramError(source, "", "the manifest names this file, but it is missing");
    const bytes = readFileSync(source);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const listed = this.hashes.get(path);
    if (hash !== listed) {
      const problem = `SHA-256 is ${hash}, but the manifest says ${listed}: the file was edited, or the manifest is of another generation`;
      throw new ProgramError(source, "", problem);
    }
    return bytes;
  }
}

/** Clauses and dialect are known, and each step has a tensor of the right shape for each parameter. */
function checkTrace({ clauses, dialect, parameters, steps }: OnnxTrace, source: string): void {
  for (const clause of clauses) checkClause(clause, source, "clauses");
  try {
    dialectById(dialect);
  } catch (error) {
    throw new ProgramError(source, "dialect", (error as Error).message);
  }
  const shapes = parameters.map(({ tensor }) => tensor.shape.join("×"));
  for (const [k, step] of steps.entries()) {
    const lists = {
      gradients: step.gradients,
      parameters: step.parameters,
      "centre.gradients": step.centre.gradients,
      "bound.gradients": step.bound.gradients,
      state: step.state.map(({ square_avg }) => square_avg),
    };
    for (const [field, tensors] of Object.entries(lists)) {
      const found = tensors.map(({ shape }) => shape.join("×"));
      if (found.join() !== shapes.join())
        throw new ProgramError(
          source,
          `steps[${k}].${field}`,
          `tensors of [${found.join(", ")}], but the parameters are [${shapes.join(", ")}]`,
        );
    }
  }
}

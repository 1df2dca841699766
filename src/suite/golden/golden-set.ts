import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { decodeWire, parseJson } from "../../program/decode.js";
import { ProgramError } from "../../program/program-error.js";
import { validateProgram } from "../../program/validate.js";
import { checkClause } from "../check-clause.js";
import { checkLabel } from "./check-label.js";
import {
  CPU_CAPABILITIES,
  GOLDEN_KINDS,
  type GoldenExpected,
  type GoldenManifest,
  type GoldenPrograms,
  goldenExpectedCodec,
  goldenManifestCodec,
  goldenProgramsCodec,
} from "./golden-format.js";

/** A golden set on disk whose files have the hashes of its manifest. */
export class GoldenSet {
  private constructor(
    readonly folder: string,
    private readonly listed: ReadonlyMap<string, GoldenManifest["files"][number]>,
  ) {}

  /**
   * @param folder the one that holds manifest.json
   * @throws {ProgramError} if there is no manifest or it is malformed
   */
  static open(folder: string): GoldenSet {
    const path = join(folder, "manifest.json");
    if (!existsSync(path)) {
      throw new ProgramError(path, "", "there is no manifest; a golden set is made by `golden certify`");
    }
    const manifest = decodeWire(goldenManifestCodec, parseJson(readFileSync(path, "utf8"), path), path);
    const paths = new Set(manifest.files.map((file) => file.path));
    const families = [...paths].flatMap((file) => /^programs\/([\w-]+)\.json$/.exec(file)?.[1] ?? []);
    const complete = families.flatMap((family) => [
      `programs/${family}.json`,
      ...GOLDEN_KINDS.flatMap((kind) =>
        CPU_CAPABILITIES.map((capability) => `${kind}/${capability}/${family}.json`),
      ),
    ]);
    for (const file of complete) {
      if (!paths.has(file)) throw new ProgramError(path, "files", `${file} is missing from the set`);
    }
    for (const file of paths) {
      if (!complete.includes(file))
        throw new ProgramError(path, "files", `${file} is no file of a golden set`);
    }
    return new GoldenSet(folder, new Map(manifest.files.map((file) => [file.path, file])));
  }

  /** The families of the set. */
  families(): string[] {
    return [...this.listed.keys()].flatMap((path) => /^programs\/(.+)\.json$/.exec(path)?.[1] ?? []);
  }

  /** Every file of the manifest. */
  paths(): string[] {
    return [...this.listed.keys()];
  }

  /** The same with hashes, as the manifest lists them. */
  files(): GoldenManifest["files"] {
    return [...this.listed.values()];
  }

  /** @throws {ProgramError} for a file that is missing, edited or malformed */
  programs(family: string): GoldenPrograms {
    const path = `programs/${family}.json`;
    const file = this.read(goldenProgramsCodec, path);
    for (const { id, program, clause } of file.cases) {
      const source = `${join(this.folder, path)}: case ${id}`;
      validateProgram(program, source);
      checkClause(clause, source, "clause");
    }
    return file;
  }

  /**
   * All kinds and capabilities of a family.
   * @throws {ProgramError} for a file that is missing, edited or malformed
   */
  *expected(family: string): Generator<GoldenExpected> {
    for (const kind of GOLDEN_KINDS) {
      for (const capability of CPU_CAPABILITIES) {
        const path = `${kind}/${capability}/${family}.json`;
        if (!this.listed.has(path)) continue;
        const file = this.read(goldenExpectedCodec, path);
        checkLabel(file, { kind, capability, family }, join(this.folder, path));
        yield file;
      }
    }
  }

  private read<T extends z.ZodType<{ cases: readonly unknown[] }>>(codec: T, path: string): z.output<T> {
    const source = join(this.folder, path);
    if (!existsSync(source))
      throw new ProgramError(source, "", "the manifest names this file, but it is missing");
    const bytes = readFileSync(source);
    // Malformed content says more than a wrong hash, so it is looked at first.
    const decoded = decodeWire(codec, parseJson(bytes.toString("utf8"), source), source);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const listed = this.listed.get(path);
    if (hash !== listed?.sha256) {
      const problem = `SHA-256 is ${hash}, but the manifest says ${listed?.sha256}: the file was edited, or the manifest is of another generation`;
      throw new ProgramError(source, "", problem);
    }
    if (decoded.cases.length !== listed.cases) {
      const problem = `${decoded.cases.length} cases, but the manifest says ${listed.cases}`;
      throw new ProgramError(source, "cases", problem);
    }
    return decoded;
  }
}

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
  type GoldenPrograms,
  goldenExpectedCodec,
  goldenManifestCodec,
  goldenProgramsCodec,
} from "./golden-format.js";

/** A golden set on disk whose files have the hashes of its manifest. */
export class GoldenSet {
  private constructor(
    readonly folder: string,
    private readonly hashes: ReadonlyMap<string, string>,
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
    return new GoldenSet(folder, new Map(manifest.files.map((file) => [file.path, file.sha256])));
  }

  /** The families of the set. */
  families(): string[] {
    return [...this.hashes.keys()].flatMap((path) => /^programs\/(.+)\.json$/.exec(path)?.[1] ?? []);
  }

  /** Every file of the manifest. */
  paths(): string[] {
    return [...this.hashes.keys()];
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
        if (!this.hashes.has(path)) continue;
        const file = this.read(goldenExpectedCodec, path);
        checkLabel(file, { kind, capability, family }, join(this.folder, path));
        yield file;
      }
    }
  }

  private read<T extends z.ZodType>(codec: T, path: string): z.output<T> {
    const source = join(this.folder, path);
    if (!existsSync(source))
      throw new ProgramError(source, "", "the manifest names this file, but it is missing");
    const bytes = readFileSync(source);
    // Malformed content says more than a wrong hash, so it is looked at first.
    const decoded = decodeWire(codec, parseJson(bytes.toString("utf8"), source), source);
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (hash !== this.hashes.get(path)) {
      const problem = `SHA-256 is ${hash}, but the manifest says ${this.hashes.get(path)}: the file was edited, or the manifest is of another generation`;
      throw new ProgramError(source, "", problem);
    }
    return decoded;
  }
}

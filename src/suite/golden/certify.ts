import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { decodeWire, parseJson } from "../../program/decode.js";
import { encodeProgram } from "../../program/program-codec.js";
import { ProgramError } from "../../program/program-error.js";
import { validateProgram } from "../../program/validate.js";
import { certify, goldenDeclaration, goldenEvaluationName } from "./certificate.js";
import { checkLabel } from "./check-label.js";
import {
  CPU_CAPABILITIES,
  GOLDEN_KINDS,
  type GoldenManifest,
  goldenExpectedCodec,
  goldenProgramsCodec,
  type RawGolden,
  rawGoldenCodec,
} from "./golden-format.js";
import { GoldenSet } from "./golden-set.js";

export interface CertifyOptions {
  /**
   * Add the families of the raw folder to the set that is there, whose files stay as they are. Otherwise the set is
   * replaced.
   * @default false
   */
  readonly add?: boolean;
}

/**
 * Make a golden set of what the generator wrote: store each program once, certify every case, write the
 * manifest.
 * @throws {ProgramError} if a raw file is malformed, or kinds and capabilities disagree about a program, or an
 * observation is outside its acceptance set, or a family that is added is in the set already
 */
export function certifyGoldens(
  rawFolder: string,
  folder: string,
  onFile: (path: string) => void,
  { add = false }: CertifyOptions = {},
): void {
  const families = rawFamilies(rawFolder);
  const manifest: GoldenManifest = {
    format: "rmsprop-golden-manifest/1",
    files: add ? otherFiles(families, folder) : [],
  };
  // What is refused must not have cost the set that was there: nothing is written before all is certified.
  const texts = new Map<string, string>();
  const write = (path: string, header: object, cases: readonly object[]) => {
    const text = caseLines(header, cases);
    texts.set(path, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    manifest.files.push({ path, sha256, cases: cases.length });
  };
  for (const family of families) {
    let programs: Map<string, RawGolden["cases"][number]> | undefined;
    for (const kind of GOLDEN_KINDS) {
      for (const capability of CPU_CAPABILITIES) {
        const source = join(rawFolder, kind, capability, `${family}.json`);
        const raw = decodeWire(rawGoldenCodec, parseJson(readFileSync(source, "utf8"), source), source);
        checkLabel(raw, { kind, capability, family }, source);
        if (!programs) {
          programs = new Map(raw.cases.map((one) => [one.id, one]));
          writePrograms(family, raw, source, retractionsIn(folder, family), write);
        } else checkSamePrograms(programs, raw, source);
        const cases = raw.cases.map(({ id, foreach, program, observations }) => {
          const { judgement, certificate } = certify(
            program,
            observations,
            goldenDeclaration(kind, capability),
          );
          const [breach] = judgement.contract;
          if (breach || judgement.tally.rejected > 0) {
            const problem =
              breach ?? `${judgement.tally.rejected} observations are outside their acceptance sets`;
            throw new ProgramError(source, `case ${id}`, problem);
          }
          return { id, foreach, observations, certificate };
        });
        const { generator } = raw;
        const evaluation = goldenEvaluationName(kind, capability);
        const format = "rmsprop-golden-expected/1" as const;
        const encoded = z.encode(goldenExpectedCodec, {
          format,
          family,
          kind,
          capability,
          generator,
          evaluation,
          cases,
        });
        write(`${kind}/${capability}/${family}.json`, { ...encoded, cases: undefined }, encoded.cases);
      }
    }
  }
  if (!add) {
    for (const sub of ["programs", ...GOLDEN_KINDS])
      rmSync(join(folder, sub), { recursive: true, force: true });
  }
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    onFile(path);
  }
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The files of a set to which these families are added; it must not have any of them yet. */
function otherFiles(families: readonly string[], folder: string): GoldenManifest["files"] {
  const set = GoldenSet.open(folder);
  for (const family of set.families()) {
    if (families.includes(family)) {
      const problem = `the set has the family ${family} already; what is there is replaced whole`;
      throw new ProgramError(join(folder, "manifest.json"), "files", problem);
    }
  }
  return set.files();
}

/** What the set that is replaced says of its cases: a retraction outlives a regeneration. */
function retractionsIn(folder: string, family: string): Map<string, string> {
  const path = join(folder, "programs", `${family}.json`);
  if (!existsSync(path)) return new Map();
  const { cases } = decodeWire(goldenProgramsCodec, parseJson(readFileSync(path, "utf8"), path), path);
  return new Map(
    cases.flatMap(({ id, retracted }) => (retracted === undefined ? [] : [[id, retracted] as const])),
  );
}

type Write = (path: string, header: object, cases: readonly object[]) => void;

function writePrograms(
  family: string,
  raw: RawGolden,
  source: string,
  retractions: ReadonlyMap<string, string>,
  write: Write,
): void {
  const { flagNotes } = raw;
  const cases = raw.cases.map(({ id, comment, clause, flags, program, facts }) => {
    validateProgram(program, `${source}: case ${id}`);
    const retracted = retractions.get(id);
    return {
      id,
      comment,
      clause,
      flags,
      program,
      ...(facts && { facts }),
      ...(retracted !== undefined && { retracted }),
    };
  });
  const encoded = z.encode(goldenProgramsCodec, {
    format: "rmsprop-golden-programs/1",
    family,
    flagNotes,
    cases,
  });
  write(`programs/${family}.json`, { ...encoded, cases: undefined }, encoded.cases);
}

function checkSamePrograms(
  programs: ReadonlyMap<string, RawGolden["cases"][number]>,
  raw: RawGolden,
  source: string,
): void {
  if (raw.cases.length !== programs.size) {
    throw new ProgramError(
      source,
      "cases",
      `${raw.cases.length} cases, but the first kind has ${programs.size}`,
    );
  }
  for (const { id, program } of raw.cases) {
    const first = programs.get(id);
    if (!first)
      throw new ProgramError(source, `case ${id}`, "the first kind and capability do not have this case");
    if (JSON.stringify(encodeProgram(program)) !== JSON.stringify(encodeProgram(first.program))) {
      throw new ProgramError(source, `case ${id}`, "the program depends on kind or capability");
    }
  }
}

function rawFamilies(rawFolder: string): string[] {
  const first = join(rawFolder, GOLDEN_KINDS[0], CPU_CAPABILITIES[0]);
  return readdirSync(first)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

/** JSON with one case a line, so that the difference of two generations reads case by case. */
function caseLines(header: object, cases: readonly object[]): string {
  const head = JSON.stringify(header, null, 1).replace(/\n}$/, "");
  return `${head},\n "cases": [\n${cases.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`;
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProgramError } from "../../program/program-error.js";
import { GoldenCopy } from "./__test-helpers__/golden-copy.js";
import { certifyGoldens } from "./certify.js";
import { CPU_CAPABILITIES, GOLDEN_KINDS } from "./golden-format.js";
import { GoldenSet } from "./golden-set.js";
import { isVerified, verifyGoldens } from "./verify.js";

let goldens: GoldenCopy;
let raw: string;
beforeEach(() => {
  goldens = new GoldenCopy("groups");
  raw = mkdtempSync(join(tmpdir(), "rmsprop-raw-"));
  // What the generator wrote, put together again from what was made of it.
  const programs = JSON.parse(goldens.read("programs/groups.json"));
  for (const kind of GOLDEN_KINDS) {
    for (const capability of CPU_CAPABILITIES) {
      const expected = JSON.parse(goldens.read(`${kind}/${capability}/groups.json`));
      const { format, evaluation, cases, ...header } = expected;
      const file = {
        ...header,
        format: "rmsprop-golden-raw/1",
        flagNotes: programs.flagNotes,
        cases: cases.map(({ certificate, ...one }: { id: string; certificate: object }) => ({
          ...programs.cases.find(({ id }: { id: string }) => id === one.id),
          ...one,
        })),
      };
      mkdirSync(dirname(rawPath(kind, capability)), { recursive: true });
      writeFileSync(rawPath(kind, capability), JSON.stringify(file));
    }
  }
});
afterEach(() => {
  goldens.remove();
  rmSync(raw, { recursive: true });
});

const rawPath = (kind: string, capability: string) => join(raw, kind, capability, "groups.json");

// biome-ignore lint/suspicious/noExplicitAny: what is edited may become malformed.
function editRaw(kind: string, capability: string, change: (file: any) => void): void {
  const file = JSON.parse(readFileSync(rawPath(kind, capability), "utf8"));
  change(file);
  writeFileSync(rawPath(kind, capability), JSON.stringify(file));
}

/** Everything in the golden set, by path. */
const contents = () => {
  const { files } = JSON.parse(goldens.read("manifest.json")) as { files: { path: string }[] };
  return Object.fromEntries(files.map(({ path }) => [path, goldens.read(path)]));
};

/** The message of a refusal, which must have left the golden set alone. */
function refusal(): string {
  const before = contents();
  let error: unknown;
  try {
    certifyGoldens(raw, goldens.folder, () => {});
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ProgramError);
  expect(contents()).toEqual(before);
  return (error as ProgramError).message;
}

describe("certifyGoldens", () => {
  it("makes the very files that the package has, with a manifest that fits", () => {
    const before = contents();
    const written: string[] = [];
    certifyGoldens(raw, goldens.folder, (path) => written.push(path));
    expect(contents()).toEqual(before);
    expect(written).toEqual(Object.keys(before));
  });

  it("adds a family to a set, and leaves the others as they are", async () => {
    const set = new GoldenCopy("missing-gradient");
    try {
      const before = set.read("manifest.json");
      certifyGoldens(raw, set.folder, () => {}, { add: true });
      const manifests = [before, set.read("manifest.json")].map((text) => JSON.parse(text).files);
      expect(manifests[1].slice(0, manifests[0].length)).toEqual(manifests[0]);
      expect(GoldenSet.open(set.folder).families()).toEqual(["missing-gradient", "groups"]);
      for (const [path, text] of Object.entries(contents())) expect(set.read(path), path).toBe(text);
      expect(isVerified(await verifyGoldens(set.folder))).toBe(true);
    } finally {
      set.remove();
    }
  });

  it("adds no family that the set has already", () => {
    const before = contents();
    expect(() => certifyGoldens(raw, goldens.folder, () => {}, { add: true })).toThrow(
      /manifest\.json: files: the set has the family groups already/,
    );
    expect(contents()).toEqual(before);
  });

  it("keeps what was said of a case that was retracted", () => {
    goldens.edit("programs/groups.json", (file) => {
      file.cases[1].retracted = "the gradient was meant to be negative";
    });
    certifyGoldens(raw, goldens.folder, () => {});
    const { cases } = JSON.parse(goldens.read("programs/groups.json"));
    const retracted = cases.map((one: { retracted?: string }) => one.retracted);
    expect(retracted.filter(Boolean)).toEqual(["the gradient was meant to be negative"]);
    expect(retracted[1]).toBeDefined();
  });

  it("refuses an observation outside its acceptance set", () => {
    editRaw("correct-root", "avx2", (file) => {
      const { parameter } = file.cases[4].observations[0].parameters[0];
      const bytes = Buffer.from(parameter.data, "base64");
      bytes[0] ^= 1;
      parameter.data = bytes.toString("base64");
    });
    expect(refusal()).toMatch(
      /correct-root\/avx2\/groups\.json: case torch\/groups\/.*: \d+ observations are outside their acceptance sets/,
    );
  });

  it("refuses as shipped what is further from the correct root than one float", () => {
    editRaw("as-shipped", "default", (file) => {
      const { parameter } = file.cases[4].observations[0].parameters[0];
      const bytes = Buffer.from(parameter.data, "base64");
      bytes[1] ^= 0x10;
      parameter.data = bytes.toString("base64");
    });
    expect(refusal()).toMatch(/as-shipped\/default\/groups\.json: case .*outside their acceptance sets/);
  });

  it("refuses a missing observation", () => {
    editRaw("correct-root", "default", (file) => file.cases[0].observations.pop());
    expect(refusal()).toMatch(
      /case torch\/groups\/two\/lr: 3 observations were returned for 4 observe operations/,
    );
  });

  it("refuses programs that depend on kind or capability", () => {
    editRaw("as-shipped", "avx2", (file) => {
      file.cases[0].program.operations[0].groups[0].hyperparameters.lr = "3fe0000000000000";
    });
    expect(refusal()).toMatch(
      /as-shipped\/avx2\/groups\.json: case torch\/groups\/two\/lr: the program depends on/,
    );
  });

  it("refuses cases that one kind has and another has not", () => {
    editRaw("as-shipped", "avx2", (file) => file.cases.pop());
    expect(refusal()).toMatch(/as-shipped\/avx2\/groups\.json: cases: 11 cases, but the first kind has 12/);
    editRaw("as-shipped", "avx2", (file) => {
      file.cases.push({ ...file.cases[0], id: "torch/groups/other" });
    });
    expect(refusal()).toMatch(
      /case torch\/groups\/other: the first kind and capability do not have this case/,
    );
  });

  it("refuses a file that is of another kind than its folder", () => {
    editRaw("as-shipped", "avx2", (file) => {
      file.capability = "default";
    });
    expect(refusal()).toMatch(
      /as-shipped\/avx2\/groups\.json: capability: "default", but the path says "avx2"/,
    );
  });

  it("refuses malformed files and a folder without them", () => {
    writeFileSync(rawPath("as-shipped", "avx2"), "{");
    expect(refusal()).toMatch(/as-shipped\/avx2\/groups\.json: not JSON/);
    expect(() => certifyGoldens(join(raw, "none"), goldens.folder, () => {})).toThrow(/ENOENT/);
  });
});

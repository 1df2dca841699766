import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProgramError } from "../../program/program-error.js";
import { GoldenCopy } from "./__test-helpers__/golden-copy.js";
import { GoldenSet } from "./golden-set.js";
import { isVerified, verifyGoldens } from "./verify.js";

const PROGRAMS = "programs/groups.json";
const EXPECTED = "correct-root/avx2/groups.json";

let copy: GoldenCopy;
beforeEach(() => {
  copy = new GoldenCopy("groups");
});
afterEach(() => copy.remove());

/** The error of a verification. */
async function refusal(): Promise<string> {
  try {
    await verifyGoldens(copy.folder);
  } catch (error) {
    expect(error).toBeInstanceOf(ProgramError);
    const { message } = error as ProgramError;
    expect(message).not.toContain("\n");
    return message;
  }
  throw new Error("the set was accepted");
}

/** Flip one bit of the first element of an observation in the base64 text of a file. */
function flipOneBit(path: string, bit: number): void {
  copy.edit(path, (file) => {
    const { square_avg } = file.cases[3].observations[1].parameters[0];
    const bytes = Buffer.from(square_avg.data, "base64");
    bytes[0] ^= 1 << bit;
    square_avg.data = bytes.toString("base64");
  });
}

describe("a golden set", () => {
  it("is verified as it is", async () => {
    const files: string[] = [];
    const rows = await verifyGoldens(copy.folder, (path) => files.push(path));
    expect(isVerified(rows)).toBe(true);
    expect(rows.map(({ kind, capability, cases }) => [kind, capability, cases])).toEqual([
      ["correct-root", "default", 12],
      ["correct-root", "avx2", 12],
      ["as-shipped", "default", 12],
      ["as-shipped", "avx2", 12],
    ]);
    for (const row of rows) expect(row).toMatchObject({ mismatchingBits: 0, outside: 0 });
    // The shipped root is not always the correct one, and the suite sees it.
    expect(
      rows.filter(({ kind }) => kind === "correct-root").every((row) => row.differentFromCorrectRoot === 0),
    ).toBe(true);
    expect(
      rows.some(
        ({ kind, differentFromCorrectRoot }) => kind === "as-shipped" && differentFromCorrectRoot > 0,
      ),
    ).toBe(true);
    expect(files).toHaveLength(4);
    expect(isVerified([])).toBe(false);
  });

  it("knows its families and files", () => {
    const set = GoldenSet.open(copy.folder);
    expect(set.families()).toEqual(["groups"]);
    expect(set.paths()).toHaveLength(5);
    expect(set.programs("groups").cases).toHaveLength(12);
    expect([...set.expected("groups")].map(({ kind, capability }) => `${kind}/${capability}`)).toEqual([
      "correct-root/default",
      "correct-root/avx2",
      "as-shipped/default",
      "as-shipped/avx2",
    ]);
  });
});

describe("a golden set is refused, with the file and what is wrong, if", () => {
  it("the manifest is missing", async () => {
    rmSync(join(copy.folder, "manifest.json"));
    expect(await refusal()).toMatch(/manifest\.json: there is no manifest/);
  });

  it("the manifest is malformed", async () => {
    copy.write("manifest.json", copy.read("manifest.json").slice(0, -20));
    expect(await refusal()).toMatch(/manifest\.json: not JSON/);
    copy.write(
      "manifest.json",
      '{"format":"rmsprop-golden-manifest/1","files":[{"path":"x","sha256":"00","cases":1}]}',
    );
    expect(await refusal()).toMatch(/manifest\.json: files\[0\]\.sha256: /);
  });

  it("the manifest leaves a kind or capability out, or names what belongs to no set", async () => {
    copy.edit("manifest.json", (manifest) => {
      manifest.files = manifest.files.filter(({ path }: { path: string }) => path !== EXPECTED);
    });
    expect(await refusal()).toMatch(
      /manifest\.json: files: correct-root\/avx2\/groups\.json is missing from the set/,
    );
    copy.edit("manifest.json", (manifest) => {
      manifest.files.push(
        { ...manifest.files[0], path: EXPECTED },
        { ...manifest.files[0], path: "../x.json" },
      );
    });
    expect(await refusal()).toMatch(/manifest\.json: files: \.\.\/x\.json is no file of a golden set/);
  });

  it("the manifest counts other cases", async () => {
    copy.edit("manifest.json", (manifest) => {
      manifest.files[1].cases++;
    });
    expect(await refusal()).toMatch(/groups\.json: cases: 12 cases, but the manifest says 13/);
  });

  it.each([PROGRAMS, EXPECTED])("%s is missing", async (path) => {
    rmSync(join(copy.folder, path));
    expect(await refusal()).toBe(
      `${join(copy.folder, path)}: the manifest names this file, but it is missing`,
    );
  });

  it.each([PROGRAMS, EXPECTED])("%s is truncated", async (path) => {
    truncateSync(join(copy.folder, path), 2000);
    expect(await refusal()).toMatch(new RegExp(`${path}: not JSON \\(truncated or edited\\?\\)`));
    truncateSync(join(copy.folder, path), 0);
    expect(await refusal()).toMatch(/the file is empty/);
  });

  it("one byte of an expected value is edited", async () => {
    flipOneBit(EXPECTED, 0);
    expect(await refusal()).toMatch(
      new RegExp(`${EXPECTED}: SHA-256 is [0-9a-f]{64}, but the manifest says`),
    );
  });

  it("a program is edited", async () => {
    const text = copy.read(PROGRAMS);
    copy.write(PROGRAMS, text.replace('"comment":"', '"comment":"!'));
    expect(await refusal()).toMatch(new RegExp(`${PROGRAMS}: SHA-256`));
  });

  it("a value has another length than its shape says", async () => {
    copy.edit(EXPECTED, (file) => {
      file.cases[0].observations[0].parameters[0].parameter.data = "AACAPw==";
    });
    expect(await refusal()).toMatch(
      /groups\.json: cases\[0\]\.observations\[0\]\.parameters\[0\]\.parameter: shape \[7\]/,
    );
  });

  it("a certificate is edited, and the manifest with it", async () => {
    copy.edit(EXPECTED, (file) => {
      file.cases[2].certificate.weak++;
    });
    copy.rehash();
    expect(await refusal()).toMatch(
      /groups\.json: case torch\/groups\/.*: the certificate is not the oracle's/,
    );
  });

  it("a program is edited so that it means something else, and the manifest with it", async () => {
    copy.edit(PROGRAMS, (file) => {
      file.cases[0].program.operations[0].groups[0].hyperparameters.lr = "3fe0000000000000";
    });
    copy.rehash();
    expect(await refusal()).toMatch(/case torch\/groups\/two\/lr: the certificate is not the oracle's/);
  });

  it("a program is edited so that it is none, and the manifest with it", async () => {
    copy.edit(PROGRAMS, (file) => {
      file.cases[1].program.operations[1].gradients.pop();
    });
    copy.rehash();
    expect(await refusal()).toMatch(/groups\.json: case torch\/groups\/.*: operations\[1\]\.gradients: /);
  });

  it("a case names a clause that there is not", async () => {
    copy.edit(PROGRAMS, (file) => {
      file.cases[1].clause = "RMS-8.66";
    });
    copy.rehash();
    expect(await refusal()).toMatch(
      /case torch\/groups\/.*: clause: the specification has no clause "RMS-8\.66"/,
    );
  });

  it("a case has no program, or a program no observations", async () => {
    copy.edit(PROGRAMS, (file) => file.cases.splice(2, 1));
    copy.rehash();
    expect(await refusal()).toMatch(/case torch\/groups\/.*: programs\/groups\.json does not have this case/);
    copy.remove();
    copy = new GoldenCopy("groups");
    copy.edit(EXPECTED, (file) => file.cases.splice(2, 1));
    copy.rehash();
    expect(await refusal()).toMatch(/avx2\/groups\.json: case torch\/groups\/.*: .*here it is missing/);
  });

  it("an observation is missing", async () => {
    copy.edit(EXPECTED, (file) => file.cases[0].observations.pop());
    copy.rehash();
    expect(await refusal()).toMatch(/case torch\/groups\/two\/lr: /);
  });

  it("a file says that it is another than its path", async () => {
    copy.edit(EXPECTED, (file) => {
      file.kind = "as-shipped";
    });
    copy.rehash();
    expect(await refusal()).toMatch(
      /avx2\/groups\.json: kind: "as-shipped", but the path says "correct-root"/,
    );
  });
});

describe("a value that was changed", () => {
  it("needs a forged manifest and a forged certificate, and even then is outside and mismatching", async () => {
    flipOneBit(EXPECTED, 0);
    await expect(verifyGoldens(copy.folder)).rejects.toThrow(/SHA-256/);
    copy.rehash();
    // The sets of what follows start from what was observed.
    const { message } = (await verifyGoldens(copy.folder).catch((error: Error) => error)) as Error;
    expect(message).toMatch(/certificate is not the oracle's/);
    copy.edit(EXPECTED, (file) => {
      file.cases[3].certificate = JSON.parse(/instead of (.*)$/.exec(message)![1]);
    });
    copy.rehash();
    const rows = await verifyGoldens(copy.folder);
    expect(isVerified(rows)).toBe(false);
    const row = rows.find(({ kind, capability }) => kind === "correct-root" && capability === "avx2")!;
    expect(row.outside).toBeGreaterThan(0);
    expect(row.mismatchingBits).toBe(1);
  });
});

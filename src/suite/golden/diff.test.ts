import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fromOrdinal, ordinalOf } from "../../float32/neighbours.js";
import { GoldenCopy } from "./__test-helpers__/golden-copy.js";
import { diffGoldens } from "./diff.js";

const EXPECTED = "correct-root/avx2/groups.json";
const KEY = "groups/correct-root/avx2/torch/groups/two/lr";

let before: GoldenCopy;
let after: GoldenCopy;
beforeEach(() => {
  before = new GoldenCopy("groups");
  after = new GoldenCopy("groups");
});
afterEach(() => {
  before.remove();
  after.remove();
});

/** Change elements of one tensor of the first case, and make the manifest fit. */
function change(slot: string, change: (value: number, element: number) => number): void {
  after.edit(EXPECTED, (file) => {
    const tensor = file.cases[0].observations[2].parameters[2][slot];
    const bytes = Buffer.from(tensor.data, "base64");
    for (let i = 0; i < bytes.length; i += 4) bytes.writeFloatLE(change(bytes.readFloatLE(i), i / 4), i);
    tensor.data = bytes.toString("base64");
  });
  after.rehash();
}

describe("diffGoldens", () => {
  const nothing = { onlyBefore: [], onlyAfter: [], changedPrograms: [], moved: [] };

  it("sees nothing where nothing moved", () => {
    expect(diffGoldens(before.folder, after.folder)).toEqual(nothing);
  });

  it("says by how many floats a value moved, in which slot and under which clause", () => {
    change("square_avg", (value, element) => (element === 5 ? fromOrdinal(ordinalOf(value) + 3) : value));
    const row = { clause: "RMS-8.6", kind: "correct-root", capability: "avx2", slot: "square_avg" };
    expect(diffGoldens(before.folder, after.folder)).toEqual({
      ...nothing,
      moved: [{ ...row, values: 1, largest: 3, nan: 0, missing: 0, example: KEY }],
    });
    expect(diffGoldens(after.folder, before.folder).moved).toEqual([
      { ...row, values: 1, largest: 3, nan: 0, missing: 0, example: KEY },
    ]);
  });

  it("keeps the largest distance, counts NaN apart and sees the sign of a zero", () => {
    change(
      "parameter",
      (value, element) => [Number.NaN, fromOrdinal(ordinalOf(value) - 2)][element] ?? value,
    );
    const [row] = diffGoldens(before.folder, after.folder).moved;
    expect(row).toMatchObject({ slot: "parameter", values: 2, largest: 2, nan: 1 });
    change("square_avg", (value, element) => (element === 0 ? 0 : value));
    const signed = new GoldenCopy("groups");
    try {
      for (const path of [EXPECTED, "manifest.json"]) signed.write(path, after.read(path));
      change("square_avg", (value, element) => (element === 0 ? -0 : value));
      expect(diffGoldens(signed.folder, after.folder).moved).toMatchObject([
        { slot: "square_avg", values: 1, largest: 0, nan: 0, example: KEY },
      ]);
    } finally {
      signed.remove();
    }
  });

  it("names an example where values only became NaN", () => {
    change("parameter", () => Number.NaN);
    expect(diffGoldens(before.folder, after.folder).moved).toMatchObject([
      { values: 9, nan: 9, largest: 0, example: KEY },
    ]);
  });

  it("counts values that only one generation has apart", () => {
    after.edit(EXPECTED, (file) => {
      delete file.cases[0].observations[2].parameters[2].square_avg;
    });
    after.rehash();
    const row = { slot: "square_avg", values: 9, largest: 0, nan: 0, missing: 9, example: KEY };
    expect(diffGoldens(before.folder, after.folder).moved).toMatchObject([row]);
    expect(diffGoldens(after.folder, before.folder).moved).toMatchObject([row]);
  });

  it("names cases that are gone, new or about another program", () => {
    for (const path of ["programs/groups.json", EXPECTED]) {
      after.edit(path, (file) => {
        file.cases[1].id = "torch/groups/new";
      });
    }
    after.edit("programs/groups.json", (file) => {
      file.cases[2].program.operations.push({ op: "checkpoint" });
    });
    after.rehash();
    const diff = diffGoldens(before.folder, after.folder);
    expect(diff.onlyBefore).toEqual(["groups/correct-root/avx2/torch/groups/two/lr-zero"]);
    expect(diff.onlyAfter).toEqual(["groups/correct-root/avx2/torch/groups/new"]);
    // Of the case that was renamed, the other kinds have lost their program.
    expect(diff.changedPrograms.filter((key) => key.endsWith("two/alpha"))).toHaveLength(4);
    expect(diff.moved).toEqual([]);
  });

  it("reads both sets with all their checks", () => {
    after.write(EXPECTED, after.read(EXPECTED).replace('"id"', '"id" '));
    expect(() => diffGoldens(before.folder, after.folder)).toThrow(/SHA-256/);
    expect(() => diffGoldens("/nonexistent", after.folder)).toThrow(/there is no manifest/);
  });
});

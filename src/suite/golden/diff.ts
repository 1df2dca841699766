import type { Slot } from "../../../spec/arithmetic.js";
import { encodeProgram } from "../../program/program-codec.js";
import { differencesBetween, distanceInFloats } from "./compare-observations.js";
import { GoldenSet } from "./golden-set.js";

/** Values that moved between two generations, for one clause, kind, capability and slot. */
export interface MovedValues {
  readonly clause: string;
  readonly kind: string;
  readonly capability: string;
  readonly slot: Slot;
  values: number;
  /** Largest distance in floats; values that became or stopped being NaN are counted apart. */
  largest: number;
  nan: number;
  /** Values that only one of the two generations has. */
  missing: number;
  /** A case in which the largest distance was seen, or the first that moved if none has a distance. */
  example: string;
}

export interface GoldenDiff {
  /** `family/kind/capability/id` of cases that only one generation has, or whose program is another. */
  readonly onlyBefore: string[];
  readonly onlyAfter: string[];
  readonly changedPrograms: string[];
  readonly moved: MovedValues[];
}

/**
 * What moved between two generations of a golden set.
 * @throws {ProgramError} for a set that cannot be read
 */
export function diffGoldens(beforeFolder: string, afterFolder: string): GoldenDiff {
  const before = indexOf(GoldenSet.open(beforeFolder));
  const after = indexOf(GoldenSet.open(afterFolder));
  const diff: GoldenDiff = {
    onlyBefore: [...before.keys()].filter((key) => !after.has(key)),
    onlyAfter: [...after.keys()].filter((key) => !before.has(key)),
    changedPrograms: [],
    moved: [],
  };
  for (const [key, old] of before) {
    const now = after.get(key);
    if (!now) continue;
    if (old.program !== now.program) {
      diff.changedPrograms.push(key);
      continue;
    }
    for (const difference of differencesBetween(old.observations, now.observations)) {
      const row = rowFor(diff.moved, { ...old, slot: difference.slot });
      const distance = distanceInFloats(difference);
      row.values++;
      // What is missing and NaN have no distance, and zeros of another sign are none apart.
      if (row.example === "") row.example = key;
      if (difference.missing) row.missing++;
      else if (Number.isNaN(distance)) row.nan++;
      else if (distance > row.largest) {
        row.largest = distance;
        row.example = key;
      }
    }
  }
  return diff;
}

function indexOf(set: GoldenSet) {
  const entries = set.families().flatMap((family) => {
    const programs = new Map(set.programs(family).cases.map((one) => [one.id, one]));
    return [...set.expected(family)].flatMap(({ kind, capability, cases }) =>
      cases.map(({ id, observations }) => {
        const described = programs.get(id);
        const program = described ? JSON.stringify(encodeProgram(described.program)) : "";
        const entry = { clause: described?.clause ?? "?", kind, capability, observations, program };
        return [`${family}/${kind}/${capability}/${id}`, entry] as const;
      }),
    );
  });
  return new Map(entries);
}

function rowFor(
  rows: MovedValues[],
  { clause, kind, capability, slot }: { clause: string; kind: string; capability: string; slot: Slot },
): MovedValues {
  let row = rows.find(
    (one) => one.clause === clause && one.kind === kind && one.capability === capability && one.slot === slot,
  );
  if (!row) {
    row = { clause, kind, capability, slot, values: 0, largest: 0, nan: 0, missing: 0, example: "" };
    rows.push(row);
  }
  return row;
}

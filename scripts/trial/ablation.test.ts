import { describe, expect, it } from "vitest";
import { ablationOf, familyAblationOf, livingWithout } from "./ablation.js";
import type { MutantTrial } from "./try-mutant.js";

const failing = (id: string, kind: "golden" | "property", ...clauses: string[]) => ({ id, kind, clauses });

function trialOf(id: string, clause: string, ...cases: ReturnType<typeof failing>[]): MutantTrial {
  return { id, title: "", clause, outcome: "killed", failing: cases };
}

const MUTANTS = [
  trialOf("both", "RMS-1.1", failing("a", "golden", "RMS-1.1"), failing("b", "property", "RMS-1.2")),
  trialOf(
    "one",
    "RMS-1.2",
    failing("b", "property", "RMS-1.2", "RMS-1.3"),
    failing("c", "property", "RMS-1.2"),
  ),
  trialOf("none", "RMS-1.3"),
];

describe("ablationOf", () => {
  const rows = new Map(ablationOf(MUTANTS).map((row) => [row.clause, row]));

  it("counts what a clause kills, and what nothing else does", () => {
    expect(rows.get("RMS-1.1")).toMatchObject({ assigned: ["both"], kills: ["both"], only: [] });
    expect(rows.get("RMS-1.2")).toMatchObject({ assigned: ["one"], kills: ["both", "one"], only: ["one"] });
  });

  it("credits a clause with a case that names others too, but not with what another case kills", () => {
    expect(rows.get("RMS-1.3")).toMatchObject({ assigned: ["none"], kills: ["one"], only: [] });
  });

  it("has a row for every clause", () => {
    expect(rows.get("RMS-9.1")).toMatchObject({ assigned: [], kills: [], only: [] });
  });

  it("refuses a trial that stopped at the first failure", () => {
    const { failing: _, ...stopped } = MUTANTS[0];
    expect(() => ablationOf([stopped])).toThrow("both stopped at the first failure");
  });
});

describe("familyAblationOf", () => {
  it("takes a family away as a whole", () => {
    const across = trialOf("across", "RMS-2.2", failing("d", "property", "RMS-2.2", "RMS-1.1"));
    const rows = familyAblationOf([...MUTANTS, across]);
    expect(rows[0]).toMatchObject({
      family: 1,
      kills: ["both", "one", "across"],
      only: ["both", "one", "across"],
    });
    expect(rows[1]).toMatchObject({ family: 2, kills: ["across"], only: ["across"] });
    expect(rows[2]).toMatchObject({ family: 3, kills: [], only: [] });
  });
});

describe("livingWithout", () => {
  it("names those that only cases of these kinds kill, and those that nothing kills", () => {
    expect(livingWithout(MUTANTS, ["property"])).toEqual(["one", "none"]);
    expect(livingWithout(MUTANTS, ["golden"])).toEqual(["none"]);
    expect(livingWithout(MUTANTS, ["golden", "property"])).toEqual(["both", "one", "none"]);
  });
});

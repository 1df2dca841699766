import { describe, expect, it } from "vitest";
import { killTimesOf, scoresOf } from "./trial-result.js";
import type { BenignTrial } from "./try-benign.js";
import type { MutantTrial } from "./try-mutant.js";

function mutant(id: string, outcome: MutantTrial["outcome"], seconds?: number, cases = 1): MutantTrial {
  const kill = { id: "case", kind: "golden", clauses: ["RMS-1.1"], verdict: "inaccurate" } as const;
  return {
    id,
    title: "",
    clause: "RMS-1.1",
    outcome,
    ...(seconds !== undefined && { first: { ...kill, cases, seconds } }),
  };
}

function benign(id: string, conforms: boolean): BenignTrial {
  return { id, title: "", level: "L2", conforms, judged: 1, rejected: 0, accusations: [], seconds: 1 };
}

describe("scoresOf", () => {
  it("passes where every mutant is killed by its clause and every benign variant accepted", () => {
    const scores = scoresOf({ seed: 1, mutants: [mutant("a", "killed", 1)], benign: [benign("b", true)] });
    expect(scores).toMatchObject({ mutants: 1, killed: 1, benign: 1, accepted: 1, passed: true });
  });

  it.each([
    ["a survivor", [mutant("a", "survived")], [benign("b", true)]],
    ["a wrong clause", [mutant("a", "wrong-clause", 1)], [benign("b", true)]],
    ["a rejected variant", [mutant("a", "killed", 1)], [benign("b", false)]],
    ["nothing", [], []],
  ])("does not pass with %s", (_, mutants, variants) => {
    expect(scoresOf({ seed: 1, mutants, benign: variants }).passed).toBe(false);
  });

  it("names what spoils it", () => {
    const mutants = [mutant("a", "survived"), mutant("b", "wrong-clause", 1), mutant("c", "killed", 1)];
    const { survived, wrongClause, rejected } = scoresOf({ seed: 1, mutants, benign: [benign("d", false)] });
    expect([survived, wrongClause, rejected].map(([{ id }]) => id)).toEqual(["a", "b", "d"]);
  });
});

describe("killTimesOf", () => {
  it("gives shares of all mutants, survivors included", () => {
    const mutants = [
      mutant("a", "killed", 0.5, 3),
      mutant("b", "killed", 1, 5),
      mutant("c", "killed", 9, 70),
      mutant("d", "survived"),
    ];
    expect(killTimesOf(mutants)).toEqual({
      within: { "1": 0.5, "10": 0.75 },
      medianCases: 5,
      medianSeconds: 1,
      worstSeconds: 9,
    });
  });

  it("has nothing to say where nothing was killed", () => {
    expect(killTimesOf([mutant("a", "survived")])).toBeUndefined();
  });
});

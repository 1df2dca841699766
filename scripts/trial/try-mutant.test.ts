import { describe, expect, it } from "vitest";
import { type Mutant, withParts } from "./subjects/variant.js";
import { tryBenign } from "./try-benign.js";
import { tryMutant } from "./try-mutant.js";

const options = { profile: "smoke", seed: 20130 } as const;
const f = Math.fround;

const HONEST: Mutant = { id: "honest", title: "", clause: "RMS-1.1", create: withParts({}) };
const EPSILON_INSIDE: Mutant = {
  id: "epsilon-inside",
  title: "",
  clause: "RMS-1.2",
  create: withParts({ denominator: (v, { scalars }) => f(Math.sqrt(f(v + scalars.eps))) }),
};

describe("tryMutant", () => {
  it("says what killed a mutant, and which case of its clause did", async () => {
    const trial = await tryMutant(EPSILON_INSIDE, options);
    expect(trial).toMatchObject({ outcome: "killed", own: { clauses: expect.arrayContaining(["RMS-1.2"]) } });
    expect(trial.first?.cases).toBeGreaterThan(10); // the capability cases judge no values
    expect(trial.failing).toBeUndefined();
  });

  it("tells a kill by another clause from one by its own", async () => {
    const trial = await tryMutant({ ...EPSILON_INSIDE, clause: "RMS-14.1" }, options);
    expect(trial.outcome).toBe("wrong-clause");
    expect(trial.own).toBeUndefined();
  });

  it("runs the cases of its clause first where that is asked for", async () => {
    const search = "own-clause-first";
    const trial = await tryMutant(EPSILON_INSIDE, { ...options, search });
    expect(trial).toMatchObject({ outcome: "killed", own: trial.first });
    const other = await tryMutant({ ...EPSILON_INSIDE, clause: "RMS-14.1" }, { ...options, search });
    expect(other.outcome).toBe("wrong-clause");
  });

  it("lets an honest implementation survive every case", async () => {
    const trial = await tryMutant(HONEST, { ...options, search: "all" });
    expect(trial).toMatchObject({ outcome: "survived", failing: [] });
  });

  it("runs only what is drawn where that is asked for", async () => {
    const { first } = await tryMutant(EPSILON_INSIDE, { ...options, generatedOnly: true });
    expect(first?.kind).toBe("property");
  });
});

describe("tryBenign", () => {
  it("accepts an honest implementation, with the number of observations", async () => {
    const trial = await tryBenign(HONEST, options);
    expect(trial).toMatchObject({ conforms: true, level: "L2", rejected: 0, accusations: [] });
    expect(trial.judged).toBeGreaterThan(100_000);
  });

  it("says what a rejected one is accused of", async () => {
    const trial = await tryBenign(EPSILON_INSIDE, { ...options, generatedOnly: true });
    expect(trial.conforms).toBe(false);
    expect(trial.accusations.join()).toMatch(/outside its acceptance set/);
  });
});

import { describe, expect, it } from "vitest";
import { CLAUSES } from "../../../spec/clauses.js";
import { BENIGN_VARIANTS } from "./benign.js";
import { MUTANTS } from "./index.js";

// That each one is killed, or accepted, is what the trial shows: `npm run trial`.
describe("the subjects of the trial", () => {
  const subjects = [...MUTANTS, ...BENIGN_VARIANTS];

  it("have ids of their own, which say what they do", () => {
    const ids = subjects.map(({ id }) => id);
    expect(ids.filter((id, k) => ids.indexOf(id) !== k)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it("say what they do, no two alike", () => {
    const titles = subjects.map(({ title }) => title);
    expect(titles.filter((title, k) => title.length < 5 || titles.indexOf(title) !== k)).toEqual([]);
  });

  it("are at least 100 mutants and 15 benign variants", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(100);
    expect(BENIGN_VARIANTS.length).toBeGreaterThanOrEqual(15);
  });

  it("name clauses that there are", () => {
    const known = CLAUSES.map(({ id }) => id);
    expect(MUTANTS.filter(({ clause }) => !known.includes(clause)).map(({ id }) => id)).toEqual([]);
  });

  it("say where a public bug was, and what it did", () => {
    const bugs = MUTANTS.flatMap(({ bug }) => (bug ? [bug] : []));
    expect(bugs.length).toBeGreaterThan(10);
    expect(bugs.filter(({ where, what }) => where.length < 4 || what.length < 15)).toEqual([]);
  });
});

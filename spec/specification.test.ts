import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PROPERTIES } from "../properties/index.js";
import { capabilityCases } from "../src/suite/capability-cases.js";
import { CLAUSE_FAMILIES, CLAUSES } from "./clauses.js";
import { DIALECT_SOURCES } from "./dialect-sources.js";
import { DIALECTS } from "./dialects.js";
import { printSpecification } from "./print-specification.js";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

interface Citation {
  /** What cites: a property, a golden case or a regression, by its id. */
  readonly by: string;
  readonly clauses: readonly string[];
}

function jsonFiles(folder: string): string[] {
  return readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${folder}${name}`);
}

interface StoredGolden {
  readonly id: string;
  readonly clause: string;
  readonly retracted?: string;
}

const goldens = [...jsonFiles("../golden/torch/programs/"), "../golden/source/airfoil.json"].flatMap(
  (path) => (JSON.parse(read(path)) as { cases: StoredGolden[] }).cases,
);
const citations = {
  property: PROPERTIES.map(({ id, clauses }): Citation => ({ by: id, clauses })),
  golden: goldens
    .filter(({ retracted }) => retracted === undefined)
    .map(({ id, clause }): Citation => ({ by: id, clauses: [clause] })),
  capability: DIALECTS.flatMap(capabilityCases).map(({ id, clauses }): Citation => ({ by: id, clauses })),
  regression: jsonFiles("../properties/regressions/").map((path): Citation => {
    const { clauses } = JSON.parse(read(path)) as { clauses: string[] };
    return { by: path, clauses };
  }),
};

test("SPEC.md is what the data and the preface print: run scripts/print-spec.mjs", () => {
  expect(read("SPEC.md")).toBe(printSpecification(read("SPEC.preface.md")));
});

test("the links inside SPEC.md lead somewhere", () => {
  const text = read("SPEC.md");
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id));
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(CLAUSES.length);
  expect(links.filter((id) => !anchors.has(id))).toEqual([]);
});

describe("clauses", () => {
  test("have unique ids of their family, numbered from 1 without gaps", () => {
    for (const { number, clauses } of CLAUSE_FAMILIES) {
      expect(clauses.map(({ id }) => id)).toEqual(clauses.map((_, k) => `RMS-${number}.${k + 1}`));
    }
    expect(CLAUSE_FAMILIES.map(({ number }) => number)).toEqual(CLAUSE_FAMILIES.map((_, k) => k + 1));
    expect(new Set(CLAUSES.map(({ id }) => id)).size).toBe(CLAUSES.length);
  });

  test("say something: a statement and a reason, each a sentence", () => {
    for (const { id, statement, why } of CLAUSES) {
      expect(statement, id).toMatch(/^\S.*[.…]$/);
      expect(why, id).toMatch(/^\S.*[.…]$/);
    }
  });

  test("are each named by a property, a golden case or a capability case", () => {
    const cited = [...citations.property, ...citations.golden, ...citations.capability];
    const named = new Set(cited.flatMap(({ clauses }) => clauses));
    expect(CLAUSES.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
  });
});

test.each(Object.keys(citations) as (keyof typeof citations)[])(
  "every %s names only clauses that exist",
  (kind) => {
    const known = new Set(CLAUSES.map(({ id }) => id));
    if (kind !== "regression") expect(citations[kind].length).toBeGreaterThan(0);
    for (const { by, clauses } of citations[kind]) {
      expect(clauses.length, by).toBeGreaterThan(0);
      expect(
        clauses.filter((id) => !known.has(id)),
        by,
      ).toEqual([]);
    }
  },
);

test("every dialect has a source, and every source a dialect", () => {
  expect(Object.keys(DIALECT_SOURCES).sort()).toEqual(DIALECTS.map(({ id }) => id).sort());
});

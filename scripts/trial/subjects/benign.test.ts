import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROPERTIES } from "../../../properties/index.js";
import type { Property } from "../../../properties/property.js";
import { PropertyFailure } from "../../../properties/property-failure.js";
import { Subject } from "../../../properties/subject.js";
import { CAPABILITIES } from "../../../spec/capabilities.js";
import { dialectById } from "../../../spec/dialects.js";
import { type Declaration, declarationOf } from "../../../src/judge/declaration.js";
import { addTally, emptyTally, type Tally } from "../../../src/judge/tally.js";
import { BENIGN_VARIANTS } from "./benign.js";
import { adapterOf, type Variant } from "./variant.js";

const SEED = 20130;
const RUNS = 3;

/** Few, but of every part of a step and of a life. */
const TELLING = [
  "plain-steps-are-accepted",
  "hidden-state-traces-are-accepted",
  "centered-traces-are-accepted",
  "momentum-buffer-and-parameter-follow-the-form",
  "coupled-weight-decay-is-accepted",
  "decoupled-weight-decay-leaves-the-state-alone",
  "checkpoint-is-the-identity",
  "changes-hold-from-the-next-step-on",
  "omitted-hyperparameters-have-the-defaults",
  "negative-hyperparameters-are-refused",
  "any-bits-are-judged",
];

function declarationOfVariant({ declares = {} }: Variant): Declaration {
  const { dialect = "pytorch", axes, reference, choices } = declares;
  const given = Object.entries(axes ?? {}).filter(([, value]) => value !== undefined);
  return declarationOf({ ...dialectById(dialect), ...Object.fromEntries(given) }, reference, choices);
}

interface Hearing {
  readonly tally: Tally;
  readonly accusations: readonly string[];
}

/** The telling properties that a variant can be asked, under a declaration. */
async function hear(variant: Variant, declaration: Declaration): Promise<Hearing> {
  const capabilities = variant.declares?.capabilities ?? CAPABILITIES;
  const tally = emptyTally();
  const demandBitExact = declaration.reference !== undefined;
  const subject = new Subject(adapterOf(variant), capabilities, declaration, demandBitExact, (judgement) =>
    addTally(tally, judgement.tally),
  );
  const requested = PROPERTIES.filter(
    ({ id, requires, appliesTo }: Property) =>
      TELLING.includes(id) &&
      requires.every((capability) => capabilities.includes(capability)) &&
      (appliesTo?.(declaration) ?? true),
  );
  const accusations: string[] = [];
  for (const property of requested) {
    const drawn = fc.asyncProperty(property.arbitrary(declaration, capabilities), (input) =>
      property.check(input, subject),
    );
    const { errorInstance } = await fc.check(drawn, { seed: SEED, numRuns: RUNS, endOnFailure: true });
    if (errorInstance === null || errorInstance === undefined) continue;
    if (!(errorInstance instanceof PropertyFailure)) throw errorInstance;
    accusations.push(`${property.id}: ${errorInstance.message}`);
  }
  return { tally, accusations };
}

test("the telling properties are there", () => {
  const known = PROPERTIES.map(({ id }) => id);
  expect(TELLING.filter((id) => !known.includes(id))).toEqual([]);
});

describe("no property rejects", () => {
  test.each(BENIGN_VARIANTS.map((variant) => [variant.id, variant] as const))("%s", async (_, variant) => {
    const declaration = declarationOfVariant(variant);
    const { tally, accusations } = await hear(variant, declaration);
    expect(accusations).toEqual([]);
    expect(tally.judged).toBeGreaterThan(0);
    if (declaration.reference) expect(tally.bitExact).toBe(tally.judged);
  });
});

/** Variants whose choices show in few draws, and why. */
const SELDOM_SEEN: Readonly<Record<string, string>> = {
  "decay-rate-in-float32": "its rate differs by a last bit, which seldom reaches the parameter",
  "negated-buffer": "it differs in signs of zero alone",
};

// A variant that never uses what it declares would show nothing.
describe("without its choices of rounding, some property rejects", () => {
  const choosing = BENIGN_VARIANTS.filter(({ id, declares }) => declares?.choices && !(id in SELDOM_SEEN));
  test.each(choosing.map((variant) => [variant.id, variant] as const))("%s", async (_, variant) => {
    const { dialect } = declarationOfVariant(variant);
    const { accusations } = await hear(variant, declarationOf(dialect));
    expect(accusations).not.toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { declarationOf, pinnedDeclaration } from "../../judge/declaration.js";
import { measured } from "./__test-helpers__/measured.js";
import { answersTo } from "./answered-program.js";
import { elementPrograms } from "./element-programs.js";
import { measureSets } from "./set-sizes.js";

const pytorch = dialectById("pytorch");

async function answered(dialect = pytorch, ...missingCapabilities: Parameters<typeof measured>[1] & {}) {
  const implementation = measured(dialect, missingCapabilities);
  return {
    implementation,
    programs: await answersTo(elementPrograms(implementation, "smoke"), implementation),
  };
}

describe("measureSets", () => {
  it.each(DIALECTS.map(({ id }) => id))("finds one float in each set of a pinned %s", async (id) => {
    const { implementation, programs } = await answered(dialectById(id));
    const pinned = pinnedDeclaration(dialectById(id), "fused", PINNED_EVALUATIONS.fused);
    const sets = await measureSets(implementation, pinned, programs);
    expect(sets.length).toBeGreaterThan(1);
    for (const { observations, median, p99, most } of sets) {
      expect(observations).toBeGreaterThan(0);
      expect([median, p99, most]).toEqual([1, 1, 1]);
    }
  });

  it("finds larger sets where more is left open", async () => {
    const { implementation, programs } = await answered();
    const open = await measureSets(implementation, declarationOf(pytorch), programs);
    const wider = await measureSets(
      implementation,
      { dialect: pytorch, evaluation: { ...DEFAULT_FREEDOM, root: ["within-two-ulps"] } },
      programs,
    );
    expect(open.map(({ slot }) => slot)).toEqual(["parameter", "square_avg", "grad_avg", "momentum_buffer"]);
    expect(open[0].most).toBeGreaterThan(1);
    expect(wider[0].most).toBeGreaterThan(open[0].most);
    // A mean square has no root.
    expect(wider[1]).toMatchObject(open[1]);
    // Each is compared with the default freedom, on the same observations.
    for (const [k, { slot: _, observations: __, ...sizes }] of open.entries())
      expect(wider[k].byDefault).toEqual(sizes);
    expect(open[0].byDefault).toBeUndefined();
    for (const { median, p99, most } of open) {
      expect(median).toBeLessThanOrEqual(p99);
      expect(p99).toBeLessThanOrEqual(most);
    }
  });

  it("counts what proves little: an update that its parameter swallows", async () => {
    const { implementation, programs } = await answered();
    const [{ slot, observations, weak, indeterminate }] = await measureSets(
      implementation,
      declarationOf(pytorch),
      programs,
    );
    expect(slot).toBe("parameter");
    expect(indeterminate).toBeGreaterThan(0);
    expect(weak + indeterminate).toBeLessThan(observations);
  });

  it("counts floats between ends where sets are intervals", async () => {
    const { implementation, programs } = await answered(pytorch, "state", "load");
    const sets = await measureSets(implementation, declarationOf(pytorch), programs);
    expect(sets.map(({ slot }) => slot)).toEqual(["parameter"]);
    expect(sets[0].most).toBeGreaterThan(1);
  });

  it("has nothing to say of what was not answered", async () => {
    expect(await measureSets(measured(pytorch), declarationOf(pytorch), [])).toEqual([]);
  });
});

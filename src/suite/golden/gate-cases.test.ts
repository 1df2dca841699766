import { afterAll, describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../../spec/capabilities.js";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { FaultBudget } from "../fault-budget.js";
import { runStoredCase } from "../run-stored-case.js";
import { GoldenCopy } from "./__test-helpers__/golden-copy.js";
import { goldenCases } from "./gate-cases.js";

const copy = new GoldenCopy("groups");
afterAll(() => copy.remove());

const options = (evaluation: "fused" | "unfused") => ({
  adapter: bundledAdapter(evaluation),
  capabilities: CAPABILITIES,
  declaration: declarationOf(dialectById("pytorch"), evaluation),
  demandBitExact: true,
  faultBudget: new FaultBudget(),
  replay: (selection: string) => `gate ${selection}`,
});

describe("goldenCases", () => {
  it("compare with PyTorch's bits where an evaluation is claimed that it was traced in", () => {
    expect(goldenCases(copy.folder, undefined).every(({ check }) => check === undefined)).toBe(true);
    expect(goldenCases(copy.folder, "operation-by-operation").every(({ check }) => check === undefined)).toBe(
      true,
    );
    for (const claimed of ["fused", "unfused"]) {
      expect(goldenCases(copy.folder, claimed).every(({ check }) => check)).toBe(true);
    }
    const [first] = goldenCases(copy.folder, "fused");
    expect(first).toMatchObject({ id: "torch/groups/two/lr", kind: "golden", clauses: ["RMS-8.6"] });
  });

  it("fail by PyTorch's bits where the reference evaluation is not PyTorch", async () => {
    const edited = new GoldenCopy("groups");
    try {
      // What a PyTorch would have shown that computes something else than the reference evaluation.
      edited.edit("correct-root/avx2/groups.json", (file) => {
        const { parameter } = file.cases[0].observations[1].parameters[0];
        const bytes = Buffer.from(parameter.data, "base64");
        bytes[4] ^= 1;
        parameter.data = bytes.toString("base64");
      });
      edited.rehash();
      const [first, second] = goldenCases(edited.folder, "fused");
      const result = await runStoredCase(first, options("fused"));
      expect(result).toMatchObject({ verdict: "certified", tally: { rejected: 0 } });
      expect(result.tally.bitExact).toBe(result.tally.judged);
      expect(result.failure?.message).toMatch(
        /^parameter of parameter 0, element 1, observation 1 is .*, but PyTorch computed /,
      );
      expect((await runStoredCase(second, options("fused"))).verdict).toBe("bit-exact");
      // The other capability's file was not edited.
      const [unfused] = goldenCases(edited.folder, "unfused");
      expect((await runStoredCase(unfused, options("unfused"))).verdict).toBe("bit-exact");
    } finally {
      edited.remove();
    }
  });

  it("leave retracted cases out", () => {
    const edited = new GoldenCopy("groups");
    try {
      edited.edit("programs/groups.json", (file) => {
        file.cases[0].retracted = "wrong because of a test";
      });
      edited.rehash();
      const ids = goldenCases(edited.folder, "fused").map(({ id }) => id);
      expect(ids).toHaveLength(11);
      expect(ids).not.toContain("torch/groups/two/lr");
    } finally {
      edited.remove();
    }
  });
});

import { describe, expect, it } from "vitest";
import { trialPage } from "./trial-page.js";
import type { TrialResult } from "./trial-result.js";
import type { MutantTrial } from "./try-mutant.js";

function mutant(id: string, clause: string, ...clauses: string[][]): MutantTrial {
  const failing = clauses.map((named, k) => ({ id: `case-${k}`, kind: "property" as const, clauses: named }));
  const kill = { ...failing[0], verdict: "differs", cases: 3, seconds: 0.5 };
  return { id, title: `The defect of ${id}.`, clause, outcome: "killed", first: kill, own: kill, failing };
}

const benign = [
  { id: "fused", title: "Fuses.", level: "L2", judged: 1200, rejected: 0, conforms: true },
] as unknown as TrialResult["benign"];
const first: TrialResult = {
  seed: 7,
  mutants: [mutant("alone", "RMS-1.1", ["RMS-1.1"]), mutant("twice", "RMS-1.2", ["RMS-1.2"], ["RMS-3.1"])],
  benign,
};
const later: TrialResult[] = [8, 9].map((seed) => ({ seed, mutants: [first.mutants[0]], benign }));

describe("the page of a trial", () => {
  const { page, figures } = trialPage(first, later, "smoke");

  it("begins with the scores, and says what later seeds gave", () => {
    expect(page).toContain("**2 of 2 mutants killed by their clause. 1 of 1 benign variants accepted.**");
    expect(page).toContain(
      "2 other seeds (8 to 9), with what is drawn alone: 2 of 2 times a mutant was killed by its clause, 2 of 2 times a benign variant was accepted. 1 mutants are not in these counts",
    );
    expect(figures).toMatchObject({ seeds: [7, 8, 9], mutants: ["alone", "twice"], killed: 2, accepted: 1 });
    expect(figures.later).toEqual({ mutants: 2, killed: 2, benign: 2, accepted: 2 });
  });

  it("names what spoiled a later seed", () => {
    const survivor = { ...first.mutants[0], outcome: "survived" as const };
    const rejected = [{ ...benign[0], conforms: false }];
    const spoiled = { seed: 10, mutants: [survivor], benign: rejected };
    expect(trialPage(first, [...later, spoiled], "smoke").page).toContain(
      "whatever the seed. **alone survived seed 10; fused was rejected under seed 10.**",
    );
    expect(page).not.toContain("survived seed");
  });

  it("shows what each clause and each family earns", () => {
    expect(page).toMatch(/^\| RMS-1\.1 \| .* \| 1 \| 1 \| 1 \| alone \|$/m);
    expect(page).toMatch(/^\| RMS-1\.2 \| .* \| 1 \| 1 \| 0 \| {2}\|$/m);
    expect(page).toMatch(/^\| RMS-1 \| Recurrence \| 2 \| 1 \| alone \|$/m);
  });

  it("says why clauses stand that no mutant needs, and does not excuse one that kills nothing", () => {
    const line = (words: string) => page.split("\n").find((one) => one.includes(words)) ?? "";
    expect(line("hold over the reals")).toMatch(/^- .*RMS-2\.1.*RMS-7\.2/);
    expect(line("kill mutants that another clause kills as well")).toMatch(/^- RMS-1\.2, RMS-3\.1 /);
    expect(line("they are not shown to be of use")).toMatch(/^- .*RMS-8\.1/);
    expect(line("they are not shown to be of use")).not.toMatch(/RMS-1\.1|RMS-14\.1/);
    expect(line("about what an implementation says of itself")).toContain("RMS-14.1");
  });
});

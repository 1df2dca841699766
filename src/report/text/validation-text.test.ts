import { describe, expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { badgeReport } from "../formats/badge.js";
import { htmlReport } from "../formats/html/html-report.js";
import { junitReport } from "../formats/junit.js";
import { markdownReport } from "../formats/markdown.js";
import { terminalReport } from "../formats/terminal.js";
import { conclusionsOf } from "../model/conclusions.js";
import type { Report } from "../model/report.js";
import { validationText } from "./validation-text.js";

const NUMERIC = { id: "numeric", clauses: ["RMS-1.1"] };
const refused = (message?: string): Partial<Report["cases"][number]> => ({
  id: "nan-refused",
  clauses: ["RMS-12.2"],
  verdict: message === undefined ? "certified" : "contract-mismatch",
  ...(message !== undefined && { message, refusal: true as const }),
});

/** A report whose footer says what its cases come to. */
function concluded(cases: readonly Partial<Report["cases"][number]>[]): Report {
  return madeUpRun({ cases, footer: conclusionsOf(madeUpRun({ cases })).footer });
}

describe("validation in a report", () => {
  it("fails the run, and leaves the level in every form", async () => {
    const report = concluded([NUMERIC, refused("lr = NaN must be refused")]);
    expect(report.footer).toMatchObject({ reached: "L2", validation: "failed", outcome: "failed" });
    expect(terminalReport(report, false)).toMatch(
      /^FAILED at L2 \(reached L2: certified accuracy; validation failed\) · .*\n {2}validation: failed \(1 of 1 case: nan-refused\)\n/,
    );
    for (const text of [markdownReport(report), await htmlReport(report), junitReport(report)])
      expect(text).toContain("validation failed");
    expect(markdownReport(report)).toContain("validation: failed");
    expect(await htmlReport(report)).toContain("validation: failed");
    expect(JSON.parse(badgeReport(report)).message).toBe("L2 certified, validation fails");
  });

  it("passes in a line of its own", () => {
    const report = concluded([NUMERIC, refused()]);
    expect(report.footer).toMatchObject({ reached: "L2", validation: "passed", outcome: "passed" });
    expect(validationText(report)).toBe("validation: passed (1 case)");
  });

  it("is not mentioned where no case of it was run", () => {
    const report = concluded([NUMERIC]);
    expect(report.footer.validation).toBe("skipped");
    expect(validationText(report)).toBeUndefined();
  });

  it("does not excuse what else such a case finds", () => {
    const { refusal: _, ...wrong } = refused("the gradient was changed");
    expect(concluded([NUMERIC, wrong]).footer).toMatchObject({
      reached: "L0",
      validation: "skipped",
      outcome: "failed",
    });
  });

  it("counts what the declared domain left out", () => {
    const report = madeUpRun({
      header: { domain: "0 < eps" },
      cases: [NUMERIC, { id: "zero", verdict: "skipped", reason: "outside", outsideDomain: 3 }],
    });
    expect(terminalReport(report, false)).toContain(
      "  outside the declared domain (0 < eps): 3 programs not sent, 1 case skipped\n",
    );
    expect(markdownReport(report)).toContain("Values of hyperparameters outside the declared domain");
  });
});

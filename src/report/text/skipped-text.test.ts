import { expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { htmlReport } from "../formats/html/html-report.js";
import { markdownReport } from "../formats/markdown.js";
import { terminalReport } from "../formats/terminal.js";

const SLOW = { verdict: "timeout", message: "the process did not answer within 10 s" } as const;
const GONE = { verdict: "crash", message: "the process ended" } as const;

it("every form of a report counts and lists faults that were not reproduced in isolation", async () => {
  const report = madeUpRun({ footer: { restarts: 3, notReproduced: [SLOW, GONE, SLOW] } });
  for (const text of [terminalReport(report, false), markdownReport(report), await htmlReport(report)]) {
    expect(text).toContain(
      "not reproduced in isolation: 2 (timeout: the process did not answer within 10 s)",
    );
    expect(text).toContain("not reproduced in isolation: 1 (crash: the process ended)");
  }
  expect(terminalReport(report, false)).toMatch(/^PASSED .* · 3 faults not reproduced in isolation · /);
  expect(terminalReport(madeUpRun(), false)).not.toContain("not reproduced");
});

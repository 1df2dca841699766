import { beforeAll, describe, expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { type RealOutcomes, realOutcomes } from "../__test-helpers__/real-outcomes.js";
import { isExpected } from "../model/case-outcomes.js";
import { snippetsOf } from "../snippet/snippets.js";
import { expectationFile } from "../text/expectation-file.js";
import { findingText } from "../text/finding-text.js";
import { outcomeText } from "../text/headline.js";
import { limitsOf } from "../text/limits.js";
import { readMarkdown } from "./__test-helpers__/read-markdown.js";
import { markdownReport } from "./markdown.js";
import { markdownText } from "./markdown-text.js";

/** GitHub refuses more, in bytes. */
const MAX_LENGTH = 2 ** 20;

let reports: RealOutcomes;
beforeAll(async () => {
  reports = await realOutcomes();
});

describe("of real runs", () => {
  it("begins with the verdict, and ends with the way to run it again", () => {
    for (const report of Object.values(reports)) {
      const markdown = markdownReport(report);
      expect(markdown.split("\n", 1)[0]).toBe(`## ${markdownText(outcomeText(report))}`);
      expect(markdown).toContain("\n```sh\nnpx rmsprop-conformance gate\n```\n");
      for (const limit of limitsOf(report)) expect(markdown).toContain(`\n- ${markdownText(limit)}\n`);
    }
  });

  it("has the claim of what conforms, to be copied", () => {
    for (const name of ["conforming", "as expected"] as const)
      expect(markdownReport(reports[name])).toContain(
        `\nClaim:\n\n\`\`\`text\n${reports[name].footer.claim}\n\`\`\`\n`,
      );
    expect(markdownReport(reports.failing)).not.toContain("Claim:");
  });

  it("counts cases by what they come to", () => {
    expect(markdownReport(reports.failing)).toContain("| golden | 0 | 12 | 0 | 0 | 0 |\n");
    expect(markdownReport(reports["as expected"])).toContain("| golden | 0 | 0 | 12 | 0 | 0 |\n");
    expect(markdownReport(reports.conforming)).toContain("| golden | 12 | 0 | 0 | 0 | 0 |\n");
  });

  it("has the card of each finding, the first one open", () => {
    const markdown = markdownReport(reports.failing);
    const [finding] = reports.failing.findings;
    expect(markdown).toContain(
      "<details open><summary><b>Finding 1 · other-dialect</b> · This is another dialect: epsilon is inside instead of outside. (12 cases)</summary>\n",
    );
    expect(readMarkdown(markdown).code).toContain(`${findingText(finding)}\n`);
    expect(markdownReport(reports["as expected"])).toContain("outside. (12 cases, known to fail)</summary>");
  });

  it("lists the clauses that fail or were not shown, and expectations that do not hold", () => {
    expect(markdownReport(reports.failing)).toContain(
      "\n| RMS-8.6 | failed | other-dialect 12 | Each parameter group uses its own hyperparameters, as if it were an optimizer of its own. |\n",
    );
    expect(markdownReport(reports.conforming)).not.toContain("| RMS-");
    expect(markdownReport(reports.stale)).toMatch(
      /### Known failures that do not hold\n\n- line 4: `torch\/groups\/two\/lr` is expected to fail as other-dialect, but does not fail/,
    );
  });

  it("has the expectations file for what is not expected already", () => {
    const [finding] = reports.failing.findings;
    expect(markdownReport(reports.failing)).toContain(`\n${expectationFile(finding, reports.failing)}\n`);
    expect(markdownReport(reports.conforming)).not.toContain("expectations:");
  });

  it("has no element that is not ours", () => {
    for (const report of Object.values(reports)) {
      const { blocks, inline, text } = readMarkdown(markdownReport(report));
      expect(
        [...inline].filter((kind) => !["text", "code_inline", "strong_open", "strong_close"].includes(kind)),
      ).toEqual([]);
      expect(text).not.toMatch(/[@#/\\<>[\]*_~|`{}$]|www\./);
      const html = blocks.filter((block) => block.startsWith("html"));
      const details = report.findings.map((finding) => {
        const silenced = isExpected(finding, report) || expectationFile(finding, report) === undefined;
        return 1 + snippetsOf(finding).length + (silenced ? 0 : 1);
      });
      expect(html).toHaveLength(2 * details.reduce((sum, count) => sum + count, 0));
      for (const block of html)
        expect(block).toMatch(
          /^html (<details( open)?><summary>(<b><\/b>)?(<code><\/code>)*<\/summary>|<\/details>)$/,
        );
    }
  });
});

describe("of made-up runs", () => {
  const findings = (count: number, sentence: string) =>
    Array.from({ length: count }, () => ({ sentence, message: sentence, cases: ["first"] }));

  it("leaves out findings that GitHub would not take, and says how many", () => {
    const report = madeUpRun({
      findings: findings(1000, `${"é".repeat(3000)} it differs`),
      footer: { outcome: "failed" },
    });
    const markdown = markdownReport(report);
    expect(Buffer.byteLength(markdown)).toBeLessThan(MAX_LENGTH);
    expect(Buffer.byteLength(markdown)).toBeGreaterThan(0.8 * MAX_LENGTH);
    const displayed = markdown.match(/<details/g)?.length ?? 0;
    expect(displayed).toBeGreaterThan(50);
    expect(markdown).toContain(`\n**${1000 - displayed} more findings did not fit into this summary:**`);
    expect(markdown).toContain("### Reproduce");
    expect(markdownReport(madeUpRun({ findings: findings(3, "it differs") }))).not.toContain("did not fit");
  });

  it("stays below it whatever is said, and however often", () => {
    const long = "\u0000".repeat(1_000_000);
    const report = madeUpRun({
      header: {
        implementation: { name: long, version: long, language: long },
        command: long,
        dialect: long,
        suite: long,
      },
      cases: Array.from({ length: 500 }, (_, k) => ({ verdict: "skipped" as const, reason: `${k} ${long}` })),
      findings: findings(30, long),
      footer: {
        complete: false,
        outcome: "failed",
        stopped: long,
        claim: long,
        expectations: {
          expected: [],
          breaches: Array.from({ length: 500 }, (_, line) => ({ kind: "passes", line, message: long })),
        },
      },
    });
    const markdown = markdownReport(report);
    expect(Buffer.byteLength(markdown)).toBeLessThan(MAX_LENGTH);
    // Not the text itself, or a failure would print all of it.
    expect(markdown.match(/\n- and 480 more\n/g)).toHaveLength(2);
    expect(markdown.match(/[\d]+ more findings did not fit/g)).toHaveLength(1);
  });

  it("says what failed in the suite itself", () => {
    const report = madeUpRun({
      cases: [{ id: "proof", kind: "self-check", verdict: "differs", message: "1 is not 2" }],
    });
    expect(markdownReport(report)).toContain(
      "### Failed self-checks of the suite\n\n- self-check proof: 1 is not 2\n",
    );
  });

  it("sums up cases of several kinds", () => {
    const report = madeUpRun({
      cases: [{ kind: "golden" }, { kind: "property" }, { kind: "property", verdict: "skipped" }],
    });
    expect(markdownReport(report)).toContain(
      "| golden | 1 | 0 | 0 | 0 | 0 |\n| property | 1 | 0 | 0 | 0 | 1 |\n| **all** | 2 | 0 | 0 | 0 | 1 |\n",
    );
  });

  it("lists clauses of a whole run though no case is about them", () => {
    const clauses = [
      { clause: "RMS-1.1", outcome: "skipped" as const, counts: {} },
      { clause: "RMS-2.3", outcome: "spec-only" as const, counts: { certified: 1 } },
    ];
    const whole = markdownReport(madeUpRun({ clauses }));
    expect(whole).toContain("\n| RMS-1.1 | skipped | no case | ");
    expect(whole).toContain("\n| RMS-2.3 | spec-only | certified 1 | ");
    expect(markdownReport(madeUpRun({ clauses, header: { shard: { index: 1, count: 2 } } }))).not.toContain(
      "| RMS-1.1",
    );
  });
});

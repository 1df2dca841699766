import { describe, expect, it } from "vitest";
import { ProgramError } from "../../program/program-error.js";
import { madeUpReport } from "../__test-helpers__/stored-report.js";
import { parseReport } from "./read-report.js";

const LINES = madeUpReport({
  only: "RMS-1",
  cases: [
    { id: "a", kind: "property", verdict: "differs", failure: { message: "it fails" } },
    { id: "b", kind: "golden", verdict: "skipped", reason: "for dialect keras" },
  ],
  findings: [{ sentence: "Nothing explains it.", cases: ["a"] }],
});
const [header, a, b, finding, clause, footer] = LINES;
const textOf = (...lines: string[]) => lines.map((line) => `${line}\n`).join("");

describe("parseReport", () => {
  it("reads what was run and what it showed", () => {
    const report = parseReport(textOf(...LINES), "r");
    expect(report.header).toMatchObject({ only: "RMS-1", profile: "ci" });
    expect(report.cases).toMatchObject([
      { id: "a", verdict: "differs", message: "it fails" },
      { id: "b", verdict: "skipped", reason: "for dialect keras" },
    ]);
    expect(report.findings).toMatchObject([{ sentence: "Nothing explains it.", cases: ["a"] }]);
    expect(report.footer).toMatchObject({ complete: true, cases: 2 });
    // Line ends of Windows, or none at the end, change nothing.
    expect(parseReport(LINES.join("\r\n"), "r")).toEqual(report);
  });

  it.each<[what: string, text: string, said: RegExp]>([
    ["nothing", "\n", /^r: the file is empty; the gate writes report\.jsonl$/],
    [
      "a report without its footer",
      textOf(header, a, b, finding, clause),
      /^r: the report has no footer: it was cut off; run the gate again$/,
    ],
    ["a header alone", textOf(header), /^r: the report has no footer/],
    ["a report that was cut off in a line", textOf(...LINES).slice(0, -20), /^r:6: not JSON/],
    [
      "the end of a report",
      textOf(b, finding, footer),
      /^r:1: the first line is a case where a report has its header/,
    ],
    ["two reports", textOf(...LINES, ...LINES), /^r:7: there are lines after the footer; give one report$/],
    [
      "a report in a report",
      textOf(header, a, header, b, finding, footer),
      /^r:3: a second report begins here/,
    ],
    [
      "a report without a line of a case",
      textOf(header, a, finding, footer),
      /^r: the footer counts 2 case lines, but there are 1; run the gate again$/,
    ],
    [
      "a report without a finding",
      textOf(header, a, b, footer),
      /^r: the footer counts 1 finding lines, but there are 0/,
    ],
    ["text", "nonsense", /^r:1: not JSON/],
    ["other JSON Lines", '{"message":"hello","id":1}\n', /^r:1: .*type/],
    [
      "another format",
      textOf(header.replace("report/2", "report/1"), footer),
      /^r:1: format: the report is in the format rmsprop-report\/1, this version of the suite reads rmsprop-report\/2; read it with the version that wrote it/,
    ],
    [
      "a report without the line of a clause",
      textOf(header, a, b, finding, footer),
      /^r: the footer counts 6 lines, but there are 5; run the gate again$/,
    ],
    [
      "a case that is there twice",
      textOf(header, a, a, finding, clause, footer),
      /^r: case a is there twice; a report has one line for each case$/,
    ],
    [
      "an unknown clause",
      textOf(header, a, b, finding, clause.replace("RMS-1.1", "RMS-99.1"), footer),
      /^r: clause RMS-99\.1 is not in the specification of this version of the suite; /,
    ],
    [
      "a finding with a program that is none",
      textOf(header, a, b, finding.replace('"replay"', '"program":{"format":"x"},"replay"'), clause, footer),
      /^r: program of finding 1: /,
    ],
    [
      "a footer that says more than the cases",
      textOf(header, a, b, finding, clause, footer.replace('"outcome":"failed"', '"outcome":"passed"')),
      /^r: the footer says outcome "passed", but the cases show "failed"; the file was changed/,
    ],
    [
      "a level that the cases do not reach",
      textOf(header, a, b, finding, clause, footer.replace('"reached":"L0"', '"reached":"L2"')),
      /^r: the footer says reached "L2", but the cases show "L0"; /,
    ],
    [
      "an outcome that the verdict does not give",
      textOf(header, a.replace('"outcome":"failed"', '"outcome":"xfailed"'), b, finding, clause, footer),
      /^r: case a has the outcome xfailed, but its verdict makes it failed; /,
    ],
    [
      "a count of cases that were skipped",
      textOf(header, a, b, finding, clause, footer.replace('"skipped":1', '"skipped":0')),
      /^r: the footer says skipped 0, but the cases show 1; /,
    ],
    [
      "a failing case that is said to pass",
      textOf(
        header,
        a.replace('"differs"', '"certified"').replace(',"message":"it fails"', ""),
        b,
        finding,
        clause,
        footer,
      ),
      /^r: a finding names case a, which does not fail; the file was changed, so run the gate again$/,
    ],
    [
      "a failing verdict without its message",
      textOf(header, a.replace(',"message":"it fails"', ""), b, finding, clause, footer),
      /^r: case a has the verdict differs, but no message says what failed; /,
    ],
    [
      "a passing verdict with a failure message",
      textOf(header, a.replace('"differs"', '"bit-exact"'), b, finding, clause, footer),
      /^r: case a has the verdict bit-exact, but a message says what failed; /,
    ],
    [
      "a case that is not run, with a message",
      textOf(header, a.replace('"differs"', '"skipped"'), b, finding, clause, footer),
      /^r: case a has the verdict skipped, but a message says what failed; /,
    ],
    [
      "a finding of another verdict than its case",
      textOf(header, a.replace('"differs"', '"certified"'), b, finding, clause, footer),
      /^r: case a has the verdict certified, but its finding says differs; /,
    ],
    [
      "a failing case that no finding names",
      textOf(header, a, b, finding.replace('"cases":["a"]', '"cases":[]'), clause, footer),
      /^r: case a fails, but no finding names it; /,
    ],
    [
      "rejected observations in a case that passes",
      textOf(header, a, b.replace('"rejected":0', '"rejected":3'), finding, clause, footer),
      /^r: case b passes, but 3 of its observations were rejected; /,
    ],
    [
      "bits that are not exact in a case that is",
      textOf(
        header,
        a,
        b.replace('"verdict":"skipped"', '"verdict":"bit-exact"').replace('"judged":0', '"judged":2'),
        finding,
        clause,
        footer,
      ),
      /^r: case b is bit-exact, but only 0 of its 2 observations are; /,
    ],
    [
      "a case that counts more than was judged",
      textOf(header, a, b.replace('"weak":0', '"weak":1'), finding, clause, footer),
      /^r: case b counts more observations than were judged; /,
    ],
    [
      "a clause that its cases do not show",
      textOf(header, a, b, finding, clause.replace('"skipped"', '"passed"'), footer),
      /^r: clause RMS-1\.1 has the outcome passed, but its cases make it skipped; /,
    ],
    [
      "a clause that counts other cases",
      textOf(header, a, b, finding, clause.replace('"counts":{}', '"counts":{"certified":2}'), footer),
      /^r: clause RMS-1\.1 counts 2 cases as certified, but there are 0; /,
    ],
    ["an unknown verdict", textOf(header, a.replace('"differs"', '"wrong"'), footer), /^r:2: verdict: /],
    [
      "an unknown field",
      textOf(header, a.replace('"runs"', '"x":1,"runs"'), footer),
      /^r:2: unknown field "x"/,
    ],
  ])("refuses %s", (_, text, expectedMessage) => {
    expect(() => parseReport(text, "r")).toThrow(ProgramError);
    expect(() => parseReport(text, "r")).toThrow(expectedMessage);
  });
});

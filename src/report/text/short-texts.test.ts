import { expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { capped, MAX_TEXT_LENGTH, shortTexts } from "./short-texts.js";

it("leaves short texts alone, and counts what it leaves out of others", () => {
  expect(capped("abc", 3)).toBe("abc");
  expect(capped("abcd", 3)).toBe("abc … 1 more character");
  expect(capped("x".repeat(12_345), 345)).toBe(`${"x".repeat(345)} … 12,000 more characters`);
});

it("cuts no character in two", () => {
  expect(capped("a😀b", 2)).toBe("a … 3 more characters");
  expect(capped("a😀b", 3)).toBe("a😀 … 1 more character");
});

it("shortens every text of a report, however deep, and no program", () => {
  const long = "x".repeat(MAX_TEXT_LENGTH + 5);
  const short = `${"x".repeat(MAX_TEXT_LENGTH)} … 5 more characters`;
  const report = madeUpRun({
    header: {
      implementation: { name: long, version: "1", language: "none" },
      evaluation: { [long]: [long] },
    },
    cases: [{ message: long, missingCapabilities: [long] }],
    findings: [
      {
        message: long,
        alternatives: [[{ kind: "dialect", axis: "a", declared: "b", observed: long }]],
        program: { values: long },
      },
    ],
    footer: { stopped: long },
  });
  const displayed = shortTexts(report);
  expect(displayed.header.implementation.name).toBe(short);
  expect(displayed.header.evaluation).toEqual({ [short]: [short] });
  expect(displayed.cases[0]).toMatchObject({ message: short, missingCapabilities: [short] });
  expect(displayed.findings[0]).toMatchObject({ message: short, alternatives: [[{ observed: short }]] });
  expect(displayed.findings[0].program).toEqual({ values: long });
  expect(displayed.footer.stopped).toBe(short);
  expect(report.footer.stopped).toBe(long);
});

it("changes nothing of a report without long texts", () => {
  const report = madeUpRun({ cases: [{ reason: "y".repeat(MAX_TEXT_LENGTH), verdict: "skipped" }] });
  expect(shortTexts(report)).toEqual(report);
});

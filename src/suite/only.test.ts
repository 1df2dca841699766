import { describe, expect, it } from "vitest";
import { isSelected, NothingSelected } from "./only.js";

describe("isSelected", () => {
  const clauses = ["RMS-1.2", "RMS-11.1"];
  it.each([
    [undefined, true],
    ["RMS-1.2", true],
    ["RMS-1", true],
    ["RMS-11", true],
    ["RMS-11.1", true],
    ["torch/matrix/m0c0/dyadic", true],
    ["torch/matrix/*", true],
    ["*dyadic", true],
    ["torch/*/m0c0/*", true],
    ["*", true],
    // A family is not a prefix of another one, nor a clause of another one.
    ["RMS-1.1", false],
    ["RMS-2", false],
    ["RMS", false],
    ["RMS-11.11", false],
    ["torch/matrix", false],
    ["matrix", false],
    // Nothing but * stands for anything.
    ["torch/matrix/m0c0.dyadic", false],
    ["RMS-1?2", false],
    ["(torch)*", false],
    ["", false],
  ])("%j", (pattern, selected) => {
    expect(isSelected(pattern, "torch/matrix/m0c0/dyadic", clauses)).toBe(selected);
  });

  it("takes characters of regular expressions for themselves", () => {
    expect(isSelected("a.b+c[0]*", "a.b+c[0]/x", [])).toBe(true);
    expect(isSelected("a.b+c[0]*", "aXbbc0/x", [])).toBe(false);
  });
});

describe("NothingSelected", () => {
  it("says what was asked for", () => {
    expect(new NothingSelected("RMS-99").message).toBe('--only "RMS-99": no clause and no case matches it');
  });
});

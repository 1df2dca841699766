import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { parseSeconds } from "./option-values.js";

describe("parseSeconds", () => {
  it.each([
    ["30", 30_000],
    ["0.5", 500],
    ["0.001", 1],
    ["86400", 86_400_000],
  ])("of %s", (text, milliseconds) => {
    expect(parseSeconds(text)).toBe(milliseconds);
  });

  it.each(["", "0", "0.0001", "-1", "1e3", "1s", "86401", "NaN", "Infinity", " 1"])("refuses %j", (text) => {
    expect(() => parseSeconds(text)).toThrow(InvalidArgumentError);
  });
});

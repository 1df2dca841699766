import { describe, expect, it } from "vitest";
import { printedLine } from "./printed-line.js";

describe("shownLine", () => {
  it.each([
    ["short", '{"id":1,"é":"😀"}', '{"id":1,"é":"😀"}'],
    ["empty", "", "an empty line"],
    ["of 200 bytes", "x".repeat(200), "x".repeat(200)],
    ["of 201 bytes", "x".repeat(201), `${"x".repeat(200)}… (201 bytes)`],
    ["of 201 bytes, though of fewer characters", `${"é".repeat(100)}x`, `${"é".repeat(100)}… (201 bytes)`],
    ["that would move the cursor", "\u001b[2Ja\rb\u202e", "\\u{1b}[2Ja\\u{d}b\\u{202e}"],
  ])("of a line %s", (_, line, displayed) => {
    expect(printedLine(line)).toBe(displayed);
  });
});

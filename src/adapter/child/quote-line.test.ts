import { expect, it } from "vitest";
import { quoteLine } from "./quote-line.js";

it("shows a short line as it is", () => {
  expect(quoteLine('{"id":1}')).toBe('"{"id":1}"');
  expect(quoteLine("a\r\tb")).toBe('"a\\r\\tb"');
});

it("shows control characters, and whatever is not ASCII, by number", () => {
  expect(quoteLine("\u001b[31m\u009b0m\u202eü")).toBe('"\\u001b[31m\\u009b0m\\u202e\\u00fc"');
  expect(quoteLine(Buffer.from([0x80]))).toBe('"\\ufffd"');
});

it("shows 200 bytes, and that there is more", () => {
  expect(quoteLine("a".repeat(200))).toBe(`"${"a".repeat(200)}"`);
  expect(quoteLine("a".repeat(10_000))).toBe(`"${"a".repeat(200)}"…`);
});

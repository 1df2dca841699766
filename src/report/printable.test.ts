import { expect, it } from "vitest";
import { printable, printableLine } from "./printable.js";

it("shows what a terminal would act upon", () => {
  expect(printable("\u001b[31mred\u0007\b\r\u009b2J\u007f\u0000")).toBe(
    "\\x1b[31mred\\x07\\x08\\r\\x9b2J\\x7f\\x00",
  );
});

it("shows what would turn the line around, hide, or break it", () => {
  expect(printable("a\u202eb\u2066c\u200bd\u2028e\ufeff")).toBe(
    "a\\u{202e}b\\u{2066}c\\u{200b}d\\u{2028}e\\u{feff}",
  );
  expect(printable("\ud800x")).toBe("\\u{d800}x");
});

it("leaves text alone, in any script, with its lines and tabs", () => {
  const text = "β = 0.99 · Überprüfung 検証 😀\n\tat step";
  expect(printable(text)).toBe(text);
});

it("keeps to one line where there is one", () => {
  expect(printableLine("mine\nCONFORMS at L3")).toBe("mine\\nCONFORMS at L3");
});

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

it("shows what no text may have", () => {
  expect(printable("a\ufffeb\uffffc\ufdd0")).toBe("a\\u{fffe}b\\u{ffff}c\\u{fdd0}");
});

it("shows what a CI that reads the output would carry out", () => {
  expect(printable("::error::a\n\t ::add-mask::b\n::::")).toBe(
    "\\x3a:error::a\n\t \\x3a:add-mask::b\n\\x3a:::",
  );
  expect(printable("a ##[set-output name=x]b ##vso[task.complete]c ##TeamCity[d]")).toBe(
    "a #\\x23[set-output name=x]b #\\x23vso[task.complete]c #\\x23TeamCity[d]",
  );
  expect(printableLine("a\n::error::b")).toBe("a\\n\\x3a:error::b");
  const harmless = "std::vector, a ::b, ## [x]\n # [y]";
  expect(printable(harmless)).toBe(harmless);
});

it("takes no longer for long runs than they are long", () => {
  for (const unit of [" ", "\n", ":", "#", " \n", "\u0000"]) {
    const text = unit.repeat(500_000);
    const start = performance.now();
    printable(text);
    // Quadratic, it would take minutes.
    expect(performance.now() - start, JSON.stringify(unit)).toBeLessThan(10_000);
  }
});

it("leaves text alone, in any script, with its lines and tabs", () => {
  const text = "β = 0.99 · Überprüfung 検証 😀\n\tat step";
  expect(printable(text)).toBe(text);
});

it("keeps to one line where there is one", () => {
  expect(printableLine("mine\nCONFORMS at L3")).toBe("mine\\nCONFORMS at L3");
});

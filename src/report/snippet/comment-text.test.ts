import fc from "fast-check";
import { expect, it } from "vitest";
import { quotedInComment } from "./comment-text.js";

it("what others said is one line that ends with a quotation mark", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.constantFrom(
          "\n",
          "\r",
          "\\",
          "??/",
          "*/",
          '"',
          "\u0085",
          "\u2028",
          "\u2029",
          "\u202e",
          "\ud800",
          "\u0000",
          "a",
        ),
      )
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      expect(quotedInComment(text)).toMatch(/^".*"$/u);
      expect(quotedInComment(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});

it("tabs stay out, and long texts are cut", () => {
  expect(quotedInComment("a\tb")).toBe('"a\\x09b"');
  const long = quotedInComment("x".repeat(10_000_000));
  expect(long.length).toBeLessThan(500);
  expect(long).toMatch(/x…"$/);
});

import { expect, it } from "vitest";
import { Exchange } from "./exchange.js";

it("is JSON, a line for what was sent, came and happened", () => {
  const exchange = new Exchange();
  exchange.sent('{"id":1}');
  exchange.stderr("a\nb");
  exchange.received("x");
  exchange.event("crash: it broke");
  expect(exchange.lines.map((line) => JSON.parse(line))).toEqual([
    { to: "adapter", line: '{"id":1}' },
    { from: "stderr", text: "a\nb" },
    { from: "adapter", line: "x" },
    { event: "crash: it broke" },
  ]);
});

it("cuts what is long, and says so", () => {
  const exchange = new Exchange();
  exchange.sent("a".repeat(2 ** 16 + 5));
  for (let k = 0; k < 1000; k++) exchange.stderr("b".repeat(1000));
  const [sent, ...stderr] = exchange.lines.map((line) => JSON.parse(line));
  expect(sent).toEqual({ to: "adapter", line: "a".repeat(2 ** 16), note: "5 more characters are cut" });
  expect(stderr.map(({ text }) => text).join("")).toBe("b".repeat(2 ** 16));
  expect(stderr.at(-1).note).toBe("the rest is cut");
});

import { expect, it } from "vitest";
import { STDERR_TAIL, StderrTail } from "./stderr-tail.js";

it("keeps what is short", () => {
  const tail = new StderrTail();
  expect(tail.text).toBe("");
  tail.push(Buffer.from("one\n"));
  tail.push(Buffer.from("two\n"));
  expect(tail.text).toBe("one\ntwo\n");
});

it("keeps the last 8 KiB, however it comes", () => {
  const text = Array.from({ length: 5000 }, (_, k) => `line ${k}\n`).join("");
  for (const size of [1, 1000, 8192, 100_000]) {
    const tail = new StderrTail();
    for (let at = 0; at < text.length; at += size) tail.push(Buffer.from(text.slice(at, at + size)));
    expect(tail.text).toBe(text.slice(-STDERR_TAIL));
  }
});

it("leaves out a character that has lost its beginning", () => {
  const tail = new StderrTail();
  tail.push(Buffer.from(`€${"a".repeat(STDERR_TAIL - 1)}`));
  expect(tail.text).toBe("a".repeat(STDERR_TAIL - 1));
});

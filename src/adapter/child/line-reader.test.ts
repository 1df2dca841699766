import { describe, expect, it } from "vitest";
import { LineReader, type ReadLine } from "./line-reader.js";

const line = (text: string): ReadLine => ({ kind: "line", text });

/** What a reader gives for bytes that come in chunks of this size. */
function readIn(size: number, bytes: Buffer, reader = new LineReader()): ReadLine[] {
  const lines: ReadLine[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...reader.push(bytes.subarray(at, at + size)));
  const rest = reader.end();
  return rest ? [...lines, rest] : lines;
}

describe("LineReader", () => {
  it.each([1, 2, 3, 5, 7, 1000])("gives the same lines for chunks of %i bytes", (size) => {
    const text = "\n{}\n\ngrün 𝛽\nx\n";
    expect(readIn(size, Buffer.from(text))).toEqual(["", "{}", "", "grün 𝛽", "x"].map(line));
  });

  it("reports a line that the end of the stream cuts off", () => {
    expect(readIn(3, Buffer.from("whole\ncut"))).toEqual([
      line("whole"),
      { kind: "truncated", head: Buffer.from("cut") },
    ]);
  });

  it("takes a line of the limit's length, and reports one that is longer", () => {
    for (const size of [1, 4, 100]) {
      expect(readIn(size, Buffer.from("12345678\n"), new LineReader(8))).toEqual([line("12345678")]);
      const long = readIn(size, Buffer.from("ok\n123456789\nnever\n"), new LineReader(8));
      expect(long).toHaveLength(2);
      expect(long[1].kind).toBe("oversized");
    }
  });

  it("reports a line as oversized without waiting for its end, and keeps the beginning only", () => {
    const reader = new LineReader(1000);
    expect(reader.push(Buffer.alloc(1000, "a"))).toEqual([]);
    const [long, ...more] = reader.push(Buffer.alloc(2 ** 20, "b"));
    expect(more).toEqual([]);
    expect(long).toEqual({ kind: "oversized", head: Buffer.alloc(201, "a") });
    expect(reader.push(Buffer.from("\nlater\n"))).toEqual([]);
    expect(reader.end()).toBeUndefined();
  });

  it.each([
    ["a lone continuation", [0x80]],
    ["a character that is cut off", [0x7b, 0xe2, 0x82]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
  ])("reports %s as not UTF-8", (_, bytes) => {
    for (const size of [1, 100]) {
      const lines = readIn(size, Buffer.from([...bytes, 0x0a, 0x78, 0x0a]));
      expect(lines).toEqual([{ kind: "not-utf8", head: Buffer.from(bytes) }]);
    }
  });

  it("has nothing left at the end of a stream of whole lines", () => {
    const reader = new LineReader();
    expect(reader.push(Buffer.from("a\n"))).toEqual([line("a")]);
    expect(reader.end()).toBeUndefined();
  });
});

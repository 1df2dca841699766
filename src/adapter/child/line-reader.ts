import { isUtf8 } from "node:buffer";
import { SHOWN } from "./quote-line.js";

/** Longest line that is read from an adapter, in bytes without its end: 64 MiB. */
export const LINE_LIMIT = 64 * 2 ** 20;

/** Bytes kept of an unusable line: those that are shown, and one more to tell that it was cut. */
const HEAD = SHOWN + 1;

export type ReadLine =
  | { readonly kind: "line"; readonly text: string }
  /** `head` is how the line begins. Nothing can be read after it. */
  | { readonly kind: "oversized" | "not-utf8" | "truncated"; readonly head: Buffer };

/** Splits a stream of bytes into lines of UTF-8. Never holds more than a line of the limit's length. */
export class LineReader {
  /** The unfinished line: the first `length` bytes. */
  private pending = Buffer.alloc(0);
  private length = 0;
  private broken = false;

  /** @param limit longest line in bytes, its end not counted */
  constructor(private readonly limit = LINE_LIMIT) {}

  /** The lines that end in this chunk. An unusable line is the last one that is ever returned. */
  push(chunk: Buffer): ReadLine[] {
    const lines: ReadLine[] = [];
    let start = 0;
    while (!this.broken) {
      const end = chunk.indexOf(0x0a, start);
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (this.length + piece.length > this.limit) {
        if (this.length < HEAD) this.append(piece.subarray(0, HEAD));
        lines.push(this.unusable("oversized"));
      } else if (end === -1) {
        this.append(piece);
        break;
      } else {
        lines.push(this.finish(piece));
        start = end + 1;
      }
    }
    return lines;
  }

  /** The stream has ended: returns an unfinished line, if there is one. */
  end(): ReadLine | undefined {
    return this.broken || this.length === 0 ? undefined : this.unusable("truncated");
  }

  private finish(piece: Buffer): ReadLine {
    let line = piece;
    if (this.length > 0) {
      this.append(piece);
      line = this.pending.subarray(0, this.length);
    }
    if (!isUtf8(line)) {
      if (this.length === 0) this.append(line);
      return this.unusable("not-utf8");
    }
    const text = line.toString("utf8");
    this.pending = Buffer.alloc(0);
    this.length = 0;
    return { kind: "line", text };
  }

  private unusable(kind: "oversized" | "not-utf8" | "truncated"): ReadLine {
    const head = Buffer.from(this.pending.subarray(0, Math.min(this.length, HEAD)));
    this.broken = true;
    this.pending = Buffer.alloc(0);
    this.length = 0;
    return { kind, head };
  }

  /** One buffer that doubles: a list of one-byte chunks would cost far more than its bytes. */
  private append(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > this.pending.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, Math.min(2 * this.pending.length, this.limit)));
      this.pending.copy(larger, 0, 0, this.length);
      this.pending = larger;
    }
    piece.copy(this.pending, this.length);
    this.length = length;
  }
}

/** Bytes kept of what an adapter writes to standard error. */
export const STDERR_TAIL = 8192;

/** The end of a stream of text, however long the stream is. */
export class StderrTail {
  private bytes = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const all = chunk.length >= STDERR_TAIL ? chunk : Buffer.concat([this.bytes, chunk]);
    // A copy: a slice would keep the whole chunk.
    this.bytes = Buffer.from(all.subarray(Math.max(0, all.length - STDERR_TAIL)));
  }

  /** The kept text, without a leading partial character. */
  get text(): string {
    let start = 0;
    if (this.bytes.length === STDERR_TAIL) {
      while (start < 3 && (this.bytes[start] & 0xc0) === 0x80) start++;
    }
    return this.bytes.toString("utf8", start);
  }
}

/** Characters kept of each line, and of standard error in total. */
const KEPT = 2 ** 16;

/** The protocol exchange of one request, with events in between, as JSON lines. */
export class Exchange {
  readonly lines: string[] = [];
  private stderrLeft = KEPT;

  sent(line: string): void {
    this.push({ to: "adapter", line: line.slice(0, KEPT), ...cutNote(line.length - KEPT) });
  }

  received(line: string): void {
    this.push({ from: "adapter", line: line.slice(0, KEPT), ...cutNote(line.length - KEPT) });
  }

  stderr(text: string): void {
    if (this.stderrLeft === 0) return;
    const kept = text.slice(0, this.stderrLeft);
    this.stderrLeft -= kept.length;
    this.push({ from: "stderr", text: kept, ...(this.stderrLeft === 0 && { note: "the rest is cut" }) });
  }

  event(event: string): void {
    this.push({ event });
  }

  private push(entry: object): void {
    this.lines.push(JSON.stringify(entry));
  }
}

function cutNote(cut: number): { note?: string } {
  return cut > 0 ? { note: `${cut} more characters are cut` } : {};
}

/** Headings of spec/PROTOCOL.md. */
export const SECTIONS = [
  "Process",
  "Requests",
  "hello",
  "run",
  "stop",
  "Programs",
  "Values",
  "Capabilities",
] as const;
export type Section = (typeof SECTIONS)[number];

/** Thrown where an adapter does other than the protocol says. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";

  /**
   * @param expected completes "expected: …"
   * @param section of spec/PROTOCOL.md that says so
   * @param got what came instead, if it is not the last line that came
   */
  constructor(
    readonly expected: string,
    readonly section: Section,
    readonly got?: string,
  ) {
    super(`expected ${expected}`);
  }
}

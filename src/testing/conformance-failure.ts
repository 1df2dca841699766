/** A requirement that an implementation does not meet. The message is all there is to read. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";

  constructor(message: string) {
    super(message);
    // Frames of the suite would hide the message and point at nothing that the user can fix.
    this.stack = `${this.name}: ${message}`;
  }
}

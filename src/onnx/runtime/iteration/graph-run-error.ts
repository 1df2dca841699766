/** A training graph that could not be run. */
export class GraphRunError extends Error {
  override readonly name = "GraphRunError";

  /** @param ended whether the runtime took its process with it */
  constructor(
    message: string,
    readonly ended: boolean,
  ) {
    super(message);
  }
}

/** An ONNX file or graph that cannot be used: which one, what is wrong with it and, where that can be known, the cure. */
export class ModelError extends Error {
  override readonly name = "ModelError";

  /** @param source file, or what else the model came from */
  constructor(
    readonly source: string,
    readonly problem: string,
  ) {
    super(`${source}: ${problem}`);
  }
}

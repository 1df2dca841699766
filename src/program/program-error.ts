/** Bad input: says where it is, what is wrong and, where that can be known, how to fix it. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";

  /**
   * @param source file, case or other origin
   * @param path place inside, as in `operations[2].gradients[0]`; "" for the whole
   */
  constructor(
    readonly source: string,
    readonly path: string,
    readonly problem: string,
  ) {
    super(path === "" ? `${source}: ${problem}` : `${source}: ${path}: ${problem}`);
  }
}

/**
 * A call that was refused before it changed anything. The message says which argument, its value, what is
 * allowed and what to do.
 */
export class InvalidArgumentError extends RangeError {
  override readonly name = "InvalidArgumentError";
  /** Where the value stood, as a path from the call: `lr`, `params[1].alpha`, `gradients[0]`. */
  readonly argument: string;
  readonly value: unknown;

  /**
   * @param allowed completes "must be …".
   * @param fix a clause that tells the caller what to do.
   */
  constructor(argument: string, value: unknown, allowed: string, fix: string) {
    super(`${argument} must be ${allowed}, but is ${describe(value)}; ${fix}`);
    this.argument = argument;
    this.value = value;
  }
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (ArrayBuffer.isView(value) && "length" in value) return `a ${kind} of length ${value.length}`;
  return kind === "Object" ? `an object with the keys [${Object.keys(value).join(", ")}]` : `a ${kind}`;
}

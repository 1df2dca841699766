import { InvalidArgumentError } from "commander";

/** A seed: an integer that fast-check accepts. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^[+-]?\d+$/.test(text) || Math.abs(seed) > 0x7fffffff) {
    throw new InvalidArgumentError("expected an integer between -2147483647 and 2147483647.");
  }
  return seed;
}

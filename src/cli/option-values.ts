import { InvalidArgumentError } from "commander";

/** A seed: an integer that fast-check accepts. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^[+-]?\d+$/.test(text) || Math.abs(seed) > 0x7fffffff) {
    throw new InvalidArgumentError("expected an integer between -2147483647 and 2147483647.");
  }
  return seed;
}

/** A count: a non-negative integer. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a non-negative integer.");
  return Number(text);
}

/** A count of threads. */
export function parseThreads(text: string): number {
  const threads = Number(text);
  if (!/^\d{1,4}$/.test(text) || threads < 1 || threads > 1024) {
    throw new InvalidArgumentError("expected a number of threads, from 1 to 1024.");
  }
  return threads;
}

/** Longest time that can be given, in seconds: a day. */
const LONGEST = 86_400;

/** A time in seconds, as milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 0.001 || seconds > LONGEST) {
    throw new InvalidArgumentError(`expected seconds, from 0.001 to ${LONGEST}.`);
  }
  return seconds * 1000;
}

import { InvalidArgumentError } from "commander";
import { REPORTERS, type ReporterName } from "../report/formats/reporters.js";
import type { Shard } from "../suite/shard.js";

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

/** A part of the cases, as in 2/3. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (count === undefined || shard.index < 1 || shard.index > shard.count) {
    throw new InvalidArgumentError("expected a shard and the number of shards, as in 1/3, 2/3 or 3/3.");
  }
  return shard;
}

/** Reporters, separated by commas, without duplicates. */
export function parseReporters(text: string): ReporterName[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !(name in REPORTERS));
  if (unknown !== undefined) {
    const known = Object.keys(REPORTERS).join(", ");
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is not one of ${known}.`);
  }
  return [...new Set(names as ReporterName[])];
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
const MAX_SECONDS = 86_400;

/** A time in seconds, as milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 0.001 || seconds > MAX_SECONDS) {
    throw new InvalidArgumentError(`expected seconds, from 0.001 to ${MAX_SECONDS}.`);
  }
  return seconds * 1000;
}

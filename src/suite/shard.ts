/** A part of the cases, for running them on several machines. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** What the cases of a run were restricted to, if they were. */
export interface Restriction {
  readonly only?: string | undefined;
  readonly shard?: Shard | undefined;
}

/** As in "shard 1 of 3". */
export function shardText({ index, count }: Shard): string {
  return `shard ${index} of ${count}`;
}

/** The part that a run was restricted to, in words; undefined if it was not. */
export function partOf({ only, shard }: Restriction): string | undefined {
  return only ?? (shard && shardText(shard));
}

/** The cases of one shard: every case is in exactly one, and neighbours, which cost much the same, are in different ones. */
export function shardOf<T>(cases: readonly T[], { index, count }: Shard): T[] {
  return cases.filter((_, k) => k % count === index - 1);
}

/** Cases of all shards, from the first to the last, in the order in which they were before they were parted. */
export function unshard<T>(shards: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...shards.map(({ length }) => length));
  return Array.from({ length: longest }, (_, k) =>
    shards.flatMap((shard) => (k < shard.length ? [shard[k]] : [])),
  ).flat();
}

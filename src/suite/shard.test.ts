import fc from "fast-check";
import { expect, it } from "vitest";
import { shardOf, unshard } from "./shard.js";

it("parts cases so that each is in one shard, and puts them together in the old order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.integer({ min: 1, max: 9 }), (cases, count) => {
      const shards = Array.from({ length: count }, (_, k) => shardOf(cases, { index: k + 1, count }));
      expect(unshard(shards)).toEqual(cases);
      const sizes = shards.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
    { seed: 1 },
  );
});

import { expect, it } from "vitest";
import { RandomSource } from "../../search/element-steps.js";
import { distinctBlocks } from "./distinct-blocks.js";

const blocksOf = (...elements: readonly (readonly number[])[]) =>
  Array.from({ length: elements[0].length }, (_, k) => Float64Array.from(elements, (values) => values[k]));

const valuesAt = (blocks: readonly Float64Array[], i: number) => [
  ...new Map(blocks.map((block) => [Object.is(block[i], -0) ? "-0" : block[i], block[i]])).values(),
];

it("lists each value of an element once, in as many blocks as the element with most values needs", () => {
  const distinct = distinctBlocks(blocksOf([3, 1, 3, 2], [5, 5, 5, 5], [-0, 0, -0, 0]));
  expect(distinct.map((block) => [...block])).toEqual([
    [1, 5, -0],
    [2, 5, 0],
    [3, 5, 0],
  ]);
});

it("keeps NaN, infinities and both zeros, and nothing that was not there", () => {
  const random = new RandomSource(7);
  const grid = [Number.NaN, 0, -0, 1, -1, 2 ** -149, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let run = 0; run < 500; run++) {
    const count = random.integer(1, 12);
    const elements = Array.from({ length: 5 }, () => Array.from({ length: count }, () => random.pick(grid)));
    const distinct = distinctBlocks(blocksOf(...elements));
    elements.forEach((values, i) => {
      const expected = grid.filter((x) => values.some((value) => Object.is(value, x)));
      const got = valuesAt(distinct, i);
      expect(got).toHaveLength(expected.length);
      for (const x of expected) expect(got.some((value) => Object.is(value, x))).toBe(true);
    });
    const most = Math.max(
      ...elements.map((values) => new Set(values.map((x) => (Object.is(x, -0) ? "-0" : x))).size),
    );
    expect(distinct).toHaveLength(most);
  }
});

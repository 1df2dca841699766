import { expect, test } from "vitest";
import { InvalidArgumentError } from "./invalid-argument-error.js";

test.each<[unknown, string]>([
  ['a "b"', 'the string "a \\"b\\""'],
  [0, "0"],
  [-0, "-0"],
  [-1.5, "-1.5"],
  [Number.NaN, "NaN"],
  [12n, "the bigint 12n"],
  [true, "true"],
  [null, "null"],
  [undefined, "undefined"],
  [() => 1, "a function"],
  [Symbol("s"), "a symbol"],
  [[1, 2], "an array of length 2"],
  [Float64Array.of(1, 2, 3), "a Float64Array of length 3"],
  [new DataView(new ArrayBuffer(8)), "a DataView"],
  [new Map(), "a Map"],
  [{}, "an object with the keys []"],
  [{ length: 3, b: 1 }, "an object with the keys [length, b]"],
])("the message says where, what is allowed, what is there and what to do: %s", (value, expectedMessage) => {
  const error = new InvalidArgumentError("params[1].alpha", value, "a number", "pass one");
  expect(error.message).toBe(`params[1].alpha must be a number, but is ${expectedMessage}; pass one`);
  expect(error).toMatchObject({ name: "InvalidArgumentError", argument: "params[1].alpha" });
  expect(error.value).toBe(value);
});

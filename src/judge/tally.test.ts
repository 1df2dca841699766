import { expect, test } from "vitest";
import { addTally, emptyTally } from "./tally.js";
import { isFailure, VERDICTS } from "./verdict.js";

test("tallies add up in every count", () => {
  const sum = emptyTally();
  addTally(sum, { judged: 10, bitExact: 2, weak: 3, indeterminate: 4, rejected: 5 });
  addTally(sum, { judged: 1, bitExact: 1, weak: 1, indeterminate: 1, rejected: 1 });
  expect(sum).toEqual({ judged: 11, bitExact: 3, weak: 4, indeterminate: 5, rejected: 6 });
  expect(emptyTally()).toEqual({ judged: 0, bitExact: 0, weak: 0, indeterminate: 0, rejected: 0 });
});

test("verdicts from inaccurate on are failures", () => {
  expect(VERDICTS.filter(isFailure)).toEqual([
    "inaccurate",
    "other-dialect",
    "special-mismatch",
    "differs",
    "contract-mismatch",
    "capability-mismatch",
    "nondeterministic",
    "timeout",
    "crash",
    "protocol-error",
  ]);
});

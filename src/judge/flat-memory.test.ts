import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import type { Observation } from "../program/observation.js";
import { vector } from "../program/tensor.js";
import { RandomSource } from "../search/element-steps.js";
import { init, observe, programOf, step } from "./__test-helpers__/simulated.js";
import { declarationOf } from "./declaration.js";
import { judgeProgram } from "./judge-program.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const pytorch = dialectById("pytorch");
const declaration = declarationOf(pytorch, "fused");
const PROGRAMS = 20_000;
/** Programs after which everything that is kept on purpose is there: blocks of the longest tensor. */
const WARM_UP = 2000;
/** One program in so many is long. */
const LONG = 100;
const MAX_LENGTH = 4096;
const MIB = 2 ** 20;

/** Judges one step of a program that has a learning rate and a length of its own. */
function judgeOne(random: RandomSource, k: number): void {
  const length = k % LONG === 0 ? random.integer(MAX_LENGTH - 1000, MAX_LENGTH) : random.integer(1, 40);
  const scalars = { lr: random.uniform(), alpha: random.uniform(), eps: random.uniform(), momentum: 0 };
  const values = Array.from({ length }, () => random.uniform());
  const program = programOf(pytorch, init(scalars, values), step(values), observe("parameter", "square_avg"));
  // What is right or wrong takes the same memory, and anything is quickly shown.
  const observed = { parameter: vector(values), square_avg: vector(values) };
  const observations: Observation[] = [{ parameters: [observed] }];
  judgeProgram(program, observations, declaration);
}

it(`is flat over ${PROGRAMS} programs of other scalars and lengths`, () => {
  const random = new RandomSource(1);
  const measured = (from: number, to: number) => {
    for (let k = from; k < to; k++) judgeOne(random, k);
    collectGarbage();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return { arrayBuffers, heapUsed };
  };
  const before = measured(0, WARM_UP);
  const after = measured(WARM_UP, PROGRAMS);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MIB);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(4 * MIB);
});

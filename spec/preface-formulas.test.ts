import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Arithmetic, Slot } from "./arithmetic.js";
import { DIALECT_AXES, type DialectAxes } from "./dialect.js";
import { dialectById } from "./dialects.js";
import type { StepShape } from "./step-shape.js";
import { updateRule } from "./update-rule.js";

/**
 * The formulas of SPEC.preface.md and the update rule that the suite reads are one function. Both are read modulo a
 * prime, where arithmetic is exact, with roots and extrema as functions of which nothing is known: two formulas that
 * differ as functions agree at a random point with a probability of some 2^−55.
 */

const text = readFileSync(new URL("SPEC.preface.md", import.meta.url), "utf8");
const [gradientBlock, squareBlock, meanBlock, epsilonBlock, momentumBlock] = [
  ...text.matchAll(/^```text .*\n([\s\S]*?)^```$/gm),
].map(([, body]) => body);

const PRIME = 2n ** 61n - 1n;
const mod = (x: bigint): bigint => ((x % PRIME) + PRIME) % PRIME;
const power = (x: bigint, n: bigint): bigint =>
  n === 0n ? 1n : mod(power(mod(x * x), n / 2n) * (n % 2n === 1n ? x : 1n));
const divide = (x: bigint, y: bigint): bigint => mod(x * power(y, PRIME - 2n));
/** Functions without any property but that equal arguments give equal values. */
const root = (x: bigint): bigint => mod(power(x + 0x9e3779b97f4a7c15n, 5n) + 3n * x);
const maximum = (x: bigint, y: bigint): bigint => root(mod(x + 7n * root(y)));
const minimum = (x: bigint, y: bigint): bigint => root(mod(x + 11n * root(y)));

/** A formula as the page writes it. */
function evaluate(formula: string, names: ReadonlyMap<string, bigint>): bigint {
  const tokens = formula.match(/max|min|\p{L}(?:_(?:t|\{t−1\}))?|[1²·/+−√(),]/gu) ?? [];
  expect(tokens.join(""), formula).toBe(formula.replaceAll(" ", ""));
  const next = () => tokens.shift() as string;
  const accept = (token: string) => tokens[0] === token && next() === token;
  const sum = (): bigint => {
    let x = accept("−") ? mod(-product()) : product();
    while (tokens[0] === "+" || tokens[0] === "−")
      x = next() === "+" ? mod(x + product()) : mod(x - product());
    return x;
  };
  const product = (): bigint => {
    let x = factor();
    while (tokens[0] === "·" || tokens[0] === "/")
      x = next() === "·" ? mod(x * factor()) : divide(x, factor());
    return x;
  };
  const factor = (): bigint => {
    const x = atom();
    return accept("²") ? mod(x * x) : x;
  };
  const atom = (): bigint => {
    const token = next();
    if (token === "√") return root(atom());
    if (token === "1") return 1n;
    if (token === "(") return closed(sum());
    if (token === "max" || token === "min") {
      next();
      const x = sum();
      next();
      return closed((token === "max" ? maximum : minimum)(x, sum()));
    }
    const value = names.get(token);
    if (value === undefined) throw new Error(`${token} has no value in ${formula}`);
    return value;
  };
  const closed = (x: bigint): bigint => {
    if (!accept(")")) throw new Error(`a parenthesis is open in ${formula}`);
    return x;
  };
  const value = sum();
  expect(tokens, formula).toEqual([]);
  return value;
}

/** Rows of a block: a label, and the formulas after it as [name, formula]. */
function rowsOf(block: string): Map<string, [string, string][]> {
  const rows = block
    .trimEnd()
    .split("\n")
    .map((line): [string, [string, string][]] => {
      const [label, ...cells] = line.replace(/^(epsilon)? {2,}/, "").split(/ {2,}/);
      const parts = cells.flatMap((cell) => cell.replace(/ otherwise$/, "").split(" centered, "));
      const formulas = parts.map((part) => /^(\S+) [=←] (.*)$/.exec(part)).filter((found) => found !== null);
      return [label, formulas.map(([, name, formula]) => [name, formula])];
    });
  return new Map(rows);
}

/** A whole step as the blocks say it, in the order of the page. */
function stepOfPage(
  dialect: DialectAxes,
  shape: StepShape,
  given: ReadonlyMap<string, bigint>,
): Map<Slot, bigint> {
  const names = new Map(given);
  const assign = ([name, formula]: [string, string]) => names.set(name, evaluate(formula, names));
  const assignAll = (block: string) => {
    const [, name, formula] = /^(\S+) = (.*)\n$/.exec(block) as RegExpExecArray;
    assign([name, formula]);
  };
  const gradient = rowsOf(gradientBlock);
  const gradientRow = (label: string) => {
    for (const formula of gradient.get(label) as [string, string][]) assign(formula);
  };
  names.set("g", given.get("x") as bigint);
  if (shape.maximize) gradientRow("maximize");
  if (shape.clipping && dialect.clipping === "before-square") gradientRow("before-square");
  if (shape.weightDecay && dialect.weightDecay === "l2") gradientRow("l2");
  assignAll(squareBlock);
  names.set("s", names.get("s_t") as bigint);
  if (shape.centered) {
    assignAll(meanBlock);
    names.set("a", names.get("a_t") as bigint);
  }
  names.set("v", evaluate(shape.centered ? "s − a²" : "s", names));
  const denominators = rowsOf(epsilonBlock).get(dialect.epsilon) as [string, string][];
  // Where there are two, the first is the centered one.
  assign(denominators[shape.centered ? 0 : denominators.length - 1]);
  if (shape.clipping && dialect.clipping === "after-square") gradientRow("before-square");
  for (const formula of rowsOf(momentumBlock).get(shape.momentum ? dialect.momentum : "no buffer") ?? [])
    assign(formula);
  return new Map(
    Object.entries({ parameter: "θ_t", square_avg: "s_t", grad_avg: "a_t", momentum_buffer: "b_t" })
      .filter(([, name]) => names.has(name))
      .map(([slot, name]) => [slot as Slot, names.get(name) as bigint]),
  );
}

/** The same step as `updateRule` has it. */
function stepOfRule(
  dialect: DialectAxes,
  shape: StepShape,
  given: ReadonlyMap<string, bigint>,
): Map<Slot, bigint> {
  const stored = new Map<Slot, bigint>();
  const arithmetic: Arithmetic<bigint> = {
    enter: () => {},
    negate: (x) => mod(-x),
    multiply: (x, y) => mod(x * y),
    add: (_, x, y) => mod(x + y),
    subtract: (_, x, y) => mod(x - y),
    squareRoot: root,
    maximum,
    minimum,
    nonNegative: (x) => maximum(x, 0n),
    decayed: (x, rates) => mod(x - rates.reduce((p, rate) => mod(p * rate), x)),
    weightedMean: (_, weight, complement, old, factors) =>
      mod(weight * old + complement * factors.reduce((x, y) => mod(x * y), 1n)),
    biasCorrected: divide,
    quotient: divide,
    scaledQuotient: (scale, x, d) => divide(mod(scale * x), d),
    store: (slot, x) => {
      stored.set(slot, x);
      return x;
    },
    name: (_, x) => x,
  };
  const at = (name: string) => given.get(name) as bigint;
  const scalars = {
    lr: at("η"),
    alpha: at("β"),
    complement: mod(1n - at("β")),
    eps: at("ε"),
    momentum: at("μ"),
    weight_decay: at("λ"),
    clip_value: at("c"),
    lr_decay: 0n,
    correction: 1n,
    decay_rate: at("λ"),
    kept_share: mod(1n - at("λ")),
  };
  updateRule(arithmetic, dialect, shape, scalars, {
    parameter: at("θ"),
    gradient: at("x"),
    square_avg: at("s_{t−1}"),
    grad_avg: at("a_{t−1}"),
    momentum_buffer: at("b"),
  });
  return stored;
}

/** Some point, the same each time. */
const POINT = new Map(
  [..."θxbηβεμλc", "s_{t−1}", "a_{t−1}"].map((name, k) => [name, power(3n, 1000n + 77n * BigInt(k))]),
);

const BUFFERED = DIALECT_AXES.momentum.filter((form) => form !== "none" && form !== "ignored");

test("the blocks have a row for each value of the axes", () => {
  expect([...rowsOf(epsilonBlock).keys()]).toEqual([...DIALECT_AXES.epsilon]);
  expect([...rowsOf(momentumBlock).keys()].sort()).toEqual(["no buffer", ...BUFFERED].sort());
  expect([...rowsOf(gradientBlock).keys()]).toEqual(["maximize", "before-square", "l2"]);
});

test("the formulas of the page are the update rule", () => {
  const both = [false, true];
  for (const epsilon of DIALECT_AXES.epsilon)
    for (const form of [undefined, ...BUFFERED])
      for (const clipping of DIALECT_AXES.clipping)
        for (const centered of both)
          for (const weightDecay of both)
            for (const maximize of both) {
              const axes = { epsilon, momentum: form ?? "none", clipping, weightDecay: "l2" } as const;
              const dialect: DialectAxes = { ...dialectById("pytorch"), ...axes };
              const momentum = form !== undefined;
              const shape = { centered, momentum, weightDecay, maximize, clipping: clipping !== "never" };
              const page = stepOfPage(dialect, shape, POINT);
              const rule = stepOfRule(dialect, shape, POINT);
              expect([...page].sort(), JSON.stringify({ ...shape, ...axes })).toEqual([...rule].sort());
            }
});

test("another formula is another value", () => {
  const names = new Map([..."svaε"].map((name, k) => [name, POINT.get([...POINT.keys()][k]) as bigint]));
  const values = [
    "√v + ε",
    "√(v + ε)",
    "√(v + ε) + ε",
    "√(s − (a² + ε))",
    "√(s − a² + ε)",
    "max(√v, ε)",
    "min(√v, ε)",
  ].map((formula) => evaluate(formula, names));
  expect(new Set(values).size).toBe(values.length);
  expect(evaluate("√(s − a² − ε)", names)).toBe(evaluate("√(s − (a² + ε))", names));
});

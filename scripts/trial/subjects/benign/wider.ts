import type { Hyperparameters } from "../../../../spec/dialect.js";
import { PlainOptimizer, type State } from "../plain-optimizer.js";
import { type Variant, withClass } from "../variant.js";
import { roundOnce } from "./round-once.js";

/** An implementation that computes with more digits than binary64 has: two binary64s for each value. */

/** The value is the sum; the second one is less than half of the first one's last place. */
type Pair = readonly [number, number];

const SPLITTER = 2 ** 27 + 1;

function normalized(high: number, low: number): Pair {
  // A zero that is added would take the sign off −0.
  if (low === 0 || !Number.isFinite(high) || !Number.isFinite(low)) return [high, 0];
  const sum = high + low;
  return [sum, low - (sum - high)];
}

function add([a, low]: Pair, [b, otherLow]: Pair): Pair {
  const sum = a + b;
  const part = sum - a;
  return normalized(sum, a - (sum - part) + (b - part) + (low + otherLow));
}

const negated = ([a, low]: Pair): Pair => [-a, -low];

function split(x: number): Pair {
  const c = SPLITTER * x;
  const high = c - (c - x);
  return [high, x - high];
}

function multiply([a, low]: Pair, [b, otherLow]: Pair): Pair {
  const product = a * b;
  const [a1, a2] = split(a);
  const [b1, b2] = split(b);
  const lost = a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2;
  return normalized(product, lost + a * otherLow + low * b);
}

function divide(x: Pair, d: Pair): Pair {
  const quotient = x[0] / d[0];
  if (quotient === 0 || !Number.isFinite(quotient) || !Number.isFinite(d[0])) return [quotient, 0];
  const [rest] = add(x, negated(multiply([quotient, 0], d)));
  return normalized(quotient, rest / d[0]);
}

function squareRoot(x: Pair): Pair {
  const root = Math.sqrt(x[0]);
  if (!(root > 0) || !Number.isFinite(root)) return [root, 0];
  const [rest] = add(x, negated(multiply([root, 0], [root, 0])));
  return normalized(root, rest / (2 * root));
}

const exact = (x: number): Pair => [x, 0];
const stored = ([high, low]: Pair) => roundOnce(high, low);

/** Nothing is rounded to float32 but what is stored, and that once. */
class TwoDoubles extends PlainOptimizer {
  protected override stepElements(p: Float32Array, gradient: Float32Array, state: State, h: Hyperparameters) {
    const scalars = this.parts.scalars(h, state.step);
    const alpha = exact(scalars.alpha);
    const complement = exact(scalars.complement);
    const { square_avg: s, grad_avg: a, momentum_buffer: b } = state as Required<State>;
    for (let i = 0; i < p.length; i++) {
      let g = exact(h.maximize ? -gradient[i] : gradient[i]);
      if (h.weight_decay !== 0) g = add(g, multiply(exact(p[i]), exact(scalars.weightDecay)));
      let v = add(multiply(exact(s[i]), alpha), multiply(multiply(complement, g), g));
      s[i] = stored(v);
      if (h.centered) {
        const mean = add(multiply(exact(a[i]), alpha), multiply(complement, g));
        a[i] = stored(mean);
        v = add(v, negated(multiply(mean, mean)));
      }
      let update = divide(g, add(squareRoot(v), exact(scalars.eps)));
      if (h.momentum > 0) {
        update = add(multiply(exact(b[i]), exact(scalars.momentum)), update);
        b[i] = stored(update);
      }
      p[i] = stored(add(exact(p[i]), negated(multiply(exact(scalars.lr), update))));
    }
  }
}

export const WIDER: readonly Variant[] = [
  {
    id: "wider-than-binary64",
    title: "Computes with two binary64s for each value and rounds what it stores, once.",
    declares: { choices: { intermediates: ["wider"] } },
    create: withClass(TwoDoubles),
  },
];

/**
 * What a reading of the update rule does with one element. `E` is what is known of an element: a rational value,
 * or that and what it may be held to.
 */
export interface ElementArithmetic<E> {
  /** A number, as exactly what its 64 bits say. */
  number(x: number): E;
  negate(x: E): E;
  add(x: E, y: E): E;
  multiply(x: E, y: E): E;
  /** x·x of one value, which no interval forgets. */
  square(x: E): E;
  divide(x: E, d: E): E;
  squareRoot(x: E): E;
  maximum(x: E, y: E): E;
  minimum(x: E, y: E): E;
}

export function subtract<E>(ar: ElementArithmetic<E>, x: E, y: E): E {
  return ar.add(x, ar.negate(y));
}

/** x^n for an integer n ≥ 0, by repeated squaring. */
export function power<E>(ar: ElementArithmetic<E>, x: E, n: number): E {
  let result: E | undefined;
  let base = x;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? base : ar.multiply(result, base);
    if (rest > 1) base = ar.square(base);
  }
  return result ?? ar.number(1);
}

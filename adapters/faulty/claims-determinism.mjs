// Claims to be deterministic, but multiplies in another order in the first four cases of a process, as if it were
// still measuring which is faster. Either order is right; only the bits differ.

import { answer, HELLO, RMSprop, runProgram, serve } from "../javascript/rmsprop-adapter.mjs";

const f = Math.fround;

class SquareFirst extends RMSprop {
  meanSquare(s, g, alpha, weight) {
    return f(f(alpha * s) + f(weight * f(g * g)));
  }
}

const { float32: _, ...hello } = HELLO; // it claims no evaluation's bits
let served = 0;

function result({ case: name, program }) {
  return { case: name, ...runProgram(program, hello, served++ < 4 ? SquareFirst : RMSprop) };
}

await serve((request) =>
  request.message === "run" ? { id: request.id, results: request.cases.map(result) } : answer(request, hello),
);

// Claims to be PyTorch's and has epsilon inside the root.

import { answer, HELLO, RMSprop, serve } from "../javascript/rmsprop-adapter.mjs";

const f = Math.fround;

class EpsilonInside extends RMSprop {
  denominator(variance, eps) {
    return f(Math.sqrt(f(variance + eps)));
  }
}

await serve((request) => answer(request, HELLO, EpsilonInside));

// Stores 0 where it has computed -0.

import { answer, HELLO, RMSprop, serve } from "../javascript/rmsprop-adapter.mjs";

class LosesNegativeZero extends RMSprop {
  stepParameter(p, gradient, state, h) {
    super.stepParameter(p, gradient, state, h);
    for (const values of [p, state.square_avg, state.grad_avg, state.momentum_buffer]) {
      values?.forEach((x, i) => {
        values[i] = x + 0;
      });
    }
  }
}

await serve((request) => answer(request, HELLO, LosesNegativeZero));

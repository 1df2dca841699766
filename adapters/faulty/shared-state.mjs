// Begins a case with the mean square that an earlier case left behind, where the lengths agree.

import { answer, HELLO, RMSprop, serve } from "../javascript/rmsprop-adapter.mjs";

const leftBehind = new Map();

class SharedState extends RMSprop {
  stepParameter(p, gradient, state, h) {
    if (state.step === 0) state.square_avg.set(leftBehind.get(p.length) ?? []);
    super.stepParameter(p, gradient, state, h);
    leftBehind.set(p.length, state.square_avg.slice());
  }
}

await serve((request) => answer(request, HELLO, SharedState));

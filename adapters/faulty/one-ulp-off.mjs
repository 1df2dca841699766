// Stores the mean square one float too high.

import { answer, HELLO, RMSprop, serve } from "../javascript/rmsprop-adapter.mjs";
import { nextUp } from "./support/next-up.mjs";

class OneUlpOff extends RMSprop {
  meanSquare(...inputs) {
    return nextUp(super.meanSquare(...inputs));
  }
}

await serve((request) => answer(request, HELLO, OneUlpOff));

// Greets on standard output before it introduces itself.

import { serve } from "../javascript/rmsprop-adapter.mjs";

console.log("RMSprop ready, using 1 thread");
await serve();

// Gives its reply the id of a later request when a gradient has a NaN.

import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve((request) => {
  const reply = answer(request);
  return hasGradient(request, Number.isNaN) ? { ...reply, id: request.id + 1 } : reply;
});

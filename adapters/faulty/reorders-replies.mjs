// Answers the cases of a request from the last to the first when one of them has a NaN in a gradient.

import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve((request) => {
  const reply = answer(request);
  if (hasGradient(request, Number.isNaN)) reply.results.reverse();
  return reply;
});

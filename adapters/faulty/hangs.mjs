// Never answers a request with a NaN in a gradient.

import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";
import { hang } from "./support/wait.mjs";

await serve((request) => {
  if (hasGradient(request, Number.isNaN)) hang();
  return answer(request);
});

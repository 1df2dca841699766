// Ends with status 0, as if all were well, instead of answering a request with a NaN in a gradient.

import process from "node:process";
import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve((request) => {
  if (hasGradient(request, Number.isNaN)) process.exit(0);
  return answer(request);
});

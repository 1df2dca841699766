// Fails an assertion when a gradient has a NaN: a line on standard error and status 134.

import process from "node:process";
import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve((request) => {
  if (hasGradient(request, Number.isNaN)) {
    console.error("Assertion failed: isfinite(gradient[i])");
    process.exit(134);
  }
  return answer(request);
});

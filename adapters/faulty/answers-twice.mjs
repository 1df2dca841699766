// Sends its reply twice when a gradient has a NaN.

import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve(undefined, (line, request) => {
  process.stdout.write(hasGradient(request, Number.isNaN) ? line + line : line);
});

// Leaves a debug line on standard output, before the reply, when a gradient has a negative zero.

import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient, isNegativeZero } from "./support/gradients.mjs";

await serve(undefined, (line, request) => {
  const noise = hasGradient(request, isNegativeZero) ? "DEBUG sign bit of a zero is set\n" : "";
  process.stdout.write(noise + line);
});

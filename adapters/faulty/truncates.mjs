// Cuts its reply in the middle when a gradient has a NaN, and goes on.

import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve(undefined, (line, request) => {
  const cut = hasGradient(request, Number.isNaN);
  process.stdout.write(cut ? `${line.slice(0, line.length / 2)}\n` : line);
});

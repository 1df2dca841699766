// Writes a line that never ends when a gradient has a NaN.

import { once } from "node:events";
import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

const chunk = "x".repeat(2 ** 16);

await serve(undefined, async (line, request) => {
  while (hasGradient(request, Number.isNaN)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
  process.stdout.write(line);
});

// Sends a line of 128 MiB when a gradient has a NaN: the reply, and before it nothing but spaces.

import { once } from "node:events";
import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

const SPACES = " ".repeat(2 ** 20);

await serve(undefined, async (line, request) => {
  const padding = hasGradient(request, Number.isNaN) ? 128 : 0;
  for (let k = 0; k < padding; k++) if (!process.stdout.write(SPACES)) await once(process.stdout, "drain");
  process.stdout.write(line);
});

// Writes 1 MiB to standard error for every case. That is allowed: the parent process must keep reading.

import { once } from "node:events";
import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";

const text = `${"x".repeat(127)}\n`.repeat(2 ** 13);

await serve(undefined, async (line, { cases = [] }) => {
  // One by one: when a hundred of them have piled up, Node fails to write them.
  for (const _ of cases) if (!process.stderr.write(text)) await once(process.stderr, "drain");
  process.stdout.write(line);
});

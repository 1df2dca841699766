// Does not end: not after stop, not at the end of its input, not on SIGTERM.

import process from "node:process";
import { serve } from "../javascript/rmsprop-adapter.mjs";

process.on("SIGTERM", () => {});

// It ends when the process that started it is gone, so that none is left behind.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 500);

await serve();

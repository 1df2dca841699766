// Is killed, as for want of memory, when a gradient has a NaN.

import process from "node:process";
import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hasGradient } from "./support/gradients.mjs";

await serve((request) => {
  if (hasGradient(request, Number.isNaN)) process.kill(process.pid, "SIGKILL");
  return answer(request);
});

// Answers a case with a NaN in a gradient under another name.

import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { programHasGradient } from "./support/gradients.mjs";

await serve((request) => {
  const reply = answer(request);
  reply.results?.forEach((result, k) => {
    if (programHasGradient(request.cases[k].program, Number.isNaN)) result.case += "-nan";
  });
  return reply;
});

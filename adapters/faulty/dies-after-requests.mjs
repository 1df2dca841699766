// Ends with status 1 when it is sent its 31st request, whatever is in it, as one does that leaks memory.

import process from "node:process";
import { answer, serve } from "../javascript/rmsprop-adapter.mjs";

let answered = 0;
await serve((request) => {
  if (request.message === "run" && ++answered > 30) process.exit(1);
  return answer(request);
});

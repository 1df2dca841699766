// Introduces itself and then answers nothing.

import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { hang } from "./support/wait.mjs";

await serve((request) => {
  if (request.message === "run") hang();
  return answer(request);
});

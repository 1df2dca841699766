// Does not declare momentum and yet runs it.

import { answer, HELLO, serve } from "../javascript/rmsprop-adapter.mjs";

const declared = { ...HELLO, capabilities: HELLO.capabilities.filter((name) => name !== "momentum") };

await serve((request) => answer(request, request.message === "hello" ? declared : HELLO));

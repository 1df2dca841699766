// Declares momentum and answers unsupported when it is used.

import { answer, HELLO, serve } from "../javascript/rmsprop-adapter.mjs";

const offered = { ...HELLO, capabilities: HELLO.capabilities.filter((name) => name !== "momentum") };

await serve((request) => answer(request, request.message === "hello" ? HELLO : offered));

import { isDeepStrictEqual } from "node:util";
import type { Hello } from "../../adapter/hello.js";
import { encodeProgram } from "../../program/program-codec.js";
import { vector } from "../../program/tensor.js";
import type { SmokeCase } from "./smoke-case.js";
import { echoProgram } from "./smoke-programs.js";
import { Unexpected } from "./unexpected.js";

/** How the process begins and ends. They come last: each of them ends it or wants a new one. */
export const PROCESS_CASES: readonly SmokeCase[] = [
  {
    id: "stop",
    says: "After stop it ends with status 0.",
    check: ({ client }) => client.stop(),
  },
  {
    id: "hello-again",
    says: "A new process introduces itself as the one before did.",
    fresh: true,
    async check({ client, hello }) {
      if (isDeepStrictEqual(sorted(client.hello), sorted(hello))) return;
      throw new Unexpected(`what the first process said: ${JSON.stringify(hello)}`, "Process");
    },
  },
  {
    id: "end-of-input",
    says: "At the end of standard input it ends with status 0.",
    check: ({ client }) => client.endInput(),
  },
  {
    id: "only-messages",
    says: "Standard output has replies and nothing else, to the end of the process.",
    async check({ client, dialect }) {
      await client.run([{ case: "it", program: encodeProgram(echoProgram(dialect, vector([1]))) }]);
      await client.expectSilence();
    },
  },
];

/** The capabilities are a set; languages differ in the order in which they give one. */
function sorted(hello: Hello): Hello {
  return { ...hello, capabilities: [...hello.capabilities].sort() };
}

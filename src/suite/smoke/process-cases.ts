import { isDeepStrictEqual } from "node:util";
import type { Hello } from "../../adapter/hello.js";
import { encodeProgram } from "../../program/program-codec.js";
import { vector } from "../../program/tensor.js";
import type { SmokeCase } from "./smoke-case.js";
import { echoProgram } from "./smoke-programs.js";
import { Unexpected } from "./unexpected.js";

/** Start and exit of the process. These come last, because each of them ends the process or needs a new one. */
export const PROCESS_CASES: readonly SmokeCase[] = [
  {
    id: "stop",
    says: "After stop it ends with status 0.",
    check: ({ client }) => client.stop(),
  },
  {
    id: "hello-again",
    says: "A new process gives the same hello as the one before.",
    fresh: true,
    async check({ client, hello }) {
      if (isDeepStrictEqual(sorted(client.hello), sorted(hello))) return;
      throw new Unexpected(`the hello of the first process: ${JSON.stringify(hello)}`, "Process");
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

import type { z } from "zod";
import { packageVersion } from "../package-info.js";
import { PROTOCOL } from "./hello.js";
import type { helloRequestSchema } from "./messages.js";

/** The first request to a process. */
export function helloRequest(id: number): z.input<typeof helloRequestSchema> {
  return { message: "hello", id, protocol: PROTOCOL, suite: `rmsprop-conformance ${packageVersion()}` };
}

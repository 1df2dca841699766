/** `rmsprop-conformance/testing`: the suite as tests of any runner. */

export type { Capability } from "../../spec/capabilities.js";
export type { Adapter } from "../adapter/adapter.js";
export * from "../adapter/optimizer.js";
export type { Level } from "../suite/level.js";
export { type ClauseTest, type ClauseTestResult, clauseTests } from "./clause-tests.js";
export { ConformanceFailure } from "./conformance-failure.js";
export type { AdapterOptions, ConformanceOptions, InProcessOptions } from "./conformance-options.js";

/** `rmsprop-conformance/vitest`: the suite as tests of vitest. */
import { afterAll, describe, test } from "vitest";
import { printableLine } from "../report/text/printable.js";
import { clauseTests } from "./clause-tests.js";
import { type ConformanceOptions, nameOf } from "./conformance-options.js";

export { type OptimizerFactory, RejectedHyperparameter } from "../adapter/optimizer.js";
export type { AdapterOptions, ConformanceOptions, InProcessOptions } from "./conformance-options.js";

/**
 * Register the whole suite for an implementation: one test for each clause, the determinism audit, and the level. What
 * was not shown is skipped, with the reason. An adapter is stopped after the last test.
 * @throws {ProgramError} for options that cannot be meant, and for expectations that cannot be read
 */
export function conformance(options: ConformanceOptions): void {
  const tests = clauseTests({ replay: (title) => `npx vitest run -t "${title}"`, ...options });
  describe(`rmsprop-conformance: ${nameOf(options)}`, () => {
    for (const { title, timeout, run } of tests) {
      test(title, { timeout }, async (context) => {
        const { outcome, reason, claim } = await run();
        if (outcome !== "passed" && outcome !== "xfailed") context.skip(reason);
        if (claim !== undefined) console.info(`claim: ${printableLine(claim)}`);
      });
    }
    if ("adapter" in options) afterAll(() => options.adapter.stop());
  });
}

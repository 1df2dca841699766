import { bundledAdapter } from "../../adapter/bundled.js";
import { adapterOf, dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import type { Expectations } from "../../suite/expectations/expectation-schema.js";
import type { Report } from "../model/report.js";
import { conformingReport, failingReport, realReport } from "./real-reports.js";

/** All restricted cases are expected to fail as they do with ε inside the root. */
const EXPECTED: Expectations = {
  source: "expectations.yaml",
  entries: [
    {
      number: 1,
      line: 4,
      cases: [{ pattern: "torch/groups/*", line: 4 }],
      verdict: "other-dialect",
      reason: "known",
      issue: "tracked",
      when: {},
    },
  ],
};

/** What the implementation that crashes says. */
export const LAST_WORDS = "not today ]]> <b>`|@everyone\u001b[2J\u0000\ud800";

/** Real runs of a dozen goldens, by what they come to. */
export async function realOutcomes() {
  const stop = new AbortController();
  const crash = () => {
    throw new Error(LAST_WORDS);
  };
  return {
    conforming: await conformingReport(),
    failing: await failingReport(),
    crashing: await realReport(adapterOf({ create: crash })),
    incomplete: await realReport(bundledAdapter("fused"), {
      onCase: (_, done) => done === 3 && stop.abort(),
      signal: stop.signal,
    }),
    "as expected": await realReport(dialectAdapter({ epsilon: "inside" }), { expectations: EXPECTED }),
    stale: await realReport(bundledAdapter("fused"), { expectations: EXPECTED }),
    "nothing shown": await realReport(bundledAdapter("fused"), { only: "capability/*" }),
  } satisfies Record<string, Report>;
}

export type RealOutcomes = Awaited<ReturnType<typeof realOutcomes>>;

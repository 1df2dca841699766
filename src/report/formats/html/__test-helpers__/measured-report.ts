import { dialectById } from "../../../../../spec/dialects.js";
import type { Adapter } from "../../../../adapter/adapter.js";
import { declarationOf } from "../../../../judge/declaration.js";
import { runGate } from "../../../../suite/gate.js";
import { REAL_GOLDENS } from "../../../../suite/golden/__test-helpers__/golden-copy.js";
import { measure } from "../../../../suite/measurements/measure.js";
import { RUN } from "../../../__test-helpers__/real-reports.js";
import { type Report, reportOf } from "../../../model/report.js";

/** A gate of a part of the cases with everything that is measured: what a page can show. */
export async function measuredReport(adapter: Adapter): Promise<Report> {
  const declaration = declarationOf(dialectById("pytorch"), "fused");
  const profile = "smoke";
  const result = await runGate({
    adapter,
    declaration,
    level: "L2",
    profile,
    seed: 7,
    only: "torch/groups/*",
    goldens: REAL_GOLDENS,
    replay: (selection) => `${RUN.command} ${selection}`,
  });
  return reportOf(result, RUN, await measure({ adapter, declaration, hello: result.hello, profile }));
}

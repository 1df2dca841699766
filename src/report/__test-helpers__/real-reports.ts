import { dialectById } from "../../../spec/dialects.js";
import type { Adapter } from "../../adapter/adapter.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import { runGate } from "../../suite/gate.js";
import type { GateOptions } from "../../suite/gate-options.js";
import type { GateResult } from "../../suite/gate-result.js";
import { REAL_GOLDENS } from "../../suite/golden/__test-helpers__/golden-copy.js";
import { type Report, reportOf } from "../model/report.js";

/** How the runs of these reports were made. */
export const RUN = {
  command: "npx rmsprop-conformance gate",
  started: new Date("2030-01-02T03:04:05.000Z"),
  seconds: 1.25,
};

/** A gate of a part of the cases, in about a second. */
export function realGate(adapter: Adapter, more: Partial<GateOptions> = {}): Promise<GateResult> {
  return runGate({
    adapter,
    declaration: declarationOf(dialectById("pytorch"), "fused"),
    level: "L2",
    profile: "smoke",
    seed: 7,
    only: "torch/groups/*",
    goldens: REAL_GOLDENS,
    replay: (selection) => `${RUN.command} ${selection}`.trim(),
    ...more,
  });
}

/** The report of such a gate. */
export async function realReport(adapter: Adapter, more: Partial<GateOptions> = {}): Promise<Report> {
  return reportOf(await realGate(adapter, more), RUN);
}

let conforming: Promise<Report> | undefined;
let failing: Promise<Report> | undefined;

/** The bundled implementation, restricted to a few goldens. */
export function conformingReport(): Promise<Report> {
  conforming ??= realReport(bundledAdapter("fused"));
  return conforming;
}

/** An implementation with ε on the wrong side of the root, restricted to the same. */
export function failingReport(): Promise<Report> {
  failing ??= realReport(dialectAdapter({ epsilon: "inside" }));
  return failing;
}

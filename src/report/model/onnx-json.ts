import type { Finding } from "../../suite/finding.js";
import { type GraphChecks, graphsConform } from "../../suite/onnx/check-graphs.js";

/** The outcome of `onnx` as one JSON object. Numbers that JSON lacks (NaN, ±∞) stand as text. */
export function onnxReportJson(result: GraphChecks, findings: readonly Finding[]): string {
  const { traces, checks, failed, skipped, complete } = result;
  const report = {
    format: "rmsprop-onnx-report/1",
    conforms: graphsConform(result),
    complete,
    skipped,
    failed,
    traces: traces.map(({ graph, verdict, judgement, network }) => ({
      graph,
      verdict,
      tally: judgement.tally,
      network,
    })),
    runs: checks.map(
      ({ graph, settings, verdict, judgement, bundled, network, otherLossesOnDevice, drift }) => ({
        graph,
        settings,
        verdict,
        tally: judgement.tally,
        bundled,
        network,
        otherLossesOnDevice,
        drift,
      }),
    ),
    findings: findings.map(({ diagnosis, cases, clauses, replay }) => ({
      diagnosis,
      cases,
      clauses,
      replay,
    })),
  };
  return JSON.stringify(report, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

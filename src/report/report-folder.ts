import { accessSync, constants, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Adapter } from "../adapter/adapter.js";
import type { GateResult } from "../suite/gate-result.js";
import { regressionCodec } from "../suite/regression.js";
import { type RunDescription, reportLines } from "./jsonl.js";

/**
 * Make the folder and see that it can be written to.
 * @throws {Error} of the file system
 */
export function prepareReportFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
}

/**
 * Write report.jsonl and, for each finding, its minimal program in the form of a regression: replay it, or copy
 * it to the regressions; beside it what went over the wire for it, if that was recorded. The folder is there
 * already. Findings that an earlier run left there are removed.
 * @returns the path of report.jsonl
 */
export function writeReport(
  folder: string,
  result: GateResult,
  run: RunDescription,
  exchangeOf: Adapter["exchangeOf"] = () => undefined,
): string {
  // Findings of an earlier run are not of this one.
  for (const name of readdirSync(folder))
    if (/^finding-\d+\.(json|trace\.jsonl)$/.test(name)) rmSync(join(folder, name));
  const path = join(folder, "report.jsonl");
  writeFileSync(path, [...reportLines(result, run)].map((line) => `${line}\n`).join(""));
  result.findings.forEach(({ minimal, clauses, message }, i) => {
    if (!minimal) return;
    const regression = z.encode(regressionCodec, {
      format: "rmsprop-regression/1",
      clauses: [...clauses],
      note: message,
      program: minimal.program,
    });
    writeFileSync(join(folder, `finding-${i + 1}.json`), `${JSON.stringify(regression, null, 1)}\n`);
    const exchange = exchangeOf(minimal.program);
    if (!exchange) return;
    const lines = exchange.map((line) => `${line}\n`).join("");
    writeFileSync(join(folder, `finding-${i + 1}.trace.jsonl`), lines);
  });
  return path;
}

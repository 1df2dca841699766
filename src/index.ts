/** The public API: the production implementation, programs, the oracle's sets, judging, and the gate. */

export { CAPABILITIES, type Capability } from "../spec/capabilities.js";
export * from "./adapter/adapter.js";
export { bundledAdapter } from "./adapter/bundled.js";
export {
  ChildProcessAdapter,
  type ChildProcessAdapterOptions,
} from "./adapter/child/child-process-adapter.js";
export type { Hello } from "./adapter/hello.js";
export { InProcessAdapter } from "./adapter/in-process.js";
export * from "./adapter/optimizer.js";
export type { Reply } from "./adapter/reply.js";
export { type StdioOptions, serveStdio } from "./adapter/stdio-server.js";
export { type Declaration, declarationOf, pinnedDeclaration, type Validation } from "./judge/declaration.js";
export { type Judgement, judgeProgram, verdictOf } from "./judge/judge-program.js";
export type { JudgedSlot } from "./judge/judgement-sink.js";
export type { AcceptedValues } from "./judge/mismatch.js";
export { isFailure, VERDICT_MEANINGS, VERDICTS, type Verdict } from "./judge/verdict.js";
export { BUNDLED_GOLDENS, BUNDLED_REGRESSIONS } from "./package-info.js";
export type { Domain, HyperparameterRange } from "./program/domain.js";
export type { Observation } from "./program/observation.js";
export type { Program } from "./program/program.js";
export { decodeProgram, encodeProgram, parseProgram } from "./program/program-codec.js";
export { ProgramError } from "./program/program-error.js";
export { type Tensor, vector } from "./program/tensor.js";
export { terminalReport } from "./report/formats/terminal.js";
export { reportLines } from "./report/model/jsonl.js";
export { parseReport } from "./report/model/read-report.js";
export { type Report, type RunDescription, reportOf } from "./report/model/report.js";
export * from "./rmsprop/index.js";
export type { ControlCounts } from "./self-check/controls.js";
export type { SelfCheckCounts } from "./self-check/self-check.js";
export type { ReplayCommand } from "./suite/case-options.js";
export { type Asked, declarationFrom, UnusableDeclaration } from "./suite/declared.js";
export { runGate } from "./suite/gate.js";
export type { GateOptions } from "./suite/gate-options.js";
export type { GateResult } from "./suite/gate-result.js";
export { LEVELS, type Level } from "./suite/level.js";
export type { Shard } from "./suite/shard.js";

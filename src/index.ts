/** The public API: the production implementation, programs, the oracle's sets, judging, and the gate. */
export * from "./adapter/adapter.js";
export { bundledAdapter } from "./adapter/bundled.js";
export { InProcessAdapter } from "./adapter/in-process.js";
export * from "./adapter/optimizer.js";
export { type Declaration, declarationOf, pinnedDeclaration } from "./judge/declaration.js";
export { type Judgement, judgeProgram, verdictOf } from "./judge/judge-program.js";
export { isFailure, VERDICTS, type Verdict } from "./judge/verdict.js";
export { BUNDLED_GOLDENS, BUNDLED_REGRESSIONS } from "./package-info.js";
export type { Observation, Program } from "./program/program.js";
export { decodeProgram, encodeProgram, parseProgram } from "./program/program-codec.js";
export { ProgramError } from "./program/program-error.js";
export { type Tensor, vector } from "./program/tensor.js";
export { type RunDescription, reportLines } from "./report/jsonl.js";
export { terminalReport } from "./report/terminal.js";
export * from "./rmsprop/index.js";
export { type GateOptions, type GateResult, runGate } from "./suite/gate.js";
export { LEVELS, type Level } from "./suite/level.js";

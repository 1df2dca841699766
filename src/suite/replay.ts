import type { Adapter, Outcome } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import { diagnoseOtherBits } from "../judge/diagnosis/other-bits.js";
import { diagnoseRejections } from "../judge/diagnosis/rejections.js";
import { type Judgement, judgeProgram, verdictOf } from "../judge/judge-program.js";
import { isFailure, type Verdict } from "../judge/verdict.js";
import type { Program } from "../program/program.js";

/** One program run and judged on its own. */
export interface Replay {
  readonly program: Program;
  readonly reply: Outcome;
  readonly accepted: boolean;
  /** Absent where the implementation did not answer with observations. */
  readonly judged?: {
    readonly judgement: Judgement;
    readonly verdict: Verdict;
    /** Explanations of observations that are rejected or not the reference's bits. */
    readonly sentences: readonly string[];
  };
}

/** Run one program and judge it. */
export async function replay(program: Program, adapter: Adapter, declaration: Declaration): Promise<Replay> {
  const [reply] = await adapter.run([program]);
  if (reply.status !== "ok") return { program, reply, accepted: false };
  const { observations } = reply;
  const judgement = judgeProgram(program, observations, declaration);
  const verdict = verdictOf(judgement, declaration);
  const failing = [{ id: "replay", programs: [{ program, observations }] as const }] as const;
  const { rejected, bitExact, judged } = judgement.tally;
  const clusters =
    rejected > 0
      ? diagnoseRejections(failing, declaration)
      : bitExact < judged
        ? diagnoseOtherBits(failing, declaration)
        : [];
  const sentences = [...judgement.contract, ...clusters.map(({ diagnosis }) => diagnosis.sentence)];
  return { program, reply, accepted: !isFailure(verdict), judged: { judgement, verdict, sentences } };
}

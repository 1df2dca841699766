import { SLOTS } from "../../spec/arithmetic.js";
import type { Reply } from "../adapter/adapter.js";
import { floatText } from "../float32/text.js";
import type { Declaration } from "../judge/declaration.js";
import { diagnoseOtherBits } from "../judge/diagnosis/other-bits.js";
import { diagnoseRejections } from "../judge/diagnosis/rejections.js";
import { judgeProgram, verdictOf } from "../judge/judge-program.js";
import { isFailure } from "../judge/verdict.js";
import type { Program } from "../program/program.js";
import { programText } from "./program-text.js";

/** Elements of an observed tensor that are printed before it is cut. */
const SHOWN_ELEMENTS = 8;

/** One program with what was observed and the verdict on it. */
export function replayReport(
  program: Program,
  reply: Reply,
  declaration: Declaration,
): { text: string; accepted: boolean } {
  const lines = programText(program);
  if (reply.status !== "ok") {
    const what =
      reply.status === "error"
        ? `error in ${reply.phase}: ${reply.message}`
        : `unsupported: ${reply.capability}`;
    return { text: [...lines, "", what].join("\n"), accepted: false };
  }
  const { observations } = reply;
  lines.push("");
  observations.forEach(({ parameters }, k) => {
    parameters.forEach((entry, parameter) => {
      for (const slot of SLOTS) {
        const values = entry[slot]?.values;
        if (!values) continue;
        const shown = [...values.subarray(0, SHOWN_ELEMENTS)].map(floatText).join(", ");
        const rest = values.length > SHOWN_ELEMENTS ? `, … ${values.length - SHOWN_ELEMENTS} more` : "";
        lines.push(`observation ${k}, parameter ${parameter}, ${slot}: ${shown}${rest}`);
      }
    });
  });
  const judgement = judgeProgram(program, observations, declaration);
  const verdict = verdictOf(judgement, declaration);
  const { judged, bitExact, weak, indeterminate, rejected } = judgement.tally;
  lines.push(
    "",
    `${verdict}: ${judged} observations judged, ${bitExact} bit-exact, ${weak} weak, ${indeterminate} indeterminate, ${rejected} rejected`,
  );
  const failing = [{ id: "replay", programs: [{ program, observations }] as const }] as const;
  const clusters =
    rejected > 0
      ? diagnoseRejections(failing, declaration)
      : bitExact < judged
        ? diagnoseOtherBits(failing, declaration)
        : [];
  lines.push(...judgement.contract, ...clusters.map(({ diagnosis }) => diagnosis.sentence));
  return { text: lines.join("\n"), accepted: !isFailure(verdict) };
}

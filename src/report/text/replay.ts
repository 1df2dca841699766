import { SLOTS } from "../../../spec/arithmetic.js";
import { floatText } from "../../float32/text.js";
import type { Observation } from "../../program/observation.js";
import type { Replay } from "../../suite/replay.js";
import { printable, printableLine } from "./printable.js";
import { programText } from "./program-text.js";

/** Elements of an observed tensor that are printed before it is cut. */
const SHOWN_ELEMENTS = 8;

/** One program with what was observed and the verdict on it. */
export function replayReport({ program, reply, judged }: Replay): string {
  const lines = [...programText(program), ""];
  if (reply.status === "error") lines.push(`error in ${reply.phase}: ${printable(reply.message)}`);
  else if (reply.status === "unsupported") lines.push(`unsupported: ${printableLine(reply.capability)}`);
  else if (reply.status === "fault") {
    lines.push(`${reply.verdict}: ${printable(reply.message)}`);
    if (reply.stderr)
      lines.push(
        ...printable(reply.stderr.trimEnd())
          .split("\n")
          .map((line) => `  stderr: ${line}`),
      );
  } else if (reply.status === "not-sent") lines.push(`not sent: ${reply.reason}`);
  else lines.push(...reply.observations.flatMap(observationLines));
  if (judged) {
    const { tally } = judged.judgement;
    lines.push(
      "",
      `${judged.verdict}: ${tally.judged} observations judged, ${tally.bitExact} bit-exact, ${tally.weak} weak, ${tally.indeterminate} indeterminate, ${tally.rejected} rejected`,
      ...judged.sentences.map(printable),
    );
  }
  return lines.join("\n");
}

function observationLines({ parameters }: Observation, k: number): string[] {
  return parameters.flatMap((entry, parameter) =>
    SLOTS.flatMap((slot) => {
      const values = entry[slot]?.values;
      if (!values) return [];
      const listed = [...values.subarray(0, SHOWN_ELEMENTS)].map(floatText).join(", ");
      const rest = values.length > SHOWN_ELEMENTS ? `, … ${values.length - SHOWN_ELEMENTS} more` : "";
      return [`observation ${k}, parameter ${parameter}, ${slot}: ${listed}${rest}`];
    }),
  );
}

// Holds traces of trace.py against a pinned evaluation, `cuda` if none is named: every value must have its bits. Says
// of what differs whether the judge accepts it under the default freedom, and whose bits it has.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { dialectById, evaluationOf, PINNED_EVALUATIONS } from "../../dist/spec/index.js";
import { declarationOf } from "../../dist/src/judge/declaration.js";
import { judgeProgram } from "../../dist/src/judge/judge-program.js";
import { decodeWire, parseJson } from "../../dist/src/program/decode.js";
import { observationCodec } from "../../dist/src/program/observation.js";
import { programCodec } from "../../dist/src/program/program.js";
import { ProgramError } from "../../dist/src/program/program-error.js";
import { Refusal } from "./refusal.mjs";

const traceCodec = z.object({
  format: z.literal("rmsprop-device-trace/1"),
  family: z.string(),
  device: z.string(),
  generator: z.object({ packages: z.record(z.string(), z.string()) }),
  cases: z.array(
    z.object({
      id: z.string(),
      clause: z.string(),
      foreach: z.array(z.boolean()),
      program: programCodec,
      observations: z.array(observationCodec),
    }),
  ),
});
const USAGE = "node scripts/cuda/judge-traces.mjs FOLDER [--evaluation NAME]";

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof Refusal || error instanceof ProgramError)) throw error;
  console.error(`judge-traces: ${error.message}`);
  process.exitCode = 2;
}

/** 0 if every value has the bits of the evaluation, otherwise 1. */
function main() {
  const { folder, evaluation } = readArguments();
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  if (files.length === 0) throw new Refusal(`${folder} has no traces; write them with trace.py`);
  const declaration = {
    ...declarationOf(dialectById("pytorch"), evaluation),
    evaluation: evaluationOf(PINNED_EVALUATIONS[evaluation]),
  };
  const sum = { cases: 0, judged: 0, bitExact: 0, different: 0 };
  for (const name of files.sort()) {
    const path = join(folder, name);
    const { cases, generator, device } = decodeWire(
      traceCodec,
      parseJson(readFileSync(path, "utf8"), path),
      path,
    );
    for (const one of cases) {
      const { tally, contract } = judgeProgram(one.program, one.observations, declaration);
      sum.cases++;
      sum.judged += tally.judged;
      sum.bitExact += tally.bitExact;
      if (tally.bitExact === tally.judged && contract.length === 0) continue;
      sum.different++;
      console.log(`${one.id} (${one.clause}): ${contract[0] ?? difference(one, tally)}`);
    }
    console.log(`${name}: ${cases.length} cases on ${device}, torch ${generator.packages.torch}`);
  }
  const { cases, judged, bitExact, different } = sum;
  console.log(
    `${cases} cases, ${judged} values: ${bitExact} have the bits of ${evaluation}; ${different} cases differ`,
  );
  return bitExact === judged && different === 0 ? 0 : 1;
}

/** How many values differ, how many of them no order of float32 operations gives, and which names fit. */
function difference({ program, observations }, { judged, bitExact }) {
  const judgementBy = (name) =>
    judgeProgram(program, observations, declarationOf(dialectById("pytorch"), name)).tally;
  const fits = Object.keys(PINNED_EVALUATIONS).filter((name) => {
    const tally = judgementBy(name);
    return tally.bitExact === tally.judged;
  });
  const { rejected } = judgementBy(undefined);
  const whose =
    fits.length > 0 ? `these are the bits of ${fits.join(" and ")}` : "no named evaluation gives these bits";
  return `${judged - bitExact} of ${judged} values differ, ${rejected} are outside the default freedom; ${whose}`;
}

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { evaluation: { type: "string", default: "cuda" } },
    });
  } catch (error) {
    throw new Refusal(`${error.message}; ${USAGE}`);
  }
  const { positionals, values } = parsed;
  if (positionals.length !== 1) throw new Refusal(`give one folder of traces; ${USAGE}`);
  if (!Object.hasOwn(PINNED_EVALUATIONS, values.evaluation)) {
    const known = Object.keys(PINNED_EVALUATIONS).join(", ");
    throw new Refusal(`there is no evaluation "${values.evaluation}"; known: ${known}`);
  }
  return { folder: positionals[0], evaluation: values.evaluation };
}

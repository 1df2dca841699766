import { describe, expect, it } from "vitest";
import { FINGERPRINT_PROGRAMS, FINGERPRINTS } from "../../spec/__test-helpers__/dialect-fingerprints.js";
import type { Dialect } from "../../spec/dialect.js";
import { DIALECTS } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { declarationOf } from "../judge/declaration.js";
import { judgeProgram } from "../judge/judge-program.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";
import { decodeProgram } from "../program/program-codec.js";
import { bundledAdapter } from "./bundled.js";

const EVALUATIONS = Object.keys(PINNED_EVALUATIONS) as PinnedEvaluationName[];

const programFor = ({ id }: Dialect, name: string): Program =>
  decodeProgram(
    { format: "rmsprop-program/1", dialect: id, operations: FINGERPRINTS.programs[name].operations },
    name,
  );

async function observationsOf(program: Program, evaluation: PinnedEvaluationName) {
  const [reply] = await bundledAdapter(evaluation).run([program]);
  if (reply.status !== "ok") throw new Error(`the bundled implementation answered ${reply.status}`);
  return reply.observations;
}

const parametersOf = (observations: readonly Observation[]) =>
  observations.map(({ parameters }) => parameters[0].parameter?.values[0] ?? Number.NaN);

/** The largest distance of float32 parameters from a fingerprint; NaN must meet NaN. */
function distance(parameters: readonly number[], printed: readonly string[]): number {
  const distances = parameters.map((p, k) => {
    const exact = Number(printed[k]);
    if (Number.isNaN(p) || Number.isNaN(exact)) return Number.isNaN(p) === Number.isNaN(exact) ? 0 : Infinity;
    return Math.abs(p - exact);
  });
  return Math.max(...distances);
}

describe.each(DIALECTS.map((dialect) => [dialect.id, dialect] as const))("bundled %s", (id, dialect) => {
  it.each(FINGERPRINT_PROGRAMS)("is nearest to its own fingerprint and accepted: %s", async (name) => {
    const program = programFor(dialect, name);
    const own = FINGERPRINTS.dialects[id][name];
    for (const evaluation of EVALUATIONS) {
      const observations = await observationsOf(program, evaluation);
      const { tally, contract } = judgeProgram(program, observations, declarationOf(dialect, evaluation));
      expect(contract).toEqual([]);
      expect(tally.judged).toBeGreaterThan(0);
      expect([tally.rejected, tally.bitExact], evaluation).toEqual([0, tally.judged]);
      // The fingerprint is the source's, from which the catalogue is known to differ there.
      const parameters = parametersOf(observations);
      const nearer = DIALECTS.filter((other) => {
        const theirs = FINGERPRINTS.dialects[other.id][name];
        // Two dialects that are the same function in this program are equally near.
        const same = theirs.every((text, k) => text === own[k]);
        return !same && distance(parameters, theirs) <= distance(parameters, own);
      });
      expect(
        nearer.map((other) => other.id),
        evaluation,
      ).toEqual([]);
    }
  });
});

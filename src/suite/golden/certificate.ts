import { createHash } from "node:crypto";
import { dialectById } from "../../../spec/dialects.js";
import {
  PINNED_EVALUATIONS,
  referenceEvaluation,
  withRootWithinOneFloat,
} from "../../../spec/evaluations.js";
import type { Declaration } from "../../judge/declaration.js";
import { type Judgement, judgeProgram } from "../../judge/judge-program.js";
import type { Observation } from "../../program/observation.js";
import type { Program } from "../../program/program.js";
import {
  CAPABILITY_EVALUATIONS,
  type CpuCapability,
  type GoldenCertificate,
  type GoldenKind,
} from "./golden-format.js";

/**
 * By what a golden observation is judged. With the correct root no freedom is left: the set is one value. As
 * shipped, the root may be one float off, and equality to the reference says that it was not.
 */
export function goldenDeclaration(kind: GoldenKind, capability: CpuCapability): Declaration {
  const name = CAPABILITY_EVALUATIONS[capability];
  const pinned = PINNED_EVALUATIONS[name];
  return {
    dialect: dialectById("pytorch"),
    evaluation: kind === "correct-root" ? referenceEvaluation(pinned) : withRootWithinOneFloat(pinned),
    reference: { name, evaluation: pinned },
  };
}

/** The name of that evaluation in golden files. */
export function goldenEvaluationName(kind: GoldenKind, capability: CpuCapability): string {
  const name = CAPABILITY_EVALUATIONS[capability];
  return kind === "correct-root" ? name : `${name}, root within one float`;
}

/** Judge a golden case and certify the acceptance sets that it was judged by. */
export function certify(
  program: Program,
  observations: readonly Observation[],
  declaration: Declaration,
): { judgement: Judgement; certificate: GoldenCertificate } {
  const hash = createHash("sha256");
  const judgement = judgeProgram(program, observations, declaration, (values) => {
    const set = new Float32Array(values.length + 1);
    set[0] = values.length;
    set.set(values, 1);
    hash.update(canonicalBytes(set));
  });
  const { judged, weak, indeterminate } = judgement.tally;
  return { judgement, certificate: { judged, weak, indeterminate, sets: hash.digest("hex") } };
}

/** Little-endian bytes with one pattern for NaN, whatever the machine and its NaNs are. */
function canonicalBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) view.setUint32(4 * i, 0x7fc00000, true);
    else view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

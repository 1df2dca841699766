import type { Slot } from "../../../spec/arithmetic.js";
import type { DialectAxis } from "../../../spec/dialect.js";
import type { EvaluationAxis } from "../../../spec/evaluation.js";
import type { Observation } from "../../program/observation.js";
import type { Program } from "../../program/program.js";
import type { Mismatch } from "../mismatch.js";
import type { Verdict } from "../verdict.js";

/** A value on an axis that explains what was observed, and the one that was declared. */
export interface AxisDifference {
  readonly kind: "dialect" | "evaluation";
  readonly axis: DialectAxis | EvaluationAxis;
  readonly declared: string;
  readonly observed: string;
}

/** What is wrong, as far as the failing programs show. */
export interface Diagnosis {
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly sentence: string;
  /** The fewest axes that explain every failing program; empty if none do. */
  readonly axes: readonly AxisDifference[];
  /** Other explanations that are equally good. */
  readonly alternatives: readonly (readonly AxisDifference[])[];
  /** The first slot of the shown program that was not accepted, in the order in which a step computes slots. */
  readonly firstDiverging?: Slot;
}

/** A program with observations that were rejected or, if none were, are not the reference's bits. */
export interface FailingProgram {
  readonly program: Program;
  readonly observations: readonly Observation[];
}

/** Failing programs of one case; an explanation of the case must explain all of them. */
export interface FailingCase {
  readonly id: string;
  readonly programs: readonly [FailingProgram, ...FailingProgram[]];
}

/** The program shown with a diagnosis: what the diagnosis says can be seen in it. */
export interface RepresentativeProgram extends FailingProgram {
  /** The observation that was not accepted, or is not the reference's bits. */
  readonly mismatch: Mismatch;
}

/** Cases with the diagnosis that explains them all. */
export interface DiagnosedCluster {
  readonly diagnosis: Diagnosis;
  /** The case whose program is shown comes first. */
  readonly cases: readonly FailingCase[];
  readonly representative: RepresentativeProgram;
}

/** The order in which a step computes its results. */
export const COMPUTED_ORDER: readonly Slot[] = ["square_avg", "grad_avg", "momentum_buffer", "parameter"];

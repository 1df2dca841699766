import { floatsBetween } from "../../float32/neighbours.js";
import { programSize } from "../../program/program-size.js";
import type { Declaration } from "../declaration.js";
import { judgeProgram } from "../judge-program.js";
import type { Mismatch } from "../mismatch.js";
import {
  COMPUTED_ORDER,
  type DiagnosedCluster,
  type Diagnosis,
  type FailingCase,
  type FailingProgram,
} from "./diagnosis.js";
import { firstMismatch } from "./first-mismatch.js";
import {
  dialectHypotheses,
  explains,
  type Hypothesis,
  openRoundingHypotheses,
  pairsOf,
  roundingHypotheses,
} from "./hypothesis.js";
import { representativeFirst } from "./representative-first.js";

/** A relative error that a format with 8 significant bits (bfloat16) explains; beyond it, a formula differs. */
const COARSEST_FORMAT = 2 ** -8;
/** The relative error of one float. */
const ONE_FLOAT = 2 ** -23;

/**
 * Explain cases with rejected observations: repeatedly by the hypothesis that explains most of the remaining cases, one
 * axis before two, and a freedom only where it explains more. What no hypothesis explains is grouped by its first
 * visible mismatch.
 */
export function diagnoseRejections(
  cases: readonly FailingCase[],
  declaration: Declaration,
): DiagnosedCluster[] {
  const clusters: DiagnosedCluster[] = [];
  const single = [...roundingHypotheses(declaration), ...dialectHypotheses(declaration)];
  // The sign of a zero alone does not indicate another formula: any hypothesis that leaves the sign open would fit.
  const zeros = cases.filter((one) => rejectionsOf(one, declaration).every(isOtherZero));
  let left = takeExplained(
    cases.filter((one) => !zeros.includes(one)),
    [...single, ...openRoundingHypotheses(declaration)],
    declaration,
    clusters,
  );
  if (left.length > 0) {
    // There are many pairs: only those that explain the smallest case are tried on the others.
    const [seed] = left;
    left = takeExplained(
      left,
      pairsOf(single).filter((pair) => explains(pair, seed)),
      declaration,
      clusters,
    );
  }
  const unexplained = new Map<string, Description[]>();
  for (const one of [...left, ...zeros]) {
    const description = describe(one, declaration);
    const { verdict, firstDiverging } = description.diagnosis;
    const key = `${verdict} ${firstDiverging}`;
    unexplained.set(key, [...(unexplained.get(key) ?? []), description]);
  }
  return [...clusters, ...[...unexplained.values()].map(clusterOf)];
}

/** Move the cases that hypotheses explain into clusters; returns the remaining cases. */
function takeExplained(
  cases: readonly FailingCase[],
  hypotheses: readonly Hypothesis[],
  declaration: Declaration,
  clusters: DiagnosedCluster[],
): readonly FailingCase[] {
  const table = hypotheses.map((hypothesis) => ({
    hypothesis,
    explained: new Set(cases.filter((one) => explains(hypothesis, one))),
  }));
  let left = cases;
  for (;;) {
    const counts = table.map(({ explained }) => left.filter((one) => explained.has(one)).length);
    const most = Math.max(0, ...counts);
    if (most === 0) return left;
    const [best, ...others] = table.filter((_, k) => counts[k] === most);
    const members = left.filter((one) => best.explained.has(one));
    const same = others.filter(({ explained }) => members.every((one) => explained.has(one)));
    const { cases, program } = representativeFirst(members);
    const rejected = rejectionsOfProgram(program, declaration);
    clusters.push({
      cases,
      diagnosis: {
        ...explanation(best.hypothesis),
        alternatives: same.map(({ hypothesis }) => hypothesis.differences),
        ...firstDiverging(rejected),
      },
      representative: { ...program, mismatch: firstMismatch(rejected) },
    });
    left = left.filter((one) => !best.explained.has(one));
  }
}

function explanation({ differences }: Hypothesis): Pick<Diagnosis, "verdict" | "sentence" | "axes"> {
  const parts = differences.map(
    ({ axis, observed, declared }) => `${axis} is ${observed} instead of ${declared}`,
  );
  const isDialect = differences.some(({ kind }) => kind === "dialect");
  return {
    verdict: isDialect ? "other-dialect" : "inaccurate",
    sentence: isDialect
      ? `This is another dialect: ${parts.join(", and ")}.`
      : `The formula is the declared one, but it is rounded in a way that was not declared: ${parts.join(", and ")}.`,
    axes: differences,
  };
}

function rejectionsOf({ programs }: FailingCase, declaration: Declaration): Mismatch[] {
  return programs.flatMap((program) => rejectionsOfProgram(program, declaration));
}

function rejectionsOfProgram({ program, observations }: FailingProgram, declaration: Declaration) {
  return judgeProgram(program, observations, declaration).rejected;
}

function firstDiverging(rejected: readonly Mismatch[]): Pick<Diagnosis, "firstDiverging"> {
  const first = COMPUTED_ORDER.find((slot) => rejected.some((mismatch) => mismatch.slot === slot));
  return first ? { firstDiverging: first } : {};
}

/** A description of one program that no hypothesis explains. */
interface Description extends Omit<DiagnosedCluster, "cases"> {
  readonly of: FailingCase;
  /** The largest relative error, where it makes the verdict; else 0. */
  readonly error: number;
}

/** The description of a case describes one of its programs, the one that is shown. */
function describe(one: FailingCase, declaration: Declaration): Description {
  return mostTelling(one.programs.map((program) => ({ ...describeProgram(program, declaration), of: one })));
}

/** Cases with the same verdict and slot; the most informative one represents them. */
function clusterOf(descriptions: readonly Description[]): DiagnosedCluster {
  const primary = mostTelling(descriptions);
  const others = descriptions.filter((description) => description !== primary);
  return {
    diagnosis: primary.diagnosis,
    cases: [primary, ...others].map(({ of }) => of),
    representative: primary.representative,
  };
}

/** Verdicts that a description may have, the most informative first. */
const TELLING: readonly Diagnosis["verdict"][] = ["special-mismatch", "differs", "inaccurate"];

/** The worst of inaccurate cases, so that the number of right bits holds for all of them; otherwise the smallest. */
function mostTelling(descriptions: readonly Description[]): Description {
  const rank = ({ diagnosis }: Description) => TELLING.indexOf(diagnosis.verdict);
  const [first] = [...descriptions].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.error - a.error ||
      programSize(a.representative.program) - programSize(b.representative.program),
  );
  return first;
}

function describeProgram(program: FailingProgram, declaration: Declaration): Omit<Description, "of"> {
  const rejected = rejectionsOfProgram(program, declaration);
  const where = firstDiverging(rejected);
  const descriptionOf = (
    verdict: Diagnosis["verdict"],
    sentence: string,
    { mismatch = firstMismatch(rejected), error = 0 } = {},
  ): Omit<Description, "of"> => ({
    diagnosis: { verdict, sentence, axes: [], alternatives: [], ...where },
    representative: { ...program, mismatch },
    error,
  });
  const specials = rejected.filter(isOfAnotherClass);
  if (specials.length > 0) {
    const special = firstMismatch(specials) as ListedMismatch;
    const accepted = [...new Set(special.accepted.values.map(className))];
    const sentence = `The ${special.slot} is ${className(special.got)} where every declared evaluation gives ${accepted.join(" or ")}.`;
    return descriptionOf("special-mismatch", sentence, { mismatch: special });
  }
  const error = Math.max(...rejected.map(relativeError));
  if (error <= COARSEST_FORMAT) {
    const bits = Math.floor(-Math.log2(error));
    const sentence = `The ${where.firstDiverging} is right to about ${bits} bits of its change, which no declared rounding explains.`;
    return descriptionOf("inaccurate", sentence, { error });
  }
  const sentence = `The ${where.firstDiverging} is not what the dialect computes, and no known dialect explains it.`;
  return descriptionOf("differs", sentence);
}

function className(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "+∞" : "−∞";
  if (x === 0) return Object.is(x, -0) ? "−0" : "+0";
  return "finite";
}

/** A finite value may have been rounded to a zero of its sign, so the two are one class. */
function classOf(x: number): string {
  const name = className(x);
  return name === "finite" ? (x > 0 ? "+0" : "−0") : name;
}

type ListedMismatch = Mismatch & { readonly accepted: { readonly kind: "listed" } };

function isOfAnotherClass(mismatch: Mismatch): mismatch is ListedMismatch {
  const { got, accepted } = mismatch;
  if (accepted.kind !== "listed") return false;
  if (isOtherZero(mismatch)) return true;
  if (Number.isFinite(got) && got !== 0) return accepted.values.every((value) => !Number.isFinite(value));
  return accepted.values.every((value) => classOf(value) !== classOf(got));
}

/** A value that equals an accepted one but is rejected: a zero of the other sign. */
function isOtherZero({ got, accepted }: Mismatch): boolean {
  return accepted.kind === "listed" && accepted.values.includes(got);
}

/**
 * The distance to the nearest accepted value, relative to the change that the step should have made. State that
 * is off by one float was rounded differently, however small its change was; a parameter may lose all of its
 * update in one float.
 */
function relativeError({ got, accepted, inputs, slot }: Mismatch): number {
  if (accepted.kind !== "listed") return Number.POSITIVE_INFINITY;
  if (slot !== "parameter" && accepted.values.some((value) => areNeighbours(got, value))) return ONE_FLOAT;
  const old = inputs?.[slot] ?? 0;
  const errors = accepted.values
    .map((value) => Math.abs(got - value) / Math.abs(value - old))
    .filter((error) => !Number.isNaN(error));
  // Infinite if no accepted value has a measurable distance.
  return Math.min(...errors);
}

/** @param got a number: what is none where a number was accepted is of another class */
function areNeighbours(got: number, accepted: number): boolean {
  return Number.isFinite(accepted) && floatsBetween(got, accepted) <= 1;
}

import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { type ExactQuantity, type ExactStep, exactStep } from "../exact/exact-step.js";
import { type RationalInputs, type RationalScalarsAndForms, readStep } from "../rational/rational-step.js";
import { ClaimArithmetic, type Claimed } from "./claims.js";
import { differenceOf } from "./compare-quantity.js";
import { roundedDifference } from "./compare-rounding.js";

/** One step that both oracles read. */
export interface OpinionRequest extends RationalScalarsAndForms {
  readonly dialect: DialectAxes;
  readonly hyperparameters: Hyperparameters;
  /** t, counted from 1. */
  readonly step: number;
  readonly inputs: RationalInputs;
  /** Significant decimal digits that the exact oracle is asked for and claims. */
  readonly digits: number;
}

/** Where the oracles do not agree. */
export interface Disagreement {
  readonly quantity: ExactQuantity;
  readonly element: number;
  readonly what: string;
  /** What `exact` says, and what `rational` says. */
  readonly exact: string;
  readonly rational: string;
  /** Significant decimal digits that agree; absent where a float32 differs or a quantity is missing. */
  readonly digits?: number;
}

export interface CrossCheck {
  readonly disagreements: readonly Disagreement[];
  /** Numbers on which both had an opinion. */
  readonly compared: number;
  /** Numbers on which the rational oracle has none: the step had left the reals, or began outside of them. */
  readonly withoutOpinion: number;
}

/**
 * Bits beyond the claimed digits that the second opinion has. An end that is rounded to nearest where it should be
 * moved outward is wrong by half a unit of its last digit or less; it is found out because the second opinion is
 * narrower than that by so many bits.
 */
const SPARE_BITS = 64;

/** Read one step with both oracles and hold them against each other. */
export function crossCheckStep(request: OpinionRequest): CrossCheck {
  const { dialect, hyperparameters, step, inputs, digits } = request;
  const { meanSquare, meanGradient, observed, scalars } = request;
  const exact = exactStep(dialect, hyperparameters, step, inputs, {
    digits,
    ...(scalars && { scalars }),
    ...(meanSquare && { meanSquare }),
    ...(meanGradient && { meanGradient }),
    ...(observed && { observed }),
  });
  return crossCheckOn(exact, request);
}

/** The same about a step that was read before, in whatever way. */
export function crossCheckOn(exact: ExactStep, request: OpinionRequest): CrossCheck {
  const { dialect, hyperparameters, step, inputs, digits, ...rest } = request;
  const claims = new ClaimArithmetic(digits, Math.ceil(digits * Math.log2(10)) + SPARE_BITS);
  const rational = readStep<Claimed>(claims, dialect, hyperparameters, step, inputs, rest);
  const disagreements: Disagreement[] = [];
  let compared = 0;
  let withoutOpinion = 0;
  const names = new Set([...Object.keys(exact), ...Object.keys(rational)]) as Set<ExactQuantity>;
  for (const quantity of names) {
    const enclosures = exact[quantity];
    const claimed = rational[quantity];
    if (enclosures?.length !== claimed?.length || !enclosures || !claimed) {
      const count = (block: readonly unknown[] | undefined) => `${block?.length ?? 0} elements`;
      const counts = { exact: count(enclosures), rational: count(claimed) };
      disagreements.push({ quantity, element: 0, what: "not of one length", ...counts });
      continue;
    }
    claimed.forEach((claim, element) => {
      const enclosure = enclosures[element];
      const difference =
        differenceOf(enclosure, claim) ??
        (claim.value.kind === "enclosed" ? roundedDifference(enclosure, claim.value, digits) : undefined);
      if (difference) disagreements.push({ quantity, element, ...difference });
      if (claim.value.kind === "enclosed") compared++;
      else withoutOpinion++;
    });
  }
  return { disagreements, compared, withoutOpinion };
}

/** A disagreement in one line. */
export function disagreementText({ quantity, element, what, exact, rational, digits }: Disagreement): string {
  const agree = digits === undefined ? "" : ` (${digits} digits agree)`;
  return `${quantity} of element ${element}: ${what}: exact ${exact}, rational ${rational}${agree}`;
}

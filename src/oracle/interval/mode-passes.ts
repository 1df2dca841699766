import type { Evaluation } from "../../../spec/evaluation.js";
import { Reach } from "../accuracy.js";
import {
  Binary64Rounding,
  CastRounding,
  type EndRounding,
  Float32Rounding,
  OnceOrTwiceRounding,
  OutwardRounding,
} from "./end-rounding.js";
import {
  binary64Error,
  float32Error,
  flushedError,
  type RoundingError,
  twiceRoundedError,
} from "./lerp-enclosure.js";
import type { Mode } from "./orders.js";

/** One way in which an operation may be rounded; the result is the hull over all of them. */
export interface Pass {
  readonly rounding: EndRounding;
  /** Contribute ±0 where the exact result may be below 2^-126, and nothing else. */
  readonly flush: boolean;
}

const FLOAT32: Pass = { rounding: new Float32Rounding(), flush: false };
const CAST: Pass = { rounding: new CastRounding(), flush: false };
const BINARY64: Pass = { rounding: new Binary64Rounding(), flush: false };
const OUTWARD: Pass = { rounding: new OutwardRounding(), flush: false };
const ONCE_OR_TWICE: Pass = { rounding: new OnceOrTwiceRounding(), flush: false };
const FLUSH: Pass = { rounding: OUTWARD.rounding, flush: true };

const NO_REACH = new Reach(["correct"]);

/** Passes that do not depend on the scalars. */
const BASE_PASSES: { readonly [M in Mode]?: readonly Pass[] } = {
  binary64: [BINARY64],
  wider: [OUTWARD],
  either: [OUTWARD, ONCE_OR_TWICE],
};

/** How the operations of one precision are rounded under an evaluation. */
export class ModePasses {
  /** How operations other than roots and quotients are rounded. */
  readonly passes: readonly Pass[];
  readonly extremumPasses: readonly Pass[];
  readonly quotientPasses: readonly Pass[];
  readonly rootPasses: readonly Pass[];
  readonly reciprocalRootPasses: readonly Pass[];
  readonly quotientReach: Reach;
  readonly rootReach: Reach;
  readonly reciprocalRootReach: Reach;
  readonly roundingError: RoundingError;
  /** Whether results stay wider than float32, or may. */
  readonly wide: boolean;

  constructor(
    readonly mode: Mode,
    evaluation: Evaluation,
  ) {
    this.wide = mode !== "float32";
    this.quotientReach = new Reach(evaluation.division);
    this.rootReach = new Reach(evaluation.root);
    this.reciprocalRootReach = new Reach(evaluation["reciprocal-root"]);
    const mayFlush = evaluation.subnormals.some((choice) => choice !== "kept");
    const tiny = mayFlush ? [FLUSH] : [];
    const single = evaluation.scalars[0] === "float32" ? FLOAT32 : CAST;
    const base = BASE_PASSES[mode] ?? [single];
    const keepsAll = mode === "binary64" || mode === "wider";
    // What is kept is flushed only where it is a float32: in what is loaded, stored or approximate.
    this.passes = keepsAll ? base : [...base, ...tiny];
    // A maximum chooses one of its operands and rounds nothing: a scalar kept in binary64 stays one.
    this.extremumPasses = mode === "float32" ? [BINARY64, ...tiny] : this.passes;
    // Approximate results are float32 in every mode.
    const approximate = [...base, ...(keepsAll ? [ONCE_OR_TWICE] : []), ...tiny];
    const passesFor = (reach: Reach) => (reach.isNone ? this.passes : approximate);
    this.quotientPasses = passesFor(this.quotientReach);
    this.rootPasses = passesFor(this.rootReach);
    this.reciprocalRootPasses = passesFor(this.reciprocalRootReach);
    // A scalar kept in binary64 makes a result of it binary64 first, and then float32.
    const once = mode === "float32" && single === FLOAT32;
    const error = once ? float32Error : keepsAll ? binary64Error : twiceRoundedError;
    this.roundingError = mayFlush ? flushedError(error) : error;
  }
}

/** Rounding to float32, as a store does it. */
export const STORE_ROUNDING = FLOAT32.rounding;

/** What an approximate operation reaches under one pass; undefined if that pass has none of its results. */
export function reachUnder({ rounding, flush }: Pass, reach: Reach): Reach | undefined {
  if (rounding.toFloat32 || flush) return reach;
  return reach.mayBeCorrect ? NO_REACH : undefined;
}

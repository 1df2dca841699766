import type { Judgement } from "../src/judge/judge-program.js";
import type { Verdict } from "../src/judge/verdict.js";
import type { Observation } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";

/** A clause does not hold; carries everything that a report shows and a diagnosis needs. */
export class PropertyFailure extends Error {
  override readonly name: string = "PropertyFailure";

  /**
   * @param verdict what is known at once; a diagnosis may find a better word for `differs`
   * @param evidence the program that shows it, absent for a property of the specification
   */
  constructor(
    message: string,
    readonly verdict: Verdict,
    readonly evidence?: {
      readonly program: Program;
      readonly observations: readonly Observation[];
      readonly judgement?: Judgement;
    },
  ) {
    super(message);
  }
}

/** A hyperparameter that must be refused is not, or one that is allowed is: no matter of level. */
export class RefusalFailure extends PropertyFailure {}

import { PropertyFailure } from "../../../properties/property-failure.js";
import type { Observation } from "../../program/observation.js";
import type { Program } from "../../program/program.js";
import type { StoredCase } from "../run-stored-case.js";
import { differencesBetween, isSignOfZero } from "./compare-observations.js";
import { CAPABILITY_EVALUATIONS } from "./golden-format.js";
import { GoldenSet } from "./golden-set.js";
import { checkLoss, RegressionLoss } from "./training-loss.js";

/**
 * The golden cases as cases of the gate. Every implementation is judged by its acceptance sets; one that claims
 * the bits of an evaluation that PyTorch has been traced in must give PyTorch's.
 * @param claimed the evaluation whose bits are demanded, if any
 * @throws {ProgramError} for a golden set that cannot be read
 */
export function goldenCases(folder: string, claimed: string | undefined): StoredCase[] {
  const set = GoldenSet.open(folder);
  return set.families().flatMap((family) => {
    const expected = new Map<string, readonly Observation[]>();
    for (const { kind, capability, cases } of set.expected(family)) {
      if (kind !== "correct-root" || CAPABILITY_EVALUATIONS[capability] !== claimed) continue;
      for (const { id, observations } of cases) expected.set(id, observations);
    }
    const live = set.programs(family).cases.filter(({ retracted }) => retracted === undefined);
    return live.map(({ id, clause, program, facts }): StoredCase => {
      const golden = expected.get(id);
      const loss = RegressionLoss.of(facts);
      return {
        id,
        kind: "golden",
        clauses: [clause],
        program,
        ...((loss || golden) && {
          check: (observations, run, declaration) => {
            if (loss) checkLoss(loss, run, observations, declaration);
            if (golden) checkBits(run, golden, observations);
          },
        }),
      };
    });
  });
}

function checkBits(
  program: Program,
  golden: readonly Observation[],
  observations: readonly Observation[],
): void {
  // A slot that was asked for and is missing was found before; one that was not asked for is not compared.
  for (const difference of differencesBetween(golden, observations)) {
    // The sign of a zero was judged by the acceptance sets, which allow PyTorch's two where it has two.
    if (difference.missing || isSignOfZero(difference)) continue;
    const { observation, parameter, slot, element, got, expected } = difference;
    const where = `${slot} of parameter ${parameter}, element ${element}, observation ${observation}`;
    const message = `${where} is ${got}, but PyTorch computed ${expected}`;
    throw new PropertyFailure(message, "certified", { program, observations });
  }
}

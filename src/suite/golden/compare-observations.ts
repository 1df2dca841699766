import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import { floatsBetween } from "../../float32/neighbours.js";
import type { Observation } from "../../program/observation.js";

/** One element that differs between two lists of observations. */
export interface ObservationDifference {
  readonly observation: number;
  readonly parameter: number;
  readonly slot: Slot;
  readonly element: number;
  /** NaN where it is missing. */
  readonly expected: number;
  /** NaN where it is missing. */
  readonly got: number;
  /** Which of the two does not have the element. */
  readonly missing?: "expected" | "got";
}

/** Every element that differs in bits, NaN taken as one class; what only one of the two has differs. */
export function* differencesBetween(
  expected: readonly Observation[],
  got: readonly Observation[],
): Generator<ObservationDifference> {
  for (let observation = 0; observation < Math.max(expected.length, got.length); observation++) {
    const [left, right] = [expected, got].map((list) => list[observation]?.parameters ?? []);
    for (let parameter = 0; parameter < Math.max(left.length, right.length); parameter++) {
      for (const slot of SLOTS) {
        const a = left[parameter]?.[slot]?.values ?? NOTHING;
        const b = right[parameter]?.[slot]?.values ?? NOTHING;
        for (let element = 0; element < Math.max(a.length, b.length); element++) {
          const place = { observation, parameter, slot, element };
          if (element >= a.length)
            yield { ...place, expected: Number.NaN, got: b[element], missing: "expected" };
          else if (element >= b.length)
            yield { ...place, expected: a[element], got: Number.NaN, missing: "got" };
          else if (!Object.is(a[element], b[element]))
            yield { ...place, expected: a[element], got: b[element] };
        }
      }
    }
  }
}

/** Whether both are zeros. A pinned evaluation accepts another sign only where PyTorch's vector body and tail differ. */
export function isSignOfZero({ expected, got, missing }: ObservationDifference): boolean {
  return missing === undefined && expected === 0 && got === 0;
}

const NOTHING = new Float32Array(0);

/** Elements in all observed slots. */
export function countValues(observations: readonly Observation[]): number {
  let count = 0;
  for (const { parameters } of observations) {
    for (const entry of parameters) for (const slot of SLOTS) count += entry[slot]?.values.length ?? 0;
  }
  return count;
}

/** The distance in floats, or NaN where one of the two is NaN. */
export function distanceInFloats({ expected, got }: ObservationDifference): number {
  return Number.isNaN(expected) || Number.isNaN(got) ? Number.NaN : floatsBetween(expected, got);
}

import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import { floatsBetween } from "../../float32/neighbours.js";
import type { Observation } from "../../program/program.js";

/** One element that differs between two lists of observations. */
export interface ObservationDifference {
  readonly observation: number;
  readonly parameter: number;
  readonly slot: Slot;
  readonly element: number;
  readonly expected: number;
  readonly got: number;
}

/** Every element that differs in bits, NaN taken as one class; what is missing differs. */
export function* differencesBetween(
  expected: readonly Observation[],
  got: readonly Observation[],
): Generator<ObservationDifference> {
  for (const [observation, { parameters }] of expected.entries()) {
    for (const [parameter, entry] of parameters.entries()) {
      for (const slot of SLOTS) {
        const values = entry[slot]?.values;
        const other = got[observation]?.parameters[parameter]?.[slot]?.values;
        if (!values) continue;
        for (let element = 0; element < values.length; element++) {
          const missing = other === undefined || element >= other.length;
          const value = missing ? Number.NaN : other[element];
          if (!missing && Object.is(values[element], value)) continue;
          yield { observation, parameter, slot, element, expected: values[element], got: value };
        }
      }
    }
  }
}

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

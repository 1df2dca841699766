import { readFileSync } from "node:fs";
import type { Hyperparameters } from "../dialect.js";

/** What scripts/fingerprints writes: programs, and what the parameter is after each step, by dialect and program. */
export interface DialectFingerprints {
  readonly digits: number;
  readonly programs: Readonly<
    Record<string, { readonly comment: string; readonly operations: WireOperation[] }>
  >;
  /** Decimal numbers of `digits` significant digits, or NaN. */
  readonly dialects: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

interface WireTensor {
  readonly data: string;
}
type WireHyperparameters = Readonly<Partial<Record<keyof Hyperparameters, string | boolean>>>;
/** The operations that the programs use, in the wire form of `src/program`. */
export type WireOperation =
  | {
      readonly op: "init";
      readonly groups: readonly [
        { readonly hyperparameters: WireHyperparameters; readonly parameters: readonly [WireTensor] },
      ];
    }
  | { readonly op: "set"; readonly hyperparameters: WireHyperparameters }
  | { readonly op: "step"; readonly gradients: readonly [WireTensor] }
  | { readonly op: "observe" };

export const FINGERPRINTS: DialectFingerprints = JSON.parse(
  readFileSync(new URL("../dialect-fingerprints.json", import.meta.url), "utf8"),
);

export const FINGERPRINT_PROGRAMS = Object.keys(FINGERPRINTS.programs);

export interface FingerprintStep {
  readonly hyperparameters: Hyperparameters;
  readonly gradient: number;
}

/** The parameter and the steps of a program, as numbers. */
export function fingerprintSteps(program: string): { parameter: number; steps: FingerprintStep[] } {
  let parameter = Number.NaN;
  let hyperparameters = {} as Hyperparameters;
  const steps: FingerprintStep[] = [];
  for (const operation of FINGERPRINTS.programs[program].operations) {
    if (operation.op === "init") {
      parameter = float32Of(operation.groups[0].parameters[0]);
      hyperparameters = numbersOf(operation.groups[0].hyperparameters) as Hyperparameters;
    } else if (operation.op === "set") {
      hyperparameters = { ...hyperparameters, ...numbersOf(operation.hyperparameters) };
    } else if (operation.op === "step") {
      steps.push({ hyperparameters, gradient: float32Of(operation.gradients[0]) });
    }
  }
  return { parameter, steps };
}

function float32Of({ data }: WireTensor): number {
  return Buffer.from(data, "base64").readFloatLE();
}

function numbersOf(wire: WireHyperparameters): Partial<Hyperparameters> {
  const entries = Object.entries(wire).map(([name, value]) => [
    name,
    typeof value === "string" ? Buffer.from(value, "hex").readDoubleBE() : value,
  ]);
  return Object.fromEntries(entries);
}

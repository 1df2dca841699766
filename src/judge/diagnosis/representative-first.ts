import { programSize } from "../../program/program-size.js";
import type { FailingCase, FailingProgram } from "./diagnosis.js";

/** Put the case with the smallest program first; the diagnosis holds for all of them. */
export function representativeFirst(cases: readonly FailingCase[]): {
  readonly cases: readonly FailingCase[];
  readonly program: FailingProgram;
} {
  const [smallest] = cases
    .flatMap((one) => one.programs.map((program) => ({ one, program })))
    .sort((a, b) => programSize(a.program.program) - programSize(b.program.program));
  const { one: first, program } = smallest;
  return { cases: [first, ...cases.filter((one) => one !== first)], program };
}

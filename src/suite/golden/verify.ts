import { join } from "node:path";
import { bundledAdapter } from "../../adapter/bundled.js";
import { ProgramError } from "../../program/program-error.js";
import { certify, goldenDeclaration } from "./certificate.js";
import { countValues, differencesBetween, isSignOfZero } from "./compare-observations.js";
import { CAPABILITY_EVALUATIONS, type GoldenExpected, type GoldenKind } from "./golden-format.js";
import { GoldenSet } from "./golden-set.js";

/** What was found for one kind and capability. */
export interface GoldenVerification {
  readonly kind: GoldenKind;
  readonly capability: string;
  cases: number;
  /** Values of the reference implementation that were judged. */
  values: number;
  /** Correct root: values in which the bundled implementation differs in a bit. */
  mismatchingBits: number;
  /** Values outside their acceptance set. */
  outside: number;
  /** Where the first mismatching bit or value outside its set is. */
  first?: string;
  /** One-step results that are not those of the correct root. */
  differentFromCorrectRoot: number;
}

/**
 * Check a golden set: hashes, certificates, that the bundled implementation reproduces every bit of the
 * correct-root goldens, and that every value is in its acceptance set.
 * @throws {ProgramError} for a file or certificate that is not what it should be
 */
export async function verifyGoldens(
  folder: string,
  onFile: (path: string) => void = () => {},
): Promise<GoldenVerification[]> {
  const set = GoldenSet.open(folder);
  const rows: GoldenVerification[] = [];
  for (const family of set.families()) {
    const programs = new Map(set.programs(family).cases.map((one) => [one.id, one]));
    for (const expected of set.expected(family)) {
      const row = rowFor(rows, expected);
      const adapter = bundledAdapter(CAPABILITY_EVALUATIONS[expected.capability]);
      const declaration = goldenDeclaration(expected.kind, expected.capability);
      const source = join(folder, expected.kind, expected.capability, `${family}.json`);
      const present = new Set(expected.cases.map(({ id }) => id));
      for (const id of programs.keys()) {
        if (!present.has(id))
          throw new ProgramError(
            source,
            `case ${id}`,
            `programs/${family}.json has this case; here it is missing`,
          );
      }
      for (const { id, observations, certificate } of expected.cases) {
        const program = programs.get(id)?.program;
        if (!program)
          throw new ProgramError(source, `case ${id}`, `programs/${family}.json does not have this case`);
        const { judgement, certificate: found } = certify(program, observations, declaration);
        if (JSON.stringify(found) !== JSON.stringify(certificate)) {
          const problem = `the certificate is not the oracle's: ${JSON.stringify(certificate)} instead of ${JSON.stringify(found)}`;
          throw new ProgramError(source, `case ${id}`, problem);
        }
        if (judgement.contract.length > 0)
          throw new ProgramError(source, `case ${id}`, judgement.contract[0]);
        row.cases++;
        row.values += countValues(observations);
        row.outside += judgement.tally.rejected;
        const [outside] = judgement.rejected;
        if (outside) {
          row.first ??= `${source}: case ${id}: ${outside.slot} of parameter ${outside.parameter}, element ${outside.element}, after step ${outside.step} is ${outside.got}`;
        }
        row.differentFromCorrectRoot += judgement.tally.judged - judgement.tally.bitExact;
        if (expected.kind === "correct-root") {
          const [reply] = await adapter.run([program]);
          if (reply.status !== "ok")
            throw new ProgramError(source, `case ${id}`, "the bundled implementation refused it");
          for (const difference of differencesBetween(observations, reply.observations)) {
            // A buffer that PyTorch has not made is not compared.
            if (difference.missing === "expected") continue;
            // Where PyTorch's own kernels disagree about the sign of a zero, the acceptance sets have judged it.
            if (isSignOfZero(difference)) continue;
            const { slot, parameter, element, observation, expected: golden, got } = difference;
            row.mismatchingBits++;
            row.first ??= `${source}: case ${id}: ${slot} of parameter ${parameter}, element ${element}, observation ${observation} is ${golden}, the bundled implementation gives ${got}`;
          }
        }
      }
      onFile(`${expected.kind}/${expected.capability}/${family}.json`);
    }
  }
  return rows;
}

function rowFor(rows: GoldenVerification[], { kind, capability }: GoldenExpected): GoldenVerification {
  let row = rows.find((one) => one.kind === kind && one.capability === capability);
  if (!row) {
    row = {
      kind,
      capability,
      cases: 0,
      values: 0,
      mismatchingBits: 0,
      outside: 0,
      differentFromCorrectRoot: 0,
    };
    rows.push(row);
  }
  return row;
}

/** Whether there was something to judge in every kind and capability, and nothing was found. */
export function isVerified(rows: readonly GoldenVerification[]): boolean {
  const holds = ({ values, mismatchingBits, outside }: GoldenVerification) =>
    values > 0 && mismatchingBits === 0 && outside === 0;
  return rows.length > 0 && rows.every(holds);
}

import { CLAUSES } from "../../spec/clauses.js";
import type { Declaration } from "../judge/declaration.js";
import type { Diagnosis, FailingCase, FailingProgram } from "../judge/diagnosis/diagnosis.js";
import { diagnoseOtherBits } from "../judge/diagnosis/other-bits.js";
import { diagnoseRejections } from "../judge/diagnosis/rejections.js";
import { type Judgement, judgeProgram } from "../judge/judge-program.js";
import type { Mismatch } from "../judge/mismatch.js";
import type { CaseResult, Evidence, Failure } from "./case-result.js";

/** Failures that share one root cause, with the smallest program that shows it. */
export interface Finding {
  readonly diagnosis: Diagnosis;
  readonly cases: readonly string[];
  readonly clauses: readonly string[];
  readonly message: string;
  readonly minimal?: Evidence;
  /** The first observation of the minimal program that was not accepted (or is not the reference's bits). */
  readonly mismatch?: Mismatch;
  readonly replay: string;
}

interface FailedResult extends CaseResult {
  readonly failure: Failure;
}

/** Programs of one case that a diagnosis looks at: more of them decide between more explanations. */
const DIAGNOSED_PROGRAMS = 6;
/** Elements and operations in them; large programs decide nothing that small ones do not. */
const DIAGNOSED_SIZE = 600;
/** Cases that are diagnosed together; those beyond are diagnosed by themselves. */
const DIAGNOSED_CASES = 60;

/** Failing cases as findings, largest first. */
export function findingsOf(results: readonly CaseResult[], declaration: Declaration): Finding[] {
  const failed = results.filter((result): result is FailedResult => result.failure !== undefined);
  const bySize = [...failed].sort((a, b) => size(a.failure.minimal) - size(b.failure.minimal));
  const byId = new Map(failed.map((result) => [result.id, result]));
  const rejected: FailingCase[] = [];
  const otherBits: FailingCase[] = [];
  const findings: Finding[] = [];
  for (const result of bySize) {
    const arithmetic = result.verdict !== "contract-mismatch" && arithmeticEvidence(result, declaration);
    if (!arithmetic) {
      const { message } = result.failure;
      const verdict = result.verdict === "not-run" ? "differs" : result.verdict;
      const diagnosis: Diagnosis = { verdict, sentence: `${message}.`, axes: [], alternatives: [] };
      findings.push(findingOf(diagnosis, [result], declaration));
    } else (arithmetic.rejects ? rejected : otherBits).push(arithmetic.failingCase);
  }
  const clusters = [
    ...diagnoseRejections(rejected.slice(0, DIAGNOSED_CASES), declaration),
    ...diagnoseOtherBits(otherBits.slice(0, DIAGNOSED_CASES), declaration),
  ];
  for (const { diagnosis, cases } of clusters) {
    findings.push(
      findingOf(
        diagnosis,
        cases.map(({ id }) => byId.get(id) as FailedResult),
        declaration,
      ),
    );
  }
  return findings.sort((a, b) => b.cases.length - a.cases.length);
}

function findingOf(
  diagnosis: Diagnosis,
  members: readonly FailedResult[],
  declaration: Declaration,
): Finding {
  const [{ failure }] = [...members].sort((a, b) => size(a.failure.minimal) - size(b.failure.minimal));
  const judgement = failure.minimal && judgementOf(failure.minimal, declaration);
  const mismatch = judgement?.rejected[0] ?? judgement?.notBitExact[0];
  return {
    diagnosis,
    cases: members.map(({ id }) => id),
    clauses: inOrder(members.flatMap(({ clauses }) => clauses)),
    message: failure.message,
    ...(failure.minimal && { minimal: failure.minimal }),
    ...(mismatch && { mismatch }),
    replay: failure.replay,
  };
}

/** Clauses in the order of the specification, each once. */
function inOrder(clauses: readonly string[]): string[] {
  return CLAUSES.map(({ id }) => id).filter((id) => clauses.includes(id));
}

/** The failing programs of a case of which arithmetic has something to say: rejections if there are any. */
function arithmeticEvidence(
  { id, failure }: FailedResult,
  declaration: Declaration,
): { failingCase: FailingCase; rejects: boolean } | undefined {
  const all = [...(failure.minimal ? [failure.minimal] : []), ...failure.others];
  const judged = all
    .sort((a, b) => size(a) - size(b))
    .map((evidence) => ({ evidence, judgement: judgementOf(evidence, declaration) }));
  const rejecting = judged.filter(({ judgement }) => judgement.tally.rejected > 0);
  const differing = judged.filter(({ judgement }) => judgement.notBitExact.length > 0);
  const rejects = rejecting.length > 0;
  const [first, ...rest] = (rejects ? rejecting : differing).map(({ evidence }) => evidence);
  if (!first) return undefined;
  const programs: [FailingProgram, ...FailingProgram[]] = [first];
  let total = size(first);
  for (const evidence of rest) {
    total += size(evidence);
    if (programs.length === DIAGNOSED_PROGRAMS || total > DIAGNOSED_SIZE) break;
    programs.push(evidence);
  }
  return { failingCase: { id, programs }, rejects };
}

function judgementOf({ program, observations, judgement }: Evidence, declaration: Declaration): Judgement {
  return judgement ?? judgeProgram(program, observations, declaration);
}

/** Elements that are stepped, and operations. */
function size(evidence: Evidence | undefined): number {
  if (!evidence) return Number.POSITIVE_INFINITY;
  const { operations } = evidence.program;
  return operations.reduce((sum, operation) => {
    if (operation.op !== "step") return sum + 1;
    return operation.gradients.reduce(
      (elements, gradient) => elements + (gradient?.values.length ?? 0),
      sum + 1,
    );
  }, 0);
}

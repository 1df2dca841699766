import type { Slot } from "../../spec/arithmetic.js";
import { CLAUSES } from "../../spec/clauses.js";
import type { Adapter } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import type { Diagnosis, FailingCase, FailingProgram } from "../judge/diagnosis/diagnosis.js";
import { diagnoseOtherBits } from "../judge/diagnosis/other-bits.js";
import { diagnoseRejections } from "../judge/diagnosis/rejections.js";
import { type Judgement, judgeProgram } from "../judge/judge-program.js";
import type { Mismatch } from "../judge/mismatch.js";
import { isolateElement } from "../search/isolate-element.js";
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
export async function findingsOf(
  results: readonly CaseResult[],
  declaration: Declaration,
  adapter: Adapter,
): Promise<Finding[]> {
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
      findings.push(await findingOf(diagnosis, [result], declaration, adapter));
    } else (arithmetic.rejects ? rejected : otherBits).push(arithmetic.failingCase);
  }
  const clusters = [
    ...diagnoseRejections(rejected.slice(0, DIAGNOSED_CASES), declaration),
    ...diagnoseOtherBits(otherBits.slice(0, DIAGNOSED_CASES), declaration),
  ];
  for (const { diagnosis, cases } of clusters) {
    const members = cases.map(({ id }) => byId.get(id) as FailedResult);
    findings.push(await findingOf(diagnosis, members, declaration, adapter));
  }
  return findings.sort((a, b) => b.cases.length - a.cases.length);
}

async function findingOf(
  diagnosis: Diagnosis,
  members: readonly FailedResult[],
  declaration: Declaration,
  adapter: Adapter,
): Promise<Finding> {
  const [{ failure }] = [...members].sort((a, b) => size(a.failure.minimal) - size(b.failure.minimal));
  const minimal = failure.minimal && (await isolated(failure.minimal, declaration, adapter));
  const clauses = inOrder(members.flatMap((member) => member.clauses));
  const lead = diagnosis.firstDiverging && CLAUSE_OF_SLOT[diagnosis.firstDiverging];
  return {
    diagnosis,
    cases: members.map(({ id }) => id),
    clauses: lead && clauses.includes(lead) ? [lead, ...clauses.filter((id) => id !== lead)] : clauses,
    message: failure.message,
    ...(minimal && { minimal: minimal.evidence, ...(minimal.mismatch && { mismatch: minimal.mismatch }) }),
    replay: failure.replay,
  };
}

/** The clause that is about a slot first of all. */
const CLAUSE_OF_SLOT: Readonly<Record<Slot, string>> = {
  square_avg: "RMS-1.1",
  parameter: "RMS-1.2",
  momentum_buffer: "RMS-6.1",
  grad_avg: "RMS-7.1",
};

/** The failing element alone, if the failure stays when the implementation is run on it alone. */
async function isolated(
  evidence: Evidence,
  declaration: Declaration,
  adapter: Adapter,
): Promise<{ evidence: Evidence; mismatch: Mismatch | undefined }> {
  const judgement = judgementOf(evidence, declaration);
  const mismatch = firstMismatch(judgement);
  if (!mismatch) return { evidence, mismatch };
  const program = isolateElement(evidence.program, mismatch.parameter, mismatch.element, mismatch.operation);
  const [reply] = await adapter.run([program]);
  if (reply.status !== "ok") return { evidence, mismatch };
  const alone = { program, observations: reply.observations };
  const judgementAlone = judgementOf(alone, declaration);
  const mismatchAlone = firstMismatch(judgementAlone);
  const stays =
    judgement.rejected.length > 0 ? judgementAlone.rejected.length > 0 : mismatchAlone !== undefined;
  return stays ? { evidence: alone, mismatch: mismatchAlone } : { evidence, mismatch };
}

function firstMismatch(judgement: Judgement): Mismatch | undefined {
  return judgement.rejected[0] ?? judgement.notBitExact[0];
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

import type { Slot } from "../../spec/arithmetic.js";
import { CLAUSES } from "../../spec/clauses.js";
import { type Adapter, FAULTS } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import type {
  DiagnosedCluster,
  Diagnosis,
  FailingCase,
  FailingProgram,
} from "../judge/diagnosis/diagnosis.js";
import { diagnoseOtherBits } from "../judge/diagnosis/other-bits.js";
import { diagnoseRejections } from "../judge/diagnosis/rejections.js";
import { type Judgement, judgeProgram } from "../judge/judge-program.js";
import type { Mismatch } from "../judge/mismatch.js";
import { isFailure, type Verdict } from "../judge/verdict.js";
import { isolateElement } from "../program/isolate-element.js";
import { programSize } from "../program/program-size.js";
import { type CaseResult, type Evidence, type Failure, isSelfCheck, isSkipped } from "./case-result.js";
import { reproducesAlone } from "./reproduces-alone.js";

/** Failures that share one root cause, with a program that demonstrates it. */
export interface Finding {
  readonly diagnosis: Diagnosis;
  /** Ids of the cases; the one whose program is shown comes first. */
  readonly cases: readonly string[];
  /** Clauses that the cases are about; the one about the slot that diverges first leads. */
  readonly clauses: readonly string[];
  readonly message: string;
  readonly minimal?: Evidence;
  /** Whether the minimal program fails when it is all that is run; the case may have compared it with another. */
  readonly alone: boolean;
  /** The observation of the minimal program that was not accepted (or is not the reference's bits). */
  readonly mismatch?: Mismatch;
  readonly replay: string;
}

interface FailedResult extends CaseResult {
  readonly failure: Failure;
}

/** A failed case, with its failing programs for the diagnosis by arithmetic. */
interface ArithmeticFailure {
  readonly result: FailedResult;
  readonly rejects: boolean;
  readonly failingCase: FailingCase;
}

/** Verdicts that a diagnosis by arithmetic may explain; the others say themselves what is wrong. */
const ARITHMETIC: readonly CaseResult["verdict"][] = [
  "bit-exact",
  "certified",
  "inaccurate",
  "other-dialect",
  "special-mismatch",
  "differs",
];

/** Mismatches of one program that are looked at alone. */
const ISOLATED_MISMATCHES = 4;
/** Programs of one case that a diagnosis looks at: more of them decide between more explanations. */
const DIAGNOSED_PROGRAMS = 8;

/** Group failing cases into findings, largest first. Every failing case is in exactly one. */
export async function findingsOf(
  results: readonly CaseResult[],
  declaration: Declaration,
  adapter: Adapter,
): Promise<Finding[]> {
  const failed = results
    .filter((result): result is FailedResult => result.failure !== undefined)
    .sort((a, b) => size(a.failure.minimal) - size(b.failure.minimal));
  const findings: Finding[] = [];
  const arithmetic: ArithmeticFailure[] = [];
  const byMessage = new Map<string, [FailedResult, ...FailedResult[]]>();
  for (const result of failed) {
    const failure = await arithmeticFailure(result, declaration, adapter);
    if (failure) {
      arithmetic.push(failure);
      continue;
    }
    const key = `${result.verdict} ${withoutNumbers(result.failure.message)}`;
    const alike = byMessage.get(key);
    if (alike) alike.push(result);
    else byMessage.set(key, [result]);
  }
  for (const alike of byMessage.values()) findings.push(await reportedFinding(alike, declaration, adapter));
  const casesThat = (rejects: boolean) =>
    arithmetic.filter((failure) => failure.rejects === rejects).map(({ failingCase }) => failingCase);
  const clusters = [
    ...diagnoseRejections(casesThat(true), declaration),
    ...diagnoseOtherBits(casesThat(false), declaration),
  ];
  for (const cluster of clusters) findings.push(clusterFinding(cluster, arithmetic));
  return findings.sort((a, b) => b.cases.length - a.cases.length);
}

/** Messages that say the same of other places, values, lines and programs are alike. */
function withoutNumbers(message: string): string {
  return message
    .replace(/; the line is .*$/s, "")
    .replace(/(needs only what it declares): .*$/s, "$1")
    .replace(/0x[0-9a-f]+|[-−+]?(?:\d[\d.,]*(?:e[-+]?\d+)?|Infinity|∞|NaN)/g, "#");
}

/** Failures, smallest first, of which the properties' own message is all that can be said. */
async function reportedFinding(
  alike: readonly [FailedResult, ...FailedResult[]],
  declaration: Declaration,
  adapter: Adapter,
): Promise<Finding> {
  const [{ kind, verdict, failure }] = alike;
  const { minimal } = failure;
  // Programs that got no answer were given alone before they were blamed.
  const isFault = (FAULTS as readonly string[]).includes(verdict);
  // A program that shows a defect of the suite is not run again: it says nothing about the implementation.
  const known = isFault || isSelfCheck({ kind });
  const alone =
    minimal !== undefined && (known || (await reproducesAlone(minimal.program, adapter, declaration)));
  const sentence = failure.message.endsWith(".") ? failure.message : `${failure.message}.`;
  return {
    diagnosis: { verdict: isSkipped(verdict) ? "differs" : verdict, sentence, axes: [], alternatives: [] },
    cases: alike.map(({ id }) => id),
    clauses: [...new Set(alike.flatMap(({ clauses }) => clauses))],
    message: failure.message,
    ...(minimal && { minimal }),
    alone,
    replay: failure.replay,
  };
}

function clusterFinding(
  { diagnosis, cases, representative: { mismatch, ...minimal } }: DiagnosedCluster,
  arithmetic: readonly ArithmeticFailure[],
): Finding {
  const members = cases.map(
    ({ id }) => arithmetic.find(({ result }) => result.id === id) as ArithmeticFailure,
  );
  const [{ result }] = members;
  const named = members.flatMap((member) => member.result.clauses);
  const clauses = CLAUSES.map(({ id }) => id).filter((id) => named.includes(id));
  const lead = diagnosis.firstDiverging && CLAUSE_OF_SLOT[diagnosis.firstDiverging];
  return {
    diagnosis,
    cases: members.map((member) => member.result.id),
    clauses: lead && clauses.includes(lead) ? [lead, ...clauses.filter((id) => id !== lead)] : clauses,
    message: result.failure.message,
    minimal,
    alone: true,
    mismatch,
    replay: result.failure.replay,
  };
}

/** The clause that is about a slot first of all. */
const CLAUSE_OF_SLOT: Readonly<Record<Slot, string>> = {
  square_avg: "RMS-1.1",
  parameter: "RMS-1.2",
  momentum_buffer: "RMS-6.1",
  grad_avg: "RMS-7.1",
};

/**
 * The programs of a case in which observations were rejected, or else were not the reference's bits; each
 * failing element alone where the failure stays. Undefined where arithmetic has nothing to say.
 */
async function arithmeticFailure(
  result: FailedResult,
  declaration: Declaration,
  adapter: Adapter,
): Promise<ArithmeticFailure | undefined> {
  const { id, verdict, failure } = result;
  if (!ARITHMETIC.includes(verdict) || isSelfCheck(result)) return undefined;
  const judged = [...(failure.minimal ? [failure.minimal] : []), ...failure.others].map((evidence) => ({
    evidence,
    judgement: judgementOf(evidence, declaration),
  }));
  const rejects = judged.some(({ judgement }) => judgement.rejected.length > 0);
  // What a property itself finds wrong stays wrong, however it is rounded.
  if (!rejects && isFailure(verdict as Verdict)) return undefined;
  const programs: FailingProgram[] = [];
  for (const { evidence, judgement } of judged) {
    if (programs.length >= DIAGNOSED_PROGRAMS) break;
    const mismatches = rejects ? judgement.rejected : judgement.notBitExact;
    if (mismatches.length === 0) continue;
    programs.push(...(await isolated(evidence, mismatches, rejects, declaration, adapter)));
  }
  const [first, ...rest] = programs.sort((a, b) => size(a) - size(b));
  return first && { result, rejects, failingCase: { id, programs: [first, ...rest] } };
}

/** Failing elements alone, as far as the failure stays when they are run alone; else the whole program. */
async function isolated(
  whole: FailingProgram,
  mismatches: readonly Mismatch[],
  rejects: boolean,
  declaration: Declaration,
  adapter: Adapter,
): Promise<FailingProgram[]> {
  const stride = Math.max(1, Math.floor(mismatches.length / ISOLATED_MISMATCHES));
  const chosen = mismatches.filter((_, i) => i % stride === 0).slice(0, ISOLATED_MISMATCHES);
  const alone: FailingProgram[] = [];
  for (const { parameter, element, operation } of chosen) {
    const program = isolateElement(whole.program, parameter, element, operation);
    // The adapter is gone; the whole program still shows the failure.
    const [reply] = await adapter.run([program], { alone: true }).catch(() => []);
    if (reply?.status !== "ok") continue;
    const judgement = judgeProgram(program, reply.observations, declaration);
    const stays = rejects ? judgement.rejected.length > 0 : judgement.notBitExact.length > 0;
    if (stays) alone.push({ program, observations: reply.observations });
  }
  return alone.length > 0 ? alone : [whole];
}

function judgementOf({ program, observations, judgement }: Evidence, declaration: Declaration): Judgement {
  return judgement ?? judgeProgram(program, observations, declaration);
}

/** A failure without a program comes last. */
function size(evidence: FailingProgram | undefined): number {
  return evidence ? programSize(evidence.program) : Number.POSITIVE_INFINITY;
}

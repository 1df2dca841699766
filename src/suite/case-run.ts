import { type PropertyFailure, RefusalFailure } from "../../properties/property-failure.js";
import { Subject } from "../../properties/subject.js";
import type { Adapter } from "../adapter/adapter.js";
import type { Judgement, judgeProgram } from "../judge/judge-program.js";
import { addTally, emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseOptions } from "./case-options.js";
import { type CaseResult, type Evidence, SKIPPED } from "./case-result.js";

/** How a subject of a case differs from the options of the run. */
interface SubjectOptions {
  readonly adapter?: Adapter;
  readonly judge?: typeof judgeProgram | undefined;
  readonly onJudged: (judgement: Judgement) => void;
}

/** One case while it runs: what it counts, and the results that it may have. */
export class CaseRun {
  private readonly tally = emptyTally();
  private readonly multiStep = emptyTally();

  constructor(
    private readonly base: Pick<CaseResult, "id" | "kind" | "clauses">,
    private readonly options: CaseOptions,
  ) {}

  /** Observations judged so far. */
  get judged(): Readonly<CaseResult["tally"]> {
    return this.tally;
  }

  /** The implementation under test, as the case drives it. */
  subject({ adapter, judge, onJudged }: SubjectOptions): Subject {
    const { capabilities, declaration, demandBitExact } = this.options;
    return new Subject(
      adapter ?? this.options.adapter,
      capabilities,
      declaration,
      demandBitExact,
      onJudged,
      judge,
    );
  }

  /** Count what was judged. */
  count({ tally, multiStep }: Judgement): void {
    addTally(this.tally, tally);
    addTally(this.multiStep, multiStep);
  }

  /** It was not run, and counts nothing. */
  skipped(reason: string, more: Partial<CaseResult> = {}): CaseResult {
    const nothing = { tally: emptyTally(), multiStep: emptyTally() };
    return { ...this.base, verdict: SKIPPED, reason, runs: 0, ...nothing, ...more };
  }

  /** It was not run, because the implementation lacks capabilities. */
  lacking(missingCapabilities: readonly string[]): CaseResult {
    const reason = `the implementation does not offer ${missingCapabilities.join(", ")}`;
    return this.skipped(reason, { missingCapabilities });
  }

  result(verdict: Verdict, more: Pick<CaseResult, "runs"> & Partial<CaseResult>): CaseResult {
    return { ...this.base, verdict, ...more, tally: this.tally, multiStep: this.multiStep };
  }

  /**
   * @param selection the options of a command line that select the case
   * @param others failing programs in addition to the smallest one
   */
  failed(
    error: PropertyFailure,
    subject: Subject,
    selection: string,
    more: Pick<CaseResult, "runs"> & Partial<CaseResult>,
    others: readonly Evidence[] = [],
  ): CaseResult {
    const { message, verdict, evidence } = error;
    return {
      ...this.result(verdict, more),
      failure: {
        message,
        ...(evidence && { minimal: asSent(evidence, subject) }),
        others,
        ...(error instanceof RefusalFailure && { refusal: true as const }),
        replay: this.options.replay(selection),
      },
    };
  }
}

/** Evidence with the program that was sent. */
export function asSent(evidence: Evidence, subject: Subject): Evidence {
  return { ...evidence, program: subject.sent(evidence.program) };
}

import type { UnexplainedFault } from "../adapter.js";
import type { AdapterFault } from "./adapter-fault.js";

/** The state of the process when it failed. */
export interface FaultContext {
  /** It had not answered any request yet. */
  readonly fresh: boolean;
  /** The outstanding program was sent alone because it may crash the process. */
  readonly alone: boolean;
}

/** Cases that were outstanding when the process failed, and those that have not been run separately yet. */
interface Suspicion<Case> {
  readonly fault: AdapterFault;
  readonly cases: number;
  readonly left: Set<Case>;
}

/**
 * Finds the case to which a fault happens, by the sizes of the requests. After a fault the cases that were
 * outstanding are sent again, first one alone, then two, four, …, and one request at a time. A fault among them
 * restarts this at its own cases. A case is blamed only if it fails a second time, alone, as the first request of
 * a fresh process and with the whole budget: what went before, or a loaded machine, may have caused the first fault.
 * Finding one of n cases costs about log2 n restarts, and every other case is answered.
 */
export class FaultBisector<Case> {
  /** Faults that no case was found to cause: not reproduced, or raised when nothing was outstanding. */
  readonly unexplained: UnexplainedFault[] = [];
  private size = 1;
  private single = false;
  private suspicion: Suspicion<Case> | undefined;
  private everAnswered = false;

  /**
   * @param budget milliseconds in which a request must be answered
   * @param warmUp milliseconds beyond it for the first request of a process, in which an adapter may import or compile
   *   what it needs; once a first request has been answered, the time that it took
   */
  constructor(
    private readonly budget: number,
    private warmUp = 0,
  ) {}

  /** Most cases that the next request should have. */
  get cases(): number {
    return this.single ? 1 : this.size;
  }

  /** Whether requests must be sent one by one, so that a fault can only come from one of them. */
  get oneByOne(): boolean {
    return this.single || this.suspicion !== undefined;
  }

  /**
   * Milliseconds in which a request must be answered.
   * @param fresh whether it is the first one of its process
   */
  timeout(fresh: boolean): number {
    return fresh ? this.budget + this.warmUp : this.budget;
  }

  /** These cases were answered by one request, which took so many milliseconds. */
  answered(cases: readonly Case[], elapsed: number, fresh = false): void {
    if (fresh) this.firstAnswer(elapsed);
    // A batch that would need half of the budget is too close to a timeout.
    if (elapsed > this.budget / 4) this.size = Math.max(1, this.size >> 1);
    else if (cases.length >= this.size && elapsed < this.budget / 8) this.size *= 2;
    const { suspicion } = this;
    if (!suspicion) return;
    for (const each of cases) suspicion.left.delete(each);
    if (suspicion.left.size > 0) return;
    this.suspicion = undefined;
    const { fault } = suspicion;
    // Every case was answered within the budget, so load caused the timeout and not a hang.
    if (fault.verdict === "timeout") this.single = false;
    const again =
      suspicion.cases === 1 ? "the case was run again" : `the ${suspicion.cases} cases were run apart`;
    this.note(fault, `; it was not reproduced when ${again}`);
  }

  /** The process failed, and no case can be the reason. */
  note(fault: AdapterFault, again = ""): void {
    const { verdict, message, external } = fault;
    this.unexplained.push({ verdict, message: `${message}${again}`, external });
  }

  /** The process failed when these cases, one at least, were outstanding. Returns whether the one case is the culprit. */
  failed(cases: readonly Case[], fault: AdapterFault, { fresh, alone }: FaultContext): boolean {
    const timeout = fault.verdict === "timeout";
    if (timeout && !this.everAnswered) this.warmUp = 0;
    if (!alone) {
      this.size = 1;
      // From now on cases are sent alone, so that the neighbours of one that hangs are not sent twice.
      if (timeout) this.single = true;
    }
    const again = this.suspicion?.left.has(cases[0]) ?? false;
    const culprit = cases.length === 1 && fresh && again;
    this.suspicion = culprit ? undefined : { fault, cases: cases.length, left: new Set(cases) };
    return culprit;
  }

  /** A first answer within an eighth of the budget needs no extra time. */
  private firstAnswer(elapsed: number): void {
    const taken = elapsed > this.budget / 8 ? elapsed : 0;
    this.warmUp = this.everAnswered ? Math.max(this.warmUp, taken) : taken;
    this.everAnswered = true;
  }
}

/** A fault in one line, with its verdict. */
export function faultText({ verdict, message }: Pick<AdapterFault, "verdict" | "message">): string {
  return `${verdict}: ${message}`;
}

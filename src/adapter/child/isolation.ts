import type { AdapterFault } from "./adapter-fault.js";

/** What the process had done when it failed. */
export interface FaultContext {
  /** It had answered no request before. */
  readonly fresh: boolean;
  /** The outstanding program was sent alone because it may end the process. */
  readonly alone: boolean;
}

/** A fault of several cases, some of which have not been run apart yet. */
interface Suspicion<Case> {
  readonly fault: AdapterFault;
  readonly cases: number;
  readonly left: Set<Case>;
}

/**
 * Finds the case to which a fault happens, by the sizes of the requests. After a fault the cases that were
 * outstanding are sent again, first one alone, then two, four, …, and one request at a time. A fault among them
 * begins this anew at its own cases, so that the culprit of n cases costs no more than about log2 n restarts, is
 * found as the first case of a fresh process, and every other case has been answered.
 */
export class Isolation<Case> {
  /** Faults that no case is the culprit of: they did not show again, or came when nothing was asked. */
  readonly unexplained: string[] = [];
  private size = 1;
  private single = false;
  private suspicion: Suspicion<Case> | undefined;

  /** @param budget milliseconds in which a request must be answered */
  constructor(private readonly budget: number) {}

  /** Most cases that the next request should have. */
  get cases(): number {
    return this.single ? 1 : this.size;
  }

  /** Whether requests must be sent one by one, so that a fault has only one of them to come from. */
  get oneByOne(): boolean {
    return this.single || this.suspicion !== undefined;
  }

  /**
   * Milliseconds in which the next request must be answered. The budget is meant for a full request: once cases go one
   * by one because one of them hung, a quarter is plenty, and a hang in many cases does not cost hours.
   */
  get patience(): number {
    return this.single ? this.budget / 4 : this.budget;
  }

  /** These cases were answered by one request, which took so many milliseconds. */
  answered(cases: readonly Case[], elapsed: number): void {
    // A batch that would need half of the budget is too close to a timeout.
    if (elapsed > this.budget / 4) this.size = Math.max(1, this.size >> 1);
    else if (cases.length >= this.size && elapsed < this.budget / 8) this.size *= 2;
    const { suspicion } = this;
    if (!suspicion) return;
    for (const each of cases) suspicion.left.delete(each);
    if (suspicion.left.size > 0) return;
    this.suspicion = undefined;
    const again =
      suspicion.cases === 1 ? "the case was run again" : `the ${suspicion.cases} cases were run apart`;
    this.unexplained.push(`${faultText(suspicion.fault)}; it did not show again when ${again}`);
  }

  /** The process failed for no reason that a case could be. */
  note(fault: AdapterFault): void {
    this.unexplained.push(faultText(fault));
  }

  /** The process failed when these cases, one at least, were outstanding. Returns whether the one case is the culprit. */
  failed(cases: readonly Case[], fault: AdapterFault, { fresh, alone }: FaultContext): boolean {
    const timeout = fault.verdict === "timeout";
    if (!alone) {
      this.size = 1;
      // Whatever hangs costs a budget; it should cost no second one for its neighbours.
      if (timeout) this.single = true;
    }
    // What a process dies of may have been done to it by a case before. Being told twice is cheap, but for a hang.
    const culprit = cases.length === 1 && (fresh || alone || timeout);
    this.suspicion = culprit ? undefined : { fault, cases: cases.length, left: new Set(cases) };
    return culprit;
  }
}

/** A fault in one line, with its verdict. */
export function faultText({ verdict, message }: AdapterFault): string {
  return `${verdict}: ${message}`;
}

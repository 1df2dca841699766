import { setImmediate as turn } from "node:timers/promises";
import type { Hello } from "../adapter/hello.js";
import type { CaseResult } from "../suite/case-result.js";
import type { GateOptions } from "../suite/gate-options.js";
import { type GateResult, gateResult } from "../suite/gate-result.js";
import { type Plan, type PlannedCase, planOf } from "../suite/plan.js";

/** What a gate runs, and with which options. */
interface Planned {
  readonly options: GateOptions;
  readonly hello: Hello;
  readonly plan: Plan;
}

/** A gate of which each case is run when its result is first asked for, and only once. */
export class GateRun {
  private readonly started = new Map<PlannedCase, Promise<CaseResult>>();
  private planning: Promise<Planned> | undefined;
  private summing: Promise<GateResult> | undefined;

  constructor(private readonly gateOptions: () => Promise<GateOptions>) {}

  /** @throws {AdapterUnavailable} */
  planned(): Promise<Planned> {
    this.planning ??= this.makePlan();
    return this.planning;
  }

  private async makePlan(): Promise<Planned> {
    const options = await this.gateOptions();
    const hello = await options.adapter.hello();
    return { options, hello, plan: planOf(options, hello) };
  }

  /**
   * The results of some of the planned cases, in their order.
   * @throws {AdapterUnavailable}
   */
  async resultsOf(cases: readonly PlannedCase[]): Promise<CaseResult[]> {
    const { options } = await this.planned();
    const results = new Map<PlannedCase, CaseResult>();
    const waiting = cases.values();
    // Cases that wait for answers wait together, so that their programs travel in one request.
    const worker = async () => {
      for (const planned of waiting) results.set(planned, await this.resultOf(planned));
    };
    await Promise.all(Array.from({ length: options.adapter.concurrency ?? 1 }, worker));
    return cases.map((planned) => results.get(planned) as CaseResult);
  }

  private resultOf(planned: PlannedCase): Promise<CaseResult> {
    const before = this.started.get(planned);
    if (before) return before;
    // Timers have their turn after each case, the test runner's own among them.
    const result = planned.run().finally(() => turn());
    this.started.set(planned, result);
    return result;
  }

  /**
   * The result of the determinism audit, which looks at what all other cases were answered: they are run first.
   * @throws {AdapterUnavailable}
   */
  async audited(): Promise<CaseResult[]> {
    const { plan } = await this.planned();
    await this.resultsOf(plan.cases);
    return this.resultsOf(plan.audit ? [plan.audit] : []);
  }

  /**
   * The sum of everything, as the gate has it. Whatever was not asked for yet is run.
   * @throws {AdapterUnavailable}
   */
  whole(): Promise<GateResult> {
    this.summing ??= this.sumUp();
    return this.summing;
  }

  private async sumUp(): Promise<GateResult> {
    const { options, hello, plan } = await this.planned();
    const audit = await this.audited();
    const results = [...(await this.resultsOf(plan.cases)), ...audit];
    return gateResult(options, hello, results, results.length, undefined, plan.selfCheck);
  }
}

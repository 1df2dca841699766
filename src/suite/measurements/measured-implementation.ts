import type { Capability } from "../../../spec/capabilities.js";
import type { Dialect } from "../../../spec/dialect.js";
import { type Adapter, AdapterUnavailable, type Outcome } from "../../adapter/adapter.js";
import type { Hello } from "../../adapter/hello.js";
import { neededCapabilities } from "../../adapter/needed-capabilities.js";
import { breachesOfCount } from "../../judge/judge-program.js";
import { outsideDomain } from "../../program/domain.js";
import { withKnownHyperparameters } from "../../program/known-hyperparameters.js";
import type { Observation } from "../../program/observation.js";
import type { Program } from "../../program/program.js";

/** What is measured: it answers what it can, and what it does not answer is not measured. */
export class MeasuredImplementation {
  private unavailable = false;

  constructor(
    private readonly adapter: Adapter,
    private readonly hello: Hello,
    readonly dialect: Dialect,
    private readonly signal?: AbortSignal,
  ) {}

  offers(capability: Capability): boolean {
    return this.hello.capabilities.includes(capability);
  }

  /**
   * What was observed in each program, in order; nothing where there is no answer, or a wrong number of observations. What
   * needs more than is offered is not asked. Programs are asked one by one, and after a time-out none is: each of them
   * costs its whole budget.
   */
  async run(programs: readonly Program[]): Promise<(readonly Observation[] | undefined)[]> {
    const answers: (readonly Observation[] | undefined)[] = [];
    for (const program of programs) answers.push(await this.observations(program));
    return answers;
  }

  private async observations(program: Program): Promise<readonly Observation[] | undefined> {
    const outcome = this.canRun(program) ? await this.outcome(program) : undefined;
    if (outcome?.status !== "ok" || breachesOfCount(program, outcome.observations).length > 0)
      return undefined;
    return outcome.observations;
  }

  private canRun(program: Program): boolean {
    const { domain } = this.hello;
    return (
      neededCapabilities(program, this.dialect).every((capability) => this.offers(capability)) &&
      (domain === undefined || outsideDomain(program, this.dialect, domain) === undefined)
    );
  }

  private async outcome(program: Program): Promise<Outcome | undefined> {
    if (this.unavailable || !(await this.goesOn())) return undefined;
    try {
      const [outcome] = await this.adapter.run([withKnownHyperparameters(program, this.dialect)]);
      this.unavailable = outcome.status === "fault" && outcome.verdict === "timeout";
      return outcome;
    } catch (error) {
      if (!this.signal?.aborted && !(error instanceof AdapterUnavailable)) throw error;
      this.unavailable = true;
      return undefined;
    }
  }

  /** Let timers and signals have their turn. False after an interruption. */
  async goesOn(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return !this.signal?.aborted;
  }
}

import fc from "fast-check";
import type { Capability } from "../spec/capabilities.js";
import type { Adapter } from "../src/adapter/adapter.js";
import { neededCapabilities } from "../src/adapter/needed-capabilities.js";
import type { Reply } from "../src/adapter/reply.js";
import type { Declaration } from "../src/judge/declaration.js";
import { breachesOfCount, type Judgement, judgeProgram, verdictOf } from "../src/judge/judge-program.js";
import { isFailure } from "../src/judge/verdict.js";
import { domainText, outsideDomain } from "../src/program/domain.js";
import type { Observation } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";

import { validateProgram } from "../src/program/validate.js";
import { withoutSlots } from "../src/program/without-slots.js";
import { PropertyFailure } from "./property-failure.js";

/** The implementation cannot be given a program: the case is not run, which is no pass and no failure. */
export class ProgramNotSent extends Error {
  override readonly name = "ProgramNotSent";
}

/** How the reason begins for which an input that needs more capabilities is passed over. */
export const NOT_OFFERED = "the implementation does not offer";

/** The thing under test as properties see it. */
export class Subject {
  /** Observations judged so far, over all programs. */
  readonly onJudged: (judgement: Judgement) => void;
  /** How often an input was passed over, by reason. */
  readonly passedOver = new Map<string, number>();
  /** Programs that were not sent because a hyperparameter is outside the declared domain. */
  outside = 0;
  private readonly asSent = new WeakMap<Program, Program>();

  /**
   * @param demandBitExact accept only the reference evaluation's bits (level L3)
   * @param judge what judges the observations: `judgeProgram`, or that and a check of it
   */
  constructor(
    private readonly adapter: Adapter,
    private readonly capabilities: readonly Capability[],
    readonly declaration: Declaration,
    private readonly demandBitExact: boolean,
    onJudged: (judgement: Judgement) => void = () => {},
    private readonly judge: typeof judgeProgram = judgeProgram,
  ) {
    this.onJudged = onJudged;
  }

  offers(capability: Capability): boolean {
    return this.capabilities.includes(capability);
  }

  /**
   * Pass this input over, so that another one is drawn.
   * @param reason why, for a case of which no input is left
   */
  passOver(reason: string): void {
    this.passedOver.set(reason, (this.passedOver.get(reason) ?? 0) + 1);
    fc.pre(false);
  }

  /** Those of the programs that are in the declared domain. Where none is, the input is passed over. */
  accepted(programs: readonly Program[]): Program[] {
    const inside = programs.filter((program) => this.whyOutside(program) === undefined);
    if (inside.length === 0) this.demandDomain(programs[0]);
    this.outside += programs.length - inside.length;
    return inside;
  }

  /** The program that is sent: the gradient is not observed of an implementation that uses it as scratch. */
  sent(program: Program): Program {
    if (this.declaration.gradient !== "scratch") return program;
    const sent = this.asSent.get(program) ?? withoutSlots(program, ["gradient"]);
    this.asSent.set(program, sent);
    return sent;
  }

  /**
   * Run a program that any implementation must be able to run. An input that needs a capability which was not
   * declared is passed over, and another one is drawn.
   * @throws {ProgramNotSent}
   * @throws {PropertyFailure} if there is no answer, or it is an error
   */
  async run(program: Program): Promise<readonly Observation[]> {
    const reply = await this.reply(program);
    if (reply.status === "ok") return reply.observations;
    const message = `the implementation answered ${reply.class} in ${reply.phase}: ${reply.message}`;
    throw new PropertyFailure(message, "contract-mismatch", { program, observations: [] });
  }

  /**
   * Run a program that may be refused.
   * @throws {ProgramNotSent}
   * @throws {PropertyFailure} if there is no answer, or it is that something declared is not supported
   */
  async reply(program: Program): Promise<Exclude<Reply, { status: "unsupported" }>> {
    this.demandDomain(program);
    return this.refusal(program);
  }

  /**
   * The same for a program with a hyperparameter that is to be refused, which no domain contains.
   * @throws {ProgramNotSent}
   * @throws {PropertyFailure}
   */
  async refusal(program: Program): Promise<Exclude<Reply, { status: "unsupported" }>> {
    validateProgram(program, "generated program");
    const needed = neededCapabilities(program, this.declaration.dialect);
    const missing = needed.filter((capability) => !this.offers(capability));
    if (missing.length > 0) this.passOver(`${NOT_OFFERED} ${missing.join(", ")}`);
    const [outcome] = await this.adapter.run([this.sent(program)]);
    const evidence = { program: this.sent(program), observations: [] };
    switch (outcome.status) {
      case "ok": {
        const [breach] = breachesOfCount(evidence.program, outcome.observations);
        if (breach !== undefined) throw new PropertyFailure(breach, "contract-mismatch", evidence);
        return outcome;
      }
      case "error":
        return outcome;
      case "not-sent":
        throw new ProgramNotSent(outcome.reason);
      case "unsupported": {
        const says = `the implementation does not support ${outcome.capability}`;
        const declared = needed.length > 0 ? needed.join(", ") : "no capability at all";
        const message = `${says}, but the program needs only what it declares: ${declared}`;
        throw new PropertyFailure(message, "capability-mismatch", evidence);
      }
      case "fault": {
        const { message, stderr } = outcome;
        const stderrText = stderr?.trim() ? `; stderr (last 3 lines): ${lastLines(stderr)}` : "";
        throw new PropertyFailure(`${message}${stderrText}`, outcome.verdict, evidence);
      }
    }
  }

  /**
   * Run a program and hold every observation against its acceptance set.
   * @returns the observations, for checks of the property's own
   * @throws {PropertyFailure} when one is not accepted, or not bit-exact where that is demanded
   */
  async conforms(program: Program): Promise<readonly Observation[]> {
    const observations = await this.run(program);
    this.accept(program, observations);
    return observations;
  }

  /**
   * The same for a program that some implementations cannot run: an error is no answer then.
   * @param what what it cannot do, as in "it cannot …"
   * @throws {ProgramNotSent}
   */
  async conformsIfItCan(program: Program, what: string): Promise<void> {
    const reply = await this.reply(program);
    if (reply.status === "error") throw new ProgramNotSent(`it cannot ${what}`);
    this.accept(program, reply.observations);
  }

  /** Hold observations that were made before against the acceptance sets. */
  accept(given: Program, observations: readonly Observation[]): void {
    const program = this.sent(given);
    const judgement = this.judge(program, observations, this.declaration);
    this.onJudged(judgement);
    const verdict = verdictOf(judgement, this.declaration);
    const evidence = { program, observations, judgement };
    if (isFailure(verdict)) {
      throw new PropertyFailure(judgement.contract[0] ?? rejectedText(judgement), verdict, evidence);
    }
    if (this.demandBitExact && judgement.tally.bitExact < judgement.tally.judged) {
      const name = this.declaration.reference?.name ?? "a reference evaluation";
      const message = `accepted, but not the bits of ${name}, which level L3 demands`;
      throw new PropertyFailure(message, "certified", evidence);
    }
  }

  /** Pass the input over if the program is outside the declared domain. */
  demandDomain(program: Program): void {
    if (this.whyOutside(program) === undefined) return;
    this.outside++;
    const domain = domainText(this.declaration.domain ?? {});
    this.passOver(`every input that was tried is outside the declared domain, ${domain}`);
  }

  private whyOutside(program: Program): string | undefined {
    const { dialect, domain } = this.declaration;
    return domain && outsideDomain(program, dialect, domain);
  }
}

function rejectedText(judgement: Judgement): string {
  const [first] = judgement.rejected;
  const { rejected, judged } = judgement.tally;
  return `${first.slot} of parameter ${first.parameter}, element ${first.element}, step ${first.step} is outside its acceptance set (${rejected} of ${judged} observations)`;
}

/** The end of what a process wrote, in one line. */
function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" | ").slice(-300);
}

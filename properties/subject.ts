import fc from "fast-check";
import type { Adapter } from "../src/adapter/adapter.js";
import type { Capability } from "../src/adapter/capability.js";
import { neededCapabilities } from "../src/adapter/needed-capabilities.js";
import type { Reply } from "../src/adapter/reply.js";
import type { Declaration } from "../src/judge/declaration.js";
import { breachesOfCount, type Judgement, judgeProgram, verdictOf } from "../src/judge/judge-program.js";
import { isFailure } from "../src/judge/verdict.js";
import type { Observation } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";
import { validateProgram } from "../src/program/validate.js";
import { PropertyFailure } from "./property-failure.js";

/** The implementation cannot be given a program: the case is not run, which is no pass and no failure. */
export class ProgramNotSent extends Error {
  override readonly name = "ProgramNotSent";
}

/** The thing under test as properties see it. */
export class Subject {
  /** Observations judged so far, over all programs. */
  readonly onJudged: (judgement: Judgement) => void;

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
    validateProgram(program, "generated program");
    const needed = neededCapabilities(program, this.declaration.dialect);
    fc.pre(needed.every((capability) => this.offers(capability)));
    const [outcome] = await this.adapter.run([program]);
    const evidence = { program, observations: [] };
    switch (outcome.status) {
      case "ok": {
        const [breach] = breachesOfCount(program, outcome.observations);
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
        const said = stderr?.trim() ? `; its last words on standard error: ${lastLines(stderr)}` : "";
        throw new PropertyFailure(`${message}${said}`, outcome.verdict, evidence);
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
    if (reply.status === "error") throw new ProgramNotSent(`it cannot ${what}: ${reply.message}`);
    this.accept(program, reply.observations);
  }

  /** Hold observations that were made before against the acceptance sets. */
  accept(program: Program, observations: readonly Observation[]): void {
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

import fc from "fast-check";
import type { Adapter, Capability } from "../src/adapter/adapter.js";
import { neededCapabilities } from "../src/adapter/needed-capabilities.js";
import type { Declaration } from "../src/judge/declaration.js";
import { type Judgement, judgeProgram, verdictOf } from "../src/judge/judge-program.js";
import { isFailure } from "../src/judge/verdict.js";
import type { Observation, Program } from "../src/program/program.js";
import { validateProgram } from "../src/program/validate.js";
import { PropertyFailure } from "./property-failure.js";

/** The implementation says that it cannot run a program: the case is not run, which is no pass and no failure. */
export class UnsupportedProgram extends Error {
  override readonly name = "UnsupportedProgram";

  constructor(readonly capability: string) {
    super(`the implementation does not support ${capability}`);
  }
}

/** The thing under test as properties see it. */
export class Subject {
  /** Observations judged so far, over all programs. */
  readonly onJudged: (judgement: Judgement) => void;

  /**
   * @param demandBitExact accept only the reference evaluation's bits (level L3)
   */
  constructor(
    private readonly adapter: Adapter,
    private readonly capabilities: readonly Capability[],
    readonly declaration: Declaration,
    private readonly demandBitExact: boolean,
    onJudged: (judgement: Judgement) => void = () => {},
  ) {
    this.onJudged = onJudged;
  }

  /**
   * Run a program that any implementation must be able to run. An input that needs a capability which was not
   * declared is passed over, and another one is drawn.
   * @throws {UnsupportedProgram}
   * @throws {PropertyFailure} if it answers with an error
   */
  async run(program: Program): Promise<readonly Observation[]> {
    const reply = await this.reply(program);
    if (reply.status === "ok") return reply.observations;
    if (reply.status === "unsupported") throw new UnsupportedProgram(reply.capability);
    const message = `the implementation answered error in ${reply.phase}: ${reply.message}`;
    throw new PropertyFailure(message, "contract-mismatch", { program, observations: [] });
  }

  /** Run a program that may be refused. */
  async reply(program: Program) {
    validateProgram(program, "generated program");
    const needed = neededCapabilities(program, this.declaration.dialect);
    fc.pre(needed.every((capability) => this.capabilities.includes(capability)));
    const [reply] = await this.adapter.run([program]);
    return reply;
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

  /** Hold observations that were made before against the acceptance sets. */
  accept(program: Program, observations: readonly Observation[]): void {
    const judgement = judgeProgram(program, observations, this.declaration);
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

import type { Declaration } from "../judge/declaration.js";
import { judgeProgram } from "../judge/judge-program.js";
import { RandomSource } from "../search/element-steps.js";
import { type ControlCounts, judgeControls, noControls, regimeOf } from "./controls.js";
import { crossCheck } from "./cross-check.js";
import type { Disagreement } from "./disagreement.js";
import { pinnedOf } from "./pinned-choices.js";
import { judgePropagatedControl } from "./propagated-control.js";
import { judgedSlots, type SampledElement } from "./sampled-element.js";
import { CaseSampler, hashOf } from "./sampler.js";

/** What was recomputed of a run, and how the judge did on controls. */
export interface SelfCheckCounts {
  /** Observations that were judged by one step or by carried sets: what could have been recomputed, and more. */
  judged: number;
  /** Observations whose accepted values were held against the exact step and its error. */
  bounded: number;
  /** Observations that were recomputed operation by operation, under each pinned evaluation. */
  emulated: number;
  readonly controls: ControlCounts;
  /** Time that all of this took. */
  seconds: number;
}

/** What was found wrong, and the case whose program it was found in. */
export interface FoundInCase extends Disagreement {
  readonly caseId: string;
}

/** Judges as `judgeProgram` does, and checks a sample of what it judged. */
export type CheckedJudge = typeof judgeProgram;

/**
 * Tries the judge in the run in which it judges: of each case a sample of the judged observations is recomputed by
 * decimal.js, and the judge is given observations of which it is known how they must be judged.
 */
export class SelfCheck {
  readonly counts: SelfCheckCounts = {
    judged: 0,
    bounded: 0,
    emulated: 0,
    controls: noControls(),
    seconds: 0,
  };
  /** The first thing that was found of each kind. */
  crossCheckFailure: FoundInCase | undefined;
  controlFailure: FoundInCase | undefined;

  constructor(private readonly seed: number) {}

  /** Whether anything was found wrong: no verdict of the run can be relied on then. */
  get hasFailed(): boolean {
    return this.crossCheckFailure !== undefined || this.controlFailure !== undefined;
  }

  /** The judge of one case. What is sampled follows from the seed, the case and its programs. */
  judgeOf(caseId: string): CheckedJudge {
    const sampler = new CaseSampler(this.seed, caseId);
    const random = new RandomSource(hashOf(`${this.seed} ${caseId} choices`));
    const quota = new ControlQuota();
    let hidden = 0;
    return (program, observations, declaration, onSet) => {
      const sample = sampler.program(program);
      quota.grow();
      const judgement = judgeProgram(program, observations, declaration, onSet, (slot) => sample.add(slot));
      this.counts.judged += judgement.tally.judged;
      const started = performance.now();
      for (const group of sample.groups) this.check(caseId, group, declaration, random, quota);
      if (judgement.multiStep.judged > 0 && hidden++ % PROGRAMS_OF_TRACE === 0) {
        const one = random.pick(pinnedOf(declaration, random));
        const { controls } = this.counts;
        const failure = judgePropagatedControl(program, observations, declaration, one, random, controls);
        this.controlFailure ??= failure && { ...failure, caseId };
      }
      this.counts.seconds += (performance.now() - started) / 1000;
      return judgement;
    };
  }

  private check(
    caseId: string,
    group: readonly SampledElement[],
    declaration: Declaration,
    random: RandomSource,
    quota: ControlQuota,
  ): void {
    const pinned = pinnedOf(declaration, random);
    const withExactOracle = random.integer(1, GROUPS_FOR_EXACT_ORACLE) === 1;
    const disagreement = crossCheck(group, random.pick(pinned), declaration, withExactOracle);
    this.crossCheckFailure ??= disagreement && { ...disagreement, caseId };
    const observations = group.reduce((sum, element) => sum + judgedSlots(element).length, 0);
    this.counts.bounded += observations;
    this.counts.emulated += observations;
    for (const element of group) {
      for (const slot of judgedSlots(element)) {
        if (!quota.takes(`${slot} ${regimeOf(element.observed[slot] as number)}`)) continue;
        const one = random.pick(pinned);
        const failure = judgeControls(element, slot, one, declaration, this.counts.controls);
        this.controlFailure ??= failure && { ...failure, caseId };
      }
    }
  }
}

/** One of so many sampled groups is computed by the exact oracle too, which is held against rationals elsewhere. */
const GROUPS_FOR_EXACT_ORACLE = 4;

/** One of so many programs of a case with hidden state has a control: a trace that decimal.js computed. */
const PROGRAMS_OF_TRACE = 4;

/** Observations of a case that have controls before any other program has come, and by how many each one adds. */
const INITIAL_CONTROLS = 1;
const CONTROLS_OF_PROGRAM = 1 / 16;

/** Chooses what has controls in a case: of each kind, as a quantity in a regime, the first, the 4th, the 16th … */
class ControlQuota {
  private left = INITIAL_CONTROLS;
  private readonly seen = new Map<string, number>();

  grow(): void {
    this.left += CONTROLS_OF_PROGRAM;
  }

  takes(kind: string): boolean {
    if (this.left < 1) return false;
    const count = (this.seen.get(kind) ?? 0) + 1;
    this.seen.set(kind, count);
    if (!Number.isInteger(Math.log2(count) / 2)) return false;
    this.left--;
    return true;
  }
}

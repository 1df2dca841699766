import type { JudgedSlot } from "../judge/judgement-sink.js";
import type { OperationOf, Program } from "../program/program.js";
import { RandomSource } from "../search/element-steps.js";
import { type SampledElement, sampledElement } from "./sampled-element.js";

/** Element-steps of one program that are recomputed at most; a program of as many or fewer is recomputed whole. */
const MAX_OF_PROGRAM = 3;
/** Element-steps that a case may recompute before its programs are thinned out. */
const INITIAL_ALLOWANCE = 6;
/** Element-steps by which each program of a case raises what the case may recompute. */
const ALLOWANCE_OF_PROGRAM = 1 / 4;
/** Rejected elements of a program that are recomputed as well. */
const MAX_REJECTED = 4;

/**
 * Chooses what is recomputed of the programs of one case. The choice depends on a seed and the programs before, so that
 * the same run chooses the same again; and it grows with the number of programs, so that its share of the run does not.
 */
export class CaseSampler {
  private readonly random: RandomSource;
  private allowance = INITIAL_ALLOWANCE;

  constructor(seed: number, caseId: string) {
    this.random = new RandomSource(hashOf(`${seed} ${caseId}`));
  }

  /** The sample of the next program. */
  program(program: Program): ProgramSample {
    this.allowance += ALLOWANCE_OF_PROGRAM;
    const size = elementStepsOf(program);
    const count = Math.min(size, MAX_OF_PROGRAM);
    // A program is recomputed as far as it goes, or not at all: short ones are then shown whole.
    const share = size > 0 && count <= this.allowance ? count / size : 0;
    return new ProgramSample(share, this.random, (spent) => {
      this.allowance -= spent;
    });
  }
}

/** What is recomputed of one program, filled while it is judged. */
export class ProgramSample {
  /** Elements of one step of one parameter belong together: they have the same scalars. */
  readonly groups: SampledElement[][] = [];
  private rejectedLeft = MAX_REJECTED;
  private place = "";
  private elements = new Map<number, SampledElement>();

  /** @param share of the element-steps of the program */
  constructor(
    private readonly share: number,
    private readonly random: RandomSource,
    private readonly spend: (elementSteps: number) => void,
  ) {}

  /** Take note of how the sampled elements of a slot were judged. */
  add(judged: JudgedSlot): void {
    const place = `${judged.operation} ${judged.parameter} ${judged.from}`;
    if (place !== this.place) {
      this.place = place;
      this.elements = new Map();
      for (const i of this.chosen(judged.inputs.gradient.length)) this.include(judged, i);
    }
    for (const i of this.rejected(judged)) this.include(judged, i);
    for (const [i, element] of this.elements) {
      element.judged[judged.slot] = { accepted: judged.set.accepts(i), set: judged.set.accepted(i) };
    }
  }

  private include(judged: JudgedSlot, i: number): void {
    if (this.elements.has(i)) return;
    if (this.elements.size === 0) this.groups.push([]);
    const element = sampledElement(judged, i);
    this.elements.set(i, element);
    this.groups[this.groups.length - 1].push(element);
    this.spend(1);
  }

  private rejected({ set, inputs: { gradient } }: JudgedSlot): number[] {
    const rejected: number[] = [];
    for (let i = 0; i < gradient.length && this.rejectedLeft > 0; i++) {
      if (set.accepts(i)) continue;
      rejected.push(i);
      this.rejectedLeft--;
    }
    return rejected;
  }

  private chosen(length: number): readonly number[] {
    if (this.share === 1) return Array.from({ length }, (_, i) => i);
    const expected = length * this.share;
    const count = Math.floor(expected) + (this.random.uniform() < expected % 1 ? 1 : 0);
    return Array.from({ length: count }, () => this.random.integer(0, length - 1));
  }
}

function elementStepsOf({ operations }: Program): number {
  return operations
    .filter((operation): operation is OperationOf<"step"> => operation.op === "step")
    .flatMap(({ gradients }) => gradients)
    .reduce((sum, gradient) => sum + (gradient?.values.length ?? 0), 0);
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

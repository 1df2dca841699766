import fc from "fast-check";
import type { DescribedArbitrary } from "../../properties/arbitraries/described-arbitrary.js";
import type { Property } from "../../properties/property.js";
import { PropertyFailure } from "../../properties/property-failure.js";
import { NOT_OFFERED, ProgramNotSent } from "../../properties/subject.js";
import { DEFAULT_FREEDOM } from "../../spec/evaluations.js";
import { type Adapter, FAULTS, type FaultVerdict } from "../adapter/adapter.js";
import { judgeProgram } from "../judge/judge-program.js";
import type { Verdict } from "../judge/verdict.js";
import { programSize } from "../program/program-size.js";
import type { CaseOptions } from "./case-options.js";
import type { CaseResult, Evidence } from "./case-result.js";
import { asSent, CaseRun } from "./case-run.js";

/** How a property is run. */
export interface PropertyRunOptions extends CaseOptions {
  readonly seed: number;
  /** Runs of a property of weight 1. */
  readonly runs: number;
  /** Shrink failing inputs. @default true */
  readonly shrink?: boolean;
  /** Stop between two inputs. */
  readonly signal?: AbortSignal;
}

/** The run was stopped by its signal; what was running has no result. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** How long generated inputs may keep timers and signals waiting, in milliseconds. */
const MAX_BLOCKING_MS = 100;

/**
 * Size of the programs that are run to make a failing input smaller, in all. Few inputs need a hundredth of it: it bounds
 * what large tensors cost, of which single elements are looked at afterwards anyway.
 */
const MAX_SHRINKING_SIZE = 2 ** 18;

/** Failing programs that are kept in addition to the smallest one. */
const MAX_EVIDENCE = 24;

/**
 * Run one property. Failures of the implementation are in the result; other errors are thrown.
 * @throws {Interrupted}
 */
export async function runProperty(property: Property, options: PropertyRunOptions): Promise<CaseResult> {
  const run = new CaseRun(
    {
      id: property.id,
      kind: property.target === "specification" ? "self-check" : "property",
      clauses: property.clauses,
    },
    options,
  );
  if (property.target === "implementation") {
    const missing = property.requires.filter((capability) => !options.capabilities.includes(capability));
    if (missing.length > 0) return run.lacking(missing);
    const { declaration } = options;
    const applies = property.appliesTo?.(declaration) ?? true;
    if (applies !== true) {
      const { dialect } = declaration;
      // Under the default freedom the property would apply: only the declared rounding excludes it.
      if (property.appliesTo?.({ ...declaration, evaluation: DEFAULT_FREEDOM }) === true)
        return run.skipped("it need not hold under the declared rounding", { lessJudged: "skipped" });
      return run.skipped(applies || `not a property of dialect ${dialect.id}`);
    }
  }

  const failing: Evidence[] = [];
  let failed = false;
  let faulty = false;
  let shrinkingSize = 0;
  const adapter: Adapter = {
    hello: () => options.adapter.hello(),
    stop: () => options.adapter.stop(),
    run: (programs) => {
      if (failed) shrinkingSize += programs.reduce((sum, program) => sum + programSize(program), 0);
      // What fails may end the process: smaller programs of its kind go in requests of their own.
      return options.adapter.run(programs, { alone: failed });
    },
  };
  const subject = run.subject({
    adapter,
    judge: checkedUntil(() => failed, options.selfCheck?.judgeOf(property.id)),
    onJudged: (judgement) => {
      if (!failed) run.count(judgement);
    },
  });
  let turn = performance.now();
  const check = async (input: unknown) => {
    if (performance.now() - turn > MAX_BLOCKING_MS) {
      // Yield to the event loop: in-process implementations never wait, so timers and signals would starve.
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
    if (options.signal?.aborted) throw new Interrupted();
    // A skipped input counts as passing, so that shrinking ends with the smallest fault found so far.
    if (faulty && !options.faultBudget.mayShrink) return;
    if (shrinkingSize > MAX_SHRINKING_SIZE) return;
    // Where the judge itself is wrong, a smaller failure of the implementation says nothing.
    if (failed && options.selfCheck?.hasFailed) return;
    try {
      await property.check(input, subject);
    } catch (error) {
      if (fc.PreconditionFailure.isFailure(error)) throw error; // this input is passed over
      // An input that cannot be sent is not a smaller form of a failure.
      if (error instanceof ProgramNotSent && failed) return;
      // What could not be sent or answered says nothing about the implementation.
      if (!(error instanceof PropertyFailure)) throw error;
      failed = true;
      if (isFault(error.verdict)) {
        if (faulty) options.faultBudget.spend(error.verdict);
        faulty = true;
      }
      if (error.evidence && failing.length < MAX_EVIDENCE) failing.push(asSent(error.evidence, subject));
      throw error;
    }
  };
  const arbitrary = property.arbitrary(options.declaration, options.capabilities);
  const numRuns = Math.max(1, Math.round(options.runs * (property.weight ?? 1)));
  const details = await fc.check(fc.asyncProperty(arbitrary, check), {
    seed: options.seed,
    numRuns,
    endOnFailure: options.shrink === false,
  });
  const lessJudged = property.lessJudged?.(options.declaration);
  const drawn = {
    runs: details.numRuns,
    distribution: distributionOf(property, arbitrary, details.numSkips),
    ...(subject.outside > 0 && { outsideDomain: subject.outside }),
    ...(lessJudged !== undefined && { lessJudged }),
  };
  if (!details.failed) return run.result(passingVerdict(options, run.judged), drawn);
  const error = details.errorInstance;
  if (error instanceof Interrupted) throw error;
  if (error instanceof ProgramNotSent) return run.skipped(error.message);
  if (error === null) {
    const [reason] = [...subject.passedOver].sort(([, a], [, b]) => b - a)[0] ?? [];
    if (reason === undefined)
      throw new Error(`property ${property.id} ran out of inputs (${details.numSkips} were skipped)`);
    if (reason.startsWith(NOT_OFFERED))
      return run.skipped("nearly every input needs what the implementation does not offer");
    return run.skipped(reason, subject.outside > 0 ? { outsideDomain: subject.outside } : {});
  }
  if (!(error instanceof PropertyFailure)) throw error;
  return run.failed(error, subject, `--only ${property.id} --seed ${options.seed}`, drawn, failing);
}

/** @param skipped inputs that were drawn and passed over */
function distributionOf(
  { weight }: Property,
  { distribution }: DescribedArbitrary<unknown>,
  skipped: number,
): string {
  if (weight === 0) return "one worked example";
  return skipped === 0 ? distribution : `${distribution}; ${skipped} draws passed over`;
}

/** A judge that is checked while it judges, until the condition holds: programs that shrinking makes are not part of a run. */
function checkedUntil(
  condition: () => boolean,
  checked: typeof judgeProgram = judgeProgram,
): typeof judgeProgram {
  return (...judged) => (condition() ? judgeProgram : checked)(...judged);
}

function isFault(verdict: Verdict): verdict is FaultVerdict {
  return (FAULTS as readonly Verdict[]).includes(verdict);
}

function passingVerdict({ declaration }: PropertyRunOptions, tally: CaseResult["tally"]): Verdict {
  // Properties that compare runs or prove the specification judge no observation.
  if (tally.judged === 0) return "certified";
  if (tally.weak + tally.indeterminate === tally.judged) return "inconclusive";
  return declaration.reference && tally.bitExact === tally.judged ? "bit-exact" : "certified";
}

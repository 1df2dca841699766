import fc from "fast-check";
import type { Property } from "../../properties/property.js";
import { PropertyFailure } from "../../properties/property-failure.js";
import { Subject, UnsupportedProgram } from "../../properties/subject.js";
import { type Adapter, CAPABILITIES, type Capability } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import { addTally, emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseResult, Evidence } from "./case-result.js";

/** How a property is run. */
export interface PropertyRunOptions {
  readonly adapter: Adapter;
  readonly capabilities: readonly Capability[];
  readonly declaration: Declaration;
  /** Fail whatever is not the reference evaluation's bits. */
  readonly demandBitExact: boolean;
  readonly seed: number;
  /** Runs of a property of weight 1. */
  readonly runs: number;
  /** How the gate would be called to see a failure again, without the property and the seed. */
  readonly command: string;
  /** Stop between two inputs. */
  readonly signal?: AbortSignal;
}

/** The run was stopped by its signal; what was running has no result. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** How long generated inputs may keep timers and signals waiting, in milliseconds. */
const LONGEST_TURN = 100;

/** Failing programs that are kept beside the smallest one. */
const KEPT_EVIDENCE = 24;

/**
 * Run one property. Failures of the implementation are in the result; other errors are thrown.
 * @throws {Interrupted}
 */
export async function runProperty(property: Property, options: PropertyRunOptions): Promise<CaseResult> {
  const base = { id: property.id, kind: "property", clauses: property.clauses } as const;
  const notRun = reasonNotToRun(property, options);
  if (notRun) return { ...base, verdict: "not-run", reason: notRun, runs: 0, tally: emptyTally() };

  const tally = emptyTally();
  const failing: Evidence[] = [];
  let failed = false;
  const subject = new Subject(
    options.adapter,
    options.capabilities,
    options.declaration,
    options.demandBitExact,
    (judgement) => {
      if (!failed) addTally(tally, judgement.tally);
    },
  );
  let turn = performance.now();
  const check = async (input: unknown) => {
    if (performance.now() - turn > LONGEST_TURN) {
      // In-process implementations never wait for anything, so nothing else would have its turn.
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
    if (options.signal?.aborted) throw new Interrupted();
    try {
      await property.check(input, subject);
    } catch (error) {
      if (fc.PreconditionFailure.isFailure(error)) throw error; // this input is passed over
      failed = true;
      if (error instanceof PropertyFailure && error.evidence && failing.length < KEPT_EVIDENCE) {
        failing.push(error.evidence);
      }
      throw error;
    }
  };
  const numRuns = Math.max(1, Math.round(options.runs * (property.weight ?? 1)));
  const details = await fc.check(fc.asyncProperty(property.arbitrary(options.declaration), check), {
    seed: options.seed,
    numRuns,
  });
  if (!details.failed)
    return { ...base, verdict: passingVerdict(options, tally), runs: details.numRuns, tally };
  const error = details.errorInstance;
  if (error instanceof Interrupted) throw error;
  if (error instanceof UnsupportedProgram) {
    return { ...base, verdict: "not-run", reason: error.message, runs: 0, tally: emptyTally() };
  }
  if (error === null && options.capabilities.length === CAPABILITIES.length) {
    throw new Error(`property ${property.id} ran out of inputs (${details.numSkips} were skipped)`);
  }
  if (error === null) {
    const reason = "nearly every input needs what the implementation does not offer";
    return { ...base, verdict: "not-run", reason, runs: 0, tally: emptyTally() };
  }
  if (!(error instanceof PropertyFailure)) throw error;
  return {
    ...base,
    verdict: error.verdict,
    runs: details.numRuns,
    tally,
    failure: {
      message: error.message,
      ...(error.evidence && { minimal: error.evidence }),
      others: failing,
      replay: `${options.command} --only ${property.id} --seed ${options.seed}`,
    },
  };
}

function reasonNotToRun(
  property: Property,
  { capabilities, declaration }: PropertyRunOptions,
): string | undefined {
  if (property.of === "specification") return undefined;
  const missing = property.needs.filter((capability) => !capabilities.includes(capability));
  if (missing.length > 0) return `the implementation does not offer ${missing.join(", ")}`;
  if (property.appliesTo && !property.appliesTo(declaration))
    return `not a property of dialect ${declaration.dialect.id}`;
  return undefined;
}

function passingVerdict({ declaration }: PropertyRunOptions, tally: CaseResult["tally"]): Verdict {
  // Properties that compare runs or prove the specification judge no observation.
  if (tally.judged === 0) return "certified";
  if (tally.weak + tally.indeterminate === tally.judged) return "indeterminate";
  return declaration.reference && tally.bitExact === tally.judged ? "bit-exact" : "certified";
}

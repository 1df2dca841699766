import type { Adapter, Outcome, UnexplainedFault } from "../adapter/adapter.js";
import { floatText } from "../float32/text.js";
import { emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { Program } from "../program/program.js";
import type { CaseOptions } from "./case-options.js";
import type { CaseResult, Evidence } from "./case-result.js";
import { differencesBetween } from "./golden/compare-observations.js";

/** One program in so many is sent again, and the first one of each case. */
const SAMPLED = 100;

/** Samples that are kept at most. */
const MAX_SAMPLES = 20_000;

interface Sample {
  readonly program: Program;
  readonly outcome: Outcome;
}

/**
 * Sends a part of all programs again at the end: in another order, in other batches, in a fresh process where
 * there is one. Different bits mean that state leaks from case to case, or that results are random.
 */
export class DeterminismAudit {
  static readonly id = "determinism-audit";
  static readonly clauses = ["RMS-10.2"] as const;

  private readonly samples: Sample[] = [];

  /** The same adapter, of whose programs a part is remembered. */
  watch(adapter: Adapter): Adapter {
    let seen = 0;
    return {
      hello: () => adapter.hello(),
      stop: () => adapter.stop(),
      run: async (programs, options) => {
        const outcomes = await adapter.run(programs, options);
        programs.forEach((program, k) => {
          if (seen++ % SAMPLED === 0 && this.samples.length < MAX_SAMPLES)
            this.samples.push({ program, outcome: outcomes[k] });
        });
        return outcomes;
      },
    };
  }

  /** Run the remembered programs again. Differences are a failure of an implementation that claims to have none. */
  async run({ adapter, capabilities, replay }: CaseOptions): Promise<CaseResult> {
    const base = {
      id: DeterminismAudit.id,
      kind: "audit",
      clauses: DeterminismAudit.clauses,
      tally: emptyTally(),
      multiStep: emptyTally(),
    } as const;
    const samples = this.samples.filter(({ outcome }) => isAnswer(outcome)).reverse();
    if (samples.length === 0)
      return { ...base, verdict: "skipped", reason: "no program was answered", runs: 0 };
    await adapter.refresh?.();
    const again = await adapter.run(samples.map(({ program }) => program));
    const unexplained = adapter.unexplained ?? [];
    const where = adapter.refresh ? "another order and a fresh process" : "another order";
    const differing = samples.flatMap((sample, k) => {
      const difference = differenceBetween(sample.outcome, again[k]);
      return difference === undefined ? [] : [{ ...sample, difference, again: again[k] }];
    });
    const runs = samples.length;
    const failing = (verdict: Verdict, message: string, minimal?: Evidence): CaseResult => ({
      ...base,
      verdict,
      runs,
      // Alone, a program has nothing to be compared with: all of them run again.
      failure: { message, ...(minimal && { minimal }), others: [], replay: replay("") },
    });
    const [first] = differing;
    if (first) {
      const message = `${differing.length} of ${runs} programs were answered otherwise in ${where}; one of them: ${first.difference}`;
      if (capabilities.includes("deterministic"))
        return failing("nondeterministic", message, evidenceOf(first.program, first.again));
      const reason = `${message}. Determinism is not declared, so this is no failure`;
      return { ...base, verdict: "inconclusive", reason, runs };
    }
    // Whatever is declared: no program made the process end or write this, and neither can the machine have.
    const own = unexplained.find(({ external }) => !external);
    if (own) return failing(own.verdict, notReproducedText(unexplained, own));
    const [fault] = unexplained;
    if (fault) {
      const reason = `${notReproducedText(unexplained, fault)}. The machine may have caused it, so this is no failure`;
      return { ...base, verdict: "inconclusive", reason, runs };
    }
    return { ...base, verdict: "certified", runs };
  }
}

function notReproducedText(
  faults: readonly UnexplainedFault[],
  { verdict, message }: UnexplainedFault,
): string {
  const count = faults.length === 1 ? "1 fault was" : `${faults.length} faults were`;
  return `${count} not reproduced in isolation; one of them: ${verdict}: ${message}`;
}

function isAnswer({ status }: Outcome): boolean {
  return status === "ok" || status === "error";
}

function evidenceOf(program: Program, outcome: Outcome): Evidence {
  return { program, observations: outcome.status === "ok" ? outcome.observations : [] };
}

function differenceBetween(before: Outcome, again: Outcome): string | undefined {
  if (before.status === "ok" && again.status === "ok") {
    for (const difference of differencesBetween(before.observations, again.observations)) {
      const { slot, parameter, element, observation, expected, got, missing } = difference;
      const place = `${slot} of parameter ${parameter}, element ${element}, observation ${observation}`;
      if (missing) return `${place} is there only ${missing === "got" ? "the first" : "the second"} time`;
      return `${place} was ${floatText(expected)} and is ${floatText(got)}`;
    }
    return undefined;
  }
  if (before.status === "error" && again.status === "error" && before.class === again.class) return undefined;
  return `the answer was ${answerText(before)} and is ${answerText(again)}`;
}

function answerText(outcome: Outcome): string {
  switch (outcome.status) {
    case "error":
      return `${outcome.class} in ${outcome.phase} (${outcome.message})`;
    case "fault":
      return `${outcome.verdict} (${outcome.message})`;
    case "unsupported":
      return `unsupported (${outcome.capability})`;
    default:
      return outcome.status;
  }
}

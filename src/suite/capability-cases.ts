import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import type { Dialect } from "../../spec/dialect.js";
import type { NotSent, Outcome } from "../adapter/adapter.js";
import { neededCapabilities } from "../adapter/needed-capabilities.js";
import { emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import { outsideDomain } from "../program/domain.js";
import type { Observation } from "../program/observation.js";
import type { Operation, Program, ProgramHyperparameters } from "../program/program.js";
import { vector } from "../program/tensor.js";
import type { CaseOptions } from "./case-options.js";
import type { CaseResult } from "./case-result.js";

const ONE = vector([1]);
const observe: Operation = { op: "observe", slots: ["parameter"] };
const stepped: Operation = { op: "step", gradients: [ONE] };
const over = (hyperparameters: ProgramHyperparameters): Operation => ({
  op: "init",
  groups: [{ hyperparameters, parameters: [ONE] }],
});
const withOption = (hyperparameters: ProgramHyperparameters) => [over(hyperparameters), stepped, observe];
const bare = { hyperparameters: {}, parameters: [ONE] };

/** Programs that need one capability each and no other. Values do not matter. */
const PROGRAMS: Readonly<Record<Exclude<Capability, "deterministic">, Operation[]>> = {
  momentum: withOption({ momentum: 0.5 }),
  centered: withOption({ centered: true }),
  "weight-decay": withOption({ weight_decay: 0.5 }),
  maximize: withOption({ maximize: true }),
  groups: [{ op: "init", groups: [bare, bare] }, { op: "step", gradients: [ONE, ONE] }, observe],
  set: [over({}), { op: "set", group: 0, hyperparameters: { lr: 0.5 } }, stepped, observe],
  load: [over({}), { op: "load", state: [{ parameter: 0, step: 1, square_avg: ONE }] }, stepped, observe],
  checkpoint: [over({}), stepped, { op: "checkpoint" }, stepped, observe],
  state: [over({}), stepped, { op: "observe", slots: ["parameter", "square_avg"] }],
  "missing-gradient": [
    { op: "init", groups: [{ hyperparameters: {}, parameters: [ONE, ONE] }] },
    { op: "step", gradients: [ONE, null] },
    observe,
  ],
};

/** Whether an implementation has what it declares and refuses what it does not. */
export interface CapabilityCase {
  readonly id: string;
  readonly kind: "capability";
  readonly clauses: readonly string[];
  readonly capability: Capability;
  readonly program: Program;
}

/** One case for each capability that the dialect knows and that one program can show. */
export function capabilityCases(dialect: Dialect): CapabilityCase[] {
  return CAPABILITIES.flatMap((capability): CapabilityCase[] => {
    if (capability === "deterministic") return []; // the audit shows it
    const program: Program = {
      format: "rmsprop-program/1",
      dialect: dialect.id,
      operations: PROGRAMS[capability],
    };
    if (neededCapabilities(program, dialect).join() !== capability) return [];
    const clauses = ["RMS-14.1"];
    return [{ id: `capability/${capability}`, kind: "capability", clauses, capability, program }];
  });
}

/** Run one. Only the kind of answer is judged. */
export async function runCapabilityCase(one: CapabilityCase, options: CaseOptions): Promise<CaseResult> {
  const { id, kind, clauses, capability, program } = one;
  const base = { id, kind, clauses, runs: 1, tally: emptyTally(), multiStep: emptyTally() };
  const declared = options.capabilities.includes(capability);
  const { dialect, domain } = options.declaration;
  const outside = domain && outsideDomain(program, dialect, domain);
  if (outside !== undefined)
    return { ...base, verdict: "skipped", reason: outside, runs: 0, outsideDomain: 1 };
  const [outcome] = await options.adapter.run([program]);
  if (outcome.status === "not-sent") return { ...base, verdict: "skipped", reason: outcome.reason };
  if (outcome.status === (declared ? "ok" : "unsupported")) return { ...base, verdict: "certified" };
  const [verdict, message] = mismatch(capability, declared, outcome);
  const observations: readonly Observation[] = outcome.status === "ok" ? outcome.observations : [];
  return {
    ...base,
    verdict,
    failure: {
      message,
      minimal: { program, observations },
      others: [],
      replay: options.replay(`--only ${id}`),
    },
  };
}

function mismatch(
  capability: Capability,
  declared: boolean,
  outcome: Exclude<Outcome, NotSent>,
): [Verdict, string] {
  switch (outcome.status) {
    case "fault":
      return [outcome.verdict, outcome.message];
    case "error": {
      const answer = `the implementation answered ${outcome.class} in ${outcome.phase}: ${outcome.message}`;
      // The same message as in every other case, so that a failure of all cases is one finding.
      if (declared) return ["contract-mismatch", answer];
      return ["capability-mismatch", `${capability} is not declared, so "unsupported" is due, but ${answer}`];
    }
    case "unsupported": {
      const answer = `the implementation answered that it does not support ${outcome.capability}`;
      return ["capability-mismatch", `${capability} is declared, but ${answer}`];
    }
    case "ok":
      return [
        "capability-mismatch",
        `${capability} is not declared, so "unsupported" is due, but the implementation ran a program that needs it`,
      ];
  }
}

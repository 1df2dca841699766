import { SLOTS } from "../../../spec/arithmetic.js";
import { type Adapter, AdapterUnavailable, type Outcome } from "../../adapter/adapter.js";
import { isolateElement } from "../../program/isolate-element.js";
import type { Observation } from "../../program/observation.js";
import type { Program } from "../../program/program.js";
import { encodeProgram } from "../../program/program-codec.js";
import { vector } from "../../program/tensor.js";
import type { Evidence } from "../case-result.js";
import { type Finding, findingsOf } from "../finding.js";
import { settingsText } from "./check-graphs.js";
import { type CrossCheck, passes } from "./cross-check.js";

/** Updates that do not conform, explained as any other implementation's: which axis, which value, which program. */
export async function onnxFindings(
  checks: readonly CrossCheck[],
  replay: (check: CrossCheck) => string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    const { verdict, judgement, run, declaration } = check;
    if (passes(check) || (judgement.rejected.length === 0 && judgement.notBitExact.length === 0)) continue;
    const whole: Evidence = { ...run, judgement };
    const result = {
      id: `onnx/${check.graph} (${settingsText(check.settings)})`,
      kind: "golden" as const,
      clauses: check.clauses,
      verdict,
      runs: 1,
      tally: judgement.tally,
      multiStep: judgement.multiStep,
      failure: {
        message: "the graph's update is not what its own gradients and state give",
        minimal: whole,
        others: [],
        replay: replay(check),
      },
    };
    findings.push(...(await findingsOf([result], declaration, new RecordedRun(whole))));
  }
  return findings;
}

/** Answers with what was recorded: for one element of the run alone, since the elements of an update are independent. */
class RecordedRun implements Adapter {
  private readonly answers = new Map<string, readonly Observation[]>();

  constructor({ program, observations, judgement }: Evidence) {
    const mismatches = [...(judgement?.rejected ?? []), ...(judgement?.notBitExact ?? [])];
    for (const { parameter, element, operation } of mismatches) {
      const alone = isolateElement(program, parameter, element, operation);
      const observed = alone.operations.filter(({ op }) => op === "observe").length;
      this.answers.set(
        programText(alone),
        observations.slice(0, observed).map((one) => elementOf(one, parameter, element)),
      );
    }
  }

  async hello(): Promise<never> {
    throw new AdapterUnavailable("a recorded run has no handshake", "start");
  }

  async run(programs: readonly Program[]): Promise<readonly Outcome[]> {
    return programs.map((program) => {
      const observations = this.answers.get(programText(program));
      return observations
        ? { status: "ok", observations: [...observations] }
        : { status: "not-sent", reason: "it is not part of what was recorded" };
    });
  }

  async stop(): Promise<void> {}
}

function elementOf(observation: Observation, parameter: number, element: number): Observation {
  const slots = SLOTS.flatMap((slot) => {
    const tensor = observation.parameters[parameter][slot];
    return tensor ? [[slot, vector([tensor.values[element]])] as const] : [];
  });
  return { parameters: [Object.fromEntries(slots)] };
}

function programText(program: Program): string {
  return JSON.stringify(encodeProgram(program));
}

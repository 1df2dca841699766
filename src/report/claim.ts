import type { EvaluationAxis } from "../../spec/evaluation.js";
import { DEFAULT_FREEDOM } from "../../spec/evaluations.js";
import { packageVersion } from "../package-info.js";
import { isNotRun, isSelfCheck } from "./case-result.js";
import type { GateResult } from "./gate-result.js";
import { LEVELS } from "./level.js";

/**
 * What the implementation may say of itself, in one line: level, over what, by which suite, from which seed,
 * and how much of it was run. Undefined where nothing may be claimed.
 */
export function claimOf(result: GateResult): string | undefined {
  const {
    hello,
    declaration,
    asked,
    reached,
    conforms,
    results,
    multiStep,
    tally,
    expectations,
    only,
    seed,
    profile,
  } = result;
  if (!conforms || reached === "none") return undefined;
  const { name, version } = hello.implementation;
  const level = expectations && expectations.expected.size > 0 ? asked : reached;
  const reference = level === "L3" ? ` (${declaration.reference?.name})` : "";
  const cases = results.filter((result) => !isSelfCheck(result));
  const notRun = cases.filter(({ verdict }) => isNotRun(verdict)).length;
  const oneStep = tally.judged - multiStep.judged;
  return [
    `${name} ${version}: ${level} ${LEVELS[level]}${reference}`,
    `dialect ${declaration.dialect.id}`,
    `over ${["core", ...hello.capabilities].join(", ")}`,
    ...declaredChoices(result),
    `${oneStep} values judged by one step, ${multiStep.judged} over many steps (${multiStep.indeterminate} indeterminate)`,
    ...(expectations && expectations.expected.size > 0
      ? [
          `but for ${expectations.expected.size} expected ${expectations.expected.size === 1 ? "failure" : "failures"}`,
        ]
      : []),
    ...(only === undefined ? [] : [`only ${only}`]),
    `rmsprop-conformance ${packageVersion()}, profile ${profile}, seed ${seed}, ${cases.length} cases of which ${notRun} not run`,
  ].join("; ");
}

/** Axes on which more, or something else, is left open than by default: a claim that hides them says too much. */
function declaredChoices({ declaration }: GateResult): string[] {
  const axes = Object.keys(DEFAULT_FREEDOM) as EvaluationAxis[];
  const changed = axes.filter((axis) => declaration.evaluation[axis].join() !== DEFAULT_FREEDOM[axis].join());
  return changed.map((axis) => `${axis} declared ${declaration.evaluation[axis].join(" or ")}`);
}

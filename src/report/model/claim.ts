import type { EvaluationAxis } from "../../../spec/evaluation.js";
import { DEFAULT_FREEDOM } from "../../../spec/evaluations.js";
import { isSelfCheck, isSkipped } from "../../suite/case-result.js";
import { LEVELS } from "../../suite/level.js";
import { shardText } from "../../suite/shard.js";
import type { LineOf } from "./report-schema.js";

/** The parts of a report that a claim is based on. */
export interface ClaimBasis {
  readonly header: LineOf<"header">;
  readonly cases: readonly LineOf<"case">[];
  readonly footer: Omit<LineOf<"footer">, "claim" | "lines">;
}

/**
 * What the implementation may claim, in one line: level, over what, by which suite, from which seed,
 * and how much of it was run. Undefined where nothing may be claimed.
 */
export function claimOf({ header, cases, footer }: ClaimBasis): string | undefined {
  const { implementation, capabilities, level: requested, only, shard, profile, seed, suite } = header;
  const { outcome, reached, tally, multiStep, expectations } = footer;
  if ((outcome !== "passed" && outcome !== "xfailed") || reached === "none") return undefined;
  const expected = expectations?.expected.length ?? 0;
  const level = expected > 0 ? requested : reached;
  const reference = level === "L3" ? ` (${header.reference})` : "";
  const asking = cases.filter((one) => !isSelfCheck(one));
  const skipped = asking.filter(({ verdict }) => isSkipped(verdict)).length;
  const oneStep = tally.judged - multiStep.judged;
  return [
    `${implementation.name} ${implementation.version}: ${level} ${LEVELS[level]}${reference}`,
    dialectText(header),
    `over ${["core", ...capabilities].join(", ")}`,
    ...declaredChoices(header),
    ...(header.domain === undefined ? [] : [`for ${header.domain}`]),
    ...(header.gradient === "scratch" ? ["gradient used as scratch"] : []),
    `${grouped(oneStep)} values judged by one step, ${grouped(multiStep.judged)} over many steps (${grouped(multiStep.indeterminate)} indeterminate)`,
    ...(expected > 0 ? [`with ${expected} known ${expected === 1 ? "failure" : "failures"}`] : []),
    ...(only === undefined ? [] : [`only ${only}`]),
    ...(shard === undefined ? [] : [shardText(shard)]),
    `rmsprop-conformance ${suite}, profile ${profile}, seed ${seed}, ${asking.length} cases of which ${skipped} skipped`,
  ].join("; ");
}

/** As all counts of a report are written. */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** The dialect, with the formula axes on which the implementation differs from it. */
function dialectText({ dialect, axes = {} }: Pick<LineOf<"header">, "dialect" | "axes">): string {
  const others = Object.entries(axes).map(([axis, value]) => `${axis} ${value}`);
  return `dialect ${dialect}${others.length > 0 ? ` with ${others.join(" and ")}` : ""}`;
}

/** Axes on which more, or something else, is left open than by default: a claim that hides them says too much. */
export function declaredChoices({ evaluation }: Pick<LineOf<"header">, "evaluation">): string[] {
  const axes = Object.keys(DEFAULT_FREEDOM) as EvaluationAxis[];
  return axes
    .filter((axis) => evaluation[axis] !== undefined)
    .filter((axis) => evaluation[axis].join() !== DEFAULT_FREEDOM[axis].join())
    .map((axis) => `${axis} declared ${evaluation[axis].join(" or ")}`);
}

import type { Dialect } from "../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import { allows, type Evaluation, type EvaluationAxis } from "../../spec/evaluation.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import type { Hello } from "../adapter/hello.js";
import { offeredDialect } from "../adapter/offered-dialect.js";
import { type Declaration, declarationOf } from "../judge/declaration.js";

/** The declaration of an implementation cannot be judged. */
export class UnusableDeclaration extends Error {
  override readonly name = "UnusableDeclaration";
}

/** What a run requests instead of the implementation's declaration. */
export interface Asked {
  /** One of its claimed dialects. @default the first one */
  readonly dialect?: string | undefined;
  /** The claimed evaluation. @default the declared one */
  readonly evaluation?: PinnedEvaluationName | undefined;
}

/**
 * The declaration that an implementation is judged by.
 * @throws {UnusableDeclaration} for a dialect that the catalogue does not have, or that it does not claim, and for
 *   more choices of rounding than can be judged
 */
export function declarationFrom(hello: Hello, requested: Asked): Declaration {
  const { implementation, dialects, float32, domain, validates, gradient } = hello;
  const known = DIALECTS.map(({ id }) => id);
  const unknown = dialects.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new UnusableDeclaration(
      `${implementation.name} claims dialect "${unknown}", which is not in the catalogue; known: ${known.join(", ")}`,
    );
  const id = requested.dialect ?? dialects[0];
  if (!dialects.includes(id))
    throw new UnusableDeclaration(
      `${implementation.name} does not claim dialect ${id}; it claims ${dialects.join(", ")}`,
    );
  const declaration = declarationOf(
    declaredDialect(dialectById(id), hello),
    requested.evaluation ?? float32?.reference,
    float32?.choices,
  );
  refuseTooWide(declaration.evaluation);
  return {
    ...declaration,
    ...(domain && { domain }),
    ...(validates && { validates }),
    ...(gradient && { gradient }),
  };
}

/** The dialect with the axes that the implementation declares, and without what it cannot be asked to do. */
function declaredDialect(dialect: Dialect, { axes = {}, capabilities }: Hello): Dialect {
  const given = Object.entries(axes).filter(([, value]) => value !== undefined);
  return { ...offeredDialect(dialect, capabilities), ...Object.fromEntries(given) };
}

/** Axes on which an implementation makes one choice for all of its operations. */
const WHOLE: readonly EvaluationAxis[] = [
  "scalars",
  "complement",
  "correction",
  "decay-rate",
  "intermediates",
  "intermediates.gradient",
  "intermediates.square",
  "intermediates.average",
  "intermediates.denominator",
  "intermediates.update",
  "subnormals",
  "zero-weight-decay",
  "root",
  "reciprocal-root",
  "division",
];

/** A root within one float, flushing looked for early or late, and one more choice of two. */
const MAX_COMBINATIONS = 12;

/** A declaration that leaves everything open decides nothing, and the sets of all combinations outgrow memory. */
function refuseTooWide(evaluation: Evaluation): void {
  const counts = WHOLE.map((axis) => distinctChoices(evaluation[axis]));
  const combinations = counts.reduce((product, count) => product * count, 1);
  if (combinations <= MAX_COMBINATIONS) return;
  const several = WHOLE.flatMap((axis, k) => (counts[k] > 1 ? [`${axis} ${counts[k]}`] : []));
  throw new UnusableDeclaration(
    `float32.choices leave ${combinations} combinations open (${several.join(", ")}); at most ${MAX_COMBINATIONS} can be judged: declare what the implementation does`,
  );
}

/** A choice that another one includes leaves nothing more open. */
function distinctChoices(choices: readonly string[]): number {
  const distinct = [...new Set(choices)];
  return distinct.filter((one) => !distinct.some((other) => other !== one && allows([other], one))).length;
}

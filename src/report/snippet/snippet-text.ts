import type { Hyperparameters } from "../../../spec/dialect.js";
import { decimalText } from "../../float32/text.js";
import type { Tensor } from "../../program/tensor.js";
import { quotedInComment } from "./comment-text.js";
import { bitsLiteral, bitsOfElements } from "./float-literal.js";
import type { PlannedAction, SnippetPlan } from "./snippet-plan.js";

/** What all snippets say in the same words. */

/**
 * The comment at the top, line by line. What others said never stands in the first two lines, where Python looks for the
 * encoding of a file.
 * @param run how the program is run, in one line
 */
export function headingLines(
  { number, sentence, replay, where, dialect }: SnippetPlan,
  run: string,
): string[] {
  return [
    `Finding ${number} of a conformance report on an RMSprop, as a program to run with yours.`,
    `Put yours where PUT YOURS HERE stands, and then: ${run}`,
    `What is wrong: ${quotedInComment(sentence)}`,
    `It shows in ${where}; dialect ${dialect.id}.`,
    "Exit status: 0 accepted, 1 not accepted, 3 not decided.",
    `The suite runs it again with: ${quotedInComment(replay)}`,
  ];
}

/** The last line that a snippet prints. */
export function outcomes({ where, expected: requested }: SnippetPlan) {
  return {
    right: requested.as === "accepted" ? `ACCEPTED: ${where}` : `THE CLAIMED BITS: ${where}`,
    wrong: requested.as === "accepted" ? `NOT ACCEPTED: ${where}` : `NOT THE CLAIMED BITS: ${where}`,
    inconclusive: `INCONCLUSIVE: earlier steps gave other bits than in the report, from which the ${requested.as} values were computed; run the suite again`,
  };
}

/** Whether a snippet holds what came before against what was seen. */
export function compares({ actions }: SnippetPlan): boolean {
  return actions.some(({ kind }) => kind === "compare");
}

/** What an action is, in a comment; `number` is that of the step. */
export function actionTitle(action: PlannedAction, number: number): string {
  switch (action.kind) {
    case "step":
      return `step ${number}`;
    case "set":
      return `other hyperparameters for group ${action.group}`;
    case "load":
      return "a state is loaded";
    case "checkpoint":
      return "a checkpoint: the state is saved, and loaded into a new instance";
    case "compare":
      return "the accepted values were computed from these bits";
  }
}

/** Actions, each with its title. */
export function titled(actions: readonly PlannedAction[]): { action: PlannedAction; title: string }[] {
  let steps = 0;
  return actions.map((action) => {
    if (action.kind === "step") steps++;
    return { action, title: actionTitle(action, steps) };
  });
}

/**
 * Lines for each gradient of a step, under a comment that says what it is; for one that is missing, the comment alone.
 * @param mark what a comment begins with
 */
export function gradientLines(
  { gradients }: Extract<PlannedAction, { kind: "step" }>,
  mark: string,
  lines: (gradient: Tensor, parameter: number) => readonly string[],
): string[] {
  return gradients.flatMap((gradient, k) =>
    gradient
      ? [`${mark} gradient of parameter ${k}, ${tensorText(gradient)}`, ...lines(gradient, k)]
      : [`${mark} parameter ${k} has no gradient`],
  );
}

/** Elements of which the decimals are shown too, and that stand in one row. */
const ROW = 8;

/** Shape and, of a short tensor, decimals: for a comment. */
export function tensorText({ shape, values }: Tensor): string {
  const decimals = values.length > 0 && values.length <= ROW ? `: ${decimalsOf(values)}` : "";
  return `shape [${shape.join(", ")}]${decimals}`;
}

/** For a comment. */
export function decimalsOf(values: Float32Array): string {
  return [...values].map(decimalText).join(", ");
}

/** What makes floats of the bits of some values: a call whose arguments are broken into rows if they are many. */
export function callOnBits(values: Float32Array, open: string, close: string, indent: string): string {
  return callOnRows([...bitsOfElements(values)].map(bitsLiteral), open, close, indent);
}

/** A call of these arguments, broken into rows if they are many. */
export function callOnRows(items: readonly string[], open: string, close: string, indent: string): string {
  const rows: string[] = [];
  for (let i = 0; i < items.length; i += ROW) rows.push(items.slice(i, i + ROW).join(", "));
  if (rows.length <= 1) return `${open}${rows.join("")}${close}`;
  return `${open}\n${rows.map((row) => `${indent}${row}`).join(",\n")}${close}`;
}

/** What each hyperparameter is, for the comment where an implementer takes them over. */
export const HYPERPARAMETER_MEANINGS: Readonly<Record<keyof Hyperparameters, string>> = {
  lr: "learning rate",
  alpha: "decay of the running averages",
  eps: "epsilon",
  momentum: "0: no momentum",
  weight_decay: "0: no weight decay",
  centered: "subtract the squared mean gradient",
  maximize: "ascend",
  lr_decay: "inverse-time decay of the learning rate",
  clip_value: "bound of gradient values; infinite: none",
};

/** Those of some hyperparameters that are given, each as `form` writes a name with its value. */
export function givenScalars(
  values: Partial<Hyperparameters>,
  names: readonly (keyof Hyperparameters)[],
  form: (name: string, value: number | boolean) => string,
): string[] {
  return names.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [form(name, value)];
  });
}

/** Lines further in. */
export function indented(lines: readonly string[], indent: string): string {
  return lines
    .flatMap((line) => line.split("\n"))
    .map((line) => (line === "" ? "" : `${indent}${line}`))
    .join("\n");
}

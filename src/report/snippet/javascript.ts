import type { Slot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { areZeros, bitsLiteral } from "./float-literal.js";
import type { Snippet } from "./snippet.js";
import type { PlannedAction, PlannedState, SnippetPlan } from "./snippet-plan.js";
import {
  callOnBits,
  callOnRows,
  compares,
  givenScalars,
  gradientLines,
  HYPERPARAMETER_MEANINGS,
  headingLines,
  outcomes,
  tensorText,
  titled,
} from "./snippet-text.js";

/** A snippet in JavaScript for an optimizer on Float32Arrays; a module or a script, in Node, Deno, Bun or a browser. */
export function javascriptSnippet(plan: SnippetPlan): Snippet {
  const checkpoints = plan.actions.some(({ kind }) => kind === "checkpoint");
  const code = `${headingLines(plan, `node finding-${plan.number}.mjs`)
    .map((line) => `// ${line}`)
    .join("\n")}

/**
 * PUT YOURS HERE: one step of one parameter, in place.
 * parameter, gradient: Float32Arrays of one length; the gradient stays as it is.
 * state.step: number of this step of the parameter, from 1.
 * ${plan.slots.map((slot) => `state.${slot}`).join(", ")}: Float32Arrays of the same length, to be updated in place.
${plan.hyperparameters.map((name) => ` * h.${name}: ${HYPERPARAMETER_MEANINGS[name]}`).join("\n")}
 */
function step(parameter, gradient, state, h) {
  throw new Error("put yours here");
}
${checkpoints ? CHECKPOINT : ""}
const floats = (...bits) => new Float32Array(Uint32Array.from(bits).buffer);
const bitsOf = (array, element) => new Uint32Array(array.buffer, array.byteOffset, array.length)[element];
const value = (bits) => floats(bits)[0];
const text = (bits) => {
  const x = value(bits);
  const decimal = Object.is(x, -0) ? "-0" : String(Number(x.toPrecision(9)));
  return \`\${decimal} (0x\${bits.toString(16).padStart(8, "0")})\`;
};
const same = (a, b) => Object.is(value(a), value(b)); // NaN is one class

${body(plan).join("\n")}

${verdict(plan).join("\n")}
`;
  return { language: "javascript", title: "JavaScript", code };
}

const CHECKPOINT = `
/** PUT YOURS HERE TOO: save a state as your library does, and give back what it loads from that. */
function checkpoint(state) {
  return state;
}
`;

function body(plan: SnippetPlan): string[] {
  const { groups, parameters, hyperparameters, actions } = plan;
  return [
    "const h = [",
    ...groups.map((group) => `  { ${scalars(group.hyperparameters, hyperparameters).join(", ")} },`),
    "];",
    "const parameters = [",
    ...parameters.flatMap(({ tensor, group }) => [
      `  // of group ${group}, ${tensorText(tensor)}`,
      `  ${array(tensor.values)},`,
    ]),
    "];",
    "const states = [",
    ...parameters.map(({ state }) => `  ${stateText(state, plan)},`),
    "];",
    ...(compares(plan) ? ["let differs = false;"] : []),
    ...titled(actions).flatMap(({ action, title }) => ["", `// ${title}`, ...actionLines(action, plan)]),
  ];
}

function actionLines(action: PlannedAction, plan: SnippetPlan): string[] {
  switch (action.kind) {
    case "step":
      return gradientLines(action, "//", (gradient, k) => [
        `states[${k}].step++;`,
        `step(parameters[${k}], ${array(gradient.values)}, states[${k}], h[${plan.parameters[k].group}]);`,
      ]);
    case "set":
      return [
        `Object.assign(h[${action.group}], { ${scalars(action.changes, plan.hyperparameters).join(", ")} });`,
      ];
    case "load":
      return action.entries.map(
        ({ parameter, state }) => `states[${parameter}] = ${stateText(state, plan)};`,
      );
    case "checkpoint":
      return ["states.forEach((state, k) => (states[k] = checkpoint(state)));"];
    case "compare":
      return action.seen.map(
        ({ slot, bits }) => `differs ||= !same(${element(plan, slot)}, ${bitsLiteral(bits)});`,
      );
  }
}

function verdict(plan: SnippetPlan): string[] {
  const { values, ranges, as } = plan.expected;
  const { right, wrong, inconclusive } = outcomes(plan);
  const label = as.padEnd(8);
  const lines = [
    `const got = ${element(plan, plan.place.slot)};`,
    'console.log("got     ", text(got));',
    `console.log("reported", text(${bitsLiteral(plan.got)}));`,
    "let found = false;",
  ];
  if (values.length > 0)
    lines.push(
      `for (const bits of ${callOnRows(values.map(bitsLiteral), "[", "]", "  ")}) {`,
      `  console.log("${label}", text(bits));`,
      "  found ||= same(got, bits);",
      "}",
    );
  if (ranges.length > 0) {
    const pairs = ranges.map((range) => `[${range.map(bitsLiteral).join(", ")}]`);
    lines.push(
      `for (const [lowest, highest] of [${pairs.join(", ")}]) {`,
      `  console.log("${label}", text(lowest), "to", text(highest));`,
      "  found ||= value(lowest) <= value(got) && value(got) <= value(highest);",
      "}",
    );
  }
  const decided = `found ? "${right}" : "${wrong}"`;
  lines.push(
    ...(compares(plan)
      ? [
          `console.log(differs ? "${inconclusive}" : ${decided});`,
          "const status = differs ? 3 : found ? 0 : 1;",
        ]
      : [`console.log(${decided});`, "const status = found ? 0 : 1;"]),
    'if (typeof process === "object") process.exitCode = status;',
  );
  return lines;
}

function element({ place }: SnippetPlan, slot: Slot): string {
  const { parameter, element: i } = place;
  const array = slot === "parameter" ? `parameters[${parameter}]` : `states[${parameter}].${slot}`;
  return `bitsOf(${array}, ${i})`;
}

function stateText(state: PlannedState, { slots }: SnippetPlan): string {
  const fields = slots.flatMap((slot) => {
    const values = state[slot];
    return values ? [`${slot}: ${array(values)}`] : [];
  });
  return `{ ${[`step: ${state.step}`, ...fields].join(", ")} }`;
}

function array(values: Float32Array): string {
  return areZeros(values) ? `new Float32Array(${values.length})` : callOnBits(values, "floats(", ")", "    ");
}

/** JavaScript's own shortest decimal is the number again. */
function scalars(values: Partial<Hyperparameters>, names: readonly (keyof Hyperparameters)[]): string[] {
  return givenScalars(values, names, (name, value) => `${name}: ${Object.is(value, -0) ? "-0" : value}`);
}

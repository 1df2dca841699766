import type { Slot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { areZeros, bitsLiteral, decimalLiteral } from "./float-literal.js";
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
  indented,
  outcomes,
  tensorText,
  titled,
} from "./snippet-text.js";

/** A snippet in Rust, of any edition, for an optimizer on slices. */
export function rustSnippet(plan: SnippetPlan): Snippet {
  const checkpoints = plan.actions.some(({ kind }) => kind === "checkpoint");
  const run = `rustc finding-${plan.number}.rs && ./finding-${plan.number}, or as an example of your crate`;
  const code = `${headingLines(plan, run)
    .map((line) => `// ${line}`)
    .join("\n")}
#![allow(unused)]

/// PUT YOURS HERE: one step of one parameter, in place.
/// \`parameter\`, \`gradient\` and the vectors in \`state\` have one length.
fn step(parameter: &mut [f32], gradient: &[f32], state: &mut State, h: &Hyperparameters) {
    todo!("put yours here")
}
${checkpoints ? CHECKPOINT : ""}
struct State {
    /// Number of this step of the parameter, from 1.
    step: u64,
${plan.slots.map((slot) => `    ${slot}: Vec<f32>,`).join("\n")}
}

struct Hyperparameters {
${plan.hyperparameters.map((name) => `    /// ${HYPERPARAMETER_MEANINGS[name]}\n    ${name}: ${typeOf(name)},`).join("\n")}
}

fn floats(bits: &[u32]) -> Vec<f32> {
    bits.iter().map(|&b| f32::from_bits(b)).collect()
}

fn text(bits: u32) -> String {
    format!("{:?} (0x{:08x})", f32::from_bits(bits), bits)
}

/// NaN is one class.
fn same(a: u32, b: u32) -> bool {
    a == b || (f32::from_bits(a).is_nan() && f32::from_bits(b).is_nan())
}

fn main() {
${indented([...body(plan), "", ...verdict(plan)], "    ")}
}
`;
  return { language: "rust", title: "Rust", code };
}

const CHECKPOINT = `
/// PUT YOURS HERE TOO: save a state as your library does, and load it again from that.
fn checkpoint(state: &mut State) {}
`;

function typeOf(name: keyof Hyperparameters): string {
  return name === "centered" || name === "maximize" ? "bool" : "f64";
}

function body(plan: SnippetPlan): string[] {
  const { groups, parameters, hyperparameters, actions } = plan;
  return [
    "let mut h = vec![",
    ...groups.map(
      (group) =>
        `    Hyperparameters { ${scalars(group.hyperparameters, hyperparameters, ": ").join(", ")} },`,
    ),
    "];",
    "let mut parameters: Vec<Vec<f32>> = vec![",
    ...parameters.flatMap(({ tensor, group }) => [
      `    // of group ${group}, ${tensorText(tensor)}`,
      `    ${vector(tensor.values)},`,
    ]),
    "];",
    "let mut states: Vec<State> = vec![",
    ...parameters.map(({ state }) => `    ${stateText(state, plan)},`),
    "];",
    ...(compares(plan) ? ["let mut differs = false;"] : []),
    ...titled(actions).flatMap(({ action, title }) => ["", `// ${title}`, ...actionLines(action, plan)]),
  ];
}

function actionLines(action: PlannedAction, plan: SnippetPlan): string[] {
  switch (action.kind) {
    case "step":
      return gradientLines(action, "//", (gradient, k) => [
        `states[${k}].step += 1;`,
        `step(&mut parameters[${k}], &${vector(gradient.values)}, &mut states[${k}], &h[${plan.parameters[k].group}]);`,
      ]);
    case "set":
      return scalars(action.changes, plan.hyperparameters, " = ").map(
        (assignment) => `h[${action.group}].${assignment};`,
      );
    case "load":
      return action.entries.map(
        ({ parameter, state }) => `states[${parameter}] = ${stateText(state, plan)};`,
      );
    case "checkpoint":
      return ["states.iter_mut().for_each(checkpoint);"];
    case "compare":
      return action.seen.map(
        ({ slot, bits }) => `differs |= !same(${element(plan, slot)}, ${bitsLiteral(bits)});`,
      );
  }
}

function verdict(plan: SnippetPlan): string[] {
  const { values, ranges, as } = plan.expected;
  const { right, wrong, inconclusive } = outcomes(plan);
  const label = as.padEnd(8);
  const lines = [
    `let got: u32 = ${element(plan, plan.place.slot)};`,
    'println!("got      {}", text(got));',
    `println!("reported {}", text(${bitsLiteral(plan.got)}));`,
    "let mut found = false;",
  ];
  if (values.length > 0)
    lines.push(
      `for bits in ${callOnRows(values.map(bitsLiteral), "[", "]", "    ")}.iter().copied() {`,
      `    println!("${label} {}", text(bits));`,
      "    found |= same(got, bits);",
      "}",
    );
  if (ranges.length > 0) {
    const pairs = ranges.map((range) => `(${range.map(bitsLiteral).join(", ")})`);
    lines.push(
      `for (lowest, highest) in [${pairs.join(", ")}].iter().copied() {`,
      `    println!("${label} {} to {}", text(lowest), text(highest));`,
      "    let x = f32::from_bits(got);",
      "    found |= f32::from_bits(lowest) <= x && x <= f32::from_bits(highest);",
      "}",
    );
  }
  if (compares(plan))
    lines.push("if differs {", `    println!("${inconclusive}");`, "    std::process::exit(3);", "}");
  lines.push(
    `println!("{}", if found { "${right}" } else { "${wrong}" });`,
    "std::process::exit(if found { 0 } else { 1 });",
  );
  return lines;
}

function element({ place }: SnippetPlan, slot: Slot): string {
  const { parameter, element: i } = place;
  const values = slot === "parameter" ? `parameters[${parameter}]` : `states[${parameter}].${slot}`;
  return `${values}[${i}].to_bits()`;
}

function stateText(state: PlannedState, { slots }: SnippetPlan): string {
  const fields = slots.flatMap((slot) => {
    const values = state[slot];
    return values ? [`${slot}: ${vector(values)}`] : [];
  });
  return `State { ${[`step: ${state.step}`, ...fields].join(", ")} }`;
}

function vector(values: Float32Array): string {
  return areZeros(values) ? `vec![0.0; ${values.length}]` : callOnBits(values, "floats(&[", "])", "        ");
}

function scalars(
  values: Partial<Hyperparameters>,
  names: readonly (keyof Hyperparameters)[],
  separator: string,
): string[] {
  return givenScalars(values, names, (name, value) => `${name}${separator}${scalar(value)}`);
}

function scalar(value: number | boolean): string {
  if (typeof value === "boolean") return String(value);
  if (Number.isFinite(value)) return decimalLiteral(value);
  return Number.isNaN(value) ? "f64::NAN" : value > 0 ? "f64::INFINITY" : "f64::NEG_INFINITY";
}

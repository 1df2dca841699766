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

/** A snippet in Go for an optimizer on slices. */
export function goSnippet(plan: SnippetPlan): Snippet {
  const checkpoints = plan.actions.some(({ kind }) => kind === "checkpoint");
  const code = `${headingLines(plan, `go run finding-${plan.number}.go`)
    .map((line) => `// ${line}`)
    .join("\n")}

package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

// PUT YOURS HERE: one step of one parameter, in place.
// parameter, gradient and the slices in s have one length.
func step(parameter, gradient []float32, s *state, h *hyperparameters) {
	panic("put yours here")
}
${checkpoints ? CHECKPOINT : ""}
type state struct {
${stateFields(plan).join("\n")}
}

type hyperparameters struct {
${hyperparameterFields(plan).join("\n")}
}

func floats(bits ...uint32) []float32 {
	values := make([]float32, len(bits))
	for i, b := range bits {
		values[i] = math.Float32frombits(b)
	}
	return values
}

func text(bits uint32) string {
	decimal := strconv.FormatFloat(float64(math.Float32frombits(bits)), 'g', -1, 32)
	return fmt.Sprintf("%s (0x%08x)", decimal, bits)
}

// NaN is one class.
func same(a, b uint32) bool {
	x, y := math.Float32frombits(a), math.Float32frombits(b)
	return a == b || (x != x && y != y)
}

func main() {
${indented([...body(plan), "", ...verdict(plan)], "	")}
}
`;
  return { language: "go", title: "Go", code };
}

const CHECKPOINT = `
// PUT YOURS HERE TOO: save a state as your library does, and load it again from that.
func checkpoint(s *state) {
}
`;

function typeOf(name: keyof Hyperparameters): string {
  return name === "centered" || name === "maximize" ? "bool" : "float64";
}

/** In columns, as gofmt has them. */
function stateFields({ slots }: SnippetPlan): string[] {
  const names = slots.map(camelCase);
  const width = Math.max(...names.map((name) => name.length));
  return [
    `	${"step".padEnd(width)} int // number of this step of the parameter, from 1`,
    ...names.map((name) => `	${name.padEnd(width)} []float32`),
  ];
}

function hyperparameterFields({ hyperparameters }: SnippetPlan): string[] {
  const width = Math.max(...hyperparameters.map((name) => camelCase(name).length));
  const typeWidth = Math.max(...hyperparameters.map((name) => typeOf(name).length));
  return hyperparameters.map(
    (name) =>
      `	${camelCase(name).padEnd(width)} ${typeOf(name).padEnd(typeWidth)} // ${HYPERPARAMETER_MEANINGS[name]}`,
  );
}

function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function body(plan: SnippetPlan): string[] {
  const { groups, parameters, hyperparameters, actions } = plan;
  return [
    "h := []hyperparameters{",
    ...groups.map((group) => `	{${scalars(group.hyperparameters, hyperparameters, ": ").join(", ")}},`),
    "}",
    "parameters := [][]float32{",
    ...parameters.flatMap(({ tensor, group }) => [
      `	// of group ${group}, ${tensorText(tensor)}`,
      `	${slice(tensor.values, "		")},`,
    ]),
    "}",
    "states := []state{",
    ...parameters.map(({ state }) => `	${stateText(state, plan, "		")},`),
    "}",
    ...(compares(plan) ? ["differs := false"] : []),
    ...titled(actions).flatMap(({ action, title }) => ["", `// ${title}`, ...actionLines(action, plan)]),
  ];
}

function actionLines(action: PlannedAction, plan: SnippetPlan): string[] {
  switch (action.kind) {
    case "step":
      return gradientLines(action, "//", (gradient, k) => [
        `states[${k}].step++`,
        `step(parameters[${k}], ${slice(gradient.values, "	")}, &states[${k}], &h[${plan.parameters[k].group}])`,
      ]);
    case "set":
      return scalars(action.changes, plan.hyperparameters, " = ").map(
        (assignment) => `h[${action.group}].${assignment}`,
      );
    case "load":
      return action.entries.map(
        ({ parameter, state }) => `states[${parameter}] = state${stateText(state, plan, "	")}`,
      );
    case "checkpoint":
      return ["for k := range states {", "	checkpoint(&states[k])", "}"];
    case "compare":
      return action.seen.map(
        ({ slot, bits }) => `differs = differs || !same(${element(plan, slot)}, ${bitsLiteral(bits)})`,
      );
  }
}

function verdict(plan: SnippetPlan): string[] {
  const { values, ranges, as } = plan.expected;
  const { right, wrong, inconclusive } = outcomes(plan);
  const label = as.padEnd(8);
  const lines = [
    `got := ${element(plan, plan.place.slot)}`,
    'fmt.Println("got     ", text(got))',
    `fmt.Println("reported", text(${bitsLiteral(plan.got)}))`,
    "found := false",
  ];
  if (values.length > 0)
    lines.push(
      `for _, bits := range ${callOnRows(values.map(bitsLiteral), "[]uint32{", "}", "	")} {`,
      `	fmt.Println("${label}", text(bits))`,
      "	found = found || same(got, bits)",
      "}",
    );
  if (ranges.length > 0) {
    const pairs = ranges.map((range) => `{${range.map(bitsLiteral).join(", ")}}`);
    lines.push(
      `for _, ends := range [][2]uint32{${pairs.join(", ")}} {`,
      `	fmt.Println("${label}", text(ends[0]), "to", text(ends[1]))`,
      "	x := math.Float32frombits(got)",
      "	found = found || (math.Float32frombits(ends[0]) <= x && x <= math.Float32frombits(ends[1]))",
      "}",
    );
  }
  if (compares(plan)) lines.push("if differs {", `	fmt.Println("${inconclusive}")`, "	os.Exit(3)", "}");
  lines.push("if !found {", `	fmt.Println("${wrong}")`, "	os.Exit(1)", "}", `fmt.Println("${right}")`);
  return lines;
}

function element({ place }: SnippetPlan, slot: Slot): string {
  const { parameter, element: i } = place;
  const values =
    slot === "parameter" ? `parameters[${parameter}]` : `states[${parameter}].${camelCase(slot)}`;
  return `math.Float32bits(${values}[${i}])`;
}

function stateText(state: PlannedState, { slots }: SnippetPlan, indent: string): string {
  const fields = slots.flatMap((slot) => {
    const values = state[slot];
    return values ? [`${camelCase(slot)}: ${slice(values, indent)}`] : [];
  });
  return `{${[`step: ${state.step}`, ...fields].join(", ")}}`;
}

/** @param indent of further lines */
function slice(values: Float32Array, indent: string): string {
  return areZeros(values) ? `make([]float32, ${values.length})` : callOnBits(values, "floats(", ")", indent);
}

function scalars(
  values: Partial<Hyperparameters>,
  names: readonly (keyof Hyperparameters)[],
  separator: string,
): string[] {
  return givenScalars(values, names, (name, value) => `${camelCase(name)}${separator}${scalar(value)}`);
}

/** Go's constants have neither −0 nor infinities. */
function scalar(value: number | boolean): string {
  if (typeof value === "boolean") return String(value);
  if (Object.is(value, -0)) return "math.Copysign(0, -1)";
  if (Number.isFinite(value)) return decimalLiteral(value);
  return Number.isNaN(value) ? "math.NaN()" : `math.Inf(${value > 0 ? 1 : -1})`;
}

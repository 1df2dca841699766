import type { Slot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { areZeros, bitsLiteral, hexadecimalLiteral } from "./float-literal.js";
import type { Snippet } from "./snippet.js";
import type { PlannedAction, PlannedState, SnippetPlan } from "./snippet-plan.js";
import {
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

/** A snippet in C99 for an optimizer on arrays, which is linked with it. */
export function cSnippet(plan: SnippetPlan): Snippet {
  const checkpoints = plan.actions.some(({ kind }) => kind === "checkpoint");
  const run = `cc -std=c99 finding-${plan.number}.c yours.c -lm && ./a.out`;
  const code = `${headingLines(plan, run)
    .map((line) => `// ${line}`)
    .join("\n")}
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct rmsprop_hyperparameters {
${plan.hyperparameters.map((name) => `  ${typeOf(name)} ${name}; // ${HYPERPARAMETER_MEANINGS[name]}`).join("\n")}
};

// PUT YOURS HERE, or in a file that is linked: one step of one parameter, in place.
// All arrays have n elements. \`step\` is the number of this step of the parameter, from 1.
void rmsprop_step(${["size_t n", "float *parameter", "const float *gradient", ...plan.slots.map((slot) => `float *${slot}`)].join(", ")},
                  unsigned long step, const struct rmsprop_hyperparameters *h);
${checkpoints ? checkpointText(plan) : ""}
static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static float value(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// NaN is one class.
static int same(uint32_t a, uint32_t b) {
  return a == b || (value(a) != value(a) && value(b) != value(b));
}

int main(void) {
${indented([...body(plan), "", ...verdict(plan)], "  ")}
}
`;
  return { language: "c", title: "C", code };
}

function checkpointText({ slots }: SnippetPlan): string {
  const arrays = slots.map((slot) => `float *${slot}`).join(", ");
  return `
// PUT YOURS HERE TOO: save a state as your library does, and load it again from that.
static void checkpoint(size_t n, ${arrays}, unsigned long *step) {
}
`;
}

function typeOf(name: keyof Hyperparameters): string {
  return name === "centered" || name === "maximize" ? "int" : "double";
}

function body(plan: SnippetPlan): string[] {
  const { groups, parameters, slots, hyperparameters, actions } = plan;
  return [
    ...groups.flatMap((group, g) => [
      `struct rmsprop_hyperparameters h${g} = {`,
      ...scalars(group.hyperparameters, hyperparameters, (name, value) => `  .${name} = ${value},`),
      "};",
    ]),
    ...parameters.flatMap(({ tensor, group, state }, k) => [
      "",
      `// parameter ${k}, of group ${group}, ${tensorText(tensor)}`,
      declaration(`parameter${k}`, tensor.values),
      ...slots.map((slot) => declaration(`${slot}${k}`, state[slot]!)),
      `unsigned long step${k} = ${state.step};`,
    ]),
    ...(compares(plan) ? ["", "int differs = 0;"] : []),
    ...titled(actions).flatMap(({ action, title }) => ["", `// ${title}`, ...actionLines(action, plan)]),
  ];
}

function actionLines(action: PlannedAction, plan: SnippetPlan): string[] {
  const { slots, parameters } = plan;
  switch (action.kind) {
    case "step":
      return gradientLines(action, "//", (gradient, k) => {
        const { length } = gradient.values;
        const buffers = slots.map((slot) => `${slot}${k}`).join(", ");
        return [
          "{",
          `  ${declaration("gradient", gradient.values)}`,
          `  rmsprop_step(${length}, parameter${k}, gradient, ${buffers}, ++step${k}, &h${parameters[k].group});`,
          "}",
        ];
      });
    case "set":
      return scalars(
        action.changes,
        plan.hyperparameters,
        (name, value) => `h${action.group}.${name} = ${value};`,
      );
    case "load":
      return action.entries.flatMap(({ parameter, state }) => loadLines(parameter, state, plan));
    case "checkpoint":
      return parameters.map(({ tensor }, k) => {
        const buffers = slots.map((slot) => `${slot}${k}`).join(", ");
        return `checkpoint(${tensor.values.length}, ${buffers}, &step${k});`;
      });
    case "compare":
      return action.seen.map(
        ({ slot, bits }) => `differs |= !same(${element(plan, slot)}, ${bitsLiteral(bits)}u);`,
      );
  }
}

function loadLines(parameter: number, state: PlannedState, { slots }: SnippetPlan): string[] {
  const buffers = slots.flatMap((slot) => {
    const values = state[slot];
    if (!values || values.length === 0) return [];
    return [
      "{",
      `  ${declaration("loaded", values)}`,
      `  memcpy(${slot}${parameter}, loaded, sizeof loaded);`,
      "}",
    ];
  });
  return [...buffers, `step${parameter} = ${state.step};`];
}

function verdict(plan: SnippetPlan): string[] {
  const { values, ranges, as } = plan.expected;
  const { right, wrong, inconclusive } = outcomes(plan);
  const label = as.padEnd(8);
  const print = (name: string, bits: string) =>
    `printf("${name} %.9g (0x%08lx)\\n", value(${bits}), (unsigned long)${bits});`;
  const lines = [
    `const uint32_t got = ${element(plan, plan.place.slot)};`,
    `const uint32_t reported = ${bitsLiteral(plan.got)}u;`,
    print("got     ", "got"),
    print("reported", "reported"),
    "int found = 0;",
  ];
  if (values.length > 0)
    lines.push(
      callOnRows(
        values.map((bits) => `${bitsLiteral(bits)}u`),
        "const uint32_t values[] = {",
        "};",
        "    ",
      ),
      "for (size_t i = 0; i < sizeof values / sizeof *values; i++) {",
      `  ${print(label, "values[i]")}`,
      "  found |= same(got, values[i]);",
      "}",
    );
  if (ranges.length > 0) {
    const pairs = ranges.map((range) => `{${range.map((bits) => `${bitsLiteral(bits)}u`).join(", ")}}`);
    lines.push(
      `const uint32_t ranges[][2] = {${pairs.join(", ")}};`,
      "for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {",
      `  ${print(label, "ranges[i][0]")}`,
      `  ${print("      to", "ranges[i][1]")}`,
      "  found |= value(ranges[i][0]) <= value(got) && value(got) <= value(ranges[i][1]);",
      "}",
    );
  }
  if (compares(plan)) lines.push("if (differs) {", `  puts("${inconclusive}");`, "  return 3;", "}");
  lines.push(`puts(found ? "${right}" : "${wrong}");`, "return found ? 0 : 1;");
  return lines;
}

function element({ place }: SnippetPlan, slot: Slot): string {
  return `bits_of(${slot}${place.parameter}[${place.element}])`;
}

/** C has no array without elements. */
function declaration(name: string, values: Float32Array): string {
  const { length } = values;
  if (length === 0) return `float ${name}[1] = {0}; // no elements`;
  if (areZeros(values)) return `float ${name}[${length}] = {0};`;
  return callOnRows([...values].map(floatLiteral), `float ${name}[${length}] = {`, "};", "    ");
}

function floatLiteral(x: number): string {
  return Number.isFinite(x) ? `${hexadecimalLiteral(x)}f` : nonFinite(x);
}

function nonFinite(x: number): string {
  return Number.isNaN(x) ? "NAN" : x > 0 ? "INFINITY" : "-INFINITY";
}

function scalars(
  values: Partial<Hyperparameters>,
  names: readonly (keyof Hyperparameters)[],
  form: (name: string, value: string) => string,
): string[] {
  return givenScalars(values, names, (name, value) => form(name, scalar(value)));
}

function scalar(value: number | boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (!Number.isFinite(value)) return nonFinite(value);
  return `${hexadecimalLiteral(value)} /* ${value} */`;
}

import { type AxisMeaning, DIALECT_AXIS_MEANINGS, EVALUATION_AXIS_MEANINGS } from "./axis-meanings.js";
import { CLAUSE_FAMILIES, type Clause, type ClauseFamily } from "./clauses.js";
import { DIALECT_AXES, type Dialect, type DialectAxis, type Hyperparameters } from "./dialect.js";
import { DIALECT_SOURCES } from "./dialect-sources.js";
import { DIALECTS } from "./dialects.js";
import { EVALUATION_AXES, type EvaluationAxis } from "./evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "./evaluations.js";

const GENERATED =
  "<!-- Printed by scripts/print-spec.mjs from SPEC.preface.md and the data beside it. Edit those, not this. -->";

/**
 * SPEC.md as text.
 * @param preface the normative text that is written by hand, in Markdown: the content of SPEC.preface.md
 */
export function printSpecification(preface: string): string {
  const sections = [
    GENERATED,
    preface.trim(),
    "## Clauses",
    clauseIndex(),
    ...CLAUSE_FAMILIES.map(family),
    "## Formula axes",
    "A dialect is one value on each of these axes.",
    ...(Object.keys(DIALECT_AXES) as DialectAxis[]).map((axis) =>
      axisSection(axis, DIALECT_AXIS_MEANINGS[axis]),
    ),
    "## Catalogue of dialects",
    catalogueTable(),
    "The values of each on the formula axes:",
    catalogueAxesTable(),
    "## Evaluation axes",
    "An evaluation is a choice, or a set of allowed choices, on each of these axes. t = 1 − β; ⊕ ⊖ ⊗ ⊘ are rounded operations; fma(x, y, z) is x·y + z, rounded once.",
    ...(Object.keys(EVALUATION_AXES) as EvaluationAxis[]).map((axis) =>
      axisSection(axis, EVALUATION_AXIS_MEANINGS[axis]),
    ),
    "## Named evaluations",
    "The first ones are pinned. The last column is what is left open when an implementation declares nothing but float32.",
    evaluationsTable(),
  ];
  return `${sections.join("\n\n")}\n`;
}

function clauseIndex(): string {
  const rows = CLAUSE_FAMILIES.map(({ number, title, clauses }) => [
    String(number),
    `[${title}](#family-${number})`,
    clauses.map(({ id }) => `[${id}](#${id})`).join(" "),
  ]);
  return table(["family", "title", "clauses"], rows);
}

function family({ number, title, clauses }: ClauseFamily): string {
  return [`### <a id="family-${number}"></a>${number}. ${title}`, ...clauses.map(clauseSection)].join("\n\n");
}

function clauseSection({ id, statement, formula, arithmetic, why }: Clause): string {
  return [
    `#### <a id="${id}"></a>${id}`,
    statement,
    ...(formula === undefined ? [] : [`\`\`\`text\n${formula}\n\`\`\``]),
    `**Arithmetic:** ${arithmetic}. **Why:** ${why}`,
  ].join("\n\n");
}

function axisSection(axis: string, { axis: meaning, values }: AxisMeaning<string>): string {
  const rows = Object.entries(values).map(([value, text]) => [code(value), text]);
  return `### \`${axis}\`\n\n${meaning}\n\n${table(["value", "means"], rows)}`;
}

function catalogueTable(): string {
  const rows = DIALECTS.map((dialect) => [
    code(dialect.id),
    dialect.title,
    defaultsText(dialect),
    sourceOf(dialect),
  ]);
  return table(["id", "implementation", "defaults", "source"], rows);
}

function catalogueAxesTable(): string {
  const axes = Object.keys(DIALECT_AXES) as DialectAxis[];
  const rows = DIALECTS.map((dialect) => [code(dialect.id), ...axes.map((axis) => dialect[axis])]);
  return table(["id", ...axes], rows);
}

/** @throws {Error} for a dialect without a source */
function sourceOf({ id }: Dialect): string {
  const source = DIALECT_SOURCES[id];
  if (source === undefined) throw new Error(`dialect-sources.ts does not say where dialect ${id} was read`);
  return source;
}

/** Defaults that say nothing: an option that is off. */
const OFF: Partial<Hyperparameters> = {
  momentum: 0,
  weight_decay: 0,
  centered: false,
  maximize: false,
  lr_decay: 0,
  clip_value: Number.POSITIVE_INFINITY,
};

function defaultsText({ defaults }: Dialect): string {
  return (Object.entries(defaults) as [keyof Hyperparameters, number | boolean][])
    .filter(([name, value]) => OFF[name] !== value)
    .map(([name, value]) => `${name} ${typeof value === "number" ? numberText(value) : value}`)
    .join(", ");
}

/** Small numbers as they are written in code: 1e-6 rather than 0.000001. */
function numberText(value: number): string {
  return value > 0 && value < 1e-3 ? value.toExponential() : String(value);
}

function evaluationsTable(): string {
  const named = Object.entries(PINNED_EVALUATIONS);
  const rows = (Object.keys(EVALUATION_AXES) as EvaluationAxis[]).map((axis) => [
    code(axis),
    ...named.map(([, evaluation]) => evaluation[axis]),
    DEFAULT_FREEDOM[axis].join(", "),
  ]);
  return table(["axis", ...named.map(([name]) => code(name)), "default freedom"], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A table with aligned columns, as the repository's formatter writes Markdown. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => widthOf(row[column]))));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column] - widthOf(cell))).join(" | ")} |`;
  const [head, ...body] = cells.map(line);
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}

/** Columns that a text takes: combining marks take none. */
function widthOf(text: string): number {
  return [...text.replace(/\p{Mn}/gu, "")].length;
}

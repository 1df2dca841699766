import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXIT } from "../src/cli/exit-codes.js";
import { VERDICTS } from "../src/judge/verdict.js";
import { parseProgram } from "../src/program/program-codec.js";
import { LEVELS } from "../src/suite/level.js";
import { SLOTS } from "./arithmetic.js";
import { CAPABILITY_MEANINGS } from "./capabilities.js";

const text = readFileSync(new URL("INTERPRETING.md", import.meta.url), "utf8");

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(text);
  if (!found) throw new Error(`INTERPRETING.md has no block of ${language}`);
  return found[1];
}

/** The rows of the table whose first column has this header: cells without code marks. */
function tableOf(header: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^\\| ${header} +\\|`).test(line));
  if (start < 0) throw new Error(`INTERPRETING.md has no table of ${header}`);
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith("|")) break;
    const cells = line.split("|").slice(1, -1);
    rows.push(cells.map((cell) => cell.replaceAll("`", "").trim()));
  }
  return rows;
}

const firstCells = (header: string) => tableOf(header).map(([first]) => first);

test("the example program is one", () => {
  const { operations } = parseProgram(block("json"), "INTERPRETING.md");
  expect(operations.map(({ op }) => op)).toEqual(["init", "step", "observe"]);
});

test("the tables list what the code has, in its order", () => {
  expect(firstCells("operation")).toEqual(["init", "load", "step", "set", "checkpoint", "observe"]);
  expect(firstCells("slot")).toEqual([...SLOTS]);
  expect(tableOf("capability")).toEqual(Object.entries(CAPABILITY_MEANINGS));
  expect(firstCells("verdict")).toEqual([...VERDICTS]);
  expect(tableOf("level").map(([level, meaning]) => [level, meaning])).toEqual(Object.entries(LEVELS));
  expect(tableOf("code").map(([code, name]) => [name, Number(code)])).toEqual(Object.entries(EXIT));
});

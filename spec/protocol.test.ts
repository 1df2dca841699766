import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FAULTS } from "../src/adapter/adapter.js";
import { DEFAULT_LIMITS, helloSchema, MIN_LINE_LENGTH } from "../src/adapter/hello.js";
import { helloReplySchema, helloRequestSchema, stopRequestSchema } from "../src/adapter/messages.js";
import { binary64FromHex } from "../src/program/scalar.js";
import { CAPABILITIES } from "./capabilities.js";

const text = readFileSync(new URL("PROTOCOL.md", import.meta.url), "utf8");

const blocks = [...text.matchAll(/^```json .*\n([\s\S]*?)^```$/gm)].map(([, body]) => JSON.parse(body));

/** The first cells of the table whose first column has this header, without code marks. */
function firstCells(header: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^\\| ${header} +\\|`).test(line));
  const cells: string[] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith("|")) break;
    cells.push(line.split("|")[1].replaceAll("`", "").trim());
  }
  return cells;
}

test("the example messages are valid", () => {
  const [hello, helloReply, run, runReply, stop] = blocks;
  expect(helloRequestSchema.parse(hello)).toEqual(hello);
  expect(helloReplySchema.encode(helloReplySchema.parse(helloReply))).toEqual(helloReply);
  expect(run.cases).toHaveLength(1);
  expect(runReply.results.map(({ status }: { status: string }) => status)).toEqual([
    "ok",
    "unsupported",
    "error",
  ]);
  expect(stopRequestSchema.parse(stop)).toEqual(stop);
});

test("the tables list what the code has", () => {
  expect(firstCells("field")).toEqual(["protocol", ...Object.keys(helloSchema.shape)]);
  expect(firstCells("capability")).toEqual([...CAPABILITIES]);
  expect(text).toContain(`${MIN_LINE_LENGTH} at least`);
  expect(text).toContain(Object.values(DEFAULT_LIMITS).slice(0, 2).join(", "));
  for (const verdict of FAULTS) expect(text).toContain(`| \`${verdict}\``);
});

test("the example scalar is 0.01", () => {
  const [, hex] = /0\.01 is `"([0-9a-f]{16})"`/.exec(text) as unknown as [string, string];
  expect(binary64FromHex(hex)).toBe(0.01);
});

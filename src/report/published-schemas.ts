import { z } from "zod";
import { helloCodec, replyCodec } from "../adapter/adapter.js";
import { observationCodec, programCodec } from "../program/program.js";
import {
  goldenExpectedCodec,
  goldenManifestCodec,
  goldenProgramsCodec,
} from "../suite/golden/golden-format.js";
import { regressionCodec } from "../suite/regression.js";
import { reportLineSchema } from "./report-schema.js";

const PUBLISHED = {
  program: programCodec,
  observation: observationCodec,
  hello: helloCodec,
  reply: replyCodec,
  regression: regressionCodec,
  "golden-programs": goldenProgramsCodec,
  "golden-expected": goldenExpectedCodec,
  "golden-manifest": goldenManifestCodec,
  "report-line": reportLineSchema,
} as const satisfies Record<string, z.ZodType>;

/** JSON Schemas of everything that the suite reads and writes, by name: their wire forms. */
export function publishedSchemas(): Record<string, object> {
  const entries = Object.entries(PUBLISHED).map(([name, schema]) => {
    const json = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12", unrepresentable: "any" });
    return [name, json] as const;
  });
  return Object.fromEntries(entries);
}

/** The text of a published schema file. */
export function schemaText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

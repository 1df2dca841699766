import { z } from "zod";
import {
  helloReplySchema,
  helloRequestSchema,
  runReplyCodec,
  runRequestCodec,
  stopRequestSchema,
} from "../../adapter/messages.js";
import { observationCodec } from "../../program/observation.js";
import { programCodec } from "../../program/program.js";
import { expectationsSchema } from "../../suite/expectations/expectation-schema.js";
import {
  goldenExpectedCodec,
  goldenManifestCodec,
  goldenProgramsCodec,
} from "../../suite/golden/golden-format.js";
import { onnxManifestCodec, traceCodec } from "../../suite/onnx/trace-format.js";
import { regressionCodec } from "../../suite/regression.js";
import { reportLineSchema } from "./report-schema.js";

const PUBLISHED = {
  program: programCodec,
  observation: observationCodec,
  "hello-request": helloRequestSchema,
  "hello-reply": helloReplySchema,
  "run-request": runRequestCodec,
  "run-reply": runReplyCodec,
  "stop-request": stopRequestSchema,
  regression: regressionCodec,
  expectations: expectationsSchema,
  "golden-programs": goldenProgramsCodec,
  "golden-expected": goldenExpectedCodec,
  "golden-manifest": goldenManifestCodec,
  "onnx-trace": traceCodec,
  "onnx-manifest": onnxManifestCodec,
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

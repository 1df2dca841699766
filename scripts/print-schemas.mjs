// Writes the JSON Schemas of programs, replies, goldens and reports into spec/schemas/.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { publishedSchemas, schemaText } from "../dist/src/report/model/published-schemas.js";

const folder = new URL("../spec/schemas/", import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(publishedSchemas())) {
  writeFileSync(new URL(`${name}.schema.json`, folder), schemaText(schema));
}

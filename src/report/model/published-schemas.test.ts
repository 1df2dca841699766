import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../package-info.js";
import { publishedSchemas, schemaText } from "./published-schemas.js";

const folder = join(packageRoot(), "spec", "schemas");

test("spec/schemas holds exactly the published schemas; `npm run spec` writes them", () => {
  const schemas = publishedSchemas();
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(schemas)
      .map((name) => `${name}.schema.json`)
      .sort(),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    expect(readFileSync(join(folder, `${name}.schema.json`), "utf8"), name).toBe(schemaText(schema));
  }
});

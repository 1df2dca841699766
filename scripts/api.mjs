// Writes docs/api/ from the docstrings of the public entry points, those that package.json exports. `--check` writes
// nothing and fails if the committed pages are not the present ones. A warning of TypeDoc is an error: an export
// without a docstring, a type that is shown and not exported, a link that leads nowhere.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Application, LogLevel, ReflectionKind } from "typedoc";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = join(ROOT, "docs/api");
const { name: packageName, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The sources of the entry points, and what an import of each says. */
const ENTRIES = Object.entries(exports)
  .filter(([, { types }]) => types !== undefined)
  .map(([key, { types }]) => ({
    source: types.replace(/^\.\/dist\//, "").replace(/\.d\.ts$/, ".ts"),
    specifier: packageName + key.slice(1),
  }));

/** What results are made of. A caller reads it and never writes it down; its type is there by way of the result's. */
const INSIDES = [
  "CaseResult",
  "ClauseRow",
  "Expectations",
  "ExpectationsReport",
  "Finding",
  "Measurements",
  "Mismatch",
  "ReachedLevel",
  "Tally",
  "replyCodec",
];

/** Nothing in the pages depends on the day, the revision or the folder. */
const OPTIONS = {
  plugin: ["typedoc-plugin-markdown"],
  tsconfig: join(ROOT, "tsconfig.build.json"),
  basePath: ROOT,
  entryPoints: ENTRIES.map(({ source }) => join(ROOT, source)),
  logLevel: LogLevel.Warn,
  // `npm run typecheck` finds errors.
  skipErrorChecking: true,
  disableGit: true,
  disableSources: true,
  // What a class has from the language's own Error is documented there.
  excludeExternals: true,
  excludePrivate: true,
  readme: "none",
  sort: ["kind", "alphabetical"],
  sortEntryPoints: false,
  validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
  requiredToBeDocumented: ["Variable", "Function", "Class", "Interface", "TypeAlias", "Method"],
  intentionallyNotExported: INSIDES,
  // One page for each entry point.
  outputFileStrategy: "modules",
  entryFileName: "README",
  hideGenerator: true,
  hidePageHeader: true,
  // The anchors that it would take from headings collide: Optimizer.state and OptimizerState.
  useHTMLAnchors: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
  propertyMembersFormat: "table",
};

/** Write the pages into a folder, or end with what is wrong. */
async function write(folder) {
  const app = await Application.bootstrapWithPlugins(OPTIONS);
  const project = await app.convert();
  if (project) {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const entry = ENTRIES.find(({ source }) => source.replace(/(\/index)?\.ts$/, "") === module.name);
      module.name = entry.specifier;
    }
    app.validate(project);
  }
  if (project && !app.logger.hasErrors() && !app.logger.hasWarnings())
    await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
}

/** The pages of a folder by name. */
function pagesIn(folder) {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".md"),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
if (!values.check) {
  await write(PAGES);
  console.log(`wrote docs/api: ${pagesIn(PAGES).size} pages`);
} else {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await write(folder);
  const [committed, present] = [pagesIn(PAGES), pagesIn(folder)];
  const names = new Set([...committed.keys(), ...present.keys()]);
  const stale = [...names].filter((name) => committed.get(name) !== present.get(name));
  if (stale.length > 0) {
    console.error(`docs/api is not what the docstrings say (${stale.join(", ")}): run \`npm run api\``);
    process.exit(1);
  }
}

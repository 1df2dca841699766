import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Imports run one way. This table is the law; docs/architecture.md shows it to readers. */

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Module {
  /** Modules that its files import. All of them stand above it in the table. */
  readonly imports: readonly string[];
  /** Modules that only its tests import in addition, wherever they stand. */
  readonly testsAlso?: readonly string[];
}

/** Lowest first. A file that stands in src/ itself is a module of its own. */
const MODULES: Readonly<Record<string, Module>> = {
  spec: {
    imports: [],
    // The tests of the documents look at everything that the documents talk about.
    testsAlso: ["src/program", "src/judge", "src/adapter", "properties", "src/suite", "src/cli"],
  },
  "src/package-info.ts": { imports: [] },
  "src/float32": { imports: [] },
  "src/program": { imports: ["spec"], testsAlso: ["src/float32"] },
  "src/rmsprop": { imports: ["spec", "src/float32"] },
  "src/oracle": { imports: ["spec", "src/float32"], testsAlso: ["src/search"] },
  "src/search": { imports: ["src/float32"] },
  "src/judge": {
    imports: ["spec", "src/float32", "src/program", "src/oracle"],
    testsAlso: ["src/search"],
  },
  "src/self-check": {
    imports: ["spec", "src/float32", "src/program", "src/oracle", "src/search", "src/judge"],
  },
  "src/adapter": {
    imports: ["spec", "src/package-info.ts", "src/program", "src/rmsprop"],
    testsAlso: ["src/judge"],
  },
  "src/onnx": {
    imports: ["spec", "src/package-info.ts", "src/program", "src/adapter"],
    testsAlso: ["src/oracle", "src/search", "src/suite"],
  },
  properties: {
    imports: ["spec", "src/float32", "src/program", "src/oracle", "src/judge", "src/adapter"],
    testsAlso: ["src/suite"],
  },
  "src/suite": {
    imports: [
      "spec",
      "src/package-info.ts",
      "src/float32",
      "src/program",
      "src/search",
      "src/judge",
      "src/self-check",
      "src/adapter",
      "src/onnx",
      "properties",
    ],
  },
  "scripts/trial/subjects": {
    imports: ["spec", "src/float32", "src/adapter"],
    testsAlso: ["src/judge", "properties"],
  },
  "scripts/trial": {
    imports: ["spec", "src/package-info.ts", "src/adapter", "src/suite", "scripts/trial/subjects"],
  },
  "src/report": {
    imports: [
      "spec",
      "src/package-info.ts",
      "src/float32",
      "src/program",
      "src/judge",
      "src/adapter",
      "src/suite",
    ],
  },
  "src/testing": {
    imports: ["spec", "src/package-info.ts", "src/program", "src/adapter", "src/suite", "src/report"],
    testsAlso: ["properties"],
  },
  "src/cli": {
    imports: [
      "spec",
      "src/package-info.ts",
      "src/program",
      "src/adapter",
      "src/onnx",
      "src/suite",
      "src/report",
    ],
    testsAlso: ["src/judge"],
  },
  "src/index.ts": {
    imports: [
      "spec",
      "src/package-info.ts",
      "src/program",
      "src/rmsprop",
      "src/judge",
      "src/self-check",
      "src/adapter",
      "src/suite",
      "src/report",
    ],
  },
};

/** What may not be reached, not even through other files. */
interface Separation {
  readonly from: RegExp;
  readonly never: RegExp;
  readonly why: string;
  /** Type-only imports are allowed: names, not behaviour. */
  readonly typesAllowed?: boolean;
  /** Only what a file itself imports counts. */
  readonly directOnly?: boolean;
  /** Holds for tests too. Elsewhere a test may bring together what never meets. */
  readonly testsToo?: boolean;
}

const SEPARATIONS: readonly Separation[] = [
  {
    from: /^src\/rmsprop\//,
    never: /^(spec\/(update-rule|arithmetic|clauses|index)\.ts|src\/(oracle|judge)\/)/,
    why: "the production loops must not share a mistake with the update rule that judges them",
  },
  {
    from: /^src\/oracle\//,
    never: /^src\/(rmsprop|judge|adapter)\//,
    why: "the oracle must not learn from what it judges",
  },
  {
    from: /^src\/oracle\/rational\//,
    never: /^src\/(oracle\/(?!rational\/)|float32\/(to|from)-decimal\.ts$)/,
    why: "a second opinion on the exact oracle shares the update rule with it and no arithmetic",
  },
  {
    from: /^src\/oracle\/emulated\//,
    never: /^src\/oracle\/(?!emulated\/|map-values\.ts$)/,
    why: "the decimal emulation is what the judge's engines are checked against, and shares no arithmetic with them",
  },
  {
    from: /^src\/oracle\/error-enclosure\//,
    never: /^src\/oracle\/(?!error-enclosure\/|exact\/|map-values\.ts$)/,
    why: "the error of a step is derived without the engines whose results it bounds",
  },
  {
    from: /^src\/self-check\//,
    never: /^(src\/(rmsprop|adapter|suite|report|cli)\/|properties\/)/,
    why: "the judge is checked by observations alone, not by who made them",
  },
  {
    from: /^src\/judge\//,
    never: /^(src\/(rmsprop|adapter|suite|report|cli)\/|properties\/)/,
    why: "a judgement depends on observations and a declaration, not on who made them or who reads it",
  },
  {
    from: /^src\/adapter\//,
    never: /^(src\/(oracle|judge|suite)\/|properties\/|spec\/update-rule\.ts$)/,
    why: "expected values never travel to the implementation under test",
  },
  {
    from: /^src\/onnx\//,
    never: /^(src\/(oracle|judge|suite|report|cli)\/|properties\/)/,
    why: "a graph is made from the update rule and run without sight of what is expected of it",
  },
  {
    from: /^properties\//,
    never: /^(src\/(rmsprop\/|adapter\/bundled\.ts$)|scripts\/trial\/)/,
    why: "properties hold for every implementation and know none",
  },
  {
    from: /^scripts\/trial\/subjects\//,
    never: /^(src\/(oracle|judge|suite)\/|properties\/|spec\/update-rule\.ts$)/,
    why: "what the suite is tried on is made without its oracle and its checks",
  },
  {
    from: /^src\/suite\//,
    never: /^src\/(report|cli)\//,
    why: "results do not depend on how they are reported",
  },
  {
    from: /^src\/report\//,
    never: /^src\/(oracle\/|judge\/(judge-|propagated-sets|membership|diagnosis\/))/,
    why: "a report shows judgements and makes none",
    typesAllowed: true,
    directOnly: true,
  },
  {
    from: /^properties\/(?!properties\.test\.ts$)/,
    never: /^src\/(suite|report|cli)\//,
    why: "the suite runs properties; only the test that runs them all runs the suite",
    directOnly: true,
    testsToo: true,
  },
];

interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

interface Import {
  /** Path from the root, as in spec/dialect.ts. */
  readonly path: string;
  readonly typeOnly: boolean;
}

const isTest = (path: string) => /\.test\.tsx?$|\/__test-helpers__\//.test(path);

function moduleOf(path: string): string {
  // The implementations that the suite is tried on know nothing of the trial.
  if (path.startsWith("scripts/trial/subjects/")) return "scripts/trial/subjects";
  const [first, second] = path.split("/");
  return first === "src" || first === "scripts" ? `${first}/${second}` : first;
}

/** The relative imports of a module, re-exports and dynamic imports with a literal included. */
function importsOf(path: string, text: string): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) return;
    const target = posix.join(posix.dirname(path), specifier.text);
    imports.push({ path: sourceOf(target), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

/** The source that a compiled module comes from. Where none is there, the test that every import leads to a file says so. */
function sourceOf(target: string): string {
  const tsx = target.replace(/\.js$/, ".tsx");
  return existsSync(join(ROOT, tsx)) ? tsx : target.replace(/\.js$/, ".ts");
}

/** `import type …`, or every name imported as a type. */
function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

/** Every source of a module. This test and others that stand outside the modules belong to none. */
function readSources(): SourceFile[] {
  return ["spec", "src", "properties", "scripts/trial"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((path) => !/^src\/[^/]+\.test\.ts$/.test(path))
      .map((path) => ({ path, imports: importsOf(path, readFileSync(join(ROOT, path), "utf8")) })),
  );
}

/** Imports that the table does not allow, as `file -> file`. */
function forbiddenImports(files: readonly SourceFile[], modules: Readonly<Record<string, Module>>): string[] {
  return files.flatMap(({ path, imports }) => {
    const own = moduleOf(path);
    const owner = modules[own];
    if (!owner) return [`${path}: ${own} is not in the table of modules`];
    const allowed = [own, ...owner.imports, ...(isTest(path) ? (owner.testsAlso ?? []) : [])];
    return imports
      .filter((each) => !allowed.includes(moduleOf(each.path)))
      .map((each) => `${path} -> ${each.path}`);
  });
}

/** Files that a separation keeps apart and that meet, as `file -> … -> file`. */
function meetings(files: readonly SourceFile[], rule: Separation): { from: string; chain: string }[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files
    .filter(({ path }) => rule.from.test(path) && (rule.testsToo || !isTest(path)))
    .flatMap(({ path }) => {
      const seen = new Set([path]);
      const queue = [[path]];
      for (let chain = queue.shift(); chain; chain = queue.shift()) {
        if (rule.directOnly && chain.length > 1) break;
        for (const each of byPath.get(chain[chain.length - 1])?.imports ?? []) {
          if (seen.has(each.path) || (rule.typesAllowed && each.typeOnly)) continue;
          seen.add(each.path);
          const longer = [...chain, each.path];
          if (rule.never.test(each.path)) return [{ from: path, chain: longer.join(" -> ") }];
          queue.push(longer);
        }
      }
      return [];
    });
}

const sources = readSources();

describe("modules", () => {
  test("are imported from above only", () => {
    const names = Object.keys(MODULES);
    names.forEach((name, k) => {
      expect(
        MODULES[name].imports.filter((left) => !names.slice(0, k).includes(left)),
        name,
      ).toEqual([]);
    });
  });

  test("import what the table allows", () => {
    expect(forbiddenImports(sources, MODULES)).toEqual([]);
  });

  test("import all that the table allows: what is no longer used is no longer allowed", () => {
    const unused = Object.entries(MODULES).flatMap(([name, { imports, testsAlso = [] }]) => {
      const used = (inTests: boolean) =>
        new Set(
          sources
            .filter(({ path }) => moduleOf(path) === name && isTest(path) === inTests)
            .flatMap((file) => file.imports.map((each) => moduleOf(each.path))),
        );
      const usedBySources = used(false);
      const usedByTests = used(true);
      return [
        ...imports.filter((module) => !usedBySources.has(module)).map((module) => `${name} -> ${module}`),
        ...testsAlso
          .filter((module) => !usedByTests.has(module))
          .map((module) => `tests of ${name} -> ${module}`),
      ];
    });
    expect(unused).toEqual([]);
  });

  test("every relative import leads to a file", () => {
    const missing = sources.flatMap(({ path, imports }) =>
      imports.filter((each) => !existsSync(join(ROOT, each.path))).map((each) => `${path} -> ${each.path}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("what never meets", () => {
  test.each(SEPARATIONS.map((rule) => [rule.why, rule] as const))("%s", (_, rule) => {
    const found = meetings(sources, rule);
    expect(found.map(({ chain }) => chain)).toEqual([]);
    expect(sources.some(({ path }) => rule.from.test(path))).toBe(true);
  });
});

describe("this test sees", () => {
  const file = (path: string, text: string): SourceFile => ({ path, imports: importsOf(path, text) });
  const rule = SEPARATIONS[0];

  test.each([
    'import { x } from "../judge/verdict.js";',
    'import type { X } from "../judge/verdict.js";',
    'import "../judge/verdict.js";',
    'export * from "../judge/verdict.js";',
    'const x = await import("../judge/verdict.js");',
    'type X = import("../judge/verdict.js").X;',
  ])("an import that is not allowed: %s", (text) => {
    expect(forbiddenImports([file("src/oracle/planted.ts", text)], MODULES)).toEqual([
      "src/oracle/planted.ts -> src/judge/verdict.ts",
    ]);
  });

  test("a module that is not in the table", () => {
    expect(forbiddenImports([file("src/utils/planted.ts", "")], MODULES)).toHaveLength(1);
  });

  test("a meeting by way of another file", () => {
    const planted = [
      file("src/rmsprop/planted.ts", 'import { a } from "../../spec/between.js";'),
      file("spec/between.ts", 'import { updateRule } from "./update-rule.js";'),
    ];
    expect(meetings(planted, rule).map(({ chain }) => chain)).toEqual([
      "src/rmsprop/planted.ts -> spec/between.ts -> spec/update-rule.ts",
    ]);
  });

  test("types, where they alone are allowed", () => {
    const types = SEPARATIONS.find(({ typesAllowed }) => typesAllowed) as Separation;
    const from = '"../judge/judge-program.js";';
    const meets = (text: string) => meetings([file("src/report/planted.ts", text)], types).length;
    expect(meets(`import type { Judgement } from ${from}`)).toBe(0);
    expect(meets(`import { type Judgement } from ${from}`)).toBe(0);
    expect(meets(`import { type Judgement, judgeProgram } from ${from}`)).toBe(1);
  });
});

describe("docs/architecture.md", () => {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const spans = [...page.matchAll(/`([^`]+)`/g)].map(([, span]) => span);

  test("shows the same table", () => {
    const rows = page
      .split("\n")
      .filter((line) => /^\| `/.test(line))
      .map((line) => line.split("|"));
    const displayed = rows.map(([, module, , imports]) => [
      module.replaceAll("`", "").trim(),
      [...imports.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(displayed)).toEqual(
      Object.fromEntries(Object.entries(MODULES).map(([name, { imports }]) => [name, imports])),
    );
    expect(displayed).toHaveLength(Object.keys(MODULES).length);
  });

  test("names files that exist", () => {
    const paths = spans.filter((span) => span.includes("/"));
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("names functions and classes that the file before them has", () => {
    // As in: … `judgeProgram` (`src/judge/judge-program.ts`).
    const named = [...page.matchAll(/`(\w+)` \(`([\w/.-]+\.tsx?)`/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, name, path] of named) {
      const text = readFileSync(join(ROOT, path), "utf8");
      expect(text, `${name} in ${path}`).toMatch(
        new RegExp(`\\b(function\\*?|class|const|interface) ${name}\\b`),
      );
    }
  });
});

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../../src/package-info.js";

const ROOT = packageRoot();

const { name: PACKAGE, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  name: string;
  exports: Record<string, string | { types: string }>;
};

/** The sources of the public entry points, by what an import of them says. */
const ENTRY_POINTS = new Map(
  Object.entries(exports).flatMap(([key, entry]) =>
    typeof entry === "string" ? [] : [[PACKAGE + key.slice(1), sourceOf(entry.types)] as const],
  ),
);

/** Files that stand on the disk, which every page reads again. */
const parsed = new Map<string, ts.SourceFile>();

/** As in ./dist/src/index.d.ts or ./dist/src/index.js. */
function sourceOf(compiled: string): string {
  return join(ROOT, compiled.replace(/^\.\/dist\//, "").replace(/(\.d\.ts|\.js)$/, ".ts"));
}

/**
 * What the compiler says of each file, TypeScript or JavaScript, against the sources of the package.
 * @param files texts by absolute paths, which need not exist
 */
export function typeErrors(files: ReadonlyMap<string, string>): Map<string, string[]> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
    strict: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  host.directoryExists = (path) => folders.has(path) || existsSync(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, target) => {
    const known = parsed.get(path);
    if (known) return known;
    const text = host.readFile(path);
    const source = text === undefined ? undefined : ts.createSourceFile(path, text, target);
    if (source && !files.has(path)) parsed.set(path, source);
    return source;
  };
  const fromRoot = join(ROOT, "package.json");
  host.resolveModuleNameLiterals = (literals, from, _, __, source) =>
    literals.map((literal) => {
      const { text } = literal;
      const entry =
        ENTRY_POINTS.get(text) ??
        (text.startsWith("./dist/") && files.has(from) ? sourceOf(text) : undefined);
      if (entry !== undefined)
        return {
          resolvedModule: {
            resolvedFileName: entry,
            extension: ts.Extension.Ts,
            isExternalLibraryImport: false,
          },
        };
      const mode = ts.getModeForUsageLocation(source, literal, options);
      // A page's files stand in no project; what they import from npm is what this one has.
      const base = files.has(from) && !text.startsWith(".") ? fromRoot : from;
      return ts.resolveModuleName(text, base, options, host, undefined, undefined, mode);
    });
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map(
    [...files.keys()].map((path) => {
      const source = program.getSourceFile(path);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      const kept = path.endsWith(".mts") ? found : found.filter(({ code }) => isMistakeInJavaScript(code));
      return [path, kept.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))];
    }),
  );
}

/** Mistakes whatever the types are: syntax, modules, names, properties and numbers of arguments that there are not. */
const isMistakeInJavaScript = (code: number): boolean =>
  code < 2000 || [2304, 2305, 2307, 2339, 2551, 2552, 2554, 2614, 2724].includes(code);

/** TypeScript as a module that Node runs. */
export function asModule(text: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

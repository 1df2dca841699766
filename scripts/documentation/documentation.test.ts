import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompiledCli, compileCli } from "../../src/cli/__test-helpers__/compiled-cli.js";
import { tutorialSteps } from "../../src/cli/__test-helpers__/tutorial-page.js";
import { packageRoot } from "../../src/package-info.js";
import { typeErrors } from "./__test-helpers__/code.js";
import { CommandLines } from "./__test-helpers__/command-line.js";
import { type Block, type Page, pagePaths, readPage } from "./__test-helpers__/pages.js";
import { carryOut, nameOf, SCRIPTS, type Standing } from "./__test-helpers__/run-instructions.js";
import { simpleCommands } from "./__test-helpers__/shell-line.js";
import { Stage } from "./__test-helpers__/stage.js";

/** Pages that scripts write. What they show is held by those; their links are looked at here. */
const GENERATED = /^(CHANGELOG|spec\/SPEC|docs\/(api\/.*|trial|mutation|sharpness|[\w-]*figures))\.md$/;

/** Pages that a test of their own carries out from the first block to the last. */
const TUTORIALS: Readonly<Record<string, string>> = {
  "docs/write-an-adapter.md": "src/cli/write-an-adapter.test.ts",
};

const pages = new Map(pagePaths().map((path) => [path, readPage(path)]));
const written = [...pages.values()].filter(({ path }) => !GENERATED.test(path));

let commands: CommandLines;
let cli: CompiledCli;
const standings = new Map<Standing, string[]>();

beforeAll(async () => {
  [commands, cli] = await Promise.all([CommandLines.load(), compileCli()]);
});
afterAll(() => {
  const total = [...standings.values()].flat().length;
  const counts = [...standings].map(([standing, blocks]) => `${blocks.length} ${standing}`);
  console.info(`${total} blocks of ${written.length} pages: ${counts.join(", ")}`);
  for (const block of [...(standings.get("exempt") ?? []), ...(standings.get("no tool here") ?? [])])
    console.info(`  ${block}`);
});

function note(block: Block, standing: Standing): void {
  const list = standings.get(standing) ?? [];
  standings.set(standing, [
    ...list,
    `${standing}: ${block.page}:${block.line} ${block.language} ${block.marks.get("exempt") ?? ""}`,
  ]);
}

describe.each(written.filter(({ blocks, path }) => blocks.length > 0 && !(path in TUTORIALS)))(
  "$path",
  (page) => {
    let stage: Stage | undefined;
    let errors: ReadonlyMap<Block, readonly string[]> = new Map();
    const names = page.blocks.flatMap((block) => nameOf(block) ?? []);
    beforeAll(() => {
      errors = compiledBlocks(page);
    });
    afterAll(() => stage?.remove());
    const surroundings = {
      get commands() {
        return commands;
      },
      get errors() {
        return errors;
      },
      stage: () => (stage ??= new Stage(cli.main)),
      written: names,
    };

    // In order: each finds the files as those before have left them.
    it.each(page.blocks.map((block) => [`${block.language} in line ${block.line}`, block] as const))(
      "%s",
      async (_, block) => {
        note(block, await carryOut(block, surroundings));
      },
    );
  },
);

/** What the compiler says of a page's blocks, which stand in one folder. */
function compiledBlocks({ path, blocks }: Page): Map<Block, string[]> {
  const folder = join(packageRoot(), "node_modules/.cache/documentation", path);
  const scripts = blocks.filter(({ language }) => SCRIPTS.includes(language));
  if (scripts.length === 0) return new Map();
  const files = scripts.map((block) => {
    const file = nameOf(block) ?? `block-${block.line}.${block.language === "ts" ? "mts" : "mjs"}`;
    return [join(folder, file), block] as const;
  });
  const errors = typeErrors(new Map(files.map(([file, { text }]) => [file, text])));
  return new Map(files.map(([file, block]) => [block, errors.get(file) ?? []]));
}

it.each(Object.entries(TUTORIALS))("%s is carried out as a whole by %s", (path, test) => {
  const { blocks } = pages.get(path) as Page;
  const read = (name: string) => readFileSync(join(packageRoot(), name), "utf8");
  expect(tutorialSteps(read(path))).toHaveLength(blocks.length);
  expect(read(test)).toContain(path);
  for (const block of blocks) note(block, "run by another test");
});

it("few blocks are exempt", () => {
  const all = written.flatMap(({ blocks }) => blocks).length;
  expect((standings.get("exempt") ?? []).length).toBeLessThan(all / 20);
});

it("every command and flag of the command line is in a page", () => {
  const code = written
    .flatMap(({ blocks, spans }) => [...blocks, ...spans].map(({ text }) => text))
    .join("\n");
  const missing = commands.names().filter((name) => {
    const [words, flag] = name.split(/ ?(?=--)/);
    return !new RegExp(`(?<![\\w-])${flag ?? words}(?![\\w-])`).test(code);
  });
  expect(missing).toEqual([]);
});

describe("inline code", () => {
  it("names commands that there are", async () => {
    const flaws: string[] = [];
    for (const { path, spans } of written) {
      const names = pages.get(path)?.blocks.flatMap((block) => nameOf(block) ?? []) ?? [];
      for (const { line, text } of spans.filter((span) => COMMAND.test(span.text))) {
        for (const words of simpleCommands(text)) {
          const flaw = await commands.flawOf(words, posix.dirname(path), names);
          if (flaw !== undefined) flaws.push(`${path}:${line}: ${text}: ${flaw}`);
        }
      }
    }
    expect(flaws).toEqual([]);
  });

  it("names flags that there are", () => {
    const flags = written.flatMap(({ spans }) =>
      spans.flatMap((span) =>
        [...span.text.matchAll(/(?<![\w-])--[a-z][\w-]+/g)].map(([flag]) => ({ ...span, flag })),
      ),
    );
    expect(flags.length).toBeGreaterThan(50);
    const unknown = flags.filter(({ flag }) => !commands.hasFlag(flag));
    expect(unknown.map(({ page, line, flag }) => `${page}:${line}: ${flag}`)).toEqual([]);
  });
});

/** Inline code that a reader may type. */
const COMMAND = /^(npx|npm|node|bash|rmsprop-conformance) \S/;

describe("links", () => {
  const local = [...pages.values()]
    .flatMap(({ links }) => links)
    .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target));

  it("inside the repository lead to files", () => {
    expect(local.length).toBeGreaterThan(100);
    expect(local.filter((link) => !existsSync(fileOf(link))).map(displayed)).toEqual([]);
  });

  it("to a place in a page lead to a heading or an anchor", () => {
    const places = local.filter(({ target }) => target.includes("#"));
    expect(places.length).toBeGreaterThan(10);
    const lost = places.filter((link) => {
      const [, place] = link.target.split("#");
      const path = posix.relative(packageRoot(), fileOf(link));
      return existsSync(fileOf(link)) && !pages.get(path)?.anchors.has(place);
    });
    expect(lost.map(displayed)).toEqual([]);
  });

  const fileOf = ({ page, target }: { page: string; target: string }) => {
    const [file] = target.split("#");
    return file === "" ? join(packageRoot(), page) : join(packageRoot(), posix.dirname(page), file);
  };
  const displayed = ({ page, line, target }: { page: string; line: number; target: string }) =>
    `${page}:${line}: ${target}`;
});

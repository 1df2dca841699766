import { beforeAll, describe, expect, it } from "vitest";
import { typeErrors } from "./__test-helpers__/code.js";
import { CommandLines } from "./__test-helpers__/command-line.js";
import { type Block, parsePage } from "./__test-helpers__/pages.js";
import { carryOut, documentedCommands, type Surroundings } from "./__test-helpers__/run-instructions.js";
import { simpleCommands } from "./__test-helpers__/shell-line.js";
import { Stage } from "./__test-helpers__/stage.js";

/** The test of the documents on trial: what it must not let pass, and what it must. */

let commands: CommandLines;
beforeAll(async () => {
  commands = await CommandLines.load();
});

/** Carry out a page of this text, and say what became of its last block. */
async function executed(text: string): Promise<string> {
  const { blocks } = parsePage("docs/page.md", text);
  let stage: Stage | undefined;
  const files = new Map(
    blocks
      .filter(({ language }) => ["js", "ts"].includes(language))
      .map((block) => [block, `${import.meta.dirname}/block-${block.line}.m${block.language}`]),
  );
  const found =
    files.size === 0 ? new Map() : typeErrors(new Map([...files].map(([{ text }, path]) => [path, text])));
  const surroundings: Surroundings = {
    commands,
    // No command of these pages is one of the suite's own.
    stage: () => (stage ??= new Stage(`${import.meta.dirname}/none/src/cli/main.js`)),
    errors: new Map([...files].map(([block, path]): [Block, string[]] => [block, found.get(path) ?? []])),
    written: [],
  };
  try {
    let standing = "";
    for (const block of blocks) standing = await carryOut(block, surroundings);
    return standing;
  } finally {
    stage?.remove();
  }
}

const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

describe("a block passes", () => {
  it.each([
    ["a command that prints what is shown", "console", "$ echo one && echo two\none\n…", "run"],
    [
      "several commands, each with its status",
      "console",
      "$ echo one\none\n\n$ false\nexit 1\n$ echo \\\n  two\ntwo",
      "run",
    ],
    [
      "commands that exist",
      "sh",
      "npx rmsprop-conformance gate --profile smoke -- ./mine --odd  # so\nnpm run lint",
      "checked",
    ],
    ["commands that succeed", "sh run", "echo one > file\ncat file", "run"],
    ["a module that runs", "js", 'if (1 + 1 !== 2) throw new Error("no");', "run"],
    [
      "TypeScript that compiles and runs",
      "ts",
      'import { VERDICTS } from "rmsprop-conformance";\nexport const first: string | undefined = VERDICTS.at(0);',
      "checked",
    ],
    ["JSON of a schema", 'json schema="stop-request"', '{ "message": "stop", "id": 3 }', "checked"],
    [
      "a workflow",
      "yaml",
      `jobs:\n  a:\n    steps:\n      - run: npx rmsprop-conformance gate --seed \${{ matrix.seed }}`,
      "checked",
    ],
    ["Python", "python", "print(1)", "checked"],
    [
      "lines of a file",
      'json from="package.json"',
      '"name": "rmsprop-conformance",\n…\n"license": "MIT",',
      "checked",
    ],
    ["an exemption with a reason", 'text exempt="this cannot be run"', "x", "exempt"],
  ])("with %s", async (_, info, text, standing) => {
    const info_ = info === "ts" ? "ts fragment" : info;
    expect(await executed(block(info_, text))).toBe(standing);
  });

  it("with an edit of a file before it", async () => {
    const page = [
      block('js title="a.mjs"', 'console.log("one");'),
      block('diff title="a.mjs"', '-console.log("one");\n+console.log("two");'),
      block("console", "$ node a.mjs\ntwo"),
    ];
    expect(await executed(page.join("\n"))).toBe("run");
  });
});

describe("a block does not pass", () => {
  it.each([
    ["without a language", "", "x", /no rule covers a block of no language/],
    ["in a language without a rule", "text", "x", /no rule covers a block of text/],
    ["with a mark that there is not", 'sh title="a" skip', "npm test", /there is no mark skip/],
    ["that is exempt for no reason", 'text exempt=""', "x", /says why/],
    ["with another output", "console", "$ echo one\ntwo", /printed \(exit 0\):\n\none\n\nand not:\n\ntwo/],
    ["with a line too many", "console", "$ echo one\none\ntwo", /and not/],
    ["with another status", "console", "$ false", /ended with 1, not 0/],
    ["that is no command", "console", "one", /begins with \$/],
    [
      "with an option that there is not",
      "sh",
      "npx rmsprop-conformance gate --sed 1",
      /unknown option '--sed'/,
    ],
    ["with a value that there is not", "sh", "npx rmsprop-conformance gate --profile large", /--profile/],
    ["with a command that there is not", "sh", "npx rmsprop-conformance guess", /./],
    ["with a script that there is not", "sh", "npm run everything", /no script everything/],
    [
      "with a flag that a script has not",
      "sh",
      "npm run trial -- --quickly",
      /scripts\/trial\/run\.mjs has no --quickly/,
    ],
    ["with a file that there is not", "sh", "node scripts/nothing.mjs", /no file scripts\/nothing\.mjs/],
    ["with an unknown program", "sh", "frobnicate", /no command frobnicate/],
    ["with nothing to run", "sh", "# only a comment", /no command/],
    ["that fails", "sh run", "cat nothing", /ended with 1/],
    [
      "with an import that there is not",
      "js fragment",
      'import { nothing } from "rmsprop-conformance";',
      /nothing/,
    ],
    [
      "of another type",
      "ts fragment",
      'import { VERDICTS } from "rmsprop-conformance";\nexport const n: number = VERDICTS[0];',
      /not assignable/,
    ],
    ["that throws", "js", 'throw new Error("no");', /ended with 1/],
    ["with JSON of no schema", "json", "{}", /which published schema/],
    [
      "with JSON of another schema",
      'json schema="stop-request"',
      '{ "message": "stop" }',
      /stop-request\.schema\.json/,
    ],
    ["with half a JSON", 'json schema="stop-request"', "{", /JSON/],
    ["with half a line of JSON", 'jsonl schema="stop-request"', '{ "message": "stop", "id": 1 }\n{', /JSON/],
    [
      "with expectations that cannot be read",
      "yaml",
      "format: rmsprop-expectations/1\nexpectations: [{ case: a }]",
      /verdict/,
    ],
    [
      "with a workflow of a wrong command",
      "yaml",
      "jobs: { a: { steps: [{ run: npx rmsprop-conformance gate --sed 1 }] } }",
      /--sed/,
    ],
    [
      "with an input that the action has not",
      "yaml",
      "jobs: { a: { steps: [{ uses: x/y/ci/github@v1, with: { adaptor: z } }] } }",
      /no input adaptor/,
    ],
    ["with YAML about nothing", "yaml", "a: 1", /runs nothing/],
    ["with broken YAML", "yaml", "a: [", /./],
    ["with broken Python", "python", "print(", /SyntaxError/],
    [
      "with other lines than its file",
      'json from="package.json"',
      '"name": "other",',
      /does not have these lines/,
    ],
    [
      "with its file's lines in another order",
      'json from="package.json"',
      '"license": "MIT",\n…\n"name": "rmsprop-conformance",',
      /does not have these lines/,
    ],
    ["named by no test", 'text run-by="src/architecture.test.ts"', "x", /does not mention docs\/page\.md/],
    ["of no test", 'text run-by="src/nothing.test.ts"', "x", /there is no test/],
  ])("%s", async (_, info, text, expectedMessage) => {
    await expect(executed(block(info, text))).rejects.toThrow(expectedMessage);
  });
});

describe("a page", () => {
  it("has blocks, also in lists, inline code, links and anchors", () => {
    const page = parsePage(
      "a.md",
      '# The `a_b` & c\n\n- x\n\n  ```sh run with="a=b c=d"\n  ls\n  ```\n\nSee [it](b.md#c) and `--flag`. <a id="here"></a>\n\n## Same\n\n## Same\n',
    );
    expect(page.blocks).toEqual([
      {
        page: "a.md",
        line: 5,
        language: "sh",
        marks: new Map([
          ["run", ""],
          ["with", "a=b c=d"],
        ]),
        text: "ls\n",
      },
    ]);
    expect(page.spans.map(({ text }) => text)).toEqual(["a_b", "--flag"]);
    expect(page.links).toEqual([{ page: "a.md", line: 9, target: "b.md#c" }]);
    expect([...page.anchors].sort()).toEqual(["here", "same", "same-1", "the-a_b--c"]);
  });

  it.each([
    ["indented code", "Say:\n\n    ls\n", /a\.md:3: indented code/],
    ["an info string that cannot be read", "```sh title=a.sh\nls\n```\n", /a\.md:1: the info string/],
  ])("has not %s", (_, text, said) => {
    expect(() => parsePage("a.md", text)).toThrow(said);
  });
});

describe("a command line", () => {
  it("is taken apart as a shell does it", () => {
    expect(
      simpleCommands(
        "A=1 one \"two three\" --x='4' \\\n  five # six\nseven > out && eight | nine 2>&1; ten\n",
      ),
    ).toEqual([["one", "two three", "--x=4", "five"], ["seven"], ["eight"], ["nine"], ["ten"]]);
    expect(simpleCommands("tool <name> [--only MODEL.VARIANT]… '*'#x")).toEqual([
      ["tool", "<name>", "--only", "MODEL.VARIANT", "*#x"],
    ]);
    expect(() => simpleCommands('one "two')).toThrow(/cannot be read/);
  });

  it("may go on over lines where it is shown", () => {
    expect(documentedCommands("$ one \\\n  two\nthree\nexit 4\n$ five\n")).toEqual([
      { command: "one \\\n  two", prints: "three\n", exit: 4 },
      { command: "five", prints: "", exit: 0 },
    ]);
  });
});

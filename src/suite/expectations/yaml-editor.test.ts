import { describe, expect, it } from "vitest";
import { ProgramError } from "../../program/program-error.js";
import { YamlEditor } from "./yaml-editor.js";

function edited(text: string, edit: (editor: YamlEditor) => void): string {
  const editor = new YamlEditor(text, "e");
  edit(editor);
  return editor.text;
}
const without = (text: string, ...indices: number[]) =>
  edited(text, (editor) => {
    for (const index of indices) editor.removeItem(["list"], index);
  });
const NEW = { value: { id: "z" }, block: ["# why", "- id: z"], flow: '{"id":"z"}' };
const appended = (text: string) => edited(text, (editor) => editor.append(["list"], [NEW, NEW]));

describe("an item of a block list is removed", () => {
  it.each<[what: string, before: string, index: number, after: string]>([
    ["alone", "list:\n  - a\n  - b\n  - c\n", 1, "list:\n  - a\n  - c\n"],
    ["without indentation", "list:\n- a\n- b\nrest: 1\n", 1, "list:\n- a\nrest: 1\n"],
    ["with the comment on its line", "list:\n  - a # A\n  - b # B\n", 0, "list:\n  - b # B\n"],
    [
      "with the comments directly above, not with those apart",
      "list:\n  # on a\n  - a\n  # on all\n\n  # on b\n  # and more on b\n  - b\n  # on c\n  - c\n",
      1,
      "list:\n  # on a\n  - a\n  # on all\n\n  # on c\n  - c\n",
    ],
    [
      "with deeper comments directly below",
      "list:\n  - id: a\n    x: 1\n    # still a\n  # on b\n  - id: b\n",
      0,
      "list:\n  # on b\n  - id: b\n",
    ],
    ["with comments of another's kept", "list:\n  - a\n    # on a\n  - b\n", 1, "list:\n  - a\n    # on a\n"],
    [
      "with what stands in it",
      "list:\n  - id: a\n    of: [1,\n      2]\n  - id: b\n",
      0,
      "list:\n  - id: b\n",
    ],
    ["with text in lines", "list:\n  - id: |\n      # no comment\n\n      b\n  - c\n", 0, "list:\n  - c\n"],
    [
      "with an empty end",
      "list:\n  - id: a\n    of: # nothing\n  # on b\n  - b\n",
      0,
      "list:\n  # on b\n  - b\n",
    ],
    ["from between blank lines", "list:\n  - a\n\n  - b\n\n  - c\n", 1, "list:\n  - a\n\n  - c\n"],
    ["from the beginning", "list:\n  - a\n\n  - b\n", 0, "list:\n  - b\n"],
    ["from the end", "list:\n  - a\n\n  - b\n", 1, "list:\n  - a\n"],
    ["from before blank lines alone", "list:\n  - a\n  - b\n\n  - c\n", 1, "list:\n  - a\n\n  - c\n"],
    ["from a file without a last line break", "list:\n  - a\n  - b", 0, "list:\n  - b"],
    [
      "from lines that end as on Windows",
      "list:\r\n  - a\r\n\r\n  - b\r\n\r\n  - c\r\n",
      1,
      "list:\r\n  - a\r\n\r\n  - c\r\n",
    ],
    ["from behind a byte order mark", "\uFEFFlist:\n  - a\n  - b\n", 0, "\uFEFFlist:\n  - b\n"],
    [
      "being the only one",
      "list: # what fails\n  # on a\n  - a\n# end\n",
      0,
      "list: [] # what fails\n# end\n",
    ],
    ["being the only one, in front of others", "list:\n  - a\nrest: 1\n", 0, "list: []\nrest: 1\n"],
  ])("%s", (_, before, index, after) => {
    expect(without(before, index)).toBe(after);
  });
});

describe("an item in brackets is removed", () => {
  it.each<[what: string, before: string, index: number, after: string]>([
    ["from the beginning", "list: [a, b, c]\n", 0, "list: [b, c]\n"],
    ["from the middle", "list: [a, b, c]\n", 1, "list: [a, c]\n"],
    ["from the end", "list: [a, b, c]\n", 2, "list: [a, b]\n"],
    ["with a comma behind the last", "list: [ a, b, ]\n", 1, "list: [ a, ]\n"],
    ["being the only one", "list: [a]\n", 0, "list: []\n"],
    [
      "from a line of its own",
      "list: [\n  a, # A\n  b, # B\n  c # C\n]\n",
      1,
      "list: [\n  a, # A\n  c # C\n]\n",
    ],
    ["from the last line", "list: [\n  a, # A\n  b # B\n]\n", 1, "list: [\n  a # A\n]\n"],
    ["with the comment above", "list: [\n  # A\n  a,\n  # B\n  b,\n]\n", 1, "list: [\n  # A\n  a,\n]\n"],
    ["from the end of a line", "list: [a, b,\n  c]\n", 1, "list: [a,\n  c]\n"],
    ["from before the bracket", "list: [a, # A\n  b]\n", 1, "list: [a # A\n]\n"],
    [
      "with what stands in it",
      'list: [{"id": "a", "of": [1, 2]}, {"id": "b"}]\n',
      0,
      'list: [{"id": "b"}]\n',
    ],
  ])("%s", (_, before, index, after) => {
    expect(without(before, index)).toBe(after);
  });

  it("leaves JSON that is JSON", () => {
    const json = JSON.stringify({ list: [{ id: "a" }, { id: "b" }, { id: "c" }] }, null, 2);
    for (const indices of [[0], [1], [2], [1, 0], [2, 1], [2, 1, 0]]) {
      const left = [0, 1, 2]
        .filter((index) => !indices.includes(index))
        .map((index) => ({ id: "abc"[index] }));
      expect(JSON.parse(without(json, ...indices))).toEqual({ list: left });
    }
  });
});

describe("others are put in the place of an item", () => {
  const replaced = (text: string, ...values: string[]) =>
    edited(text, (editor) => editor.replaceItem(["list"], 1, values));

  it.each<[what: string, before: string, after: string]>([
    ["in a block", "list:\n  - a\n  - b # B\n  - c\n", "list:\n  - a\n  - x # B\n  - y/1\n  - c\n"],
    ["with wide dashes", "list:\n-   a\n-   b", "list:\n-   a\n-   x\n-   y/1"],
    ["in quotes", "list:\n  - a\n  - 'b'\n", "list:\n  - a\n  - 'x'\n  - 'y/1'\n"],
    ["in brackets", 'list: [a, "b", c]\n', 'list: [a, "x", "y/1", c]\n'],
    ["on a line of its own", "list: [\n  a,\n  b, # B\n]\n", "list: [\n  a,\n  x,\n  y/1, # B\n]\n"],
    ["on Windows", "list:\r\n- a\r\n- b\r\n", "list:\r\n- a\r\n- x\r\n- y/1\r\n"],
  ])("%s", (_, before, after) => {
    expect(replaced(before, "x", "y/1")).toBe(after);
  });

  it("quoted where they must be", () => {
    expect(replaced("list:\n- a\n- b\n", "true", "1e5", "x: y", "a's")).toBe(
      'list:\n- a\n- "true"\n- "1e5"\n- "x: y"\n- "a\'s"\n',
    );
    expect(replaced("list:\n- a\n- 'b'\n", "a's")).toBe("list:\n- a\n- 'a''s'\n");
  });
});

describe("a text is replaced", () => {
  it.each([
    ["old", "new"],
    ["'old'", "'new'"],
    ['"old"', '"new"'],
  ])("with its quotes: %s", (before, after) => {
    const file = (word: string) => `# x\nlist:\n  - { id: 1,   word:  ${word}   } # why\n`;
    expect(edited(file(before), (editor) => editor.replaceText(["list", 0], "word", "new"))).toBe(
      file(after),
    );
  });

  it.each([
    ["one: a # A", "more: [b, c] # A"],
    ["'one': \"a\"", '\'more\': ["b", "c"]'],
  ])("by a list of another name: %s", (before, after) => {
    const file = (line: string) => `list:\n  - id: 1\n    ${line}\n    end: 2\n`;
    expect(
      edited(file(before), (editor) => editor.replaceByList(["list", 0], "one", "more", ["b", "c"])),
    ).toBe(file(after));
  });
});

describe("items are appended", () => {
  it.each<[what: string, before: string, after: string]>([
    [
      "close together",
      "list:\n- id: a\n- id: b\n",
      "list:\n- id: a\n- id: b\n# why\n- id: z\n# why\n- id: z\n",
    ],
    [
      "apart, and in front of what follows",
      "list:\n  - id: a\n\n  - id: b # B\n    # more on b\n\n# the end\nrest: 1\n",
      "list:\n  - id: a\n\n  - id: b # B\n    # more on b\n\n  # why\n  - id: z\n\n  # why\n  - id: z\n\n# the end\nrest: 1\n",
    ],
    ["to a single one", "list:\n  - id: a", "list:\n  - id: a\n\n  # why\n  - id: z\n\n  # why\n  - id: z"],
    [
      "to none",
      "list: [] # none\nrest: 1\n",
      "list: # none\n  # why\n  - id: z\n\n  # why\n  - id: z\nrest: 1\n",
    ],
    ["to none on Windows", "list:   []\r\n", "list:\r\n  # why\r\n  - id: z\r\n\r\n  # why\r\n  - id: z\r\n"],
    ["in brackets", "list: [{ id: a }]\n", 'list: [{ id: a }, {"id":"z"}, {"id":"z"}]\n'],
    ["behind a last comma", "list: [{ id: a },]\n", 'list: [{ id: a }, {"id":"z"}, {"id":"z"}]\n'],
    ["to none within braces", '{ "list": [] }\n', '{ "list": [{"id":"z"}, {"id":"z"}] }\n'],
    [
      "on lines of their own",
      "list: [\n    { id: a } # A\n  ]\n",
      'list: [\n    { id: a }, # A\n    {"id":"z"},\n    {"id":"z"}\n  ]\n',
    ],
    ["to none on lines", "list: [\n  # none\n]\n", 'list: [\n  # none\n  {"id":"z"},\n  {"id":"z"}\n]\n'],
  ])("%s", (_, before, after) => {
    expect(appended(before)).toBe(after);
  });
});

describe("what cannot be edited without harm is refused, with its place:", () => {
  it.each<[what: string, edit: () => string, said: RegExp]>([
    [
      "a list that begins on the line of something else",
      () => without("? list\n: - a\n  - b\n", 0),
      /^e:2:5: list\[0\]: has a layout that cannot be edited safely; edit it by hand$/,
    ],
    [
      "blank lines that belong to a text",
      () => appended("list:\n  - id: a\n  - id: |+\n      b\n\n\n"),
      /^e:2:3: list: has a layout/,
    ],
  ])("%s", (_, edit, message) => {
    expect(edit).toThrow(ProgramError);
    expect(edit).toThrow(message);
  });

  it("and nothing has happened", () => {
    const text = "? list\n: - a\n  - b\n";
    const editor = new YamlEditor(text, "e");
    expect(() => editor.removeItem(["list"], 0)).toThrow();
    expect(editor.text).toBe(text);
    editor.removeItem(["list"], 1);
    expect(editor.text).toBe("? list\n: - a\n");
  });
});

import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { decodeWire, parseJson } from "./decode.js";
import { ProgramError } from "./program-error.js";

/** The error that an action throws. */
function thrownBy(action: () => unknown): ProgramError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ProgramError);
    return error as ProgramError;
  }
  throw new Error("nothing was thrown");
}

describe("parseJson", () => {
  it("parses JSON", () => {
    expect(parseJson('{"a": [1, null]}', "f.json")).toEqual({ a: [1, null] });
  });

  it.each([
    ["an empty file", ""],
    ["white space", " \n\t\n"],
  ])("says that %s is empty", (_, text) => {
    expect(thrownBy(() => parseJson(text, "f.json")).message).toBe(
      "f.json: not JSON (truncated or edited?): the file is empty",
    );
  });

  it.each([
    ["truncated in an array", '{"a": 1,\n\n"b": [1, 2', /line 3/],
    ["truncated in a string", '{"a":\n"unterm', /line 2/],
    ["truncated after a colon", '{"a":\n', /end of JSON input/],
    ["a word", '{\n  "a": x\n}', /'x'/],
    ["a word among long lines", `{"${"a".repeat(60)}":\n\n tru,\n"${"b".repeat(60)}": 2}`, /','/],
    ["text", "hello world,\nthis is text", /'h'/],
    ["something behind", '{"a": 1}\n}', /line 2/],
    ["a comma too many", '{\n"a": 1,\n}', /line 3/],
    ["a byte order mark", "\ufeff{}", /token/],
  ])("says in one line what is wrong: %s", (_, text, expectedMessage) => {
    const { message, source } = thrownBy(() => parseJson(text, "f.json"));
    expect(source).toBe("f.json");
    expect(message).toMatch(/^f\.json: not JSON \(truncated or edited\?\): /);
    expect(message).not.toMatch(/[\r\n]/);
    expect(message).toMatch(expectedMessage);
  });
});

describe("the line of a JSON error", () => {
  const printed = (text: string) => thrownBy(() => parseJson(text, "f.json")).message;

  it("is that of the error, not of the end", () => {
    expect(printed('{"a": 1}\n}\n\n\n')).toMatch(/ \(line 2\)$/);
  });

  it("is left out where the engine names no place", () => {
    expect(printed('{"a":\n')).not.toContain("line");
  });

  it("is not said twice where the engine says it", () => {
    const message = 'Expected "," at position 9 (line 2 column 3)';
    const parse = vi.spyOn(JSON, "parse").mockImplementationOnce(() => {
      throw new SyntaxError(message);
    });
    try {
      expect(printed('{"a": 1\n\n')).toBe(`f.json: not JSON (truncated or edited?): ${message}`);
    } finally {
      parse.mockRestore();
    }
  });

  it("makes one space of the white space that the engine quotes", () => {
    expect(printed("hello\n\n  world")).toContain('"hello world"');
  });
});

describe("decodeWire", () => {
  const schema = z.strictObject({
    list: z.array(
      z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("a"), n: z.number().int() })]),
    ),
  });

  it("gives the decoded value", () => {
    const value = { list: [{ kind: "a", n: 1 }] };
    expect(decodeWire(schema, value, "f")).toEqual(value);
  });

  it("names the field as it would be written in code", () => {
    const error = thrownBy(() =>
      decodeWire(
        schema,
        {
          list: [
            { kind: "a", n: 1 },
            { kind: "a", n: "1" },
          ],
        },
        "f",
      ),
    );
    expect(error.path).toBe("list[1].n");
    expect(error.message).toMatch(/^f: list\[1\]\.n: .*number/);
  });

  it("names unknown fields and known alternatives", () => {
    expect(thrownBy(() => decodeWire(schema, { list: [], lst: 1, "x y": 2 }, "f")).message).toBe(
      'f: unknown field "lst", "x y"; remove it or check its spelling',
    );
    expect(thrownBy(() => decodeWire(schema, { list: [{ kind: "b" }] }, "f")).message).toBe(
      "f: list[0].kind: missing or unknown kind; known: a",
    );
    expect(thrownBy(() => decodeWire(schema, { list: [{}] }, "f")).message).toBe(
      "f: list[0].kind: missing or unknown kind; known: a",
    );
  });

  it("names the element of a list at the top", () => {
    const list = z.array(z.strictObject({ n: z.strictObject({ m: z.number() }) }));
    expect(thrownBy(() => decodeWire(list, [{ n: { m: null } }], "f")).path).toBe("[0].n.m");
  });

  const fields = z.strictObject({
    text: z.string().optional(),
    version: z.literal("v/1").optional(),
    slot: z.enum(["a", "b"]).optional(),
    either: z.union([z.string(), z.number()]).optional(),
    own: z.string("a text, please").optional(),
  });
  const long = "x".repeat(61);

  it.each<[object, string]>([
    [{ text: 5 }, "text: expected string, received number"],
    [{ version: "v/2" }, 'version: expected "v/1"; found "v/2"'],
    [{ version: long.slice(1) }, `version: expected "v/1"; found "${long.slice(1)}"`],
    [{ version: long }, `version: expected "v/1"; found "${long.slice(1)}"…`],
    [{ version: 12 }, 'version: expected "v/1"; found 12'],
    [{ version: null }, 'version: expected "v/1"; found null'],
    [{ slot: "c" }, 'slot: expected one of "a"|"b"; found "c"'],
    [{ slot: ["a"] }, 'slot: expected one of "a"|"b"; found an array'],
    [{ slot: { a: 1 } }, 'slot: expected one of "a"|"b"; found an object'],
    [{ either: true }, "either: Invalid input"],
    [{ own: 5 }, "own: a text, please"],
  ])("says what is expected and what is there: %j", (value, said) => {
    expect(thrownBy(() => decodeWire(fields, value, "f")).message).toBe(`f: ${said}`);
  });

  it.each<[z.ZodType, string]>([
    [z.string(), "missing; expected string"],
    [z.literal("v/1"), 'missing; expected "v/1"'],
    [z.enum(["a", "b"]), 'missing; expected one of "a"|"b"'],
    [z.string("a text, received undefined, or not"), "missing; a text, received undefined, or not"],
    [z.string("not Invalid input: expected"), "missing; not Invalid input: expected"],
  ])("says that a field is missing: %#", (codec, said) => {
    const object = z.strictObject({ field: codec });
    expect(thrownBy(() => decodeWire(object, {}, "f")).message).toBe(`f: field: ${said}`);
  });

  it.each([[null], [5], ["text"], [[]]])("refuses %j as a whole", (value) => {
    const error = thrownBy(() => decodeWire(schema, value, "f"));
    expect(error.path).toBe("");
    expect(error.message).toMatch(/^f: /);
  });
});

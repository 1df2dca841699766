import { describe, expect, it } from "vitest";
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
  ])("says in one line what is wrong: %s", (_, text, said) => {
    const { message, source } = thrownBy(() => parseJson(text, "f.json"));
    expect(source).toBe("f.json");
    expect(message).toMatch(/^f\.json: not JSON \(truncated or edited\?\): /);
    expect(message).not.toMatch(/[\r\n]/);
    expect(message).toMatch(said);
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

  it.each([[null], [5], ["text"], [[]]])("refuses %j as a whole", (value) => {
    const error = thrownBy(() => decodeWire(schema, value, "f"));
    expect(error.path).toBe("");
    expect(error.message).toMatch(/^f: /);
  });
});

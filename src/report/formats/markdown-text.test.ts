import { describe, expect, it } from "vitest";
import { CLAUSES } from "../../../spec/clauses.js";
import { readMarkdown } from "./__test-helpers__/read-markdown.js";
import { fenced, htmlText, markdownText, ownCell } from "./markdown-text.js";

describe("one line", () => {
  it("keeps prose as it is, and puts everything else into code", () => {
    expect(markdownText("This is another dialect: epsilon is inside instead of outside.")).toBe(
      "This is another dialect: epsilon is inside instead of outside.",
    );
    expect(markdownText("2,276 observations (none “weak”) · 14 %, 0.5 or −0; the float32's L3")).toBe(
      "2,276 observations (none “weak”) · 14 %, 0.5 or `−0;` the float32's L3",
    );
    expect(markdownText("square_avg of parameter 0, see <b>x</b> y")).toBe(
      "`square_avg` of parameter 0, see `<b>x</b>` y",
    );
  });

  it("knows words of any script", () => {
    expect(markdownText("Überprüfung 検証 ε (שלום)")).toBe("Überprüfung 検証 ε (שלום)");
  });

  it("puts words that are next to each other into one piece of code", () => {
    expect(markdownText("a **b** *c* d")).toBe("a `**b** *c*` d");
  });

  it.each([
    "http://example.org",
    "www.example.org",
    "example.org",
    "a@example.org",
    "@everyone",
    "#123",
    "owner/repository#1",
    "GH-123",
    "deadbeef",
    ":smile:",
    "<img",
    "[a](b)",
    "![a](b)",
    "**a**",
    "_a_",
    "~~a~~",
    "&lt;",
    "$a$",
    "\\*",
    "1.",
    "2)",
    "-",
    "+",
    "#",
    ">",
    "```",
    "|",
    "x".repeat(41),
  ])("takes no %s for a word", (text) => {
    const displayed = markdownText(`it ${text} is`);
    expect(readMarkdown(displayed)).toMatchObject({ text: "it \n is", code: [text] });
  });

  it("cannot be closed from inside", () => {
    for (const text of ["`", "``", "`a`", "a`` ` ```b", "\\`", "` `"]) {
      expect(readMarkdown(`said: ${markdownText(text)}`)).toMatchObject({ text: "said: ", code: [text] });
    }
  });

  it("stays one line", () => {
    expect(markdownText("a\n# b\u2028c\r")).toBe("`a\\n#` `b\\u{2028}c\\r`".replace("` `", " "));
  });
});

describe("text of the suite's own", () => {
  it("is one cell of a table", () => {
    const { blocks, code } = readMarkdown(`| a | b |\n| --- | --- |\n| ${ownCell("x|y `z`")} | z |`);
    expect(code).toEqual(["z"]);
    expect(blocks.filter((block) => block === "td_open td")).toHaveLength(2);
  });

  it("has in every clause nothing but words and code", () => {
    for (const { statement } of CLAUSES) {
      const { inline, text, code } = readMarkdown(`| a |\n| --- |\n| ${ownCell(statement)} |`);
      expect([...inline].filter((kind) => kind !== "text" && kind !== "code_inline")).toEqual([]);
      const words = statement.split(/`[^`]*`/);
      for (const word of words) expect(text).toContain(word.trim());
      expect(code).toHaveLength(words.length - 1);
    }
  });
});

it("is text between tags of HTML too", () => {
  expect(htmlText("it said \"a\" <script>&x 'b'")).toBe(
    "it said &#34;a&#34; <code>&#60;script&#62;&#38;x</code> <code>&#39;b&#39;</code>".replace(
      "</code> <code>",
      " ",
    ),
  );
  expect(readMarkdown(`<p>${htmlText("</p><script>`*x*` http://a.org")}</p>`).blocks).toEqual([
    "html <p><code></code></p>",
  ]);
});

describe("a fence", () => {
  it("is longer than what is in it", () => {
    for (const text of ["a\nb", "```\n# a", "````js\n~~~~\n`````", "    ```", "</details>"]) {
      const { blocks, code } = readMarkdown(`before\n\n${fenced(text)}\n\nafter`);
      expect(blocks.filter((block) => !block.includes("paragraph") && block !== "inline")).toEqual([
        "fence code text",
      ]);
      expect(code).toEqual([`${text}\n`]);
    }
    expect(fenced("a", "sh")).toBe("```sh\na\n```");
  });

  it("shows what is not to be printed", () => {
    expect(fenced("a\u001b[2J\u202e")).toBe("```text\na\\x1b[2J\\u{202e}\n```");
  });
});

import MarkdownIt, { type Token } from "markdown-it";

// Everything that GitHub has, and more: HTML stays, and whatever looks like an address becomes a link.
const reader = new MarkdownIt({ html: true, linkify: true });

/** What a reader of Markdown makes of a text. */
export interface ReadMarkdown {
  /** Blocks in their order, as in `heading_open h2`; HTML blocks with their text, but without what stands in them as text. */
  readonly blocks: readonly string[];
  /** Kinds of what stands within lines. */
  readonly inline: ReadonlySet<string>;
  /** Text that is not code: where links, mentions and the like would be. */
  readonly text: string;
  /** Code within lines and in blocks. */
  readonly code: readonly string[];
}

export function readMarkdown(markdown: string): ReadMarkdown {
  const tokens = reader.parse(markdown, {});
  const inner = tokens.flatMap(({ children }) => children ?? []);
  const fences = tokens.filter(({ type }) => type === "fence");
  return {
    blocks: tokens.map(blockText),
    inline: new Set(inner.map(({ type }) => type)),
    text: inner
      .filter(({ type }) => type !== "code_inline")
      .map(({ content }) => content)
      .join("\n"),
    code: [...fences, ...inner.filter(({ type }) => type === "code_inline")].map(({ content }) => content),
  };
}

function blockText({ type, tag, content, info }: Token): string {
  if (type === "html_block") return `html ${tagsOf(content)}`;
  return [type, tag, info].filter(Boolean).join(" ");
}

/** All tags of a piece of HTML with their attributes, and whatever else a browser would not take for text. */
function tagsOf(html: string): string {
  return (html.match(/<[^>]*>?|&(?!#\d+;)/g) ?? []).join("");
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt, { type Token } from "markdown-it";
import { packageRoot } from "../../../src/package-info.js";

/** A fenced block of a page. */
export interface Block {
  /** Path from the root of the repository. */
  readonly page: string;
  /** Of the fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** What the info string says besides the language: `key="value"`, or a word by itself. */
  readonly marks: ReadonlyMap<string, string>;
  /** Each line ended by a line break. */
  readonly text: string;
}

/** A piece of inline code. */
export interface Span {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

export interface Link {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly spans: readonly Span[];
  readonly links: readonly Link[];
  /** What a link to a place in the page may say after #. */
  readonly anchors: ReadonlySet<string>;
}

const markdown = new MarkdownIt({ html: true });

/** Folders that have no pages of the repository. */
const ELSEWHERE = /^(node_modules|dist.*|report.*|target|coverage|__pycache__|\..+)$/;

/** The paths of all Markdown pages, from the root. */
export function pagePaths(folder = ""): string[] {
  const entries = readdirSync(join(packageRoot(), folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    // src/report is a room, report/ what the gate writes.
    if (entry.isDirectory())
      return ELSEWHERE.test(entry.name) && path !== "src/report" ? [] : pagePaths(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** @throws {Error} for indented code, and for an info string that cannot be read */
export function readPage(path: string): Page {
  return parsePage(path, readFileSync(join(packageRoot(), path), "utf8"));
}

/** @throws {Error} for indented code, and for an info string that cannot be read */
export function parsePage(path: string, text: string): Page {
  const blocks: Block[] = [];
  const spans: Span[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  const tokens = markdown.parse(text, {});
  let line = 0;
  for (const [k, token] of tokens.entries()) {
    line = (token.map?.[0] ?? line - 1) + 1;
    if (token.type === "fence")
      blocks.push({ page: path, line, ...infoOf(token, `${path}:${line}`), text: token.content });
    if (token.type === "code_block")
      throw new Error(`${path}:${line}: indented code cannot say what it is; put it between \`\`\` fences`);
    if (token.type === "heading_open") addAnchor(anchors, plainText(tokens[k + 1].children ?? []));
    for (const part of [token, ...(token.children ?? [])]) {
      if (part.type === "code_inline") spans.push({ page: path, line, text: part.content });
      const target =
        part.type === "link_open" ? part.attrGet("href") : part.type === "image" ? part.attrGet("src") : null;
      if (target !== null) links.push({ page: path, line, target: decodeURI(target) });
      if (part.type === "html_block" || part.type === "html_inline") {
        for (const [, id] of part.content.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
        for (const [, , found] of part.content.matchAll(/<(a|img)\b[^>]* (?:href|src)="([^"]+)"/g))
          links.push({ page: path, line, target: found });
      }
    }
  }
  return { path, blocks, spans, links, anchors };
}

function infoOf(token: Token, at: string): Pick<Block, "language" | "marks"> {
  const [, language, rest] = /^(\S*)\s*(.*)$/.exec(token.info.trim()) as RegExpExecArray;
  const marks = new Map<string, string>();
  const left = rest.replace(/([\w-]+)(?:="([^"]*)")?(?:\s+|$)/g, (_, name, value) => {
    marks.set(name, value ?? "");
    return "";
  });
  if (left !== "") throw new Error(`${at}: the info string is not words and key="value": ${left}`);
  return { language, marks };
}

const plainText = (tokens: readonly Token[]): string =>
  tokens.map(({ type, content }) => (type === "text" || type === "code_inline" ? content : "")).join("");

/** As code hosts name headings: lower case, hyphens for spaces, and nothing but letters, digits, - and _. */
function addAnchor(anchors: Set<string>, heading: string): void {
  const slug = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
  let name = slug;
  for (let k = 1; anchors.has(name); k++) name = `${slug}-${k}`;
  anchors.add(name);
}

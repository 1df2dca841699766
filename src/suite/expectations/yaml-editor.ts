import { isDeepStrictEqual } from "node:util";
import {
  type CST,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Node,
  type Pair,
  parse,
  type YAMLSeq,
} from "yaml";
import { ProgramError } from "../../program/program-error.js";
import { pathText, YamlSource } from "./yaml-source.js";

type Path = readonly (string | number)[];
type Fields = Record<string | number, unknown>;

/** Replaces the text from one offset to another. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A new list item, in block style and in flow style. */
export interface NewItem {
  readonly value: unknown;
  /** Lines, the one with the dash not indented. */
  readonly block: readonly string[];
  readonly flow: string;
}

/**
 * Edits YAML text in place: everything outside an edit keeps its bytes. After each edit the text is parsed
 * again and must have the intended value.
 */
export class YamlEditor {
  private yaml: YamlSource;

  /** @throws {ProgramError} for text that is not valid YAML */
  constructor(
    text: string,
    private readonly source: string,
  ) {
    this.yaml = new YamlSource(text, source);
  }

  get text(): string {
    return this.yaml.text;
  }

  has(path: Path): boolean {
    return this.yaml.document.hasIn(path);
  }

  /**
   * Remove an item of a list, with the comments that are its own: on its lines, directly above it at its own
   * indentation, and directly below it if indented deeper.
   */
  removeItem(list: Path, index: number): void {
    const seq = this.list(list);
    const edits = seq.flow ? removalFromBrackets(this.text, seq, index) : this.removalFromBlock(list, index);
    const meant = this.copy();
    (valueAt(meant, list) as unknown[]).splice(index, 1);
    this.apply([...list, index], edits, meant);
  }

  /** Replace a text item by others. */
  replaceItem(list: Path, index: number, values: readonly string[]): void {
    const seq = this.list(list);
    const node = seq.items[index] as Node;
    const [from, to] = rangeOf(node);
    const texts = values.map((value) => scalarText(value, this.text.slice(from, to)));
    const start = lineStart(this.text, from);
    const before = this.text.slice(start, from);
    const edits: Edit[] = [];
    if (seq.flow) {
      const separator = before.trim() === "" ? `,${this.lineBreak}${before}` : ", ";
      edits.push({ from, to, text: texts.join(separator) });
    } else {
      edits.push({ from, to, text: texts[0] });
      edits.push(
        this.linesAfter(
          to,
          texts.slice(1).map((text) => before + text),
        ),
      );
    }
    const meant = this.copy();
    (valueAt(meant, list) as unknown[]).splice(index, 1, ...values);
    this.apply([...list, index], edits, meant);
  }

  /** Replace a text value. */
  replaceText(map: Path, key: string, value: string): void {
    const [from, to] = rangeOf(this.pair(map, key).value);
    const text = scalarText(value, this.text.slice(from, to));
    const meant = this.copy();
    (valueAt(meant, map) as Fields)[key] = value;
    this.apply([...map, key], [{ from, to, text }], meant);
  }

  /** Replace a text field by a list field. */
  replaceByList(map: Path, key: string, newKey: string, values: readonly string[]): void {
    const pair = this.pair(map, key);
    const [keyFrom, keyTo] = rangeOf(pair.key);
    const [from, to] = rangeOf(pair.value);
    const texts = values.map((value) => scalarText(value, this.text.slice(from, to)));
    const edits = [
      { from: keyFrom, to: keyTo, text: scalarText(newKey, this.text.slice(keyFrom, keyTo)) },
      { from, to, text: `[${texts.join(", ")}]` },
    ];
    const meant = this.copy();
    const fields = valueAt(meant, map) as Fields;
    delete fields[key];
    fields[newKey] = values;
    this.apply([...map, key], edits, meant);
  }

  /** Add items at the end of a list. */
  append(list: Path, items: readonly NewItem[]): void {
    const seq = this.list(list);
    const edits = seq.flow ? this.additionToBrackets(list, seq, items) : [this.additionToBlock(seq, items)];
    const meant = this.copy();
    (valueAt(meant, list) as unknown[]).push(...items.map(({ value }) => value));
    this.apply(list, edits, meant);
  }

  /** The line break of the text. */
  private get lineBreak(): string {
    return this.text.includes("\r\n") ? "\r\n" : "\n";
  }

  private list(path: Path): YAMLSeq {
    return this.yaml.document.getIn(path, true) as YAMLSeq;
  }

  private pair(map: Path, key: string): Pair {
    const node = this.yaml.document.getIn(map, true);
    return (isMap(node) ? node.items : []).find(
      (pair) => isScalar(pair.key) && pair.key.value === key,
    ) as Pair;
  }

  /** A copy of the plain value, to which an edit is applied as well. */
  private copy(): unknown {
    return structuredClone(this.yaml.value);
  }

  private apply(at: Path, edits: readonly Edit[], meant: unknown): void {
    const refused = this.yaml.error(
      this.yaml.offsetOf(at),
      pathText(at),
      "has a layout that cannot be edited safely; edit it by hand",
    );
    let edited: YamlSource;
    try {
      edited = new YamlSource(applied(this.text, edits), this.source);
    } catch (error) {
      throw error instanceof ProgramError ? refused : error;
    }
    if (!isDeepStrictEqual(edited.value, meant)) throw refused;
    this.yaml = edited;
  }

  private removalFromBlock(path: Path, index: number): Edit[] {
    const seq = this.list(path);
    const { from, to } = withBlankLines(this.text, blockItemLines(this.text, seq, index), index === 0);
    const edits: Edit[] = [{ from, to, text: "" }];
    if (seq.items.length === 1) {
      // An empty list is written as []: otherwise the value would be null.
      const colon = colonOf(this.pair(path.slice(0, -1), String(path.at(-1))));
      edits.unshift({ from: colon + 1, to: colon + 1, text: " []" });
    }
    return edits;
  }

  private additionToBlock(seq: YAMLSeq, items: readonly NewItem[]): Edit {
    const last = blockItemLines(this.text, seq, seq.items.length - 1);
    const dash = dashOf(seq, seq.items.length - 1);
    const indent = this.text.slice(lineStart(this.text, dash), dash);
    // Spaced like the existing items.
    const apart = seq.items.length === 1 || isBlankAbove(this.text, last.from);
    return this.linesAfter(last.to - 1, blockLines(items, indent, apart));
  }

  private additionToBrackets(path: Path, seq: YAMLSeq, items: readonly NewItem[]): Edit[] {
    const { text } = this;
    const [from, to] = rangeOf(seq);
    const parent = this.list(path.slice(0, -1));
    if (seq.items.length === 0 && !parent.flow && !text.slice(from, to).includes("\n")) {
      const pair = this.pair(path.slice(0, -1), String(path.at(-1)));
      const [key] = rangeOf(pair.key);
      const indent = `${text.slice(lineStart(text, key), key)}  `;
      const brackets = { from: colonOf(pair) + 1, to, text: "" };
      return [brackets, this.linesAfter(to, blockLines(items, indent, true).slice(1))];
    }
    const bracket = to - 1;
    const start = lineStart(text, bracket);
    const bracketAlone = text.slice(start, bracket).trim() === "";
    const last = seq.items.at(-1) as Node | undefined;
    const edits: Edit[] = [];
    const needsComma = last !== undefined && commasOf(seq).length < seq.items.length;
    if (needsComma) edits.push(insertion(rangeOf(last)[1], ","));
    const flows = items.map(({ flow }) => flow);
    if (!bracketAlone) edits.push(insertion(bracket, `${last ? " " : ""}${flows.join(", ")}`));
    else {
      const first = seq.items[0] as Node | undefined;
      const indent = first ? indentOf(text, rangeOf(first)[0]) : `${text.slice(start, bracket)}  `;
      const added = flows.map((flow) => indent + flow).join(`,${this.lineBreak}`);
      edits.push(insertion(start, `${added}${this.lineBreak}`));
    }
    return edits;
  }

  /** Insert whole lines after the line of an offset. */
  private linesAfter(offset: number, lines: readonly string[]): Edit {
    const at = lineEnd(this.text, offset);
    const text = lines.map((line) => `${line}${this.lineBreak}`).join("");
    // If the last line of the file has no line break, it gets none.
    if (lines.length > 0 && this.text[at - 1] !== "\n") {
      return insertion(at, this.lineBreak + text.slice(0, -this.lineBreak.length));
    }
    return insertion(at, text);
  }
}

function valueAt(whole: unknown, path: Path): unknown {
  return path.reduce((value, part) => (value as Fields)[part], whole);
}

function insertion(at: number, text: string): Edit {
  return { from: at, to: at, text };
}

function applied(text: string, edits: readonly Edit[]): string {
  // From the end, so that offsets stay valid; of two at one place the later one comes second.
  return [...edits]
    .reverse()
    .sort((a, b) => b.from - a.from)
    .reduce((edited, { from, to, text: put }) => edited.slice(0, from) + put + edited.slice(to), text);
}

function blockLines(items: readonly NewItem[], indent: string, apart: boolean): string[] {
  return items.flatMap(({ block }) => [...(apart ? [""] : []), ...block.map((line) => `${indent}${line}`)]);
}

/** A text as YAML, quoted as what it replaces, if anything. */
export function scalarText(value: string, like = ""): string {
  if (like.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  const plain = /^[A-Za-z][\w./-]*$/.test(value) && parse(value) === value;
  return plain && !like.startsWith('"') ? value : JSON.stringify(value);
}

function rangeOf(node: unknown): readonly [from: number, to: number] {
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : [0, 0];
}

function colonOf({ srcToken }: Pair): number {
  const sep = (srcToken as CST.CollectionItem | undefined)?.sep ?? [];
  return sep.find(({ type }) => type === "map-value-ind")?.offset ?? 0;
}

function dashOf({ srcToken }: YAMLSeq, index: number): number {
  const { start } = (srcToken as CST.BlockSequence).items[index];
  return start.find(({ type }) => type === "seq-item-ind")?.offset ?? 0;
}

/** Offsets of the commas in brackets; the one at `index` follows that item. */
function commasOf({ srcToken }: YAMLSeq): number[] {
  return (srcToken as CST.FlowCollection).items.flatMap(({ start }) =>
    start.filter(({ type }) => type === "comma").map(({ offset }) => offset),
  );
}

/** Where the text of a node ends, without trailing comments. */
function writtenEnd(node: Node): number {
  const last: unknown = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  if (isPair(last)) return writtenEnd((isNode(last.value) ? last.value : last.key) as Node);
  return isNode(last) ? writtenEnd(last) : rangeOf(node)[1];
}

/** The lines of an item of a block list, with its own comments. */
function blockItemLines(text: string, seq: YAMLSeq, index: number): { from: number; to: number } {
  const dash = dashOf(seq, index);
  const indent = text.slice(lineStart(text, dash), dash);
  const from = withCommentsAbove(text, lineStart(text, dash), indent);
  let end = writtenEnd(seq.items[index] as Node);
  while (end > dash + 1 && /\s/.test(text[end - 1])) end--;
  let to = lineEnd(text, end);
  for (;;) {
    const line = text.slice(to, lineEnd(text, to));
    const comment = /^( *)#/.exec(line);
    if (!comment || comment[1].length <= indent.length) return { from, to };
    to += line.length;
  }
}

/** The start of the comment lines directly above, at the same indentation. */
function withCommentsAbove(text: string, start: number, indent: string): number {
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!text.startsWith(`${indent}#`, above)) break;
    start = above;
  }
  return start;
}

/**
 * Blank lines after the item are removed too if blank lines, or the key of the list, precede it. At the end of the
 * file, those before it are.
 */
function withBlankLines(text: string, { from, to }: { from: number; to: number }, first: boolean) {
  if (!first && !isBlankAbove(text, from)) return { from, to };
  let end = to;
  while (end < text.length && isBlankLine(text, end)) end = lineEnd(text, end);
  if (end < text.length) return { from, to: end };
  while (isBlankAbove(text, from)) from = lineStart(text, from - 1);
  return { from, to };
}

function removalFromBrackets(text: string, seq: YAMLSeq, index: number): Edit[] {
  const commas = commasOf(seq);
  const [from, written] = rangeOf(seq.items[index]);
  const comma: number | undefined = commas[index];
  const before: number | undefined = commas[index - 1];
  const to = comma === undefined ? written : comma + 1;
  // Removing the last item also removes the comma before it, because JSON allows no trailing comma.
  const spareComma =
    comma === undefined && before !== undefined ? [{ from: before, to: before + 1, text: "" }] : [];
  const start = lineStart(text, from);
  const indent = text.slice(start, from);
  const end = lineEnd(text, to);
  const rest = text.slice(to, end).trim();
  if (indent.trim() === "" && (rest === "" || rest.startsWith("#"))) {
    return [...spareComma, { from: withCommentsAbove(text, start, indent), to: end, text: "" }];
  }
  if (rest === "" || comma === undefined) {
    // Nothing follows, so the blanks before it go too.
    const blanks = /[ \t]*$/.exec(indent)?.[0].length ?? 0;
    return [...spareComma, { from: from - blanks, to, text: "" }];
  }
  const blanks = /^[ \t]*/.exec(text.slice(to, end))?.[0].length ?? 0;
  return [{ from, to: to + blanks, text: "" }];
}

/** The indentation of the line of an offset. */
function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** The offset after the line break of the line, or the end of the text. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

function isBlankLine(text: string, start: number): boolean {
  return text.slice(start, lineEnd(text, start)).trim() === "";
}

function isBlankAbove(text: string, start: number): boolean {
  return start > 0 && isBlankLine(text, lineStart(text, start - 1));
}

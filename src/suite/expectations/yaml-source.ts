import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { ProgramError } from "../../program/program-error.js";

/** YAML text with the position of every value. */
export class YamlSource {
  readonly document: Document.Parsed;
  private readonly lines = new LineCounter();

  /**
   * @param source name of the file in errors
   * @throws {ProgramError} for text that is not valid YAML, or uses more of YAML than plain values
   */
  constructor(
    readonly text: string,
    private readonly source: string,
  ) {
    this.document = parseDocument(text, {
      keepSourceTokens: true,
      lineCounter: this.lines,
      prettyErrors: false,
      stringKeys: true,
    });
    const [wrong] = [...this.document.errors, ...this.document.warnings];
    if (wrong) throw this.error(wrong.pos[0], "", `not valid YAML: ${wrong.message.replace(/\s+/g, " ")}`);
    const { contents } = this.document;
    if (!contents || (isScalar(contents) && contents.value === null))
      throw new ProgramError(source, "", "the file is empty");
    visit(this.document, {
      Node: (_, node) => {
        // With them, one position in the text would stand for several values.
        if (isAlias(node) || node.anchor !== undefined)
          throw this.error(start(node), "", "anchors and aliases are not read; write the value out");
      },
    });
  }

  /** The plain value of the whole. */
  get value(): unknown {
    return this.document.toJS();
  }

  /** Line, from 1, of the value at a path, or of what is nearest to it. */
  lineOf(path: readonly PropertyKey[]): number {
    return this.lines.linePos(this.offsetOf(path)).line;
  }

  /**
   * The offset of a value; for a missing one, that of its parent; for an empty one, that of its key.
   * @param ofKey return the offset of the key instead
   */
  offsetOf(path: readonly PropertyKey[], ofKey = false): number {
    let node: Node | null = this.document.contents;
    let offset = start(node);
    for (const [k, part] of path.entries()) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
        if (!pair) break;
        offset = start(pair.key as Node);
        if (ofKey && k === path.length - 1) break;
        node = isNode(pair.value) ? pair.value : null;
        if (node && !isEmpty(node)) offset = start(node);
      } else if (isSeq(node)) {
        const item: unknown = node.items[Number(part)];
        if (!isNode(item)) break;
        node = item;
        offset = start(node);
      } else break;
    }
    return offset;
  }

  /** An error at a place of the text. */
  error(offset: number, path: string, problem: string): ProgramError {
    const { line, col } = this.lines.linePos(offset);
    return new ProgramError(`${this.source}:${line}:${col}`, path, problem);
  }
}

function start(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

/** Nothing was written, so the node has no text. */
function isEmpty(node: Node): boolean {
  return !isCollection(node) && node.range?.[0] === node.range?.[1];
}

/** `["expectations", 2, "reason"]` as `expectations[2].reason`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

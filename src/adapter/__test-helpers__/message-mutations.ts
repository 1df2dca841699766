import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Lines of the protocol with something wrong in them: bytes that were damaged, and JSON that says something else. */

export interface Mutation {
  /** What was done, one name a change. */
  readonly kind: string;
  /** The line without its end. It may be no UTF-8, no JSON, or several lines. */
  readonly bytes: Buffer;
}

/** JSON as it is written, so that it can have what no value has: a key twice, 1e999, nesting without end. */
type Node = Literal | List | Fields;
/** Text that stands for itself. */
interface Literal {
  readonly literal: string;
  /** What it says, if it is a string of the line as it was. */
  readonly string?: string;
}
interface List {
  readonly items: Node[];
}
interface Fields {
  /** Keys as JSON text, quotes included. */
  readonly fields: { key: string; value: Node }[];
}

/** A node in its place. */
interface Place {
  readonly node: Node;
  /** The key in the object around it, without quotes. */
  readonly key: string | undefined;
  replace(node: Node): void;
  remove(): void;
  /** The same node once more, right after it. */
  repeat(node: Node): void;
}

const literal = (text: string): Literal => ({ literal: text });
const LONG = 30_000;
const DEEP = 20_000;

/** What may stand in the place of any value. */
const STRANGERS: readonly (() => Node)[] = [
  ...["null", "true", "false", "0", "-0", "-1", "1", "2", "1.5", "1e999", "-1e999", "1e-400"],
  ...["9007199254740991", "9007199254740992", "18446744073709551616", "4294967296", "2147483648"],
  ...["{}", "[]", "[[]]", "[null]", '""', '"0"', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\ufeff"'],
  ...['"__proto__"', '"constructor"', '"ok"', '"error"', '"unsupported"', '"hello"', '"run"', '"hex"'],
  ...['{"__proto__":{"status":"ok"}}', '{"constructor":{"prototype":{"status":"ok"}}}', '{"length":1}'],
  ...["NaN", "Infinity", "undefined", "'0'", "01", "+1", ".5", "0x10", "1.", "tru", "//", '"\\x41"', '"\t"'],
]
  .map((text) => () => literal(text))
  .concat([
    () => literal(`"${"A".repeat(LONG)}"`),
    () => literal(`"${"\\u0000".repeat(LONG / 6)}"`),
    () => literal("9".repeat(400)),
    () => literal(`[${"0,".repeat(LONG / 2)}0]`),
    () => literal(`${"[".repeat(DEEP)}${"]".repeat(DEEP)}`),
    () => literal("[".repeat(DEEP)),
    () => literal(`${'{"a":'.repeat(DEEP / 4)}1${"}".repeat(DEEP / 4)}`),
  ]);

const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "length",
  "",
  "\\u0000",
  "\\ud800",
  "\u2028\u009b",
];

const EXTENTS = ["0", "1", "2", "3", "-1", "-0", "1.5", "1e999", "2e0", "65536", "4294967296"].concat([
  "9007199254740991",
  "9007199254740993",
  '"2"',
  "null",
  "[2]",
]);

const BYTES = [0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xff];

/** Makes the same mutations for the same seed. */
export class MessageMutator {
  private readonly generator;

  /** @param seed integer */
  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /**
   * One to three changes to a line.
   * @param line JSON
   * @param other another line, pieces of which may come into it
   */
  mutate(line: string, other: string): Mutation {
    const kinds: string[] = [];
    let text = line;
    let changes = this.pick([1, 1, 1, 1, 2, 3]);
    if (this.chance(65)) {
      const tree = treeOf(JSON.parse(line));
      // The last change is sometimes one to the bytes.
      const inTree = changes > 1 && this.chance(40) ? changes - 1 : changes;
      for (let k = 0; k < inTree; k++) kinds.push(this.changeTree(tree, other));
      text = textOf(tree);
      changes -= inTree;
    }
    let bytes: Buffer = Buffer.from(text);
    for (; changes > 0; changes--) {
      const [kind, changed] = this.changeBytes(bytes, other);
      kinds.push(kind);
      bytes = changed;
    }
    return { kind: kinds.join(" + "), bytes };
  }

  /** The bytes in one to four pieces, as a stream may give them. */
  pieces(bytes: Buffer): Buffer[] {
    const cuts = Array.from({ length: this.integer(0, 3) }, () => this.integer(0, bytes.length));
    const ends = [0, ...cuts.sort((a, b) => a - b), bytes.length];
    return ends.slice(1).map((end, k) => bytes.subarray(ends[k], end));
  }

  integer(min: number, max: number): number {
    return uniformInt(this.generator, min, max);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)];
  }

  private chance(percent: number): boolean {
    return this.integer(1, 100) <= percent;
  }

  // ---- bytes -------------------------------------------------------------------------------------------------------

  private changeBytes(bytes: Buffer, other: string): [kind: string, changed: Buffer] {
    const at = this.integer(0, bytes.length);
    const [from, to] = this.range(bytes.length);
    const { length } = bytes;
    const splice = (start: number, end: number, ...middle: readonly (Buffer | number)[]): Buffer =>
      Buffer.concat([
        bytes.subarray(0, start),
        ...middle.map((part) => (typeof part === "number" ? Buffer.of(part) : part)),
        bytes.subarray(end),
      ]);
    const kind = this.pick([
      ...["bit flipped", "bit flipped", "byte replaced", "byte inserted", "byte deleted", "range deleted"],
      ...["range repeated", "ranges swapped", "range reversed", "cut off", "beginning cut off", "spliced"],
      ...["line appended", "byte order mark", "carriage return", "digit changed", "surrogate in bytes"],
    ]);
    switch (kind) {
      case "bit flipped": {
        if (length === 0) return [kind, bytes];
        const changed = Buffer.from(bytes);
        changed[at % length] ^= 1 << this.integer(0, 7);
        return [kind, changed];
      }
      case "byte replaced":
        return [kind, splice(at, Math.min(length, at + 1), this.pick(BYTES))];
      case "byte inserted":
        return [kind, splice(at, at, this.chance(50) ? this.pick(BYTES) : this.integer(0, 255))];
      case "byte deleted":
        return [kind, splice(at, Math.min(length, at + 1))];
      case "range deleted":
        return [kind, splice(from, to)];
      case "range repeated":
        return [
          kind,
          splice(to, to, ...Array.from({ length: this.integer(1, 3) }, () => bytes.subarray(from, to))),
        ];
      case "ranges swapped": {
        const [a, b, c, d] = [from, to, ...this.range(length)].sort((x, y) => x - y);
        const parts = [bytes.subarray(c, d), bytes.subarray(b, c), bytes.subarray(a, b)];
        return [kind, splice(a, d, ...parts)];
      }
      case "range reversed":
        return [kind, splice(from, to, Buffer.from(bytes.subarray(from, to)).reverse())];
      case "cut off":
        return [kind, splice(at, length)];
      case "beginning cut off":
        return [kind, splice(0, at)];
      case "spliced": {
        const [a, b] = this.range(Buffer.byteLength(other));
        return [kind, splice(from, to, Buffer.from(other).subarray(a, b))];
      }
      case "line appended":
        return [kind, splice(length, length, ...(this.chance(50) ? [0x0a] : []), Buffer.from(other))];
      case "byte order mark":
        return [kind, splice(0, 0, 0xef, 0xbb, 0xbf)];
      case "carriage return":
        return [kind, splice(length, length, 0x0d)];
      case "digit changed": {
        const digit = bytes.findIndex((byte, k) => k >= at && byte >= 0x30 && byte <= 0x39);
        if (digit === -1) return [kind, bytes];
        return [kind, splice(digit, digit + 1, this.integer(0x30, 0x39))];
      }
      default:
        return [kind, splice(at, at, 0xed, 0xa0, 0x80)];
    }
  }

  /** Mostly a short one. */
  private range(length: number): [from: number, to: number] {
    const from = this.integer(0, length);
    const most = this.chance(70) ? Math.min(length, from + 12) : length;
    return [from, this.integer(from, most)];
  }

  // ---- JSON --------------------------------------------------------------------------------------------------------

  private changeTree(tree: Node, other: string): string {
    const places = placesIn(tree);
    if (places.length === 0) return "nothing left to change";
    const aimed = this.integer(0, 10);
    if (aimed === 0) return this.changeNamed(places, ["id", "case", "status", "message", "encoding"], tree);
    if (aimed === 1) return this.changeResult(places);
    if (aimed < 5) return this.changeTensor(places);
    const { node, key, ...place } = this.pick(places);
    const elsewhere = this.pick(places);
    const kind = this.pick([
      ...[
        "removed",
        "retyped",
        "retyped",
        "repeated",
        "copied",
        "swapped",
        "renamed",
        "wrapped",
        "unwrapped",
      ],
      ...[
        "list changed",
        "list changed",
        "string changed",
        "number changed",
        "field added",
        "twice in one object",
      ],
    ]);
    switch (kind) {
      case "removed":
        place.remove();
        break;
      case "repeated":
        for (let k = this.integer(1, 3); k > 0; k--) place.repeat(copyOf(node));
        break;
      case "twice in one object":
        // Under one key, which of two values counts is the reader's choice.
        place.repeat(copyOf(elsewhere.node));
        break;
      case "copied":
        place.replace(copyOf(elsewhere.node));
        break;
      case "swapped": {
        const [here, there] = [copyOf(node), copyOf(elsewhere.node)];
        elsewhere.replace(here);
        place.replace(there);
        break;
      }
      case "wrapped":
        place.replace(this.chance(50) ? { items: [node] } : { fields: [{ key: '"value"', value: node }] });
        break;
      case "unwrapped": {
        const [inner] = placesIn(node);
        place.replace(inner === undefined ? literal("null") : inner.node);
        break;
      }
      case "renamed":
      case "field added": {
        const objects = objectsIn(tree);
        const { fields } = this.pick(objects);
        const names = objects.flatMap((each) => each.fields.map((field) => field.key));
        const name = this.chance(60) ? this.pick(names) : `"${this.pick(KEYS)}"`;
        if (kind === "field added") fields.push({ key: name, value: copyOf(elsewhere.node) });
        else if (fields.length > 0) this.pick(fields).key = this.chance(10) ? `"${"k".repeat(LONG)}"` : name;
        break;
      }
      case "list changed":
        this.changeList(this.pick(listsIn(tree)), other);
        break;
      case "string changed": {
        const strings = places.filter(({ node: each }) => stringIn(each) !== undefined);
        if (strings.length > 0) this.changeString(this.pick(strings));
        break;
      }
      case "number changed": {
        const numbers = places.filter((each) => isNumber(each.node));
        if (numbers.length > 0) this.changeNumber(this.pick(numbers));
        break;
      }
      default:
        place.replace(this.pick(STRANGERS)());
    }
    return kind;
  }

  /** Fields that say what belongs to what. */
  private changeNamed(places: readonly Place[], names: readonly string[], tree: Node): string {
    const named = places.filter(({ key }) => key !== undefined && names.includes(key));
    if (named.length === 0) return this.changeTensor(places);
    const { key, node, replace } = this.pick(named);
    const same = named.filter((each) => each.key === key);
    const kind = `${key} changed`;
    if (this.chance(40)) {
      const there = this.pick(same);
      const value = copyOf(there.node);
      there.replace(copyOf(node));
      replace(value);
    } else if (isNumber(node))
      replace(literal(String(Number(node.literal) + this.pick([-1, 1, -3, 100, 0.5]))));
    else replace(this.chance(50) ? this.pick(STRANGERS)() : copyOf(this.pick(placesIn(tree)).node));
    return kind;
  }

  /** The result of a case becomes that of another, or a refusal. */
  private changeResult(places: readonly Place[]): string {
    const results = places.flatMap(({ node }) =>
      "fields" in node && node.fields.some(({ key }) => key === '"status"') ? [node] : [],
    );
    if (results.length === 0) return this.changeTensor(places);
    const { fields } = this.pick(results);
    const field = (key: string, text: string) => ({ key: `"${key}"`, value: stringNode(text) });
    const name = fields.filter(({ key }) => key === '"case"');
    const other = (copyOf(this.pick(results)) as Fields).fields.filter(({ key }) => key !== '"case"');
    const refusals = [
      [
        field("status", "error"),
        field("phase", this.pick(["init", "step", "set", "observe"])),
        field("class", this.pick(["invalid-hyperparameter", "invalid-argument", "internal"])),
        field("message", "refused"),
      ],
      [field("status", "unsupported"), field("capability", this.pick(["dialect", "momentum"]))],
      [field("status", "ok"), { key: '"observations"', value: { items: [] } }],
    ];
    const changed = this.chance(50) ? other : this.pick(refusals);
    fields.splice(0, fields.length, ...name, ...changed);
    return "result changed";
  }

  /** A shape or the elements of a tensor. */
  private changeTensor(places: readonly Place[]): string {
    const tensors = places.filter(
      ({ node }) => "fields" in node && node.fields.some(({ key }) => key === '"shape"'),
    );
    if (tensors.length === 0) return "no tensor to change";
    const fields = placesIn(this.pick(tensors).node);
    const shape = fields.find(({ key }) => key === "shape");
    const data = fields.find(({ key }) => key === "data" || key === "hex");
    const kind = this.pick([
      "bit of an element",
      "bit of an element",
      "shape",
      "shape",
      "elements",
      "elements moved",
    ]);
    if (shape && "items" in shape.node && kind === "shape") this.changeShape(shape.node);
    else if (data && stringIn(data.node) !== undefined) {
      if (kind === "elements moved") {
        const others = tensors.flatMap(({ node }) => placesIn(node)).filter(({ key }) => key === data.key);
        data.replace(this.pick(others).node);
      } else if (kind === "elements") this.changeString(data);
      else data.replace(stringNode(this.oneBitOff(stringIn(data.node) as string, data.key as string)));
    }
    return kind;
  }

  private oneBitOff(text: string, encoding: string): string {
    const name = encoding === "hex" ? "hex" : "base64";
    const bytes = Buffer.from(text, name);
    if (bytes.length === 0) return "AAAAAA==";
    bytes[this.integer(0, bytes.length - 1)] ^= 1 << this.integer(0, 7);
    return bytes.toString(name);
  }

  private changeShape({ items }: List): void {
    const k = this.integer(0, Math.max(0, items.length - 1));
    switch (this.integer(0, 5)) {
      case 0:
        items.splice(k, 0, literal(this.pick(EXTENTS)));
        break;
      case 1:
        items.splice(k, 1);
        break;
      case 2:
        items.reverse();
        break;
      case 3:
        // The same number of elements.
        items.push(literal("1"));
        break;
      case 4:
        for (let n = this.pick([2, 30, LONG / 10]); n > 0; n--)
          items.push(literal(this.pick(["1", "65536", "0"])));
        break;
      default:
        items.splice(k, 1, literal(this.pick(EXTENTS)));
    }
  }

  private changeList({ items }: List, other: string): void {
    const k = this.integer(0, items.length);
    switch (this.integer(0, 6)) {
      case 0:
        items.length = k;
        break;
      case 1:
        items.splice(0, k);
        break;
      case 2:
        items.reverse();
        break;
      case 3:
        items.push(...items.splice(0, k));
        break;
      case 4:
        items.splice(k, 0, this.pick(STRANGERS)());
        break;
      case 5:
        items.splice(k, 0, ...items.slice(0, 3).map(copyOf));
        break;
      default: {
        const foreign = listsIn(treeOf(JSON.parse(other)));
        items.splice(k, this.integer(0, 1), ...this.pick(foreign).items.slice(0, 2).map(copyOf));
      }
    }
  }

  private changeString({ node, replace }: Place): void {
    const text = stringIn(node) as string;
    const k = this.integer(0, text.length);
    const [head, tail] = [text.slice(0, k), text.slice(k)];
    const changed = this.pick([
      () => head + tail.slice(1),
      () => text.replace(/=+$/, ""),
      () => `${text}=`,
      () =>
        `${head}${this.pick(["*", "-", "_", " ", "=", "\n", "A", "é", "\u0000", "\ud800", "\u2028", "0"])}${tail}`,
      () => text.replaceAll("+", "-").replaceAll("/", "_"),
      () => text.toUpperCase(),
      () => text.toLowerCase(),
      () => text + text,
      () => tail + head,
      () => "",
      () => `\ufeff${text}`,
      () => (text.length < 1000 ? text.repeat(50) : text),
      () => [...text].reverse().join(""),
    ])();
    replace(stringNode(changed));
  }

  private changeNumber({ node, replace }: Place): void {
    const { literal: text } = node as Literal;
    const x = Number(text);
    const changed = [x + 1, x - 1, -x, x + 0.5, x + 2 ** 32, x * 2 ** 53].map(String);
    replace(
      literal(
        this.pick([...changed, `-${text}`, `${text}.0`, `${text}e0`, `${text}e400`, `"${text}"`, `0${text}`]),
      ),
    );
  }
}

function stringNode(text: string): Literal {
  return { literal: JSON.stringify(text), string: text };
}

function stringIn(node: Node): string | undefined {
  return "literal" in node ? node.string : undefined;
}

function isNumber(node: Node): node is Literal {
  return "literal" in node && /^-?\d/.test(node.literal) && node.literal.length < 30;
}

function treeOf(value: unknown): Node {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value === "string") return stringNode(value);
  if (typeof value !== "object" || value === null) return literal(JSON.stringify(value));
  return {
    fields: Object.entries(value).map(([key, field]) => ({ key: JSON.stringify(key), value: treeOf(field) })),
  };
}

function textOf(node: Node): string {
  if ("literal" in node) return node.literal;
  if ("items" in node) return `[${node.items.map(textOf).join(",")}]`;
  return `{${node.fields.map(({ key, value }) => `${key}:${textOf(value)}`).join(",")}}`;
}

function copyOf(node: Node): Node {
  if ("literal" in node) return node;
  if ("items" in node) return { items: node.items.map(copyOf) };
  return { fields: node.fields.map(({ key, value }) => ({ key, value: copyOf(value) })) };
}

/** Everything in a node, but not itself. */
function placesIn(root: Node): Place[] {
  const places: Place[] = [];
  const visit = (node: Node): void => {
    if ("items" in node) {
      const { items } = node;
      for (const item of [...items]) {
        const at = () => items.indexOf(item);
        places.push({
          node: item,
          key: undefined,
          replace: (by) => void items.splice(at(), 1, by),
          remove: () => void items.splice(at(), 1),
          repeat: (again) => void items.splice(at(), 0, again),
        });
        visit(item);
      }
    } else if ("fields" in node) {
      const { fields } = node;
      for (const field of [...fields]) {
        places.push({
          node: field.value,
          key: field.key.slice(1, -1),
          replace: (by) => {
            field.value = by;
          },
          remove: () => void fields.splice(fields.indexOf(field), 1),
          repeat: (again) =>
            void fields.splice(fields.indexOf(field) + 1, 0, { key: field.key, value: again }),
        });
        visit(field.value);
      }
    }
  };
  visit(root);
  return places;
}

function listsIn(root: Node): List[] {
  const lists = placesIn(root).flatMap(({ node }) => ("items" in node ? [node] : []));
  return lists.length > 0 ? lists : [{ items: [] }];
}

function objectsIn(root: Node): Fields[] {
  const objects = [root, ...placesIn(root).map(({ node }) => node)].flatMap((node) =>
    "fields" in node ? [node] : [],
  );
  return objects.length > 0 ? objects : [{ fields: [] }];
}

import fc, { Arbitrary, type Value } from "fast-check";

/** Draws by which the text of a dependent draw is compared with itself. */
const COMPARED = 16;

/**
 * An arbitrary that says in words what it draws. Only draws are said: of what is made of them, by `map`, no more than
 * that it is, unless better words are given. The values, and how they shrink, are those of the arbitrary within.
 */
export class DescribedArbitrary<T> extends Arbitrary<T> {
  private text: string | undefined;

  /** @param words what is drawn; empty for what leaves nothing to chance */
  constructor(
    private readonly inner: Arbitrary<T>,
    private readonly words: () => string,
  ) {
    super();
  }

  /** What is drawn, in one line. */
  get distribution(): string {
    this.text ??= this.words();
    return this.text;
  }

  /** The same draws, in better words. */
  as(words: () => string): DescribedArbitrary<T> {
    return new DescribedArbitrary(this.inner, words);
  }

  override generate(...given: Parameters<Arbitrary<T>["generate"]>): Value<T> {
    return this.inner.generate(...given);
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.inner.canShrinkWithoutContext(value);
  }

  override shrink(value: T, context: unknown | undefined) {
    return this.inner.shrink(value, context);
  }

  override map<U>(mapper: (value: T) => U): DescribedArbitrary<U> {
    return new DescribedArbitrary(this.inner.map(mapper), () => prefixed("made of", this.distribution));
  }

  override filter<U extends T>(refinement: (value: T) => value is U): DescribedArbitrary<U>;
  override filter(predicate: (value: T) => boolean): DescribedArbitrary<T>;
  override filter(predicate: (value: T) => boolean): DescribedArbitrary<T> {
    return new DescribedArbitrary(this.inner.filter(predicate), () => prefixed("some of", this.distribution));
  }

  override chain<U>(chainer: (value: T) => DescribedArbitrary<U>): DescribedArbitrary<U> {
    return new DescribedArbitrary(this.inner.chain(chainer), () => {
      const drawn = fc.sample(this.inner, { numRuns: COMPARED, seed: 1 });
      const dependent = commonDescription(drawn.map((value) => chainer(value).distribution));
      return [this.distribution, dependent].filter((words) => words !== "").join("; then ");
    });
  }
}

/** Said once, and not of nothing. */
function prefixed(prefix: string, words: string): string {
  return words === "" || words.startsWith(`${prefix} `) ? words : `${prefix} ${words}`;
}

/** The texts as one: where they differ, it depends on what was drawn before, and there are dots. */
function commonDescription(texts: readonly string[]): string {
  const patterns = new Map<string, string[]>();
  for (const text of texts) {
    const words = text.split(" ");
    const form = text.replace(/[^()[\]{} ]/g, "");
    const alike = patterns.get(form) ?? words;
    patterns.set(
      form,
      alike.map((word, k) => (word === words[k] ? word : dots(word))),
    );
  }
  const lists = [...patterns.values()];
  const [first] = lists;
  const shortest = Math.min(...lists.map(({ length }) => length));
  let front = 0;
  while (front < shortest && lists.every((words) => words[front] === first[front])) front++;
  let back = 0;
  while (back < shortest - front && lists.every((words) => words.at(-1 - back) === first.at(-1 - back)))
    back++;
  const middle = first.slice(front, first.length - back).join(" ");
  const parts =
    lists.length === 1
      ? first
      : [...first.slice(0, front), closed(middle), ...first.slice(first.length - back)];
  return parts.join(" ");
}

/** Dots for a word, but for brackets and what separates it from the next one. */
function dots(word: string): string {
  return word.replace(/[^()[\]{},;:]+/g, "…");
}

/** Dots for a text, but for the brackets that it leaves open or closes. */
function closed(text: string): string {
  const pair = /\(…*\)|\{…*\}|\[…*[\])]/;
  let rest = text.replace(/[^()[\]{}]+/g, "…");
  while (pair.test(rest)) rest = rest.replace(pair, "…");
  return rest.replace(/…+/g, "…");
}

/** No clause and no case matches the pattern. */
export class NothingSelected extends Error {
  override readonly name = "NothingSelected";

  constructor(pattern: string | undefined, why = "no clause and no case matches it") {
    super(`--only ${JSON.stringify(pattern)}: ${why}`);
  }
}

/**
 * Whether a case is selected by a pattern: a clause id (`RMS-2.1`), a family (`RMS-2`), or a case id, in which
 * `*` is a wildcard.
 */
export function isSelected(pattern: string | undefined, id: string, clauses: readonly string[]): boolean {
  if (pattern === undefined) return true;
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const whole = new RegExp(`^${escaped.join(".*")}$`);
  return whole.test(id) || clauses.some((clause) => whole.test(clause) || clause.startsWith(`${pattern}.`));
}

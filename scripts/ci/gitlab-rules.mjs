// Conditions of GitLab's rules, as far as ci/ uses them.

/**
 * Whether a rule's `if` holds: comparisons of a variable with a text or another variable, joined by &&.
 * @param {string | undefined} condition left out, it holds
 * @param {Record<string, string>} variables
 * @throws {Error} for anything else
 */
export function ruleHolds(condition, variables) {
  if (condition === undefined) return true;
  return condition.split("&&").every((comparison) => {
    const [, left, text, right] = /^\s*\$(\w+) == (?:"([^"]*)"|\$(\w+))\s*$/.exec(comparison) ?? [];
    if (left === undefined) throw new Error(`the rule is not understood: ${condition}`);
    return (variables[left] ?? "") === (text ?? variables[right] ?? "");
  });
}

import { bitsLiteral } from "./float-literal.js";
import type { SnippetPlan } from "./snippet-plan.js";
import { callOnRows, compares, outcomes } from "./snippet-text.js";

/** The helpers of a Python snippet that need the standard library only. */
export const PYTHON_HELPERS = `def value(bits):
    return struct.unpack("=f", struct.pack("=I", bits))[0]


def text(bits):
    return f"{value(bits):.9g} (0x{bits:08x})"


def same(a, b):
    return a == b or (value(a) != value(a) and value(b) != value(b))  # NaN is one class`;

/** Marks, before all actions, that nothing has differed yet. */
export function pythonBeginning(plan: SnippetPlan): string[] {
  return compares(plan) ? ["", "differs = False"] : [];
}

/**
 * What a Python snippet says at its end.
 * @param got an expression: bits, as an int
 */
export function pythonVerdict(plan: SnippetPlan, got: string): string {
  const { values, ranges, as } = plan.expected;
  const { right, wrong, inconclusive } = outcomes(plan);
  const label = as.padEnd(8);
  const lines = [
    `got = ${got}`,
    'print("got     ", text(got))',
    `print("reported", text(${bitsLiteral(plan.got)}))`,
    "found = False",
  ];
  if (values.length > 0)
    lines.push(
      `for bits in ${callOnRows(values.map(bitsLiteral), "[", "]", "    ")}:`,
      `    print("${label}", text(bits))`,
      "    found = found or same(got, bits)",
    );
  if (ranges.length > 0) {
    const pairs = ranges.map((range) => `(${range.map(bitsLiteral).join(", ")})`);
    lines.push(
      `for lowest, highest in [${pairs.join(", ")}]:`,
      `    print("${label}", text(lowest), "to", text(highest))`,
      "    found = found or value(lowest) <= value(got) <= value(highest)",
    );
  }
  if (compares(plan)) lines.push("if differs:", `    print("${inconclusive}")`, "    sys.exit(3)");
  lines.push(`print("${right}" if found else "${wrong}")`, "sys.exit(0 if found else 1)");
  return lines.join("\n");
}

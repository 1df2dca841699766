import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copiedCli } from "./__test-helpers__/compiled-cli.js";
import { EXIT } from "./exit-codes.js";

/**
 * The suite on trial against itself: a compiled copy with one wrong expression in what every judgement rests on must
 * refuse to judge.
 */

let cli: Awaited<ReturnType<typeof copiedCli>>;
beforeAll(async () => {
  cli = await copiedCli();
});
afterAll(() => cli.remove());

interface Fault {
  readonly fault: string;
  /** Below the compiled src/. */
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  readonly only: string;
  /** What the report says of it. */
  readonly says: RegExp;
}

const FAULTS: readonly Fault[] = [
  {
    fault: "the exact oracle computes in 12 digits, whatever it is asked for",
    file: "oracle/exact/exact-step.js",
    right: "new EnclosureArithmetic(digits)",
    wrong: "new EnclosureArithmetic(12)",
    only: "two-oracles-agree",
    says: /self-check two-oracles-agree: the oracles disagree at \d+ digits: \w+ of element \d+: is wider than its digits allow: exact .*, rational .* \(\d+ digits agree\)/,
  },
  {
    fault: "lower ends are rounded to nearest",
    file: "oracle/exact/enclosure-arithmetic.js",
    right: "orElse(sum(this.down, x.lo, y.lo)",
    wrong: "orElse(sum(this.nearest, x.lo, y.lo)",
    only: "two-oracles-agree",
    says: /the enclosures have no number in common/,
  },
  {
    fault: "sums are rounded to binary64 before they are rounded outward",
    file: "oracle/exact/enclosure-arithmetic.js",
    right: "const z = Rounded.add(x, y);",
    wrong: "const z = Rounded.add(Rounded.add(x, y).toNumber(), 0);",
    only: "two-oracles-agree",
    says: /the enclosures have no number in common/,
  },
  {
    fault: "numbers are read as their shortest text",
    file: "float32/to-decimal.js",
    right: "Number.isSafeInteger(x) || x - x !== 0",
    wrong: "true",
    only: "two-oracles-agree",
    says: /the enclosures have no number in common/,
  },
  {
    fault: "decimals go to float32 by way of binary64",
    file: "float32/from-decimal.js",
    right: "const reach = Math.abs(near) * 2 ** -50;",
    wrong: "const reach = -1;",
    only: "two-roundings-agree",
    says: /self-check two-roundings-agree: the roundings to float32 disagree: .* in float32: exact .*, rational .*/,
  },
];

/** Faults of the judge itself, each under a gate of RMS-1 against the bundled implementation, which is right. */
const JUDGE_FAULTS: readonly (Omit<Fault, "only"> & { readonly only?: string })[] = [
  {
    fault: "the judge's square root is one ulp high",
    file: "oracle/enumerated/block-loops.js",
    right: "out[i] = Math.fround(Math.sqrt(x[i]));",
    wrong:
      "{ const r = Math.fround(Math.sqrt(x[i])); out[i] = r > 0 ? Math.fround(r * (1 + 2 ** -23)) : r; }",
    says: /self-check cross-check: in [\w/-]+: parameter of parameter \d+, element \d+, step \d+ \(operation \d+\): under [^:]* the judge's engine gives \S+ \(0x[0-9a-f]{8}\), the same operations in decimal arithmetic \S+ \(0x[0-9a-f]{8}\)/,
  },
  {
    fault: "everything is listed",
    file: "judge/membership.js",
    right: "return this.accepted[i] === 1;",
    wrong: "return true;",
    says: /self-check controls: in [\w/-]+: .*: the judge accepts .*, which it must reject; accepted in the run: /,
  },
  {
    fault: "nothing is listed",
    file: "judge/membership.js",
    right: "return this.accepted[i] === 1;",
    wrong: "return false;",
    says: /self-check cross-check: in [\w/-]+: .*: the judge rejects .*, while its set is /,
  },
  {
    fault: "the engine has a wrong 1 − β",
    file: "oracle/scalars.js",
    right: "this.convert(site, x - y)",
    wrong: "this.convert(site, x - y * y)",
    only: "torch/matrix/m0c0w0x0/*",
    says: /self-check cross-check: .*: under [^:]* the judge's engine gives /,
  },
  {
    fault: "the exact scalars have a wrong 1 − β",
    file: "oracle/exact/exact-scalars.js",
    right: "ar.subtract(x, y)",
    wrong: "ar.subtract(x, ar.square(y))",
    only: "torch/matrix/m0c0w0x0/*",
    says: /self-check cross-check: .*: the exact step gives .*, the same step with rounding errors /,
  },
  {
    fault: "the exact step leaves the state out",
    file: "oracle/exact/exact-arithmetic.js",
    right: "this.add(null, this.multiply(weight, old), this.multiply(complement, x))",
    wrong: "this.multiply(complement, x)",
    only: "torch/matrix/m0c0w0x0/*",
    says: /self-check cross-check: .*: the exact step gives .*, the same step with rounding errors /,
  },
  {
    fault: "the intervals of roots begin eight ulps high",
    file: "oracle/interval/interval-loops.js",
    right: "rounding.root(a, LOWER);",
    wrong: "rounding.root(a, LOWER) * (1 + 2 ** -20);",
    only: "hidden-state-traces-are-accepted",
    says: /self-check controls: .*: element \d+ of parameter \d+ with hidden state: under [^:]* decimal arithmetic gives parameter \S+ \(0x[0-9a-f]{8}\) at step \d+, and the judge accepts .* only/,
  },
  {
    fault: "every number is in every interval",
    file: "oracle/interval/block.js",
    right: "(flags & FINITE) !== 0 && x >= block.lower[i] && x <= block.upper[i]",
    wrong: "true",
    only: "hidden-state-traces-are-accepted",
    says: /self-check controls: .*: the judge accepts parameter \S+ \(0x[0-9a-f]{8}\), the next float outside what is accepted, which it must reject/,
  },
  {
    fault: "the emulation itself rounds toward zero",
    file: "oracle/emulated/scaled-decimal.js",
    right: "return float32FromDecimal(x.decimal) * 2 ** x.exponent;",
    wrong:
      "const r = float32FromDecimal(x.decimal); return (x.decimal.abs().lessThan(Math.abs(r)) ? r * (1 - 2 ** -24) : r) * 2 ** x.exponent;",
    says: /self-check cross-check: .*: under [^:]* the judge's engine gives /,
  },
];

const gate = (...args: string[]) => cli.run("gate", "--profile", "smoke", ...args);

/** Do something while one expression of the compiled program is another one. */
async function withFault<T>({ file, right, wrong }: Omit<Fault, "only">, run: () => Promise<T>): Promise<T> {
  const path = join(dirname(dirname(cli.main)), file);
  const text = readFileSync(path, "utf8");
  expect(text.split(right), `${right} stands once in ${file}`).toHaveLength(2);
  writeFileSync(
    path,
    text.replace(right, () => wrong),
  );
  try {
    return await run();
  } finally {
    writeFileSync(path, text);
  }
}

const REFUSES =
  /^INCONCLUSIVE: the suite's own self-check failed: the suite is wrong, not the implementation, and no verdict of this run can be relied on · /;

describe("a gate whose own oracle is wrong", () => {
  it.each(FAULTS)("ends with 5 and says what disagrees: $fault", async (fault) => {
    const { code, stdout } = await withFault(fault, () => gate("--only", fault.only));
    const [first, second] = stdout.split("\n");
    expect(first).toMatch(REFUSES);
    expect(second).toMatch(fault.says);
    expect(code).toBe(EXIT.selfCheck);
  });

  it("finds out in a run of everything, with the fewest inputs", async () => {
    const { code, stdout } = await withFault(FAULTS[1], () => gate());
    expect(stdout).toMatch(REFUSES);
    expect(stdout).toMatch(/^ {2}self-check two-oracles-agree: /m);
    expect(code).toBe(EXIT.selfCheck);
  });
});

describe("a gate whose judge is wrong", () => {
  it("writes the program that shows it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "self-check-"));
    const only = ["--only", "torch/matrix/m0c0w0x0/*", "--report-dir", folder];
    const { code, stderr } = await withFault(JUDGE_FAULTS[1], () => gate(...only));
    expect(stderr).not.toContain("internal error");
    expect(code).toBe(EXIT.selfCheck);
    const found = JSON.parse(readFileSync(join(folder, "finding-1.json"), "utf8"));
    const ops = found.program.operations.map(({ op }: { op: string }) => op);
    expect(ops).toEqual(["init", "load", "step", "observe"]);
    rmSync(folder, { recursive: true });
  });

  it.each(JUDGE_FAULTS)("ends with 5 and blames the suite: $fault", async (fault) => {
    const { code, stdout } = await withFault(fault, () => gate("--only", fault.only ?? "RMS-1"));
    const [first] = stdout.split("\n");
    expect(first).toMatch(REFUSES);
    expect(stdout).toMatch(fault.says);
    expect(stdout).not.toContain("outside its acceptance set");
    expect(code).toBe(EXIT.selfCheck);
  });
});

describe("a gate whose oracle is right", () => {
  it.each(["two-oracles-agree", "two-roundings-agree"])(
    "passes %s, which shows nothing else",
    async (only) => {
      const { code, stdout } = await gate("--only", only);
      expect(stdout).toMatch(/^INCONCLUSIVE: .*, 1 self-check · /);
      expect(code).toBe(EXIT.inconclusive);
    },
  );

  it("says so where a restricted run has no self-check", async () => {
    const { stdout } = await gate("--only", "capability/*");
    expect(stdout.split("\n")[0]).toContain(" · only capability/* (no self-check of the suite) · ");
    const { stdout: other } = await gate("--only", "two-roundings-agree");
    expect(other).not.toContain("no self-check of the suite");
  });
});

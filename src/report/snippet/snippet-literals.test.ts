import fc from "fast-check";
import { expect, it } from "vitest";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import type { Program } from "../../program/program.js";
import { timelinesOf } from "../../program/timeline.js";
import { parsedHexadecimal } from "./__test-helpers__/parsed-literals.js";
import { randomFindings } from "./__test-helpers__/random-findings.js";
import { bitsOfElements } from "./float-literal.js";
import type { SnippetLanguage } from "./snippet.js";
import { snippetsOf } from "./snippets.js";

/** What a snippet in JavaScript hands to the function that is put in. */
interface Call {
  readonly gradient: readonly number[];
  readonly parameter: readonly number[];
  readonly step: number;
  readonly hyperparameters: Partial<Hyperparameters>;
}

function callsOf(code: string): Call[] {
  const calls: Call[] = [];
  const record = (
    parameter: Float32Array,
    gradient: Float32Array,
    state: { step: number },
    h: Partial<Hyperparameters>,
  ) => {
    calls.push({
      parameter: [...bitsOfElements(parameter)],
      gradient: [...bitsOfElements(gradient)],
      step: state.step,
      hyperparameters: { ...h },
    });
  };
  const filled = code.replace('throw new Error("put yours here");', "record(parameter, gradient, state, h);");
  new Function("record", "console", "process", filled)(record, { log: () => {} }, {});
  return calls;
}

/** The same by the timelines that judges read, in the order of the program. */
function expectedCalls(program: Program): Call[] {
  const dialect = dialectById(program.dialect);
  return timelinesOf(program, dialect)
    .flatMap(({ initial, events, parameter }) => {
      let step = 0;
      return events.flatMap((event) => {
        if (event.kind === "load") step = event.entry.step;
        if (event.kind !== "step") return [];
        step++;
        const call: Call = {
          parameter: [...bitsOfElements(initial.values)],
          gradient: [...bitsOfElements(event.gradient.values)],
          step,
          hyperparameters: event.hyperparameters,
        };
        return [{ place: [event.operation, parameter] as const, call }];
      });
    })
    .sort(({ place: [a, k] }, { place: [b, l] }) => a - b || k - l)
    .map(({ call }) => call);
}

/** Eight-digit words of the program itself, in order; those of helpers have fewer digits. */
const float32WordsOf = (code: string) =>
  [...code.matchAll(/\b0x[0-9a-f]{8}\b/g)].map(([word]) => Number(word));

/** What a program starts from, and what it does. */
function partsOf(code: string): string[] {
  const actions = /^ *\/\/ (?:step \d+|other hyperparameters .*|a state is loaded|a checkpoint: .*)$/m;
  return code.split(actions);
}

/** The float32 values of a program in C, and the bits that stand in it. */
function float32WordsInC(code: string): (number | "NaN")[] {
  const literal = /(-?0x[01][.0-9a-f]*p[+-]\d+)f|(-?)(NAN|INFINITY)(?= *[,}])|\b(0x[0-9a-f]{8})u\b/g;
  const withoutScalars = code.replace(/^ *\.\w+ = .*$/gm, "");
  return [...withoutScalars.matchAll(literal)].map(([, finite, sign, special, word]) => {
    if (word !== undefined) return withoutNaN(Number(word));
    if (special === "NAN") return "NaN";
    const x = finite === undefined ? Number(`${sign}Infinity`) : parsedHexadecimal(finite);
    expect(Object.is(Math.fround(x), x)).toBe(true);
    return bitsOfElements(Float32Array.of(x))[0];
  });
}

function withoutNaN(word: number): number | "NaN" {
  return (word & 0x7fffffff) > 0x7f800000 ? "NaN" : word;
}

/** Hyperparameters in the order in which they stand. */
function scalarsOf(code: string, form: RegExp, read: (text: string) => number): number[] {
  return [...code.matchAll(form)].map(([, text]) => read(text));
}

function readDecimal(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/Copysign/.test(text)) return -0;
  if (/inf/i.test(text)) return /-|NEG/.test(text) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

const DECIMAL = String.raw`-?[\d.]+(?:e[+-]?\d+)?`;
const NAMES = "(?:lr|alpha|eps|momentum|weight_?[dD]ecay|lr_?[dD]ecay|clip_?[vV]alue)";
const FORMS: Readonly<Record<SnippetLanguage, RegExp>> = {
  javascript: new RegExp(String.raw`\b${NAMES}: (${DECIMAL}|NaN|-?Infinity)`, "g"),
  "python-numpy": new RegExp(String.raw`\b${NAMES} ?= ?(${DECIMAL}|float\("[-\w]+"\))`, "g"),
  "python-pytorch": new RegExp(String.raw`"${NAMES}"(?::|\] =) (${DECIMAL}|float\("[-\w]+"\))`, "g"),
  rust: new RegExp(String.raw`\b${NAMES}(?::| =) (${DECIMAL}|f64::(?:NAN|NEG_INFINITY|INFINITY))`, "g"),
  go: new RegExp(String.raw`\b${NAMES}(?::| =) (${DECIMAL}|math\.\w+\([-\d, ]*\))`, "g"),
  c: new RegExp(String.raw`\.${NAMES} = ([^ ,;]+)`, "g"),
};

function readC(text: string): number {
  return text.endsWith("NAN") || text.endsWith("INFINITY")
    ? Number(text.replace("NAN", "NaN").replace("INFINITY", "Infinity"))
    : parsedHexadecimal(text);
}

it("every literal is the bits of the program, in every language", () => {
  let several = 0;
  fc.assert(
    fc.property(randomFindings, ({ program, finding }) => {
      const code = Object.fromEntries(
        snippetsOf(finding).map((snippet) => [snippet.language, snippet.code]),
      ) as Record<SnippetLanguage, string>;

      const calls = callsOf(code.javascript);
      const expected = expectedCalls(program);
      several += expected.length > 1 ? 1 : 0;
      const asGiven = calls.map(({ hyperparameters, ...rest }, k) => {
        // Those that the dialect does not read are not given.
        expect(expected[k].hyperparameters).toMatchObject(hyperparameters);
        return rest;
      });
      expect(asGiven).toEqual(expected.map(({ hyperparameters, ...rest }) => rest));

      const words = float32WordsOf(code.javascript);
      expect(float32WordsOf(code["python-numpy"])).toEqual(words);
      expect(float32WordsOf(code.rust)).toEqual(words);
      expect(float32WordsOf(code.go)).toEqual(words);
      // In C the state of a parameter follows it directly, instead of following all parameters.
      const [startInC, ...restInC] = partsOf(code.c).map(float32WordsInC);
      const [start, ...rest] = partsOf(code.javascript).map((part) => float32WordsOf(part).map(withoutNaN));
      expect(startInC.map(String).sort()).toEqual(start.map(String).sort());
      expect(restInC).toEqual(rest);
      // Optimizers of PyTorch begin by themselves, and what is zero is said.
      const message = float32WordsOf(code["python-pytorch"]).filter((word) => word !== 0);
      for (const { gradient } of calls) {
        const displayed = gradient.filter((word) => word !== 0).join();
        expect(message.join()).toContain(displayed);
      }

      const body = code.javascript.slice(code.javascript.indexOf("const h = ["));
      const scalars = scalarsOf(body, FORMS.javascript, readDecimal);
      for (const language of ["python-numpy", "python-pytorch", "rust", "go"] as const)
        expect(scalarsOf(code[language], FORMS[language], readDecimal), language).toEqual(scalars);
      expect(scalarsOf(code.c, FORMS.c, readC)).toEqual(scalars);
    }),
    { numRuns: 200 },
  );
  expect(several).toBeGreaterThan(20);
});

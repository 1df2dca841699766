import { describe, expect, it } from "vitest";
import type { Operation, Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { type ReportFinding, type ReportMismatch, reportFloat } from "../model/report.js";
import { findingAt } from "./__test-helpers__/random-findings.js";
import { snippetPlan } from "./snippet-plan.js";
import { snippetsOf, whyNoSnippets } from "./snippets.js";

function programOf(dialect: string, ...operations: Operation[]): Program {
  return { format: "rmsprop-program/1", dialect, operations };
}

const init = (length: number): Operation => ({
  op: "init",
  groups: [{ hyperparameters: {}, parameters: [vector(new Float32Array(length))] }],
});
const step = (length: number): Operation => ({
  op: "step",
  gradients: [vector(new Float32Array(length).fill(2))],
});
const observe = (...slots: ("parameter" | "square_avg")[]): Operation => ({ op: "observe", slots });

const PLAIN = programOf("pytorch", init(2), step(2));
const plainWith = (changes: Partial<ReportMismatch>): ReportFinding => {
  const finding = findingAt(PLAIN, 0, 0);
  return { ...finding, mismatch: { ...finding.mismatch!, ...changes } };
};

describe("findings without snippets", () => {
  const { mismatch, ...withoutMismatch } = findingAt(PLAIN, 0, 0);
  const { program, ...withoutProgram } = findingAt(PLAIN, 0, 0);

  it("say why", () => {
    expect(mismatch && program).toBeDefined();
    expect(whyNoSnippets(withoutMismatch)).toBe("It is not about the value of one float.");
    expect(whyNoSnippets(withoutProgram)).toBe("No program shows it.");
    const long = findingAt(programOf("pytorch", init(513), step(513)), 0, 0);
    expect(whyNoSnippets(long)).toBe(
      "Its program has 1026 values, and a snippet at most 1024; the replay command runs it.",
    );
    for (const finding of [withoutMismatch, withoutProgram, long]) expect(snippetsOf(finding)).toEqual([]);
  });

  it("are not those of as many values as a snippet may have", () => {
    const finding = findingAt(programOf("pytorch", init(512), step(512)), 0, 511);
    expect(whyNoSnippets(finding)).toBeUndefined();
    for (const { code, title } of snippetsOf(finding)) {
      expect(code.length, title).toBeLessThan(30_000);
      expect(Math.max(...code.split("\n").map((line) => line.length)), title).toBeLessThan(300);
    }
  });
});

describe("findings that point at nothing are refused:", () => {
  it.each([
    [{ operation: 0 }, /^finding 1: mismatch\.operation: operation 0 of the program is no step/],
    [{ operation: 9 }, /mismatch\.operation/],
    [{ parameter: 1 }, /mismatch\.parameter: there is no parameter 1; the program has 1/],
    [{ parameter: -1 }, /mismatch\.parameter/],
    [{ element: 2 }, /mismatch\.element: there is no element 2; parameter 0 has 2/],
    [{ element: -1 }, /mismatch\.element/],
    [
      { got: reportFloat(2) },
      /mismatch\.got: the float is among the accepted ones, and there is no reference/,
    ],
  ] satisfies [Partial<ReportMismatch>, RegExp][])("%j", (changes, message) => {
    expect(() => snippetsOf(plainWith(changes))).toThrow(message);
  });

  it("a program that is none", () => {
    expect(() => snippetsOf({ ...plainWith({}), program: { format: "else" } })).toThrow(
      /program of finding 1/,
    );
  });
});

describe("a plan", () => {
  it("wants one of the accepted values, or the reference where the float is one of them", () => {
    const requested = (changes: Partial<ReportMismatch>) => snippetPlan(plainWith(changes))!.expected;
    expect(requested({})).toEqual({ as: "accepted", values: [0x40000000], ranges: [] });
    expect(requested({ got: reportFloat(2), reference: reportFloat(-0) })).toEqual({
      as: "claimed",
      values: [0x80000000],
      ranges: [],
    });
    const ranges = (...pairs: [number, number][]): ReportMismatch["accepted"] => ({
      kind: "intervals",
      text: [],
      ranges: pairs.map(([lowest, highest]) => [reportFloat(lowest), reportFloat(highest)]),
    });
    const infinite: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect(requested({ accepted: ranges([2, 3], infinite, [4, 4], [0, 0]) })).toEqual({
      as: "accepted",
      values: [0x7f800000, 0x40800000],
      ranges: [
        [0x40000000, 0x40400000],
        [0, 0],
      ],
    });
    const between = { accepted: ranges([0.5, 2]), reference: reportFloat(1.5) };
    expect(requested(between)).toEqual({ as: "claimed", values: [0x3fc00000], ranges: [] });
  });

  it("ends with what the float was seen after, and holds before it what was seen before", () => {
    const program = programOf(
      "pytorch",
      init(1),
      step(1),
      observe("parameter"),
      step(1),
      { op: "checkpoint" },
      observe("square_avg"),
      observe("parameter"),
      step(1),
    );
    const finding = findingAt(program, 0, 0);
    const values = { parameter: reportFloat(1), momentum_buffer: reportFloat(0) };
    const actions = (changes: Partial<ReportMismatch>) =>
      snippetPlan({ ...finding, mismatch: { ...finding.mismatch!, operation: 3, ...changes } })!.actions.map(
        ({ kind }) => kind,
      );
    expect(actions({})).toEqual(["step", "step", "checkpoint"]);
    expect(actions({ seen: [{ operation: 2, values }] })).toEqual(["step", "compare", "step", "checkpoint"]);
    expect(actions({ operation: 7 })).toEqual(["step", "step", "checkpoint", "step"]);
  });

  it("has the hyperparameters and the state of the dialect", () => {
    const of = (dialect: string) => snippetPlan(findingAt(programOf(dialect, init(1), step(1)), 0, 0))!;
    const read = (dialect: string) => [of(dialect).hyperparameters.join(" "), of(dialect).slots.join(" ")];
    expect(read("pytorch")).toEqual([
      "lr alpha eps momentum weight_decay centered maximize",
      "square_avg grad_avg momentum_buffer",
    ]);
    expect(read("hinton")).toEqual(["lr alpha", "square_avg"]);
    expect(read("graves-2013")).toEqual(["lr alpha eps momentum", "square_avg grad_avg momentum_buffer"]);
    expect(read("recurrentjs")).toEqual(["lr alpha eps weight_decay clip_value", "square_avg"]);
    expect(read("keras-2")).toEqual(["lr alpha eps lr_decay", "square_avg"]);
    expect(read("bitsandbytes")).toEqual(["lr alpha eps momentum weight_decay", "square_avg"]);
  });

  it("begins where the dialect does, with the epsilon of the first step", () => {
    const start = (dialect: string, ...operations: Operation[]) =>
      snippetPlan(findingAt(programOf(dialect, init(1), ...operations, step(1)), 0, 0))!.parameters[0].state;
    expect(start("pytorch")).toEqual({
      step: 0,
      square_avg: Float32Array.of(0),
      grad_avg: Float32Array.of(0),
      momentum_buffer: Float32Array.of(0),
    });
    expect(start("timm").square_avg).toEqual(Float32Array.of(1));
    const set: Operation = { op: "set", group: 0, hyperparameters: { eps: 0.1 } };
    expect(start("dl4j", set).square_avg).toEqual(Float32Array.of(0.1));
  });
});

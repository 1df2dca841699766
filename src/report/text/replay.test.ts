import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import type { Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import { replay } from "../../suite/replay.js";
import { replayReport } from "./replay.js";

const declaration = declarationOf(dialectById("pytorch"), "fused");

const programOf = (...parameter: number[]): Program => ({
  format: "rmsprop-program/1",
  dialect: "pytorch",
  operations: [
    { op: "init", groups: [{ hyperparameters: { lr: 0.5, alpha: 0.75 }, parameters: [vector(parameter)] }] },
    { op: "step", gradients: [vector(parameter.map((_, i) => i + 1))] },
    { op: "observe", slots: ["parameter", "square_avg"] },
  ],
});

describe("replayReport", () => {
  it("shows the program, every observed value and the verdict", async () => {
    const result = await replay(programOf(0, -0), bundledAdapter("fused"), declaration);
    expect(result.accepted).toBe(true);
    expect(replayReport(result).split("\n")).toEqual([
      "init pytorch {lr 0.5, alpha 0.75} [0, -0]",
      "step [1, 2]",
      "observe parameter square_avg",
      "",
      "observation 0, parameter 0, parameter: -1 (0xbf800000), -1 (0xbf800000)",
      "observation 0, parameter 0, square_avg: 0.25 (0x3e800000), 1 (0x3f800000)",
      "",
      "bit-exact: 4 observations judged, 4 bit-exact, 0 weak, 0 indeterminate, 0 rejected",
    ]);
  });

  it("says what explains a rejection, and is not accepted", async () => {
    const result = await replay(programOf(0), dialectAdapter({ initialAccumulator: "one" }), declaration);
    expect(result.accepted).toBe(false);
    const text = replayReport(result);
    expect(text).toMatch(/differs: 2 observations judged, 0 bit-exact, 0 weak, 0 indeterminate, 1 rejected/);
    expect(text).toContain("This is another dialect: initialAccumulator is one instead of zero.");
  });

  it("says whose bits they are where they are not the reference's", async () => {
    const sevenths = Array.from({ length: 16 }, (_, k) => (k + 1) / 7);
    const program: Program = {
      ...programOf(0),
      operations: [
        { op: "init", groups: [{ hyperparameters: {}, parameters: [vector(new Array(16).fill(0))] }] },
        { op: "step", gradients: [vector(sevenths)] },
        { op: "step", gradients: [vector([...sevenths].reverse())] },
        { op: "observe", slots: ["parameter", "square_avg"] },
      ],
    };
    const result = await replay(program, bundledAdapter("unfused"), declaration);
    expect(result.accepted).toBe(true);
    expect(replayReport(result)).toContain("these are the bits of unfused");
  });

  it("says where nothing is decided", async () => {
    const still: Program = {
      ...programOf(1),
      operations: programOf(1).operations.map((operation) =>
        operation.op === "step" ? { ...operation, gradients: [vector([0])] } : operation,
      ),
    };
    const text = replayReport(await replay(still, bundledAdapter("fused"), declaration));
    expect(text).toMatch(/^inconclusive: 2 observations judged, 2 bit-exact, 0 weak, 2 indeterminate/m);
  });

  it("cuts long tensors and says by how much", async () => {
    const text = replayReport(
      await replay(programOf(...new Array(11).fill(0)), bundledAdapter("fused"), declaration),
    );
    expect(text).toMatch(/parameter 0, square_avg: .*, … 3 more$/m);
  });

  it("repeats errors and what is unsupported, and accepts neither", async () => {
    const bundled = bundledAdapter("fused");
    const answering = (reply: Awaited<ReturnType<typeof bundled.run>>[number]) => ({
      hello: () => bundled.hello(),
      stop: () => bundled.stop(),
      run: async () => [reply],
    });
    const error = answering({ status: "error", phase: "step", class: "internal", message: "out of memory" });
    const failed = await replay(programOf(1), error, declaration);
    expect(failed.accepted).toBe(false);
    expect(replayReport(failed)).toMatch(/\n\nerror in step: out of memory$/);
    const unsupported = await replay(
      programOf(1),
      answering({ status: "unsupported", capability: "load" }),
      declaration,
    );
    expect(unsupported.accepted).toBe(false);
    expect(replayReport(unsupported)).toMatch(/\n\nunsupported: load$/);
  });

  it("names a breach of the contract", async () => {
    const bundled = bundledAdapter("fused");
    const silent = {
      hello: () => bundled.hello(),
      stop: () => bundled.stop(),
      run: async () => [{ status: "ok" as const, observations: [] }],
    };
    const result = await replay(programOf(1), silent, declaration);
    expect(result.accepted).toBe(false);
    expect(replayReport(result)).toContain("0 observations were returned for 1 observe operations");
  });
});

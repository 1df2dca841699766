import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { type Adapter, AdapterUnavailable, type Outcome } from "../../adapter/adapter.js";
import type { Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { helloWithout, measured } from "./__test-helpers__/measured.js";
import { MeasuredImplementation } from "./measured-implementation.js";

const pytorch = dialectById("pytorch");
const program: Program = {
  format: "rmsprop-program/1",
  dialect: "pytorch",
  operations: [
    { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1])] }] },
    { op: "step", gradients: [vector([1])] },
    { op: "observe", slots: ["parameter"] },
  ],
};
const observation = { parameters: [{ parameter: vector([0]) }] };
const OK: Outcome = { status: "ok", observations: [observation] };

/** Gives these outcomes, one request after the other, and keeps what it was asked. */
function scripted(...outcomes: readonly (Outcome | Error)[]) {
  const requested: Program[] = [];
  const adapter: Adapter = {
    hello: async () => helloWithout(),
    stop: async () => {},
    run: async (programs) => {
      const answer = outcomes[requested.length];
      requested.push(...programs);
      if (answer instanceof Error) throw answer;
      return [answer];
    },
  };
  return { adapter, asked: requested };
}

const fault = (verdict: "timeout" | "crash"): Outcome => ({ status: "fault", verdict, message: "it did" });

describe("MeasuredImplementation", () => {
  it("gives observations in order, and nothing where there is no answer", async () => {
    const { adapter } = scripted(
      { status: "unsupported", capability: "momentum" },
      OK,
      { status: "error", phase: "step", class: "internal", message: "no" },
      fault("crash"),
      { status: "not-sent", reason: "too long" },
      { status: "ok", observations: [] },
      { status: "ok", observations: [{ parameters: [] }] },
    );
    const answers = await measured(pytorch, [], adapter).run(
      Array.from({ length: 7 }, () => ({ ...program })),
    );
    const none = undefined;
    expect(answers).toEqual([none, [observation], none, none, none, none, none]);
  });

  it("goes on after a crash, and asks nothing more after a time-out", async () => {
    const { adapter, asked: requestedLevel } = scripted(fault("crash"), OK, fault("timeout"), OK);
    const implementation = measured(pytorch, [], adapter);
    expect(await implementation.run([program])).toEqual([undefined]);
    expect(await implementation.run([program, program, program])).toEqual([
      [observation],
      undefined,
      undefined,
    ]);
    expect(await implementation.run([program])).toEqual([undefined]);
    expect(requestedLevel).toHaveLength(3);
  });

  it("asks nothing more of what is gone", async () => {
    const { adapter, asked } = scripted(new AdapterUnavailable("restarted too often", "run"), OK);
    const implementation = measured(pytorch, [], adapter);
    expect(await implementation.run([program, program])).toEqual([undefined, undefined]);
    expect(await implementation.run([program])).toEqual([undefined]);
    expect(asked).toHaveLength(1);
  });

  it("hides no error of the suite", async () => {
    const { adapter } = scripted(new TypeError("a mistake"));
    await expect(measured(pytorch, [], adapter).run([program])).rejects.toThrow("a mistake");
  });

  it("asks nothing after an interruption, and takes an error in it for no answer", async () => {
    const before = scripted(OK);
    const aborted = AbortSignal.abort();
    const late = new MeasuredImplementation(before.adapter, helloWithout(), pytorch, aborted);
    expect(await late.run([program])).toEqual([undefined]);
    expect(before.asked).toEqual([]);
    expect(await late.goesOn()).toBe(false);

    const interruption = new AbortController();
    const { adapter } = scripted();
    const dying: Adapter = {
      ...adapter,
      run: async () => {
        interruption.abort();
        throw new Error("the process was ended");
      },
    };
    const during = new MeasuredImplementation(dying, helloWithout(), pytorch, interruption.signal);
    expect(await during.goesOn()).toBe(true);
    expect(await during.run([program])).toEqual([undefined]);
  });

  it("does not ask what needs more than is offered", async () => {
    const withMomentum: Program = {
      ...program,
      operations: [
        { op: "init", groups: [{ hyperparameters: { momentum: 0.9 }, parameters: [vector([1])] }] },
        ...program.operations.slice(1),
      ],
    };
    const { adapter, asked } = scripted(OK, OK, OK);
    const without = measured(pytorch, ["momentum"], adapter);
    expect(await without.run([withMomentum, program])).toEqual([undefined, [observation]]);
    expect(await without.run([withMomentum])).toEqual([undefined]);
    expect(await measured(pytorch, [], adapter).run([withMomentum, program])).toEqual([
      [observation],
      [observation],
    ]);
    expect(asked).toEqual([program, withMomentum, program]);
  });
});

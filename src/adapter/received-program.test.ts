import { describe, expect, it } from "vitest";
import { MALFORMED_PROGRAMS, validWire, type Wire } from "../program/__test-helpers__/malformed-programs.js";
import { decodeProgram } from "../program/program-codec.js";
import { receiveProgram } from "./received-program.js";
import { tensorInHex } from "./tensor-in-hex.js";

const inHex = (wire: Wire): Wire => JSON.parse(JSON.stringify(wire, tensorInHex));
const receive = (wire: unknown) => receiveProgram(wire, ["pytorch"]);
const valid = { program: decodeProgram(validWire(), "program") };

describe("receiveProgram", () => {
  it("decodes what is valid, in base64 and in hex", () => {
    expect(receive(validWire())).toEqual(valid);
    expect(JSON.stringify(validWire(), tensorInHex)).not.toContain('"data"');
    expect(receive(inHex(validWire()))).toEqual(valid);
  });

  it("ignores unknown fields wherever they stand", () => {
    const wire = validWire();
    const { operations } = wire;
    const [init, load, step] = operations;
    const holders = [wire, ...operations, ...init.groups, init.groups[0].hyperparameters];
    holders.push(init.groups[0].parameters[1], load.state[0], load.state[0].square_avg, step.gradients[0]);
    for (const holder of holders)
      Object.assign(holder, { hex: "?", unheard: { of: [{ shape: [], hex: "zz" }] } });
    expect(receive(wire)).toEqual(valid);
  });

  it("answers an unknown dialect and an unknown operation as unsupported", () => {
    const later = { ...validWire(), dialect: "torch-9", operations: "in another form" };
    expect(receive(later)).toEqual({ refusal: { status: "unsupported", capability: "dialect" } });
    const wire = validWire();
    wire.operations.splice(3, 0, { op: "rewind", by: 0.5 });
    wire.operations[0].note = "";
    expect(receive(wire)).toEqual({ refusal: { status: "unsupported", capability: "rewind" } });
  });

  const answeredOtherwise = /^an unknown (dialect|operation|field|hyperparameter)/;
  const malformed = MALFORMED_PROGRAMS.filter(({ what }) => !answeredOtherwise.test(what));

  it.each(malformed)("refuses $what, naming field and operation", ({ edit, path, expectedMessage }) => {
    const wire: Wire = validWire();
    edit(wire);
    const k = /^operations\[(\d+)\]/.exec(path)?.[1];
    expect(receive(wire)).toEqual({
      refusal: {
        status: "error",
        class: "invalid-argument",
        phase: (k && wire.operations[k].op) ?? "init",
        message: expect.stringMatching(expectedMessage),
      },
    });
    const { refusal } = receive(wire) as { refusal: { message: string } };
    expect(refusal.message.startsWith(`program: ${path}${path && ": "}`)).toBe(true);
  });

  it.each([
    [null, /^program: .*object/],
    [undefined, /^program: .*object/],
    [7, /^program: .*object/],
    [[], /^program: .*object/],
  ])("refuses %j for a program", (wire, text) => {
    const message = expect.stringMatching(text);
    const refusal = { status: "error", phase: "init", class: "invalid-argument", message };
    expect(receive(wire)).toEqual({ refusal });
  });

  it.each([null, 7, "init", [], {}])("refuses %j for an operation", (operation) => {
    for (const k of [0, 3]) {
      const wire = validWire();
      wire.operations[k] = operation;
      const message = expect.stringContaining(`program: operations[${k}]`);
      const refusal = { status: "error", phase: "init", class: "invalid-argument", message };
      expect(receive(wire)).toEqual({ refusal });
    }
  });

  it.each([
    [{ shape: [2], hex: "3F80000040000000" }, /gradients\[0\]: not hex: expected eight lower-case digits/],
    [{ shape: [2], hex: "3f8000004000000" }, /gradients\[0\]: not hex/],
    [{ shape: [2], hex: "3f800000" }, /gradients\[0\]: shape \[2\] needs 8 bytes, but the data has 4/],
    [{ shape: [2], hex: 0 }, /gradients\[0\]\.hex: .*string/],
    [{ shape: ["2"], hex: "" }, /gradients\[0\]\.shape\[0\]: .*number/],
    [{ hex: "3f80000040000000" }, /gradients\[0\]\.shape: /],
    [{ shape: [2] }, /gradients\[0\]\.data: /],
  ])("refuses %j for a tensor", (tensor, printed) => {
    const wire = validWire();
    wire.operations[5].gradients[0] = tensor;
    expect(receive(wire)).toEqual({
      refusal: {
        status: "error",
        phase: "step",
        class: "invalid-argument",
        message: expect.stringMatching(printed),
      },
    });
  });
});

import { describe, expect, it } from "vitest";
import { MALFORMED_PROGRAMS, validWire, type Wire } from "./__test-helpers__/malformed-programs.js";
import type { OperationOf } from "./program.js";
import { decodeProgram, encodeProgram, parseProgram } from "./program-codec.js";
import { ProgramError } from "./program-error.js";
import { vector } from "./tensor.js";

describe("programs", () => {
  it("are decoded and encoded without losing anything", () => {
    const program = decodeProgram(validWire(), "f.json");
    expect(encodeProgram(program)).toEqual(validWire());
    const [init] = program.operations as [OperationOf<"init">];
    expect(init.groups[0].hyperparameters).toEqual({ lr: 0.5, centered: true });
    expect(init.groups[0].parameters[0]).toEqual(vector([1, 2]));
  });

  it("are read from text", () => {
    expect(parseProgram(JSON.stringify(validWire()), "f.json")).toEqual(decodeProgram(validWire(), "f.json"));
  });

  it("keep every special value", () => {
    const specials = [Number.NaN, -0, Number.NEGATIVE_INFINITY, 2 ** -149];
    const program = decodeProgram(validWire(), "f.json");
    const edited = {
      ...program,
      operations: [
        {
          op: "init" as const,
          groups: [
            { hyperparameters: { lr: Number.NaN, eps: -0, alpha: 5e-324 }, parameters: [vector(specials)] },
          ],
        },
      ],
    };
    const back = parseProgram(JSON.stringify(encodeProgram(edited)), "f.json");
    expect(back).toEqual(edited);
    const [init] = back.operations as [OperationOf<"init">];
    expect(init.groups[0].hyperparameters.eps).toBe(-0);
    expect([...init.groups[0].parameters[0].values]).toEqual(specials);
  });

  it.each(MALFORMED_PROGRAMS)("are refused with $what", ({ edit, path, expectedMessage }) => {
    const wire: Wire = validWire();
    edit(wire);
    let error: unknown;
    try {
      decodeProgram(wire, "f.json");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ProgramError);
    const { message, problem, path: found } = error as ProgramError;
    expect(found).toBe(path);
    expect(problem).toMatch(expectedMessage);
    expect(message).toBe(path === "" ? `f.json: ${problem}` : `f.json: ${path}: ${problem}`);
    expect(message).not.toContain("\n");
  });

  it("are refused when truncated anywhere", () => {
    const text = JSON.stringify(validWire());
    for (const length of [0, 1, 20, 100, text.length >> 1, text.length - 1]) {
      expect(() => parseProgram(text.slice(0, length), "f.json")).toThrow(/^f\.json: not JSON/);
    }
  });
});

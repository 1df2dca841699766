import { expect, test } from "vitest";
import { validWire } from "./__test-helpers__/malformed-programs.js";

// Imported in the test and not before it: a schema that cannot even be built must fail here.
test.each(["init", "load", "step", "set", "checkpoint", "observe"])(
  "an operation is told by its name and its fields: %s",
  async (op) => {
    const { programCodec } = await import("./program.js");
    const wire = validWire();
    const k = wire.operations.findIndex((operation: { op: string }) => operation.op === op);
    expect(programCodec.decode(wire).operations[k].op).toBe(op);
    for (const field of Object.keys(wire.operations[k])) {
      const { [field]: _, ...missingCapabilities } = wire.operations[k];
      const operations = wire.operations.with(k, missingCapabilities);
      const issues = programCodec.safeDecode({ ...wire, operations }).error?.issues;
      expect(issues?.map(({ path }) => path)).toEqual([["operations", k, field]]);
    }
  },
);

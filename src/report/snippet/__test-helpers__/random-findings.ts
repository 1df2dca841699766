import fc from "fast-check";
import { STATE_SLOTS } from "../../../../spec/arithmetic.js";
import { DIALECTS } from "../../../../spec/dialects.js";
import type { Operation, Program, ProgramHyperparameters, StateEntry } from "../../../program/program.js";
import { encodeProgram } from "../../../program/program-codec.js";
import type { Tensor } from "../../../program/tensor.js";
import { type ReportFinding, reportFloat } from "../../model/report.js";

/** Findings that no run made, of any program with a step, and the program. */

const shape = fc.constantFrom<number[]>([], [0], [1], [2], [9], [2, 3]);
const bits = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 0x80000000, 1, 0x7f800000, 0xff800000),
);
const scalar = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 0.99, 1e-8, 1e300, 5e-324, Number.POSITIVE_INFINITY),
);

function tensor(of: readonly number[]): fc.Arbitrary<Tensor> {
  const length = of.reduce((n, extent) => n * extent, 1);
  return fc
    .array(bits, { minLength: length, maxLength: length })
    .map((words) => ({ shape: of, values: new Float32Array(Uint32Array.from(words).buffer) }));
}

const hyperparameters = fc.record(
  {
    lr: scalar,
    alpha: scalar,
    eps: scalar,
    momentum: scalar,
    weight_decay: scalar,
    centered: fc.boolean(),
    maximize: fc.boolean(),
    lr_decay: scalar,
    clip_value: scalar,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ProgramHyperparameters>;

function operation(shapes: readonly (readonly number[])[], groups: number): fc.Arbitrary<Operation> {
  const gradients = fc.tuple(...shapes.map((of) => fc.option(tensor(of), { freq: 4 })));
  const entry = (parameter: number): fc.Arbitrary<StateEntry> =>
    fc.record(
      {
        parameter: fc.constant(parameter),
        step: fc.nat(1000),
        square_avg: tensor(shapes[parameter]),
        grad_avg: tensor(shapes[parameter]),
        momentum_buffer: tensor(shapes[parameter]),
      },
      { requiredKeys: ["parameter", "step", "square_avg"] },
    ) as fc.Arbitrary<StateEntry>;
  return fc.oneof(
    gradients.map((all): Operation => ({ op: "step", gradients: all })),
    fc
      .record({ group: fc.nat(groups - 1), hyperparameters })
      .map((change): Operation => ({ op: "set", ...change })),
    fc.nat(shapes.length - 1).chain((k) => entry(k).map((one): Operation => ({ op: "load", state: [one] }))),
    fc.constant<Operation>({ op: "checkpoint" }),
    fc.constant<Operation>({ op: "observe", slots: ["parameter", ...STATE_SLOTS] }),
  );
}

const program: fc.Arbitrary<Program> = fc
  .array(fc.array(shape, { maxLength: 2 }), { minLength: 1, maxLength: 3 })
  // The finding is about the last parameter, which has elements.
  .map((groups) => [...groups, [[3]]])
  .chain((groups) => {
    const init = fc
      .tuple(...groups.map((shapes) => fc.tuple(hyperparameters, fc.tuple(...shapes.map(tensor)))))
      .map(
        (all): Operation => ({
          op: "init",
          groups: all.map(([given, parameters]) => ({ hyperparameters: given, parameters })),
        }),
      );
    const operations = fc.array(operation(groups.flat(), groups.length), { maxLength: 6 });
    const gradients = fc.tuple(...groups.flat().map((of) => tensor(of)));
    return fc.tuple(init, operations, gradients, fc.constantFrom(...DIALECTS)).map(
      ([first, middle, last, { id }]): Program => ({
        format: "rmsprop-program/1",
        dialect: id,
        operations: [first, ...middle, { op: "step", gradients: last }],
      }),
    );
  });

export const randomFindings: fc.Arbitrary<{ readonly program: Program; readonly finding: ReportFinding }> =
  program.map((made) => {
    const [init] = made.operations;
    const parameters = init.op === "init" ? init.groups.flatMap((group) => group.parameters) : [];
    return { program: made, finding: findingAt(made, parameters.length - 1, 2) };
  });

/** A finding at the last operation of a program. */
export function findingAt(made: Program, parameter: number, element: number): ReportFinding {
  return {
    type: "finding",
    number: 1,
    verdict: "differs",
    sentence: "It differs.",
    axes: [],
    alternatives: [],
    clauses: [],
    cases: [],
    message: "it differs",
    mismatch: {
      slot: "parameter",
      parameter,
      element,
      step: 1,
      operation: made.operations.length - 1,
      got: reportFloat(1),
      accepted: { kind: "listed", values: [reportFloat(2)] },
    },
    program: encodeProgram(made),
    replay: "again",
  };
}

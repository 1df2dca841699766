import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dialectById } from "../../../../spec/dialects.js";
import type { Adapter } from "../../../adapter/adapter.js";
import { optimizerOf } from "../../../adapter/bundled.js";
import { declarationOf } from "../../../judge/declaration.js";
import type { Operation, ProgramHyperparameters } from "../../../program/program.js";
import { encodeProgram } from "../../../program/program-codec.js";
import { type Tensor, vector } from "../../../program/tensor.js";
import { adapterOf, defectiveAdapter, dialectAdapter } from "../../../suite/__test-helpers__/planted.js";
import { runGate } from "../../../suite/gate.js";
import { type ReportFinding, reportFinding } from "../../model/report.js";

/** A defect that the fixtures in every language have too, and the finding that a gate makes of it. */
export interface PlantedFinding {
  /** What FAULT calls it. */
  readonly fault: string;
  readonly finding: ReportFinding;
}

const SHOWN = ["parameter", "square_avg", "grad_avg", "momentum_buffer"] as const;
const observe: Operation = { op: "observe", slots: [...SHOWN] };
const observeParameter: Operation = { op: "observe", slots: ["parameter"] };
const step = (...gradients: (Tensor | null)[]): Operation => ({ op: "step", gradients });
const init = (hyperparameters: ProgramHyperparameters, ...parameters: Tensor[]): Operation => ({
  op: "init",
  groups: [{ hyperparameters, parameters }],
});

/** ε inside the root, seen after one step. */
const ONE_STEP = [init({ eps: 0.1 }, vector([0.5, -0.25])), step(vector([1.1, -0])), observe];

/** The learning rate inside the buffer, which shows when it changes. What stands before is exact either way. */
const SEVERAL_STEPS = [
  init({ lr: 0.25, momentum: 0.5 }, vector([0.7])),
  step(vector([1])),
  observeParameter,
  step(vector([-0.3])),
  observeParameter,
  { op: "set", group: 0, hyperparameters: { lr: 0.0625 } } satisfies Operation,
  step(vector([2])),
  observeParameter,
];

/** ε inside the root, from a loaded state, centered and with weight decay. */
const LOADED = [
  init({ lr: 0.02, alpha: 0.9, eps: 1e-3, weight_decay: 0.01, centered: true }, vector([1.5])),
  {
    op: "load",
    state: [{ parameter: 0, step: 7, square_avg: vector([3e-3]), grad_avg: vector([-1e-2]) }],
  } satisfies Operation,
  step(vector([-0.4])),
  observe,
];

/** A buffer that a checkpoint loses. */
const CHECKPOINT = [
  init({ momentum: 0.9 }, vector([0.1])),
  step(vector([0.2])),
  observe,
  { op: "checkpoint" } satisfies Operation,
  step(vector([0.4])),
  observe,
];

/** Every group is stepped as the first one, which no element shows alone. */
const GROUPS: Operation[] = [
  {
    op: "init",
    groups: [
      {
        hyperparameters: { lr: 0.1, maximize: true },
        parameters: [vector([1, 2]), { shape: [], values: Float32Array.of(3) }],
      },
      {
        hyperparameters: { lr: 0.3, maximize: true },
        parameters: [
          { shape: [0], values: new Float32Array() },
          { shape: [2, 5], values: Float32Array.from({ length: 10 }, (_, i) => i / 7) },
        ],
      },
    ],
  },
  step(vector([Number.NaN, 0.5]), null, vector([]), null),
  observe,
  step(vector([Number.POSITIVE_INFINITY, 2 ** -149]), { shape: [], values: Float32Array.of(-0) }, null, {
    shape: [2, 5],
    values: Float32Array.from({ length: 10 }, (_, i) => 1 - i / 3),
  }),
  observe,
];

const sameForAllGroups = adapterOf({
  create: (id, groups) =>
    optimizerOf(
      dialectById(id),
      "unfused",
      groups.map((group) => ({
        ...group,
        hyperparameters: { ...group.hyperparameters, lr: groups[0].hyperparameters.lr },
      })),
    ),
});

/** The first finding of a gate that runs one program. */
export async function findingOf(
  adapter: Adapter,
  operations: readonly Operation[],
  choices: Parameters<typeof declarationOf>[2] = {},
): Promise<ReportFinding> {
  const folder = mkdtempSync(join(tmpdir(), "snippet-"));
  try {
    const program = encodeProgram({
      format: "rmsprop-program/1",
      dialect: "pytorch",
      operations: [...operations],
    });
    const regression = { format: "rmsprop-regression/1", clauses: ["RMS-11.7"], note: "planted", program };
    writeFileSync(join(folder, "planted.json"), JSON.stringify(regression));
    const { findings } = await runGate({
      adapter,
      declaration: declarationOf(dialectById("pytorch"), "unfused", choices),
      level: "L2",
      profile: "smoke",
      seed: 1,
      only: "regression/*",
      regressions: folder,
    });
    return reportFinding(findings[0], 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Findings of one step, with a root that may be one float off, as PyTorch's own may be. */
export async function findingsForPytorch(): Promise<ReportFinding[]> {
  const inside = dialectAdapter({ epsilon: "inside" }, "unfused");
  const choices = { root: ["correct", "one-ulp-low", "one-ulp-high"] } as const;
  return [await findingOf(inside, ONE_STEP, choices), await findingOf(inside, LOADED, choices)];
}

/** One finding of every kind. */
export async function plantedFindings(): Promise<PlantedFinding[]> {
  const inside = dialectAdapter({ epsilon: "inside" }, "unfused");
  const planted: [string, Adapter, readonly Operation[]][] = [
    ["epsilon-inside", inside, ONE_STEP],
    ["lr-inside", dialectAdapter({ momentum: "lr-inside" }, "unfused"), SEVERAL_STEPS],
    ["epsilon-inside", inside, LOADED],
    ["forgets-momentum", defectiveAdapter({ forgets: "momentum_buffer" }), CHECKPOINT],
    ["first-group", sameForAllGroups, GROUPS],
  ];
  const found: PlantedFinding[] = [];
  for (const [fault, adapter, operations] of planted)
    found.push({ fault, finding: await findingOf(adapter, operations) });
  return found;
}

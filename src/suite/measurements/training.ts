import { trainingErrors } from "../../judge/training-errors.js";
import { BUNDLED_GOLDENS } from "../../package-info.js";
import type { Operation, OperationOf, Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { GoldenSet } from "../golden/golden-set.js";
import type { ProfileName } from "../profile.js";
import { answersTo } from "./answered-program.js";
import { observeOf } from "./element-programs.js";
import type { MeasuredImplementation } from "./measured-implementation.js";
import type { TrainingErrors } from "./measurements.js";
import { type SwitchedParts, settingWith } from "./settings.js";

/** A training whose gradients real PyTorch recorded, whatever optimizer they are given to here. */
interface RecordedTraining {
  readonly id: string;
  readonly title: string;
  /** Case of the golden family `training` that has the start and the gradients. */
  readonly golden: string;
  readonly parts: SwitchedParts;
}

const TRAININGS: readonly RecordedTraining[] = [
  {
    id: "regression",
    title: "linear regression on airfoil data",
    golden: "torch/training/airfoil",
    parts: {},
  },
  {
    id: "classifier",
    title: "classifier with one hidden layer",
    golden: "torch/training/classifier",
    parts: { momentum: true, weightDecay: true },
  },
  {
    id: "recurrent",
    title: "recurrent network",
    golden: "torch/training/recurrent",
    parts: { centered: true },
  },
];

/** The most elements of a training, and the most steps. */
const LIMITS = {
  smoke: { elements: 4, steps: 64 },
  ci: { elements: 16, steps: 128 },
  nightly: { elements: 128, steps: 300 },
} as const satisfies Record<ProfileName, { elements: number; steps: number }>;

/** How rounding errors grow over trainings, compared with the same trainings over the reals. */
export async function measureTraining(
  implementation: MeasuredImplementation,
  profile: ProfileName,
): Promise<TrainingErrors[]> {
  const { cases } = GoldenSet.open(BUNDLED_GOLDENS).programs("training");
  const measured: TrainingErrors[] = [];
  for (const training of TRAININGS) {
    const golden = cases.find(({ id }) => id === training.golden);
    if (!golden) throw new Error(`the bundled golden set has no case ${training.golden}`);
    const program = trainingProgram(implementation, training, golden.program, profile);
    for (const { observations } of await answersTo([program], implementation)) {
      const errors = trainingErrors(program, observations, implementation.dialect);
      if (Object.keys(errors).length > 0)
        measured.push({ id: training.id, title: titleOf(training, program), errors });
    }
  }
  return measured;
}

/** The recorded gradients under hyperparameters of the dialect, each step observed. */
function trainingProgram(
  implementation: MeasuredImplementation,
  { parts }: RecordedTraining,
  { operations }: Program,
  profile: ProfileName,
): Program {
  const h = settingWith(implementation, parts);
  const [init] = operations as [OperationOf<"init">];
  const start = init.groups.flatMap(({ parameters }) => parameters.flatMap(({ values }) => [...values]));
  const limit = LIMITS[profile];
  const stride = Math.ceil(start.length / limit.elements);
  const some = (values: readonly number[]) => vector(values.filter((_, i) => i % stride === 0));
  const steps = operations.filter((one) => one.op === "step").slice(0, limit.steps);
  const observe = observeOf(implementation, h);
  return {
    format: "rmsprop-program/1",
    dialect: implementation.dialect.id,
    operations: [
      { op: "init", groups: [{ hyperparameters: h, parameters: [some(start)] }] },
      ...steps.flatMap(({ gradients }): Operation[] => [
        { op: "step", gradients: [some(gradients.flatMap((one) => [...(one?.values ?? [])]))] },
        observe,
      ]),
    ],
  };
}

function titleOf({ title }: RecordedTraining, { operations }: Program): string {
  const [init] = operations as [OperationOf<"init">];
  const [{ hyperparameters: h, parameters }] = init.groups;
  const parts = [
    ...(h.momentum ? [`momentum ${h.momentum}`] : []),
    ...(h.centered ? ["centered"] : []),
    ...(h.weight_decay ? [`weight decay ${h.weight_decay}`] : []),
  ];
  const steps = operations.filter(({ op }) => op === "step").length;
  return [title, `${steps} steps of ${parameters[0].values.length} elements`, ...parts].join(", ");
}

import { describe, expect, test } from "vitest";
import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { stepShape } from "../../../spec/step-shape.js";
import { evaluateStep } from "../../oracle/evaluator.js";
import { ALL_STEP_REGIMES, elementSteps, RandomSource } from "../../search/element-steps.js";
import { OnnxOptimizer, type SessionOf } from "../runtime/onnx-optimizer.js";
import { type OnnxSession, openSession, type SessionOptions } from "../runtime/session.js";
import { builtUpdateGraph } from "./built-updates.js";
import type { UpdateGraph } from "./update-graph.js";

/** Graphs built from the update rule, run by ONNX Runtime on the CPU, against the float32 evaluator: to the bit. */

const STEP = 3;
/** Elements of each regime. */
const COUNT = 16;
/** So long that ONNX Runtime shares the work among threads. */
const LONG = 60_000;

const CONFIGURATIONS = (["disabled", "all"] as const).flatMap((optimization) =>
  [1, 2].map((threads): SessionOptions => ({ provider: "cpu", optimization, threads })),
);

const { unfused } = PINNED_EVALUATIONS;
const EVALUATIONS: readonly (readonly [string, PinnedEvaluation])[] = [
  ["unfused", unfused],
  ["operation-by-operation", PINNED_EVALUATIONS["operation-by-operation"]],
  [
    "square-first, quotient-first",
    { ...unfused, "order.mean-square": "square-first", "order.update": "quotient-first" },
  ],
  [
    "lerps, ratio-first",
    { ...unfused, "order.mean-square": "lerp", "order.mean-gradient": "lerp", "order.update": "ratio-first" },
  ],
  [
    "mirrored mean square, inverse",
    { ...unfused, "order.mean-square": "lerp-mirrored", "order.update": "inverse" },
  ],
  ["reciprocal, complement in float32", { ...unfused, quotient: "reciprocal", complement: "float32" }],
];

/** Settings of a dialect, one for each shape that its steps can have. */
function settingsOf(dialect: Dialect, random: RandomSource): Hyperparameters[] {
  const byShape = new Map<string, Hyperparameters>();
  for (const centered of [false, true])
    for (const maximize of [false, true])
      for (const momentum of [0, 0.9])
        for (const weight_decay of [0, 0.01])
          for (const clip_value of [Number.POSITIVE_INFINITY, random.pick([0.5, 1e-50, 1e3])]) {
            const h: Hyperparameters = {
              lr: random.pick([0.01, 0.25, 1]),
              alpha: random.pick([0.99, 0.9, 0.5, 0.25, 0]),
              eps: random.pick([1e-8, 2 ** -20, 0.1, 0]),
              lr_decay: 0.125,
              momentum,
              weight_decay,
              centered,
              maximize,
              clip_value,
            };
            const shape = JSON.stringify(stepShape(dialect, h));
            if (!byShape.has(shape)) byShape.set(shape, h);
          }
  return [...byShape.values()];
}

type Inputs = Record<"parameter" | "gradient" | "square_avg" | "grad_avg" | "momentum_buffer", Float32Array>;

/** Elements of all regimes, one after the other. */
function inputsOf(random: RandomSource): Inputs {
  const blocks = ALL_STEP_REGIMES.map((regime) => elementSteps(regime, COUNT, random));
  const joined = (name: keyof Inputs) => Float32Array.from(blocks.flatMap((block) => [...block[name]]));
  return {
    parameter: joined("parameter"),
    gradient: joined("gradient"),
    square_avg: joined("square_avg"),
    grad_avg: joined("grad_avg"),
    momentum_buffer: joined("momentum_buffer"),
  };
}

/** One step from a given state, by a graph. */
async function stepBy(
  graph: UpdateGraph,
  session: OnnxSession,
  dialect: Dialect,
  h: Hyperparameters,
  { parameter, gradient, ...state }: Inputs,
): Promise<{ readonly [S in Slot]?: Float32Array | undefined }> {
  const source = {
    name: "under test",
    dialects: [dialect.id] as [string],
    capabilities: [],
    reference: undefined,
    choose: () => ({ graph }),
  };
  const sessionOf: SessionOf = async () => session;
  const own = parameter.slice();
  const optimizer = new OnnxOptimizer(dialect, source, sessionOf, [
    { hyperparameters: h, parameters: [own] },
  ]);
  optimizer.load(0, { step: STEP - 1, ...state });
  await optimizer.step([gradient]);
  const { step: _, ...after } = optimizer.state(0) ?? { step: 0 };
  return { parameter: own, ...after };
}

function repeated(inputs: Inputs, length: number): Inputs {
  const longer = (values: Float32Array) => Float32Array.from({ length }, (_, k) => values[k % values.length]);
  return Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, longer(values)])) as Inputs;
}

/** The first value that differs from the evaluator's, and how many of the evaluator's are finite and not zero. */
async function compare(
  dialect: Dialect,
  h: Hyperparameters,
  built: PinnedEvaluation,
  configuration: SessionOptions,
  random: RandomSource,
  reported: PinnedEvaluation = built,
): Promise<{ differs?: string; telling: number }> {
  const graph = builtUpdateGraph(dialect, stepShape(dialect, h), built);
  const session = await openSession(graph.model, graph.source, configuration);
  const inputs = inputsOf(random);
  const { length } = inputs.parameter;
  const given = configuration.threads === 2 ? repeated(inputs, LONG) : inputs;
  const actual = await stepBy(graph, session, dialect, h, given);
  await session.release();
  let differs: string | undefined;
  let telling = 0;
  for (let i = 0; i < length; i++) {
    const element = {
      parameter: inputs.parameter[i],
      gradient: inputs.gradient[i],
      square_avg: inputs.square_avg[i],
      grad_avg: inputs.grad_avg[i],
      momentum_buffer: inputs.momentum_buffer[i],
    };
    const { stored } = evaluateStep(dialect, h, STEP, reported, element);
    for (const slot of SLOTS) {
      const expected = stored[slot];
      if (expected === undefined) continue;
      if (Number.isFinite(expected) && expected !== 0) telling++;
      const values = actual[slot] as Float32Array;
      for (let k = i; k < given.parameter.length; k += length) {
        if (Object.is(values[k], expected)) continue;
        differs ??= `${slot}[${k}]: ${values[k]} instead of ${expected} from ${JSON.stringify({ element, h })}`;
      }
    }
  }
  return { telling, ...(differs !== undefined && { differs }) };
}

describe.each(CONFIGURATIONS.map((one) => [`${one.optimization}, ${one.threads} threads`, one] as const))(
  "optimization %s: the bits of every dialect in every shape",
  (_, configuration) => {
    test.each(DIALECTS.map((dialect) => [dialect.id, dialect] as const))("%s", async (id, dialect) => {
      const random = new RandomSource(DIALECTS.indexOf(dialect));
      for (const h of settingsOf(dialect, random)) {
        const { differs, telling } = await compare(dialect, h, unfused, configuration, random);
        expect(differs, id).toBeUndefined();
        expect(telling).toBeGreaterThan(COUNT);
      }
    });
  },
);

describe.each(EVALUATIONS)("evaluation %s", (name, evaluation) => {
  const configuration = CONFIGURATIONS[3];
  test.each(["pytorch", "optax-nesterov", "graves-2013", "tfjs", "recurrentjs", "pylearn2"])(
    "has its bits in dialect %s",
    async (id) => {
      const dialect = dialectById(id);
      const random = new RandomSource(7);
      for (const h of settingsOf(dialect, random)) {
        const { differs } = await compare(dialect, h, evaluation, { ...configuration, threads: 1 }, random);
        expect(differs).toBeUndefined();
      }
    },
  );

  test.each(EVALUATIONS.filter(([other]) => other !== name))("is told from %s", async (_, described) => {
    // Centered and with momentum and without: the orders in which two evaluations may part are all there.
    const dialect = dialectById("pytorch");
    const results = [];
    for (const momentum of [0, 0.9]) {
      const h = { ...dialect.defaults, alpha: 0.3, centered: true, momentum };
      results.push(await compare(dialect, h, evaluation, configuration, new RandomSource(1), described));
    }
    expect(results.some(({ differs }) => differs !== undefined)).toBe(true);
  });
});

import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS } from "../../../spec/dialects.js";
import { hasMomentum } from "../../../spec/step-shape.js";
import { optimizerOf } from "../../adapter/bundled.js";
import { exactDescent } from "../../judge/exact-descent.js";
import type { Operation, Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import type { MeasuredImplementation } from "./measured-implementation.js";
import type { Trajectory } from "./measurements.js";

type Point = readonly [number, number];

/** Both directions need some steps, and gradients are of the size of ε: then it shows where ε stands. */
const CURVATURE: Point = [1, 5];
const START: Point = [-4, 2.5];
const STEPS = 40;
const EPSILON = 1;

/** Other dialects that are shown next to the declared one. */
const OTHERS = 3;

const DESCENTS = [
  { title: "without momentum", lr: 0.25, momentum: 0 },
  { title: "with momentum 0.9", lr: 0.05, momentum: 0.9 },
] as const;

/**
 * The ways down a quadratic: the implementation's, the exact one, and those of some dialects of the
 * catalogue that part from it and from each other. Gradients are taken where each of them stands. Left out is a descent with
 * momentum where there is none, and one in which the implementation did not answer.
 */
export async function measureTrajectories(implementation: MeasuredImplementation): Promise<Trajectory[]> {
  const { dialect } = implementation;
  const trajectories: Trajectory[] = [];
  for (const { title, lr, momentum } of DESCENTS) {
    const h = settingFor(dialect, lr, momentum);
    if (momentum > 0 && !hasMomentum(dialect)) continue;
    const got = await descend(implementation, h);
    if (got.length < 2) continue;
    const exact = finiteStart(exactDescent(dialect, h, CURVATURE, START, STEPS) as unknown as Point[]);
    trajectories.push({
      title,
      curvature: CURVATURE,
      paths: [
        { name: "implementation", kind: "got", points: got },
        { name: "exact", kind: "exact", points: exact },
        ...otherWays(dialect, lr, momentum, got).map(({ id, points }) => ({
          name: id,
          kind: "dialect" as const,
          points,
        })),
      ],
    });
  }
  return trajectories;
}

/** The same hyperparameters for all, but for an ε or a switch that a dialect has not. */
function settingFor(dialect: Dialect, lr: number, momentum: number): Hyperparameters {
  return {
    lr,
    momentum,
    alpha: 0.9,
    eps: dialect.epsilon === "none" ? 0 : EPSILON,
    weight_decay: 0,
    centered: dialect.centered === "always",
    maximize: false,
    lr_decay: 0,
    clip_value: Number.POSITIVE_INFINITY,
  };
}

/**
 * Where the implementation goes. Each gradient depends on where it stands, and a program has its gradients fixed, so
 * programs are run that grow by a step each.
 * @returns the start and each point, as far as there are answers and finite parameters
 */
async function descend(implementation: MeasuredImplementation, h: Hyperparameters): Promise<Point[]> {
  const points: Point[] = [START];
  const taken: Operation[] = [];
  while (points.length <= STEPS) {
    const gradient = gradientAt(points[points.length - 1]);
    taken.push({ op: "step", gradients: [vector(gradient)] });
    const program: Program = {
      format: "rmsprop-program/1",
      dialect: implementation.dialect.id,
      operations: [
        { op: "init", groups: [{ hyperparameters: h, parameters: [vector(START)] }] },
        ...taken,
        { op: "observe", slots: ["parameter"] },
      ],
    };
    const [observations] = await implementation.run([program]);
    const [x0, x1] = observations?.[0].parameters[0].parameter?.values ?? [];
    if (!Number.isFinite(x0) || !Number.isFinite(x1)) break;
    points.push([x0, x1]);
  }
  return points;
}

function gradientAt(point: Point): Point {
  return [Math.fround(CURVATURE[0] * point[0]), Math.fround(CURVATURE[1] * point[1])];
}

interface Way {
  readonly id: string;
  readonly points: readonly Point[];
}

/**
 * The ways of other dialects that have a buffer where this one has: the one that the implementation took, if it is
 * nearer to that than to its own, and then one after the other the farthest from all so far.
 */
function otherWays(dialect: Dialect, lr: number, momentum: number, got: readonly Point[]): Way[] {
  const wayOf = (one: Dialect): Way => ({
    id: one.id,
    points: bundledDescent(one, settingFor(one, lr, momentum)),
  });
  const others = DIALECTS.filter((one) => one.id !== dialect.id && (momentum === 0 || hasMomentum(one))).map(
    wayOf,
  );
  const chosen = [wayOf(dialect)];
  const toGot = others.map(({ points }) => distance(points, got));
  const nearest = Math.min(...toGot);
  if (nearest < distance(chosen[0].points, got)) chosen.push(others[toGot.indexOf(nearest)]);
  while (chosen.length <= OTHERS) {
    const toShown = others.map((one) =>
      Math.min(...chosen.map((other) => distance(one.points, other.points))),
    );
    const farthest = Math.max(...toShown);
    // What goes the same way has nothing to show.
    if (!(farthest > 0)) break;
    chosen.push(others[toShown.indexOf(farthest)]);
  }
  return chosen.slice(1);
}

/** Where the bundled implementation goes in a dialect. */
function bundledDescent(dialect: Dialect, h: Hyperparameters): Point[] {
  const optimizer = optimizerOf(dialect, "fused", [
    { hyperparameters: h, parameters: [Float32Array.from(START)] },
  ]);
  const points: Point[] = [START];
  for (let k = 0; k < STEPS; k++) {
    optimizer.step([Float32Array.from(gradientAt(points[k]))]);
    const [x0, x1] = optimizer.parameter(0);
    points.push([x0, x1]);
  }
  return finiteStart(points);
}

/** The points before the first one that is not finite. */
function finiteStart(points: readonly Point[]): Point[] {
  const end = points.findIndex((point) => !point.every(Number.isFinite));
  return end < 0 ? [...points] : points.slice(0, end);
}

/** The largest distance at the same step. */
function distance(a: readonly Point[], b: readonly Point[]): number {
  const both = a.slice(0, b.length);
  return Math.max(...both.map(([x, y], k) => Math.hypot(x - b[k][0], y - b[k][1])));
}

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Operation, Program, ProgramHyperparameters, StateEntry } from "../../program/program.js";
import { type Tensor, vector } from "../../program/tensor.js";

/** Programs for the tests of adapters: parts to make one of, and random ones. */

export const ALL_SLOTS = ["parameter", "square_avg", "grad_avg", "momentum_buffer", "gradient"] as const;
export const observe: Operation = { op: "observe", slots: [...ALL_SLOTS] };

export function programOf(...operations: Operation[]): Program {
  return { format: "rmsprop-program/1", dialect: "pytorch", operations };
}

/** One group. */
export function init(hyperparameters: ProgramHyperparameters, ...parameters: Tensor[]): Operation {
  return { op: "init", groups: [{ hyperparameters, parameters }] };
}

export const step = (...gradients: (Tensor | null)[]): Operation => ({ op: "step", gradients });

/** So many random valid programs, which use everything that there is. */
export function randomPrograms(seed: number, count: number): readonly Program[] {
  const source = new ProgramSource(seed);
  return Array.from({ length: count }, () => source.program());
}

class ProgramSource {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  private integer(min: number, max: number): number {
    return uniformInt(this.generator, min, max);
  }

  private uniform(): number {
    return uniformFloat64(this.generator);
  }

  private chance(percent: number): boolean {
    return this.integer(1, 100) <= percent;
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)];
  }

  private several<T>(min: number, max: number, make: (k: number) => T): T[] {
    return Array.from({ length: this.integer(min, max) }, (_, k) => make(k));
  }

  /** Any bits, or exponents in a range with zeros among them and sometimes something special. */
  private tensor(shape: readonly number[]): Tensor {
    const values = new Float32Array(shape.reduce((n, extent) => n * extent, 1));
    const patterns = new Uint32Array(values.buffer);
    const [least, greatest] = this.pick([
      [0, 255],
      [0, 3],
      [40, 200],
      [115, 131],
      [115, 131],
      [115, 131],
    ]);
    patterns.forEach((_, i) => {
      const sign = this.integer(0, 1) * 2 ** 31;
      const exponent = this.integer(least, greatest) * 2 ** 23;
      const fraction = this.pick([0, 1, 0x7fffff, this.integer(0, 0x7fffff), this.integer(0, 0x7fffff)]);
      patterns[i] = this.chance(10) ? sign : sign + exponent + fraction;
      if (this.chance(2)) patterns[i] = sign + this.pick(SPECIAL);
    });
    return { shape, values };
  }

  private hyperparameters(): ProgramHyperparameters {
    const all: Required<ProgramHyperparameters> = {
      lr: this.pick([0.01, 0.3, 2 ** -5, 1, 0, -0, 1e-300, 1e300, Number.POSITIVE_INFINITY, this.uniform()]),
      alpha: this.pick([0.99, 0.9, 0.999, 0.5, 0.3, 0, 1, 1.75, 2.5, this.uniform()]),
      eps: this.pick([1e-8, 1e-10, 0.1, 1, 0, -0, 2 ** -149, 1e-300, 1e300, Number.POSITIVE_INFINITY]),
      momentum: this.pick([0, 0, -0, 0.9, 0.5, 1, 1e-300, this.uniform()]),
      weight_decay: this.pick([0, 0, -0, 0.01, 0.1, 2, 1e-300]),
      centered: this.chance(40),
      maximize: this.chance(40),
      // The dialect has neither, so they change nothing.
      lr_decay: 0.5,
      clip_value: 0.5,
    };
    return Object.fromEntries(Object.entries(all).filter(() => this.chance(60)));
  }

  program(): Program {
    const groups = this.several(1, 3, () => ({
      hyperparameters: this.hyperparameters(),
      parameters: this.several(0, 3, () =>
        this.tensor(this.pick([[], [0], [1], [2], [5], [17], [2, 3], [3, 0, 2]])),
      ),
    }));
    const parameters = groups.flatMap((group) => group.parameters);
    const groupOf = groups.flatMap((group, g) => group.parameters.map(() => g));
    const present = groups.map(({ hyperparameters }) => ({ ...hyperparameters }));
    const gradients = (missing: number): Operation =>
      step(...parameters.map(({ shape }) => (this.chance(missing) ? null : this.tensor(shape))));
    // The bundled implementation refuses a state without a buffer that the present hyperparameters need.
    const entry = (parameter: number): StateEntry => {
      const { shape } = parameters[parameter];
      const { centered = false, momentum = 0 } = present[groupOf[parameter]];
      return {
        parameter,
        step: this.integer(0, 1000),
        square_avg: this.tensor(shape),
        ...(centered || this.chance(30) ? { grad_avg: this.tensor(shape) } : {}),
        ...(momentum > 0 || this.chance(30) ? { momentum_buffer: this.tensor(shape) } : {}),
      };
    };
    const some = (): Operation[] => {
      switch (this.pick(["step", "step", "step", "set", "load", "checkpoint", "observe"])) {
        case "set": {
          const group = this.integer(0, groups.length - 1);
          const hyperparameters = this.hyperparameters();
          Object.assign(present[group], hyperparameters);
          // A step of every parameter follows: whether `set` or the step makes a buffer is open.
          return [{ op: "set", group, hyperparameters }, gradients(0)];
        }
        case "load": {
          const listed = parameters.map((_, k) => k).filter(() => this.chance(50));
          return [{ op: "load", state: listed.map(entry) }];
        }
        case "checkpoint":
          return [{ op: "checkpoint" }];
        case "observe":
          return [{ op: "observe", slots: [this.pick(ALL_SLOTS), this.pick(ALL_SLOTS)] }];
        default:
          return [gradients(20), observe];
      }
    };
    return programOf({ op: "init", groups }, ...this.several(1, 8, some).flat(), observe);
  }
}

/** ∞, NaN, the largest finite float, the least normal and the least subnormal one, and two with extreme squares. */
const SPECIAL = [0x7f800000, 0x7fc00000, 0x7f7fffff, 0x00800000, 0x00000001, 0x5f8ac723, 0x19416d9a];

/** What a scalar may be that every dialect refuses, and what none does. */
const REFUSED = [-1, Number.NEGATIVE_INFINITY, -(2 ** -149), -1e-60, -5e-324, Number.NaN];
const ALLOWED = [0, -0, 5e-324, 2, Number.POSITIVE_INFINITY];
const SCALARS = ["lr", "alpha", "eps", "momentum", "weight_decay"] as const;

/** Programs with one scalar at this value, given at the start or later: two for each scalar. */
const programsWith = (value: number): readonly Program[] =>
  SCALARS.flatMap((name) => [
    programOf(init({ [name]: value }, vector([1, -2])), step(vector([0.5, 0])), observe),
    programOf(
      init({ momentum: 0.5 }, vector([1])),
      { op: "set", group: 0, hyperparameters: { maximize: true, [name]: value } },
      step(vector([3])),
      observe,
    ),
  ]);

/** Programs with a hyperparameter that `init` or `set` must refuse. */
export const REFUSED_PROGRAMS: readonly Program[] = REFUSED.flatMap(programsWith);
/** Programs with an unusual hyperparameter that must be taken. */
export const ALLOWED_PROGRAMS: readonly Program[] = ALLOWED.flatMap(programsWith);

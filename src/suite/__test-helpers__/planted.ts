import { STATE_SLOTS, type StateSlot } from "../../../spec/arithmetic.js";
import { CAPABILITIES, type Capability } from "../../../spec/capabilities.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import type { PinnedEvaluationName } from "../../../spec/evaluations.js";
import type { Adapter } from "../../adapter/adapter.js";
import { optimizerOf } from "../../adapter/bundled.js";
import { InProcessAdapter } from "../../adapter/in-process.js";
import type {
  GivenHyperparameters,
  Optimizer,
  OptimizerFactory,
  OptimizerGroup,
  OptimizerState,
} from "../../adapter/optimizer.js";

/** Implementations with one known defect each, behind the adapter of an honest one. */

export function adapterOf(
  factory: OptimizerFactory,
  capabilities: readonly Capability[] = CAPABILITIES,
): Adapter {
  const implementation = { name: "planted", version: "1", language: "TypeScript" };
  return new InProcessAdapter(
    { implementation, dialects: ["pytorch"], capabilities: [...capabilities] },
    factory,
  );
}

/** The bundled implementation with other axes than the declared dialect has. */
export function dialectAdapter(axes: Partial<Dialect>, evaluation: PinnedEvaluationName = "fused"): Adapter {
  return adapterOf({
    create: (id, groups) => optimizerOf({ ...dialectById(id), ...axes }, evaluation, groups),
  });
}

/** What is wrong with the arithmetic; an honest one leaves everything as it is. */
export interface Defect {
  readonly root?: (radicand: number) => number;
  /** What is stored instead of the exact sum that would be rounded. */
  readonly meanSquare?: (exact: number) => number;
  readonly complement?: (alpha: number) => number;
  /** s ⊕ w⊗(g² ⊖ s) instead of two terms. */
  readonly lerp?: boolean;
  /** Changes the gradient that it was given. */
  readonly writesGradient?: boolean;
  /** Changes all elements when one is NaN. */
  readonly skipsOnNaN?: boolean;
  /** Loses this slot when it is saved. */
  readonly forgets?: StateSlot;
  /** Steps a parameter without a gradient as if it were zero. */
  readonly missingIsZero?: boolean;
}

export function defectiveAdapter(defect: Defect = {}): Adapter {
  return adapterOf({ create: (id, groups) => new LoopOptimizer(dialectById(id).defaults, groups, defect) });
}

type State = { step: number } & Partial<Record<StateSlot, Float32Array>>;

const f = Math.fround;

/** PyTorch's RMSprop in the unfused order, one operation after the other. */
class LoopOptimizer implements Optimizer {
  private readonly parameters: Float32Array[];
  private readonly hyperparameters: Hyperparameters[];
  private readonly groupOf: number[];
  private states: (State | undefined)[];

  constructor(
    defaults: Hyperparameters,
    groups: readonly OptimizerGroup[],
    private readonly defect: Defect,
  ) {
    this.hyperparameters = groups.map((group) => ({ ...defaults, ...defined(group.hyperparameters) }));
    this.parameters = groups.flatMap((group) => [...group.parameters]);
    this.groupOf = groups.flatMap((group, g) => group.parameters.map(() => g));
    this.states = this.parameters.map(() => undefined);
  }

  step(gradients: readonly (Float32Array | null)[]): void {
    gradients.forEach((given, k) => {
      const missing = this.defect.missingIsZero ? new Float32Array(this.parameters[k].length) : null;
      const gradient = given ?? missing;
      if (!gradient) return;
      if (this.defect.skipsOnNaN && gradient.some(Number.isNaN)) return;
      this.states[k] ??= { step: 0, square_avg: new Float32Array(gradient.length) };
      this.stepParameter(this.parameters[k], gradient, this.states[k], this.hyperparameters[this.groupOf[k]]);
      if (this.defect.writesGradient) gradient[0] = f(gradient[0] + 1);
    });
  }

  private stepParameter(p: Float32Array, gradient: Float32Array, state: State, h: Hyperparameters): void {
    const { root = Math.sqrt, meanSquare = f, complement = (alpha) => f(1 - alpha) } = this.defect;
    const [lr, alpha, eps, mu, decay] = [h.lr, h.alpha, h.eps, h.momentum, h.weight_decay].map(f);
    const t = complement(h.alpha);
    state.step++;
    const s = state.square_avg as Float32Array;
    if (h.centered) state.grad_avg ??= new Float32Array(p.length);
    if (h.momentum > 0) state.momentum_buffer ??= new Float32Array(p.length);
    const { grad_avg: a, momentum_buffer: b } = state;
    for (let i = 0; i < p.length; i++) {
      let g = h.maximize ? -gradient[i] : gradient[i];
      if (h.weight_decay !== 0) g = f(g + f(p[i] * decay));
      s[i] = this.defect.lerp
        ? f(s[i] + f(t * f(f(g * g) - s[i])))
        : meanSquare(f(s[i] * alpha) + f(f(t * g) * g));
      let v = s[i];
      if (h.centered && a) {
        a[i] = Math.abs(t) < 0.5 ? f(a[i] + f(t * f(g - a[i]))) : f(g - f(f(g - a[i]) * f(1 - t)));
        v = f(v - f(a[i] * a[i]));
      }
      const d = f(f(root(v)) + eps);
      if (h.momentum > 0 && b) {
        b[i] = f(f(b[i] * mu) + f(g / d));
        p[i] = f(p[i] - f(b[i] * lr));
      } else p[i] = f(p[i] - f(f(lr * g) / d));
    }
  }

  setHyperparameters(group: number, changes: GivenHyperparameters): void {
    this.hyperparameters[group] = { ...this.hyperparameters[group], ...defined(changes) };
  }

  parameter(index: number): Float32Array {
    return this.parameters[index];
  }

  state(index: number): OptimizerState | undefined {
    return this.states[index];
  }

  load(index: number, state: OptimizerState): void {
    this.states[index] = copied(state);
  }

  save(): unknown {
    return {
      hyperparameters: structuredClone(this.hyperparameters),
      states: this.states.map((state) => {
        const copy = state && copied(state);
        if (copy && this.defect.forgets) delete copy[this.defect.forgets];
        return copy;
      }),
    };
  }

  restore(saved: unknown): void {
    const { hyperparameters, states } = saved as { hyperparameters: Hyperparameters[]; states: State[] };
    hyperparameters.forEach((h, g) => {
      this.hyperparameters[g] = h;
    });
    this.states = states;
    for (const state of states) if (state) state.square_avg ??= new Float32Array(0);
  }
}

function copied(state: OptimizerState): State {
  const copy: State = { step: state.step };
  for (const slot of STATE_SLOTS) {
    const values = state[slot];
    if (values) copy[slot] = values.slice();
  }
  return copy;
}

function defined(given: GivenHyperparameters): Partial<Hyperparameters> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

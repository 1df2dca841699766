import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import { configurationOf, type StepConfiguration } from "./configuration.js";
import { InvalidArgumentError } from "./invalid-argument-error.js";
import { OccupiedMemory } from "./occupied-memory.js";
import {
  checkKeys,
  HYPERPARAMETER_NAMES,
  mergeHyperparameters,
  type ResolvedOptions,
  type RMSpropOptions,
  resolveOptions,
} from "./options.js";
import { completeState, copyState, createState, type ParameterState } from "./parameter-state.js";
import { readStateDict, type StateDict } from "./state-dict.js";
import { advance } from "./step.js";
import { checkState, checkTensor } from "./tensor-arguments.js";

/** Parameters that share hyperparameters; what is left out comes from the optimizer's options. */
export interface ParameterGroupOptions extends Partial<Hyperparameters> {
  readonly params: readonly Float32Array[];
}

/** A snapshot of a group: frozen. `setHyperparameters` changes the group and puts another snapshot here. */
export interface ParameterGroup extends Hyperparameters {
  readonly params: readonly Float32Array[];
}

interface Group {
  readonly params: readonly Float32Array[];
  hyperparameters: Hyperparameters;
  configuration: StepConfiguration;
  /** One for each parameter; made at its first step with a gradient. */
  states: (ParameterState | undefined)[];
}

/**
 * RMSprop over float32 parameters, used like `torch.optim.RMSprop`: any dialect of the catalogue, rounded in any
 * of the pinned evaluations. A call that is refused with InvalidArgumentError has changed nothing.
 *
 * ```ts
 * const weights = Float32Array.of(1, 2, 3);
 * const optimizer = new RMSprop([weights], { lr: 0.01, momentum: 0.9 });
 * optimizer.step([Float32Array.of(0.1, 0, -0.1)]);
 * ```
 */
export class RMSprop {
  readonly dialect: Dialect;
  readonly evaluation: PinnedEvaluationName;
  readonly #options: ResolvedOptions;
  readonly #memory = new OccupiedMemory();
  readonly #groups: Group[];
  #paramGroups: readonly ParameterGroup[];

  /**
   * @param params parameters, updated in place, or groups of them with hyperparameters of their own. Each has
   * any length, zero included, and shares no memory with another.
   * @param options hyperparameters for all groups, the dialect (default "pytorch") and the evaluation (default
   * "fused"). Hyperparameters default to the dialect's.
   * @throws {InvalidArgumentError}
   */
  constructor(
    params: readonly Float32Array[] | readonly ParameterGroupOptions[],
    options: RMSpropOptions = {},
  ) {
    this.#options = resolveOptions(options);
    this.dialect = this.#options.dialect;
    this.evaluation = this.#options.evaluation;
    this.#groups = readGroups(params).map((group) => this.#makeGroup(group));
    this.#paramGroups = this.#groups.map(snapshot);
  }

  /** The groups in order: their parameters and present hyperparameters. */
  get paramGroups(): readonly ParameterGroup[] {
    return this.#paramGroups;
  }

  /**
   * One step of every parameter that has a gradient.
   * @param gradients one for each parameter, in the order of the groups, of the parameter's length; they are not
   * changed and share no memory with a parameter. null: the parameter has no gradient; it, its state and its
   * step count stay as they are.
   * @throws {InvalidArgumentError}
   */
  step(gradients: readonly (Float32Array | null)[]): void {
    this.#checkGradients(gradients);
    this.#createMissingStates(gradients);
    let index = 0;
    for (const { params, configuration, states } of this.#groups) {
      for (let i = 0; i < params.length; i++) {
        const gradient = gradients[index++];
        if (gradient !== null) advance(configuration, params[i], gradient, states[i] as ParameterState);
      }
    }
  }

  /**
   * Change hyperparameters of a group from the next step on; those left out stay.
   *
   * Switching momentum or centered on gives parameters that were stepped before the missing buffer, as zeros.
   * PyTorch raises KeyError at the next step instead; zeros are where the buffer of a new parameter starts, and
   * the choice that lets a schedule switch momentum on. Switching off keeps the buffer for a later return.
   * @throws {InvalidArgumentError}
   */
  setHyperparameters(groupIndex: number, changes: Partial<Hyperparameters>): void {
    const group = Number.isInteger(groupIndex) ? this.#groups[groupIndex] : undefined;
    if (group === undefined) {
      const allowed = `an integer from 0 to ${this.#groups.length - 1}`;
      throw new InvalidArgumentError("groupIndex", groupIndex, allowed, "groups count from 0 in paramGroups");
    }
    checkKeys("changes", changes, HYPERPARAMETER_NAMES);
    const hyperparameters = mergeHyperparameters("", group.hyperparameters, changes);
    const configuration = this.#configure(hyperparameters);
    for (const state of group.states) if (state) completeState(configuration, state);
    group.hyperparameters = hyperparameters;
    group.configuration = configuration;
    this.#paramGroups = this.#groups.map(snapshot);
  }

  /** A deep copy of the state and the hyperparameters; the parameters' values are not in it. */
  stateDict(): StateDict {
    const dict: StateDict = { state: {}, param_groups: [] };
    let index = 0;
    for (const { hyperparameters, states } of this.#groups) {
      const params: number[] = [];
      for (const state of states) {
        if (state) dict.state[index] = copyState(state);
        params.push(index++);
      }
      dict.param_groups.push({ ...hyperparameters, params });
    }
    return dict;
  }

  /**
   * Replace all state and the hyperparameters of all groups by copies of those in the dict. Parameters keep
   * their values; one without state in the dict has none afterwards.
   * @param dict of an optimizer with the same dialect, as many groups, and as many parameters of the same lengths
   * in each; every hyperparameter and every buffer that these need must be there.
   * @throws {InvalidArgumentError}
   */
  loadStateDict(dict: StateDict): void {
    const loaded = readStateDict(dict, {
      dialect: this.dialect,
      groups: this.#groups.map((group) => group.params),
      configure: (hyperparameters) => this.#configure(hyperparameters),
    });
    loaded.forEach(({ hyperparameters, configuration, states }, k) => {
      Object.assign(this.#groups[k], { hyperparameters, configuration, states });
    });
    this.#paramGroups = this.#groups.map(snapshot);
  }

  #configure(hyperparameters: Hyperparameters): StepConfiguration {
    return configurationOf({ ...this.#options, hyperparameters });
  }

  #makeGroup({ path, group }: NamedGroup): Group {
    if (!Array.isArray(group.params)) {
      const fix = "put a single parameter into an array";
      throw new InvalidArgumentError(`${path}params`, group.params, "an array of Float32Array", fix);
    }
    const params: readonly Float32Array[] = Object.freeze([...group.params]);
    params.forEach((parameter, i) => {
      this.#claim(`${path}params[${i}]`, parameter);
    });
    const hyperparameters = mergeHyperparameters(path, this.#options.hyperparameters, group);
    const configuration = this.#configure(hyperparameters);
    return { params, hyperparameters, configuration, states: params.map(() => undefined) };
  }

  #claim(name: string, parameter: Float32Array): void {
    checkTensor(name, parameter, parameter);
    const taken = this.#memory.claim(name, parameter);
    if (taken === undefined) return;
    const fix = "list each parameter once, in one group";
    throw new InvalidArgumentError(name, parameter, `in other memory than ${taken}`, fix);
  }

  #checkGradients(gradients: readonly (Float32Array | null)[]): void {
    const total = this.#groups.reduce((sum, group) => sum + group.params.length, 0);
    if (!Array.isArray(gradients) || gradients.length !== total) {
      const fix = "give one gradient, or null, for each parameter in the order of the groups";
      throw new InvalidArgumentError("gradients", gradients, `an array of length ${total}`, fix);
    }
    let index = 0;
    for (const { params, configuration, states } of this.#groups) {
      for (let i = 0; i < params.length; i++) {
        const name = `gradients[${index}]`;
        const gradient = gradients[index++];
        if (gradient === null) continue;
        checkTensor(name, gradient, params[i]);
        const state = states[i];
        // A parameter whose buffer was transferred elsewhere has become empty.
        if (state) checkState(`the state for ${name}`, configuration, params[i], state);
        const shared = this.#memory.overlapping(gradient);
        if (shared === undefined) continue;
        const fix = "a step writes the parameter while it reads the gradient: pass a copy";
        throw new InvalidArgumentError(name, gradient, `in other memory than ${shared}`, fix);
      }
    }
  }

  /** Everything that a step allocates, before it changes anything. */
  #createMissingStates(gradients: readonly (Float32Array | null)[]): void {
    let index = 0;
    for (const { params, configuration, states } of this.#groups) {
      for (let i = 0; i < params.length; i++) {
        const gradient = gradients[index++];
        if (gradient !== null) states[i] ??= createState(configuration, params[i], gradient);
      }
    }
  }
}

interface NamedGroup {
  /** What errors put before the name of a member: "" or "params[0].". */
  readonly path: string;
  readonly group: ParameterGroupOptions;
}

/** Both forms of the first argument as groups. */
function readGroups(params: unknown): NamedGroup[] {
  if (!Array.isArray(params) || params.length === 0) {
    const allowed = "a non-empty array of Float32Array or of groups";
    throw new InvalidArgumentError("params", params, allowed, "put a single parameter into an array");
  }
  if (!params.some(isPlainObject)) return [{ path: "", group: { params } }];
  return Array.from(params, (group, k) => {
    checkKeys(`params[${k}]`, group, ["params", ...HYPERPARAMETER_NAMES]);
    return { path: `params[${k}].`, group };
  });
}

function isPlainObject(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry) && !ArrayBuffer.isView(entry);
}

function snapshot(group: Group): ParameterGroup {
  return Object.freeze({ ...group.hyperparameters, params: group.params });
}

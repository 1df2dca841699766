import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { StepConfiguration } from "./configuration.js";
import { InvalidArgumentError } from "./invalid-argument-error.js";
import { checkKeys, HYPERPARAMETER_NAMES, mergeHyperparameters } from "./options.js";
import { copyState, type ParameterState } from "./parameter-state.js";
import { checkState } from "./tensor-arguments.js";

/**
 * A saved optimizer, laid out as PyTorch's `state_dict()`: the state of each parameter that has any, under the
 * index that its group lists it by, and the hyperparameters of the groups. Parameters themselves, the dialect
 * and the evaluation are not in it.
 */
export interface StateDict {
  state: { [index: number]: ParameterState };
  param_groups: StateDictGroup[];
}

/** A parameter group of a state dict: every hyperparameter, and which parameters it holds for. */
export type StateDictGroup = { -readonly [K in keyof Hyperparameters]: Hyperparameters[K] } & {
  /** Indices of the group's parameters. */
  params: number[];
};

/** What a state dict is loaded into: the parameters by group, and how hyperparameters become a step. */
export interface LoadTarget {
  readonly dialect: Dialect;
  readonly groups: readonly (readonly Float32Array[])[];
  configure(hyperparameters: Hyperparameters): StepConfiguration;
}

/** The checked contents of a state dict, copied. */
export interface LoadedGroup {
  readonly hyperparameters: Hyperparameters;
  readonly configuration: StepConfiguration;
  /** One for each parameter of the group; undefined where the dict has no state for it. */
  readonly states: (ParameterState | undefined)[];
}

/**
 * Check a state dict against the groups that it is loaded into and copy it. The n-th index of the dict's groups
 * belongs to the n-th parameter, whatever number it is, as in PyTorch. Unlike PyTorch, which copies whatever it
 * finds, keys, lengths and missing buffers are refused here and not at a later step.
 * @throws {InvalidArgumentError}
 */
export function readStateDict(dict: StateDict, target: LoadTarget): LoadedGroup[] {
  checkKeys("stateDict", dict, ["state", "param_groups"]);
  const saved = dict.param_groups;
  if (!Array.isArray(saved) || saved.length !== target.groups.length) {
    const fix = "load it into an optimizer with the groups that it was saved from";
    throw new InvalidArgumentError(
      "stateDict.param_groups",
      saved,
      `an array of ${target.groups.length} groups`,
      fix,
    );
  }
  const seen = new Set<number>();
  for (const [k, group] of saved.entries()) {
    checkGroup(`stateDict.param_groups[${k}]`, group, target.groups[k].length, seen);
  }
  checkIndices(dict.state, seen);
  return saved.map((group, k) => {
    const path = `stateDict.param_groups[${k}].`;
    const hyperparameters = mergeHyperparameters(path, group, {});
    const configuration = target.configure(hyperparameters);
    const states = group.params.map((index, i) => {
      const state = dict.state[index];
      if (state === undefined) return undefined;
      checkEntry(`stateDict.state[${index}]`, target, configuration, target.groups[k][i], state);
      return copyState(state);
    });
    return { hyperparameters, configuration, states };
  });
}

function checkGroup(argument: string, group: StateDictGroup, length: number, seen: Set<number>): void {
  checkKeys(argument, group, [...HYPERPARAMETER_NAMES, "params"]);
  const { params } = group;
  if (!Array.isArray(params) || params.length !== length) {
    const fix = "load it into an optimizer with the parameters that it was saved from";
    throw new InvalidArgumentError(`${argument}.params`, params, `an array of ${length} indices`, fix);
  }
  for (const [i, index] of params.entries()) {
    if (!Number.isSafeInteger(index) || index < 0 || seen.has(index)) {
      const allowed = "a non-negative integer that no other parameter has";
      throw new InvalidArgumentError(
        `${argument}.params[${i}]`,
        index,
        allowed,
        "number the parameters 0, 1, …",
      );
    }
    seen.add(index);
  }
}

function checkIndices(state: StateDict["state"], indices: ReadonlySet<number>): void {
  const allowed = "an object from the indices in param_groups to states";
  if (typeof state !== "object" || state === null || Array.isArray(state)) {
    throw new InvalidArgumentError("stateDict.state", state, allowed, "pass {} where there is no state yet");
  }
  for (const key of Object.keys(state)) {
    if (indices.has(Number(key)) && String(Number(key)) === key) continue;
    const fix = "remove the entry or list its index in a group";
    throw new InvalidArgumentError("a key of stateDict.state", key, "an index in param_groups", fix);
  }
}

function checkEntry(
  argument: string,
  target: LoadTarget,
  configuration: StepConfiguration,
  parameter: Float32Array,
  state: ParameterState,
): void {
  const { momentum, centered } = target.dialect;
  const known = ["step", "square_avg"];
  if (momentum !== "none" && momentum !== "ignored") known.push("momentum_buffer");
  if (centered !== "never") known.push("grad_avg");
  checkKeys(argument, state, known);
  checkState(argument, configuration, parameter, state);
}

export { configureStep, type StepConfiguration } from "./configuration.js";
export { InvalidArgumentError } from "./invalid-argument-error.js";
export type { RMSpropOptions } from "./options.js";
export { completeState, createState, type ParameterState } from "./parameter-state.js";
export { type ParameterGroup, type ParameterGroupOptions, RMSprop } from "./rmsprop.js";
export type { StateDict, StateDictGroup } from "./state-dict.js";
export { rmspropStep } from "./step.js";

import type { Hyperparameters } from "../../../spec/dialect.js";
import { stepShape } from "../../../spec/step-shape.js";
import type { MeasuredImplementation } from "./measured-implementation.js";

/** The parts of the rule that may be switched on. */
export interface SwitchedParts {
  readonly momentum?: boolean;
  readonly centered?: boolean;
  readonly weightDecay?: boolean;
}

/** The default hyperparameters of the dialect with these parts, as far as it has them and they are offered. */
export function settingWith(
  implementation: MeasuredImplementation,
  { momentum = false, centered = false, weightDecay = false }: SwitchedParts,
): Hyperparameters {
  const { dialect } = implementation;
  const requested: Hyperparameters = {
    ...dialect.defaults,
    momentum: momentum && implementation.offers("momentum") ? 0.9 : 0,
    centered: centered && implementation.offers("centered"),
    weight_decay: weightDecay && implementation.offers("weight-decay") ? 0.01 : 0,
  };
  const shape = stepShape(dialect, requested);
  return {
    ...requested,
    momentum: shape.momentum ? requested.momentum : 0,
    centered: shape.centered,
    weight_decay: shape.weightDecay ? requested.weight_decay : 0,
  };
}

/** The settings that are measured: nothing but the plain rule, each part alone, all parts. No two are the same. */
export function settingsOf(implementation: MeasuredImplementation): Hyperparameters[] {
  const parts: SwitchedParts[] = [
    {},
    { momentum: true },
    { centered: true },
    { weightDecay: true },
    { momentum: true, centered: true, weightDecay: true },
  ];
  const settings = parts.map((some) => settingWith(implementation, some));
  return [...new Map(settings.map((h) => [JSON.stringify(h), h])).values()];
}

import { STATE_SLOTS } from "../../spec/arithmetic.js";
import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import type { Dialect } from "../../spec/dialect.js";
import { stepShape } from "../../spec/step-shape.js";
import type { OperationOf, Program, ProgramHyperparameters } from "../program/program.js";
import { resolveHyperparameters } from "../program/timeline.js";
import { withoutSlots } from "../program/without-slots.js";

/** What an implementation must offer to run a program as it stands. The program must be valid. */
export function neededCapabilities(program: Program, dialect: Dialect): Capability[] {
  const { operations } = program;
  const [init] = operations as [OperationOf<"init">];
  const needed = new Set<Capability>();
  // A hyperparameter that is given counts as needed, even if no step with a gradient uses it.
  const asks = (given: ProgramHyperparameters) => {
    const resolved = resolveHyperparameters(dialect, given);
    const shape = stepShape(dialect, resolved);
    // A buffer that is updated at μ = 0 is part of the dialect and needs no capability.
    if (shape.momentum && resolved.momentum > 0) needed.add("momentum");
    if (shape.centered) needed.add("centered");
    if (shape.weightDecay) needed.add("weight-decay");
    if (shape.maximize) needed.add("maximize");
  };
  for (const { hyperparameters } of init.groups) asks(hyperparameters);
  if (init.groups.length > 1) needed.add("groups");
  for (const operation of operations) {
    const { op } = operation;
    if (op === "set") asks({ ...init.groups[operation.group].hyperparameters, ...operation.hyperparameters });
    if (op === "set" || op === "load" || op === "checkpoint") needed.add(op);
    if (op === "observe" && STATE_SLOTS.some((slot) => operation.slots.includes(slot))) needed.add("state");
    if (op === "step" && operation.gradients.includes(null)) needed.add("missing-gradient");
  }
  return CAPABILITIES.filter((capability) => needed.has(capability));
}

/** The same program with the state left unobserved, for an implementation that hides it. */
export function withoutState(program: Program): Program {
  return withoutSlots(program, STATE_SLOTS);
}

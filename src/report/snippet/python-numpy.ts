import type { Tensor } from "../../program/tensor.js";
import { areZeros, bitsLiteral } from "./float-literal.js";
import { pythonScalars, pythonShape } from "./python-literal.js";
import { PYTHON_HELPERS, pythonBeginning, pythonVerdict } from "./python-verdict.js";
import type { Snippet } from "./snippet.js";
import type { PlannedAction, PlannedState, SnippetPlan } from "./snippet-plan.js";
import {
  callOnBits,
  gradientLines,
  HYPERPARAMETER_MEANINGS,
  headingLines,
  tensorText,
  titled,
} from "./snippet-text.js";

/** A snippet in Python for an optimizer on NumPy arrays. */
export function numpySnippet(plan: SnippetPlan): Snippet {
  const checkpoints = plan.actions.some(({ kind }) => kind === "checkpoint");
  const code = `${headingLines(plan, `python3 finding-${plan.number}.py`)
    .map((line) => `# ${line}`)
    .join("\n")}
import struct
import sys
from types import SimpleNamespace

import numpy as np


def step(parameter, gradient, state, h):
    """PUT YOURS HERE: one step of one parameter, in place, as in parameter[...] = ...

    parameter, gradient   float32 arrays of one shape; the gradient stays as it is
    state.step            number of this step of the parameter, from 1
${plan.slots.map((slot) => `    ${`state.${slot}`.padEnd(21)} float32 array of the same shape, to be updated in place`).join("\n")}
${plan.hyperparameters.map((name) => `    ${`h.${name}`.padEnd(21)} ${HYPERPARAMETER_MEANINGS[name]}`).join("\n")}
    """
    raise NotImplementedError("put yours here")

${checkpoints ? CHECKPOINT : ""}
def floats(*bits):
    return np.array(bits, np.uint32).view(np.float32)


${PYTHON_HELPERS}


def bits_of(array, element):
    return int(array.reshape(-1).view(np.uint32)[element])


${body(plan).join("\n")}

${pythonVerdict(plan, element(plan, plan.place.slot))}
`;
  return { language: "python-numpy", title: "Python with NumPy", code };
}

const CHECKPOINT = `
def checkpoint(state):
    """PUT YOURS HERE TOO: save a state as your library does, and give back what it loads from that."""
    return state

`;

function body(plan: SnippetPlan): string[] {
  const { groups, parameters, hyperparameters, actions } = plan;
  return [
    "h = [",
    ...groups.map(
      (group) =>
        `    SimpleNamespace(${pythonScalars(group.hyperparameters, hyperparameters, (name, value) => `${name}=${value}`).join(", ")}),`,
    ),
    "]",
    "parameters = [",
    ...parameters.flatMap(({ tensor, group }) => [
      `    # of group ${group}, ${tensorText(tensor)}`,
      `    ${array(tensor, tensor.values)},`,
    ]),
    "]",
    "states = [",
    ...parameters.map(({ tensor, state }) => `    ${stateText(tensor, state, plan)},`),
    "]",
    ...pythonBeginning(plan),
    ...titled(actions).flatMap(({ action, title }) => ["", `# ${title}`, ...actionLines(action, plan)]),
  ];
}

function actionLines(action: PlannedAction, plan: SnippetPlan): string[] {
  const { parameters } = plan;
  switch (action.kind) {
    case "step":
      return gradientLines(action, "#", (gradient, k) => [
        `states[${k}].step += 1`,
        `step(parameters[${k}], ${array(gradient, gradient.values)}, states[${k}], h[${parameters[k].group}])`,
      ]);
    case "set":
      return pythonScalars(
        action.changes,
        plan.hyperparameters,
        (name, value) => `h[${action.group}].${name} = ${value}`,
      );
    case "load":
      return action.entries.map(
        ({ parameter, state }) =>
          `states[${parameter}] = ${stateText(parameters[parameter].tensor, state, plan)}`,
      );
    case "checkpoint":
      return ["states = [checkpoint(state) for state in states]"];
    case "compare":
      return action.seen.map(
        ({ slot, bits }) => `differs = differs or not same(${element(plan, slot)}, ${bitsLiteral(bits)})`,
      );
  }
}

function element({ place }: SnippetPlan, slot: SnippetPlan["place"]["slot"]): string {
  const { parameter, element: i } = place;
  const array = slot === "parameter" ? `parameters[${parameter}]` : `states[${parameter}].${slot}`;
  return `bits_of(${array}, ${i})`;
}

function stateText(tensor: Tensor, state: PlannedState, { slots }: SnippetPlan): string {
  const fields = slots.map((slot) => `${slot}=${array(tensor, state[slot]!)}`);
  return `SimpleNamespace(step=${state.step}, ${fields.join(", ")})`;
}

function array({ shape }: Tensor, values: Float32Array): string {
  const reshape = shape.length === 1 ? "" : `.reshape(${pythonShape(shape)})`;
  if (areZeros(values)) return `np.zeros(${pythonShape(shape)}, np.float32)`;
  return `${callOnBits(values, "floats(", ")", "        ")}${reshape}`;
}

import type { Slot, StateSlot } from "../../../spec/arithmetic.js";
import type { Tensor } from "../../program/tensor.js";
import { bitsLiteral } from "./float-literal.js";
import { pythonScalars, pythonShape } from "./python-literal.js";
import { PYTHON_HELPERS, pythonBeginning, pythonVerdict } from "./python-verdict.js";
import type { Snippet } from "./snippet.js";
import type { PlannedAction, PlannedGroup, PlannedState, SnippetPlan } from "./snippet-plan.js";
import { callOnBits, headingLines, tensorText, titled } from "./snippet-text.js";

/** A snippet in Python for an optimizer that is made and driven as those of `torch.optim`. */
export function pytorchSnippet(plan: SnippetPlan): Snippet {
  const checkpoints = plan.actions.some(({ kind }) => kind === "checkpoint");
  const code = `${headingLines(plan, `python3 finding-${plan.number}.py`)
    .map((line) => `# ${line}`)
    .join("\n")}
${checkpoints ? "import io\n" : ""}import struct
import sys

import torch
from torch.optim import RMSprop  # PUT YOURS HERE


def floats(*bits):
    values = struct.unpack(f"={len(bits)}f", struct.pack(f"={len(bits)}I", *bits))
    return torch.tensor(values, dtype=torch.float32)


${PYTHON_HELPERS}


def bits_of(tensor, element):
    return tensor.detach().reshape(-1).view(torch.int32)[element].item() & 0xFFFFFFFF


${body(plan).join("\n")}

${pythonVerdict(plan, element(plan, plan.place.slot))}
`;
  return { language: "python-pytorch", title: "Python with PyTorch", code };
}

function body(plan: SnippetPlan): string[] {
  const { groups, parameters, hyperparameters, actions } = plan;
  return [
    "parameters = [",
    ...parameters.flatMap(({ tensor, group }) => [
      `    # of group ${group}, ${tensorText(tensor)}`,
      `    ${tensorCall(tensor, tensor.values)}.requires_grad_(),`,
    ]),
    "]",
    "optimizer = RMSprop([",
    ...groups.map((group) => {
      const options = pythonScalars(
        group.hyperparameters,
        hyperparameters,
        (name, value) => `"${name}": ${value}`,
      );
      return `    {${[members(group), ...options].join(", ")}},`;
    }),
    "])",
    ...pythonBeginning(plan),
    ...titled(actions).flatMap(({ action, title }) => ["", `# ${title}`, ...actionLines(action, plan)]),
  ];
}

function members({ first, count }: PlannedGroup): string {
  return `"params": parameters[${first}:${first + count}]`;
}

function actionLines(action: PlannedAction, plan: SnippetPlan): string[] {
  switch (action.kind) {
    case "step":
      return [
        ...action.gradients.flatMap((gradient, k) =>
          gradient
            ? [
                `# ${tensorText(gradient)}`,
                `parameters[${k}].grad = ${tensorCall(gradient, gradient.values)}`,
              ]
            : [`parameters[${k}].grad = None`],
        ),
        "optimizer.step()",
      ];
    case "set":
      return pythonScalars(
        action.changes,
        plan.hyperparameters,
        (name, value) => `optimizer.param_groups[${action.group}]["${name}"] = ${value}`,
      );
    case "load":
      return [
        "saved = optimizer.state_dict()",
        ...action.entries.flatMap(({ parameter, state, given }) => [
          `saved["state"][${parameter}] = {`,
          ...stateLines(plan.parameters[parameter].tensor, state, given).map((line) => `    ${line},`),
          "}",
        ]),
        "optimizer.load_state_dict(saved)",
      ];
    case "checkpoint":
      return [
        "file = io.BytesIO()",
        "torch.save(optimizer.state_dict(), file)",
        "file.seek(0)",
        `optimizer = RMSprop([${plan.groups.map((group) => `{${members(group)}}`).join(", ")}])`,
        "optimizer.load_state_dict(torch.load(file))",
      ];
    case "compare":
      return action.seen.map(
        ({ slot, bits }) => `differs = differs or not same(${element(plan, slot)}, ${bitsLiteral(bits)})`,
      );
  }
}

function element({ place }: SnippetPlan, slot: Slot): string {
  const { parameter, element: i } = place;
  const tensor = slot === "parameter" ? "" : `optimizer.state[parameters[${parameter}]]["${slot}"]`;
  return `bits_of(${tensor || `parameters[${parameter}]`}, ${i})`;
}

function stateLines(tensor: Tensor, state: PlannedState, given: readonly StateSlot[]): string[] {
  return [
    `"step": torch.tensor(${state.step}.0)`,
    ...given.flatMap((slot) => {
      const values = state[slot];
      return values ? [`"${slot}": ${tensorCall(tensor, values)}`] : [];
    }),
  ];
}

function tensorCall({ shape }: Tensor, values: Float32Array): string {
  const reshape = shape.length === 1 ? "" : `.reshape(${pythonShape(shape)})`;
  return `${callOnBits(values, "floats(", ")", "        ")}${reshape}`;
}

"""One training step as a function of flat tensors: forward, backward by PyTorch, update."""

import torch
from torch.func import functional_call, grad_and_value

from interface import input_names
from update import update


def training_step(task, variant):
    """A function of the tensors that `input_names` lists to those that `output_names` lists."""
    names = list(task.parameters)
    expected = input_names(names, variant)

    def step(*flat):
        inputs = dict(zip(expected, flat, strict=True))
        parameters = {name: inputs[f"parameter.{name}"] for name in names}

        def objective(parameters):
            prediction = functional_call(task.network, parameters, (inputs["batch.input"],))
            return task.loss(prediction, inputs["batch.target"])

        gradients, loss = grad_and_value(objective)(parameters)
        h = {name: inputs[name] for name in variant.scalars}
        state = {name: {slot: inputs[f"{slot}.{name}"] for slot in variant.slots} for name in names}
        moved = {name: update(variant, parameters[name], gradients[name], state[name], h) for name in names}
        return (
            loss,
            *(gradients[name] for name in names),
            *(moved[name][0] for name in names),
            *(moved[name][1][slot] for slot in variant.slots for name in names),
        )

    return step


def example_inputs(task, variant):
    """Tensors of the right types and shapes for `training_step`."""
    parameters = [p.detach() for p in task.parameters.values()]
    return (
        *parameters,
        *(torch.zeros_like(p) for _ in variant.slots for p in parameters),
        *task.batches[0],
        *(torch.tensor(variant.scalar(name), dtype=torch.float32) for name in variant.scalars),
    )

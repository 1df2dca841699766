"""Real training in PyTorch's eager mode: module, backward(), optimizer; what each step left is recorded."""

import copy
from dataclasses import dataclass

import torch

from eager_update import optimizer


@dataclass(frozen=True)
class Step:
    """One step; tensors are copies, parameters in the module's order."""

    before: list
    """Parameters."""
    batch: tuple
    loss: torch.Tensor
    gradients: list
    parameters: list
    state: list
    """Slot name → tensor, one dict a parameter."""


def loss_and_gradients(network, loss, batch):
    """Fills the gradients of the network's parameters; returns the loss."""
    network.zero_grad()
    x, target = batch
    with torch.backends.mkldnn.flags(enabled=False):
        value = loss(network(x), target)
        value.backward()
    return value.detach()


def run(task, variant):
    """All steps of the task from its initial parameters, which stay as they are."""
    network = copy.deepcopy(task.network)
    parameters = list(network.parameters())
    rule = optimizer(variant, parameters)
    steps = []
    for batch in task.batches:
        before = copies(parameters)
        loss = loss_and_gradients(network, task.eager_loss, batch)
        gradients = copies(p.grad for p in parameters)
        rule.step()
        state = [{slot: rule.state[p][slot].clone() for slot in variant.slots} for p in parameters]
        steps.append(Step(before, batch, loss, gradients, copies(parameters), state))
    return steps


def copies(tensors):
    return [t.detach().clone() for t in tensors]

"""The bound on trial where it matters which side of zero a ReLU's operand is rounded to; no stored trace has that.

In the mlp, each bias of the hidden layer is made to cancel the rest of the sum for one sample, to the last bits. Some
evaluations then let a gradient through and others stop it, and all of them must lie within the bound. Exit status 1
where one does not, or where no comparison was uncertain, or where evaluations did not in fact disagree.
"""

import os

os.environ["MKL_CBWR"] = "COMPATIBLE"

import sys
from pathlib import Path

import golden_scripts
import capability
import pins
import quiet

ROUNDS = 8


def main():
    try:
        pins.check(Path(__file__).parent / "requirements.txt")
        capability.use("default")
    except (pins.WrongVersion, capability.Unavailable) as refusal:
        sys.exit(f"try_uncertain_masks.py: {refusal}")

    import torch

    from directed_rounding import evaluations
    from inputs import generator
    from interpreter import bounds, gradient_graph
    from pairs import pairs
    from tracing import trace
    from training_step import example_inputs, training_step

    ((task, variant),) = pairs(None, ["mlp.pytorch"])
    examples = example_inputs(task, variant)
    graph = gradient_graph(trace(training_step(task, variant), examples), 1 + len(task.parameters))
    relu = next(node for node in graph.graph.nodes if node.target is torch.ops.aten.relu.default)
    before_relu = up_to(graph, relu.args[0])
    rng = generator("onnx/uncertain-masks")
    uncertain = disagreements = 0
    worst = 0.0
    for sample in range(ROUNDS):
        weight, bias, *rest = examples
        x = task.batches[0][0][sample]
        bias = -(weight.double() @ x.double()).float()
        inputs = (weight, bias, *rest)
        operand = bounds(before_relu, inputs)
        uncertain += int((operand.centre.abs() <= operand.radius).sum())
        up, down, _ = (value > 0 for value in evaluations(before_relu, inputs, rng))
        disagreements += int((up != down).sum())
        bounded = bounds(graph, inputs)
        for evaluation in evaluations(graph, inputs, rng):
            for value, b in zip(evaluation, bounded, strict=True):
                distance = (value - b.centre).abs()
                share = torch.where(b.radius > 0, distance / b.radius, torch.where(distance > 0, torch.inf, 0.0))
                worst = max(worst, share.max().item())
    print(f"operands of ReLU whose sign is uncertain: {uncertain}, of these with another sign rounded up than rounded")
    print(f"down: {disagreements}; worst |computed - centre| / bound: {worst:.7f}")
    sys.exit(0 if uncertain > 0 and disagreements > 0 and worst <= 1 else 1)


def up_to(graph, node):
    """The part of a graph that computes one node."""
    import copy

    part = copy.deepcopy(graph)
    output = next(n for n in part.graph.nodes if n.op == "output")
    output.args = (next(n for n in part.graph.nodes if n.name == node.name),)
    part.graph.eliminate_dead_code()
    part.recompile()
    return part


if __name__ == "__main__":
    main()

"""The check on trial: stored pairs with one fault each, all of which check.py must reject, and one without.

Exit status 1 where a fault goes unseen, or where what is right is rejected.
"""

import os

os.environ["MKL_CBWR"] = "COMPATIBLE"

import argparse
import json
import sys
import tempfile
from pathlib import Path

import golden_scripts
import capability
import pins
import quiet
import wire

PAIR = "linear.pytorch"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="golden/onnx, or what generate.py wrote")
    source = parser.parse_args().folder / PAIR
    try:
        pins.check(Path(__file__).parent / "requirements.txt")
        capability.use("default")
    except (pins.WrongVersion, capability.Unavailable) as refusal:
        sys.exit(f"try_faults.py: {refusal}")

    from pairs import pairs
    from soundness import Tally, check_pair

    ((task, variant),) = pairs(None, [PAIR])
    unexpected = 0
    for name, fault in {"no fault": lambda model, trace: None, **FAULTS}.items():
        with tempfile.TemporaryDirectory() as folder:
            broken = Path(folder)
            copy_with(fault, source, broken)
            tally = Tally()
            check_pair(broken, task, variant, tally)
        unexpected += tally.failed != (name in FAULTS)
        print(f"{'rejected' if tally.failed else 'accepted'}: {name}")
    sys.exit(1 if unexpected else 0)


def copy_with(fault, source, target):
    import onnx

    model = onnx.load(source / "model.onnx")
    trace = json.loads((source / "trace.json").read_text())
    fault(model, trace)
    onnx.save(model, target / "model.onnx")
    (target / "trace.json").write_text(json.dumps(trace))


def gradient_without_mean(model, trace):
    """The gradient of the sum of squares: what a lost division by the number of samples looks like."""
    import numpy as np
    import onnx

    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "value" and onnx.numpy_helper.to_array(attribute.t).tolist() == 2 / 16:
                attribute.t.CopyFrom(onnx.numpy_helper.from_array(np.array(2, dtype=np.float32)))
                return
    raise ValueError("the graph has no factor 2/16")


def epsilon_inside(model, trace):
    """√(s + ε) for √s + ε: the two nodes change places."""
    for root in [node for node in model.graph.node if node.op_type == "Sqrt"]:
        plus = next(node for node in model.graph.node if root.output[0] in node.input)
        root.op_type, plus.op_type = plus.op_type, root.op_type
        root.input.append("eps")
        plus.input.remove("eps")


def quotient_first(model, trace):
    """lr·(g/d) for (lr·g)/d: another evaluation of the same formula."""
    for quotient in [node for node in model.graph.node if node.op_type == "Div"]:
        scaled = next(node for node in model.graph.node if quotient.input[0] in node.output)
        gradient = next(name for name in scaled.input if name != "lr")
        middle, divisor = quotient.input
        scaled.op_type, quotient.op_type = "Div", "Mul"
        scaled.ClearField("input")
        quotient.ClearField("input")
        scaled.input.extend([gradient, divisor])
        quotient.input.extend([middle, "lr"])
    in_order(model)


def in_order(model):
    """Nodes after those that they read from."""
    known = {value.name for value in [*model.graph.input, *model.graph.initializer]} | {""}
    waiting, sorted_nodes = list(model.graph.node), []
    while waiting:
        ready = next(node for node in waiting if set(node.input) <= known)
        waiting.remove(ready)
        known |= set(ready.output)
        sorted_nodes.append(ready)
    model.graph.ClearField("node")
    model.graph.node.extend(sorted_nodes)


def bounds_of_a_tenth(model, trace):
    """Bounds that no worst case was thought of for."""
    for step in trace["steps"]:
        for g in step["bound"]["gradients"]:
            g.update(wire.tensor(wire.tensor_values(g) / 10))


def one_bit_of_the_state(model, trace):
    """The last bit of one mean square of one step."""
    slot = trace["steps"][7]["state"][0]["square_avg"]
    values = wire.tensor_values(slot)
    values.view("uint32")[0, 3] ^= 1
    slot.update(wire.tensor(values))


FAULTS = {
    fault.__name__.replace("_", " "): fault
    for fault in (gradient_without_mean, epsilon_inside, quotient_first, bounds_of_a_tenth, one_bit_of_the_state)
}


if __name__ == "__main__":
    main()

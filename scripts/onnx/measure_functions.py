"""Measures the errors of the elementary functions in PyTorch and onnxruntime on this machine, against binary64.

Every float32 of a range, or every STRIDE-th. What it prints is the ground of library_error.py.
"""

import argparse
import sys
from pathlib import Path

import golden_scripts
import capability
import pins
import quiet

HALF_ULP = 2.0**-24
BLOCK = 1 << 22

RANGES = {
    # Function: (ONNX operator, what the error is relative to, smallest and largest argument, both signs).
    "exp": ("Exp", "result", 2.0**-30, 87.0, True),
    "log": ("Log", "result or 1", 2.0**-20, 2.0**30, False),
    "log1p": (None, "result or 1", 2.0**-30, 2.0**30, False),
    "tanh": ("Tanh", "result", 2.0**-30, 2.0**6, True),
    "sigmoid": ("Sigmoid", "1", 2.0**-30, 2.0**6, True),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stride", type=int, default=1, help="every so many-th float32 (default 1: all)")
    parser.add_argument("--capability", choices=capability.CAPABILITIES, default="default", help="PyTorch's")
    parser.add_argument("--only", choices=sorted(RANGES), action="append")
    arguments = parser.parse_args()
    try:
        pins.check(Path(__file__).parent / "requirements.txt")
        capability.use(arguments.capability)
    except (pins.WrongVersion, capability.Unavailable) as refusal:
        sys.exit(f"measure_functions.py: {refusal}")
    print(f"{capability.processor()}; PyTorch with {arguments.capability}; every {arguments.stride}-th float32")
    for name in arguments.only or RANGES:
        measure(name, arguments.stride)


def measure(name, stride):
    import numpy as np
    import torch

    operator, unit, low, high, both_signs = RANGES[name]
    runtimes = {"PyTorch": lambda x: getattr(torch, name)(torch.from_numpy(x)).numpy()}
    if operator:
        runtimes["onnxruntime"] = one_operator(operator)
    first, last = (int(np.float32(x).view(np.uint32)) for x in (low, high))
    worst = dict.fromkeys(runtimes, (0.0, 0.0))
    count = 0
    for start in range(first, last + 1, BLOCK * stride):
        bits = np.arange(start, min(start + BLOCK * stride, last + 1), stride, dtype=np.uint32)
        for sign in (1, -1) if both_signs else (1,):
            x = bits.view(np.float32) * np.float32(sign)
            wanted = getattr(torch, name)(torch.from_numpy(x).double()).numpy()
            size = {"result": np.abs(wanted), "1": 1.0, "result or 1": np.maximum(np.abs(wanted), 1)}[unit]
            for runtime, function in runtimes.items():
                error = np.abs(function(x).astype(np.float64) - wanted) / (size * HALF_ULP)
                at = int(error.argmax())
                worst[runtime] = max(worst[runtime], (float(error[at]), float(x[at])))
            count += x.size
    for runtime, (error, x) in worst.items():
        print(f"{name:8} {runtime:12} {error:7.3f} half-ulps of {unit}, at {x!r}; {count} arguments", flush=True)


def one_operator(operator):
    """A function of a float32 array that onnxruntime computes with one operator."""
    import onnx
    import onnxruntime

    from export_model import IR_VERSION, OPSET

    types = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    graph = onnx.helper.make_graph([onnx.helper.make_node(operator, ["x"], ["y"])], operator, types[:1], types[1:])
    opset = onnx.helper.make_opsetid("", OPSET)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(["y"], {"x": x})[0]


if __name__ == "__main__":
    main()

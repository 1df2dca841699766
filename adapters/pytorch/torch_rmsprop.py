"""torch.optim.RMSprop behind the adapter protocol (spec/PROTOCOL.md), on the CPU in one thread, or on a GPU.

    python adapters/pytorch/torch_rmsprop.py                  # foreach=False, the loop over parameters
    python adapters/pytorch/torch_rmsprop.py --foreach        # foreach=True
    python adapters/pytorch/torch_rmsprop.py --device cuda    # either of them on CUDA

Needs PyTorch and NumPy: pip install torch numpy

PyTorch checks hyperparameters where an optimizer is made, and nowhere else: neither those of a parameter group nor
what a schedule writes into `param_groups`. `checked` below makes an optimizer for that check alone. Without it a
negative learning rate would be accepted by `set`, and in groups, as PyTorch accepts it.
"""

import argparse
import base64
import io
import json
import struct
import sys

try:
    import numpy as np
    import torch
except ImportError as error:
    sys.exit(f"torch_rmsprop.py: {error}; to install what it needs: pip install torch numpy")

SCALARS = ("lr", "alpha", "eps", "momentum", "weight_decay")
FLAGS = ("centered", "maximize")
STATE_SLOTS = ("square_avg", "grad_avg", "momentum_buffer")

CAPABILITIES = [
    "momentum",
    "centered",
    "weight-decay",
    "maximize",
    "groups",
    "set",
    "load",
    "checkpoint",
    "state",
    "missing-gradient",
    "deterministic",
]


class InvalidHyperparameter(ValueError):
    """What PyTorch says of a hyperparameter that it refuses."""


class Unsupported(Exception):
    """A program needs something that is not offered: the argument says what."""


def tensor(wire, device):
    """A float32 tensor of the wire tensor's shape, in memory of its own."""
    values = np.frombuffer(base64.b64decode(wire["data"]), dtype="<f4").astype(np.float32)
    # Memory from PyTorch, aligned as that of any tensor, which NumPy's need not be.
    return torch.from_numpy(values.reshape(wire["shape"])).to(device, copy=True)


def wire_tensor(t):
    values = t.detach().cpu().numpy().astype("<f4")
    return {"shape": list(values.shape), "data": base64.b64encode(values.tobytes()).decode("ascii")}


def hyperparameters(wire):
    """Those that PyTorch's RMSprop has, as Python values."""
    values = {name: struct.unpack(">d", bytes.fromhex(wire[name]))[0] for name in SCALARS if name in wire}
    return {**values, **{name: wire[name] for name in FLAGS if name in wire}}


def checked(values):
    """The same hyperparameters.

    Raises InvalidHyperparameter if an optimizer cannot be made with them.
    """
    try:
        torch.optim.RMSprop([torch.empty(0)], **values)
    except ValueError as error:
        raise InvalidHyperparameter(str(error)) from None
    return values


class Run:
    """Carries out the operations of one program."""

    def __init__(self, foreach, device):
        self.foreach = foreach
        self.device = device
        self.observations = []

    def perform(self, operation):
        """Raises InvalidHyperparameter, Unsupported, or whatever PyTorch raises."""
        op = operation["op"]
        if op == "init":
            self.init(operation["groups"])
        elif op == "step":
            self.step(operation["gradients"])
        elif op == "set":
            self.set(operation["group"], operation["hyperparameters"])
        elif op == "load":
            self.load(operation["state"])
        elif op == "checkpoint":
            self.checkpoint()
        elif op == "observe":
            self.observations.append({"parameters": [self.observed(p, operation["slots"]) for p in self.parameters]})
        else:
            raise Unsupported(op)

    def init(self, groups):
        self.optimizer = self.make_optimizer(
            [
                {
                    **checked(hyperparameters(group["hyperparameters"])),
                    "params": [tensor(p, self.device).requires_grad_() for p in group["parameters"]],
                }
                for group in groups
            ]
        )

    def make_optimizer(self, groups):
        return torch.optim.RMSprop(groups, foreach=self.foreach)

    @property
    def parameters(self):
        return [p for group in self.optimizer.param_groups for p in group["params"]]

    def step(self, gradients):
        for p, gradient in zip(self.parameters, gradients):
            p.grad = None if gradient is None else tensor(gradient, self.device)
        self.optimizer.step()

    def set(self, group, changes):
        self.optimizer.param_groups[group].update(checked(hyperparameters(changes)))

    def load(self, entries):
        saved = self.optimizer.state_dict()
        for entry in entries:
            slots = {slot: tensor(entry[slot], self.device) for slot in STATE_SLOTS if slot in entry}
            saved["state"][entry["parameter"]] = {"step": torch.tensor(float(entry["step"])), **slots}
        self.optimizer.load_state_dict(saved)

    def checkpoint(self):
        file = io.BytesIO()
        torch.save(self.optimizer.state_dict(), file)
        file.seek(0)
        # The new instance has PyTorch's defaults, so what it knows afterwards comes from the file.
        groups = [{"params": group["params"]} for group in self.optimizer.param_groups]
        self.optimizer = self.make_optimizer(groups)
        self.optimizer.load_state_dict(torch.load(file))

    def observed(self, p, slots):
        state = self.optimizer.state.get(p, {})
        present = {"parameter": p, "gradient": p.grad, **state}
        entry = {slot: wire_tensor(present[slot]) for slot in slots if present.get(slot) is not None}
        return {**entry, "step": int(state["step"])} if state else entry


def reply(program, foreach, device):
    """The reply to one program: everything that it needs is made here."""
    if program["dialect"] != "pytorch":
        return {"status": "unsupported", "capability": "dialect"}
    run = Run(foreach, device)
    for operation in program["operations"]:
        try:
            run.perform(operation)
        except Unsupported as error:
            return {"status": "unsupported", "capability": str(error)}
        except InvalidHyperparameter as error:
            return failure(operation, "invalid-hyperparameter", str(error))
        except Exception as error:
            return failure(operation, "internal", repr(error))
    return {"status": "ok", "observations": run.observations}


def failure(operation, kind, message):
    return {"status": "error", "phase": operation["op"], "class": kind, "message": message}


def hello(foreach, device):
    mode = ("foreach" if foreach else "for-loop") + ("" if device == "cpu" else f", {device}")
    return {
        "protocol": 1,
        "implementation": {
            "name": f"torch.optim.RMSprop ({mode})",
            "version": torch.__version__,
            "language": "Python",
            "issues": "https://github.com/pytorch/pytorch/issues",
        },
        "dialects": ["pytorch"],
        "capabilities": CAPABILITIES,
        # Wheels that take the CPU's vectorised root from a vendor's library have it within one float of the correct one.
        **({"float32": {"choices": {"root": ["correct", "one-ulp-low", "one-ulp-high"]}}} if device == "cpu" else {}),
    }


def main():
    parser = argparse.ArgumentParser(description="torch.optim.RMSprop as an adapter for rmsprop-conformance")
    parser.add_argument("--foreach", action="store_true", help="foreach=True instead of foreach=False")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where the tensors are (default cpu)")
    arguments = parser.parse_args()
    foreach, device = arguments.foreach, arguments.device
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit(f"torch_rmsprop.py: PyTorch {torch.__version__} sees no CUDA device; leave --device out for the CPU")
    torch.set_num_threads(1)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["message"] == "stop":
            break
        if request["message"] == "hello":
            answer = hello(foreach, device)
        else:
            cases = request["cases"]
            answer = {"results": [{"case": c["case"], **reply(c["program"], foreach, device)} for c in cases]}
        print(json.dumps({"id": request["id"], **answer}), flush=True)


if __name__ == "__main__":
    main()

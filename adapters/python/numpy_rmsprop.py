"""An adapter to copy: put your optimizer in the place of the class, keep the rest. Python 3.9 and NumPy."""

import base64
import copy
import json
import struct
import sys

import numpy as np

SCALARS = {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "momentum": 0.0, "weight_decay": 0.0}


class RMSprop:
    """PyTorch's RMSprop, each operation rounded to float32: the bits of the evaluation `unfused`."""

    def __init__(self, groups):  # each has hyperparameters by name, and parameters: arrays, changed in place
        self.groups = groups
        for k, group in enumerate(groups):
            self.set(k, {**SCALARS, "centered": False, "maximize": False, **group["hyperparameters"]})
        self.parameters = [(p, group["hyperparameters"]) for group in groups for p in group["parameters"]]
        self.states = [{} for _ in self.parameters]  # slots by name; none before a parameter's first step

    def set(self, group, changes):
        for name in SCALARS.keys() & changes.keys():
            if not changes[name] >= 0:  # NaN neither; a ValueError says that a value is refused
                raise ValueError(f"{name} is {changes[name]}, but must be 0 or more")
        self.groups[group]["hyperparameters"].update(changes)

    def step(self, gradients):  # one for each parameter, None where there is none
        for (p, h), g, state in zip(self.parameters, gradients, self.states):
            if g is None:
                continue
            lr, alpha, eps, momentum, weight_decay = (np.float32(h[name]) for name in SCALARS)
            weight = np.float32(1 - h["alpha"])  # subtracted in binary64, then rounded
            g = -g if h["maximize"] else g
            g = g + p * weight_decay if h["weight_decay"] != 0 else g
            state["step"] = state.get("step", 0) + 1
            s = state.setdefault("square_avg", np.zeros_like(p))
            s[...] = variance = s * alpha + weight * g * g
            if h["centered"]:
                a = state.setdefault("grad_avg", np.zeros_like(p))  # PyTorch's lerp, from the nearer end
                a[...] = a + weight * (g - a) if abs(weight) < 0.5 else g - (g - a) * (np.float32(1) - weight)
                variance = s - a * a
            denominator = np.sqrt(variance) + eps
            if h["momentum"] > 0:
                b = state.setdefault("momentum_buffer", np.zeros_like(p))
                b[...] = b * momentum + g / denominator
                p -= b * lr
            else:
                p -= lr * g / denominator


# What you have, and no more: what is declared must work. The rest of the file is spec/PROTOCOL.md.
HELLO = {
    "protocol": 1,
    "implementation": {"name": "NumPy example", "version": f"NumPy {np.__version__}", "language": "Python"},
    "dialects": ["pytorch"],
    "capabilities": ["momentum", "centered", "weight-decay", "maximize", "groups", "set", "load"]
    + ["checkpoint", "state", "missing-gradient", "deterministic"],
    "float32": {"reference": "unfused"},  # leave this out unless you claim the bits of a named evaluation
}


def decode(wire):  # called with each JSON object: tensors become arrays, and scalars floats
    if "shape" in wire and "data" in wire:
        return np.frombuffer(base64.b64decode(wire["data"]), "<f4").astype(np.float32).reshape(wire["shape"])
    given = wire.get("hyperparameters", {})
    given.update({k: struct.unpack(">d", bytes.fromhex(given[k]))[0] for k in SCALARS.keys() & given.keys()})
    return wire


def encode(array):
    return {"shape": array.shape, "data": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def run(program):  # nothing may be left behind for the next one
    if program["dialect"] not in HELLO["dialects"]:
        return {"status": "unsupported", "capability": "dialect"}
    observations = []
    for operation in program["operations"]:
        op = operation["op"]
        try:
            if op == "init":
                optimizer = RMSprop(operation["groups"])
                gradients = [None for _ in optimizer.parameters]
            elif op == "step":
                gradients = operation["gradients"]
                optimizer.step(gradients)
            elif op == "set":
                optimizer.set(operation["group"], operation["hyperparameters"])
            elif op == "load":
                for entry in operation["state"]:
                    optimizer.states[entry.pop("parameter")] = entry
            elif op == "checkpoint":  # a new optimizer, which gets what was saved
                groups, states = copy.deepcopy((optimizer.groups, optimizer.states))
                optimizer = RMSprop(groups)
                optimizer.states = states
            elif op == "observe":
                wanted = {"step", *operation["slots"]}
                found = zip(optimizer.parameters, gradients, optimizer.states)
                slots = [{"parameter": p, "gradient": g, **state} for (p, _), g, state in found]
                seen = [{k: v for k, v in s.items() if k in wanted and v is not None} for s in slots]
                observations.append({"parameters": copy.deepcopy(seen)})
            else:
                return {"status": "unsupported", "capability": op}
        except Exception as error:
            kind = "invalid-hyperparameter" if isinstance(error, ValueError) else "internal"
            return {"status": "error", "phase": op, "class": kind, "message": repr(error)}
    return {"status": "ok", "observations": observations}


np.seterr(all="ignore")  # NaN and infinities are values like any other
for line in sys.stdin.buffer:
    message = json.loads(line, object_hook=decode)
    if message["message"] == "stop":
        break
    results = [{"case": case["case"], **run(case["program"])} for case in message.get("cases", [])]
    reply = HELLO if message["message"] == "hello" else {"results": results}
    print(json.dumps({"id": message["id"], **reply}, default=encode), flush=True)

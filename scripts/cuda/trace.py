"""Traces of PyTorch's RMSprop on CUDA: the programs of the committed goldens, replayed on a GPU.

    python trace.py --programs golden/torch/programs --out FOLDER [--device cuda]

Writes FOLDER/FAMILY.json in the form of scripts/golden/generate.py, with the GPU in place of the CPU capability. No
version is pinned: a machine without network has the PyTorch that it has, and the file names it. Nothing is replaced:
what a program needs from NumPy is its tensors, and a training run's gradients are part of its program.
"""

import argparse
import hashlib
import json
import platform
import sys
from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
sys.path.insert(0, str(GOLDEN))

try:
    import numpy as np
    import torch
except ImportError as error:
    sys.exit(f"trace.py: {error}; PyTorch and NumPy are needed")

import wire  # noqa: E402
from replay import Run, make_optimizer  # noqa: E402


class DeviceRun(Run):
    """A program on tensors of a device; the parts that touch none are the golden generator's."""

    def __init__(self, device, foreach):
        super().__init__("as-shipped", foreach)
        self.device = device

    def tensor(self, values):
        return torch.from_numpy(wire.tensor_values(values)).to(self.device)

    def init(self, groups):
        self.groups = [
            (
                wire.hyperparameter_values(group["hyperparameters"]),
                [self.tensor(p).requires_grad_() for p in group["parameters"]],
            )
            for group in groups
        ]
        self.optimizer = make_optimizer(self.groups, self.foreach)

    def step(self, gradients):
        for p, g in zip(self.parameters, gradients, strict=True):
            p.grad = None if g is None else self.tensor(g)
        self.optimizer.step()

    def observe(self, slots):
        def tensors(p):
            state = {"parameter": p, **self.optimizer.state.get(p, {})}
            return {slot: wire.tensor(state[slot].detach().cpu().numpy()) for slot in slots if slot in state}

        return {"parameters": [tensors(p) for p in self.parameters]}


def observations(program, device, foreach):
    run = DeviceRun(device, foreach)
    seen = []
    for operation in program["operations"]:
        match operation["op"]:
            case "init":
                run.init(operation["groups"])
            case "step":
                run.step(operation["gradients"])
            case "set":
                run.change(operation["group"], operation["hyperparameters"])
            case "checkpoint":
                run.checkpoint()
            case "observe":
                seen.append(run.observe(operation["slots"]))
            case other:
                raise ValueError(f"trace.py has no operation {other!r}")
    return seen


def entries(case, device):
    """The case with its observations: one entry if both values of foreach give the same bits, otherwise two."""
    single, multiple = (observations(case["program"], device, foreach) for foreach in (False, True))
    runs = (
        [("", [False, True], single)]
        if single == multiple
        else [("-single", [False], single), ("-foreach", [True], multiple)]
    )
    return [
        {
            **{key: case[key] for key in ("comment", "clause", "flags", "program")},
            "id": case["id"] + suffix,
            "foreach": foreach,
            "observations": seen,
        }
        for suffix, foreach, seen in runs
    ]


def generator(device):
    sources = [HERE / "trace.py", *(GOLDEN / name for name in ("replay.py", "wire.py"))]
    return {
        "script": "scripts/cuda/trace.py",
        "sha256": hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest(),
        "packages": {"torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()},
        "machine": platform.machine(),
        **(
            {"gpu": torch.cuda.get_device_name(), "cuda": torch.version.cuda or "none"}
            if device == "cuda"
            else {}
        ),
    }


def main():
    parser = argparse.ArgumentParser(description="Replay the committed golden programs with PyTorch on a GPU.")
    parser.add_argument("--programs", type=Path, required=True, help="folder of golden program files")
    parser.add_argument("--out", type=Path, required=True, help="folder for the traces")
    parser.add_argument(
        "--device", choices=("cuda", "cpu"), default="cuda", help="cpu only tries out this script (default cuda)"
    )
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        sys.exit(f"trace.py: PyTorch {torch.__version__} sees no CUDA device")
    paths = sorted(arguments.programs.glob("*.json"))
    if not paths:
        sys.exit(f"trace.py: {arguments.programs} has no program files; give golden/torch/programs")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for path in paths:
        stored = json.loads(path.read_text(encoding="utf-8"))
        cases = [entry for case in stored["cases"] if "retracted" not in case for entry in entries(case, arguments.device)]
        header = {
            "format": "rmsprop-device-trace/1",
            "family": stored["family"],
            "device": arguments.device,
            "generator": generator(arguments.device),
        }
        text = wire.document(header, [wire.compact(case) for case in cases])
        (arguments.out / path.name).write_text(text, encoding="utf-8", newline="\n")
        parted = sum(len(case["foreach"]) == 1 for case in cases) // 2
        print(f"{path.name}: {len(cases)} cases, foreach gives other bits in {parted}")


if __name__ == "__main__":
    main()

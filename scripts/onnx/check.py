"""Holds every stored graph and trace against PyTorch and onnxruntime on this machine. See README.md in this folder.

From every state of a trace: PyTorch's eager loss and gradients, those of the graph in onnxruntime at every
optimization level with 1 and 2 threads, and those of the graph with every rounding forced up, down or at random, must
lie within the stored bounds; the graph's update of its own gradients,
and the recorded update of the recorded gradients, must be those of the optimizer to the bit. Exit status 1 where not.
"""

import os

os.environ["MKL_CBWR"] = "COMPATIBLE"

import argparse
import sys
from pathlib import Path

import golden_scripts
import capability
import pins
import quiet

HERE = Path(__file__).parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="golden/onnx, or what generate.py wrote")
    parser.add_argument("--airfoil", type=Path, help="airfoil_self_noise.dat; without it that model is left out")
    parser.add_argument("--only", action="append", default=[], help="MODEL.VARIANT; may be repeated")
    arguments = parser.parse_args()
    try:
        pins.check(HERE / "requirements.txt")
        capability.use("default")
    except (pins.WrongVersion, capability.Unavailable) as refusal:
        sys.exit(f"check.py: {refusal}")

    from pairs import pairs
    from soundness import Tally, check_pair, heading

    print(heading())
    failed = False
    for task, variant in pairs(arguments.airfoil, arguments.only):
        tally = Tally()
        check_pair(arguments.folder / f"{task.name}.{variant.name}", task, variant, tally)
        print(tally.line(f"{task.name}.{variant.name}"), flush=True)
        failed |= tally.failed
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

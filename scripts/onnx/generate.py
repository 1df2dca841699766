"""Exports training steps to ONNX and records PyTorch's runs of them. See README.md in this folder."""

import os

# Matrix products in MKL then take the path that every processor has; read when MKL is first used.
os.environ["MKL_CBWR"] = "COMPATIBLE"

import argparse
import hashlib
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import golden_scripts
import capability
import pins
import quiet

HERE = Path(__file__).resolve().parent


class Refused(Exception):
    """The arguments or the environment do not allow a run; the message is for the person who started it."""


def main():
    arguments = parse()
    try:
        pins.check(HERE / "requirements.txt")
        capability.use("default")
        from pairs import pairs

        written = [write(arguments.out, *pair) for pair in pairs(arguments.airfoil, arguments.only)]
        stale = [path.name for path in sorted(arguments.out.glob("*.*/")) if path.is_dir() and path not in written]
        if stale and not arguments.only:
            raise Refused(f"{arguments.out} holds what is not generated any more, delete it: {', '.join(stale)}")
        manifest(arguments.out, written)
    except (Refused, pins.WrongVersion, capability.Unavailable, OSError, ValueError) as refusal:
        sys.exit(f"generate.py: {refusal}")


def parse():
    parser = argparse.ArgumentParser(description="Export training steps to ONNX and record PyTorch's runs of them.")
    parser.add_argument("--out", type=Path, required=True, help="folder; files go to OUT/MODEL.VARIANT/")
    parser.add_argument("--airfoil", type=Path, help="airfoil_self_noise.dat; without it that model is left out")
    parser.add_argument("--only", action="append", default=[], help="MODEL.VARIANT; may be repeated")
    return parser.parse_args()


def write(out, task, variant):
    from eager_run import run
    from export_model import model_bytes
    from interpreter import bounds, gradient_graph
    from trace_document import document
    from tracing import trace
    from training_step import example_inputs, training_step

    folder = out / f"{task.name}.{variant.name}"
    folder.mkdir(parents=True, exist_ok=True)
    examples = example_inputs(task, variant)
    program = trace(training_step(task, variant), examples)
    model = model_bytes(program, task, variant)
    (folder / "model.onnx").write_bytes(model)

    steps = run(task, variant)
    count = len(task.parameters)
    graph = gradient_graph(program, 1 + count)
    state, scalars = examples[count : count * (1 + len(variant.slots))], examples[-len(variant.scalars) :]
    # The gradient depends on parameters and batch alone; the graph's other inputs are there, but nothing reads them.
    found = [bounds(graph, (*step.before, *state, *step.batch, *scalars)) for step in steps]
    text = document({"generator": generator()}, task, variant, steps, found)
    (folder / "trace.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{folder}: model {len(model)} bytes, trace {len(text)} bytes", flush=True)
    return folder


def generator():
    """Who made a trace; the digest has every script that has been imported for it."""
    files = (getattr(module, "__file__", None) for module in sys.modules.values())
    # Some modules of PyTorch have a made-up relative path.
    loaded = {Path(file).resolve() for file in files if file and Path(file).is_absolute()}
    sources = sorted(path for path in loaded if path.parent in (HERE, golden_scripts.FOLDER))
    return {
        "script": "scripts/onnx/generate.py",
        "sha256": digest(b"".join(path.read_bytes() for path in sources)),
        "packages": {
            **{package: version(package) for package in ("torch", "onnx", "onnxscript", "numpy")},
            "python": platform.python_version(),
        },
        "machine": platform.machine(),
        "capability": "default",
        "cpu": capability.processor(),
    }


def manifest(out, folders):
    """Lists the files of these folders with their digests."""
    paths = sorted(folder / name for folder in folders for name in ("model.onnx", "trace.json"))
    digests = ((path.relative_to(out).as_posix(), digest(path.read_bytes())) for path in paths)
    lines = [f'    {{ "path": "{path}", "sha256": "{sha256}" }}' for path, sha256 in digests]
    text = '{\n  "format": "rmsprop-onnx-manifest/1",\n  "files": [\n' + ",\n".join(lines) + "\n  ]\n}\n"
    (out / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def digest(content):
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()

"""From an exported program to the bytes of an ONNX model."""

import contextlib
import io
from importlib.metadata import version

import onnx
import torch

from interface import input_names, output_names
from normalise import normalise

OPSET = 20
IR_VERSION = 10


def model_bytes(program, task, variant):
    """The same bytes in every run. Raises onnx.checker.ValidationError where the exporter made no valid model."""
    names = list(task.parameters)
    with contextlib.redirect_stdout(io.StringIO()):  # the exporter reports its progress
        exported = torch.onnx.export(
            program,
            dynamo=True,
            opset_version=OPSET,
            optimize=False,
            verbose=False,
        )
    model = normalise(exported.model_proto, input_names(names, variant), output_names(names, variant), IR_VERSION)
    for key, value in sorted(metadata(task, variant).items()):
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def metadata(task, variant):
    return {
        "rmsprop.format": "1",
        "rmsprop.kind": "training",
        "rmsprop.dialect": variant.dialect,
        "rmsprop.evaluation": "unfused",
        "rmsprop.clauses": " ".join(variant.clauses),
        "rmsprop.model": task.name,
        **{f"rmsprop.{package}": version(package) for package in ("torch", "onnx", "onnxscript")},
    }

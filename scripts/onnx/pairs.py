"""Which model is exported with which variant."""

import sys
from dataclasses import replace

from model_airfoil import airfoil_regression
from model_convolution import convolution
from model_linear import linear
from model_logistic import logistic
from model_mlp import mlp
from model_recurrent import lstm, rnn
from variants import VARIANTS, variant

PLAIN = ("pytorch",)
ALL = tuple(v.name for v in VARIANTS)

MODELS = {
    "linear": (linear, ALL),
    "airfoil": (airfoil_regression, PLAIN),
    "logistic": (logistic, PLAIN),
    "mlp": (mlp, ALL),
    "rnn": (rnn, PLAIN),
    "lstm": (lstm, ALL),
    "convolution": (convolution, PLAIN),
}


def pairs(airfoil, only=()):
    """(task, variant) for every pair, or for those that are named MODEL.VARIANT.

    Without the path of the airfoil data that model is left out, with a line that says so.
    """
    known = [f"{name}.{v}" for name, (_, variants) in MODELS.items() for v in variants]
    unknown = [name for name in only if name not in known]
    if unknown:
        raise ValueError(f"--only {unknown[0]}: no such pair; known: {', '.join(known)}")
    for name, (make, variants) in MODELS.items():
        wanted = [chosen for chosen in variants if not only or f"{name}.{chosen}" in only]
        if name == "airfoil" and wanted and not airfoil:
            print("no --airfoil PATH, so the airfoil model is left out", file=sys.stderr)
            continue
        for chosen in wanted:
            task = make(airfoil) if name == "airfoil" else make()
            v = variant(chosen)
            yield task, replace(v, hyperparameters={**v.hyperparameters, **task.hyperparameters})

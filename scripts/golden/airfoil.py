"""NASA's airfoil self-noise data (Brooks, Pope, Marcolini 1989; UCI Machine Learning Repository, data set 291)."""

import hashlib
import math

import numpy as np

import wire

ROWS = 1503
SAMPLES = 1500
DIGEST = "11fab2c660f61031935f9995d27929df39a175d3551271b397c8aa254b19b6b6"
"""SHA-256 of the table as little-endian binary64, so that line ends and spacing do not matter."""


def load(path):
    """Standardised features (1500, 5) and labels (1500,), float32.

    Each of the six columns has mean 0 and standard deviation 1 over all 1503 rows; the first 1500 rows are used.
    Raises ValueError when the file does not hold the data.
    """
    table = np.loadtxt(path, dtype=np.float64)
    if hashlib.sha256(table.astype("<f8").tobytes()).hexdigest() != DIGEST:
        raise ValueError(f"{path} is not the airfoil self-noise table of {ROWS} rows and 6 columns")
    data = ((table - table.mean(axis=0)) / table.std(axis=0)).astype(np.float32)[:SAMPLES]
    return np.ascontiguousarray(data[:, :5]), np.ascontiguousarray(data[:, 5])


def sufficient_statistics(features, labels):
    """What the squared loss of a linear model needs of the data, every sum rounded once to binary64.

    With X = [features, 1], y the labels and θ = [weights, bias]:
    Σ(Xθ − y)² = θᵀ·gram·θ − 2·θᵀ·moment + square.
    """
    columns = [*features.astype(np.float64).T, np.ones(len(labels))]
    y = labels.astype(np.float64)

    def dot(u, v):
        return wire.scalar(math.fsum(u * v))  # products of two binary32 are exact in binary64

    return {
        "gram": [[dot(u, v) for v in columns] for u in columns],
        "moment": [dot(u, y) for u in columns],
        "square": dot(y, y),
        "n": len(labels),
    }

"""Flags: which bug a failing case points at."""

FLAGS = {
    "CenteredCancellation": "The variance is a small difference of large numbers: another order of operations shows.",
    "Contraction": "A product is fused with a sum where this evaluation rounds it, or the other way round.",
    "EpsilonPlacement": "Gradients are about as small as epsilon: epsilon under the root, or lost beside it, shows.",
    "GroupMixing": "A group is updated with the hyperparameters of another one.",
    "Infinity": "Infinite gradients, parameters or state are clamped, skipped or turned into something else.",
    "LateState": "The state of a parameter does not begin at its first gradient.",
    "LearningRateChange": "A changed learning rate is not used from the next step on.",
    "ManyElements": "A path for large tensors differs from the one for small ones.",
    "MaximizeBeforeWeightDecay": "The gradient must be negated before weight decay is added, not after.",
    "MaximizeSign": "The gradient is not negated, or something else is.",
    "MeanGradientRecurrence": "The running mean of gradients has wrong weights, a wrong order or a wrong start.",
    "MeanSquareOverflow": "The gradient's square overflows unless weighted first: the order of (1 - alpha)*g*g shows.",
    "MeanSquareRecurrence": "The running mean of squared gradients has wrong weights, a wrong order or a wrong start.",
    "MeanSquareUnderflow": "The gradient's square is subnormal or zero: a different order, or flushing to zero, shows.",
    "MomentumLearningRate": "The learning rate is applied inside the momentum buffer instead of outside it.",
    "NegativeVariance": "Rounding makes the centered variance negative: clamping it hides a NaN.",
    "NotANumber": "A NaN is lost, or spreads to other elements.",
    "ScalarPrecision": "A hyperparameter, or 1 - alpha, is rounded in another precision or at another time.",
    "SignOfZero": "The sign of a zero is lost.",
    "StaleHyperparameters": "A changed hyperparameter is not used from the next step on.",
    "StateNotRestored": "A part of the state or of the hyperparameters does not survive saving and loading.",
    "StateWithoutGradient": "A parameter without a gradient is updated, or its state decays.",
    "Subnormals": "Subnormal values are flushed to zero.",
    "TailElements": "The elements after the last full vector are computed in another way, or not at all.",
    "TrainingLoop": "Errors that only add up over a real training run.",
    "WeightDecayBeforeSquare": "Weight decay must be added before the gradient is squared.",
}


def notes(words):
    """The sentences of these flags. A KeyError means that a case has a flag that is not listed here."""
    return {word: FLAGS[word] for word in sorted(set(words))}

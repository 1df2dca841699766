"""Every dialect of the catalogue over the reals, each written down from its own source.

Nothing is shared between two dialects, although many of them are nearly the same: a mistake in one is then a mistake
in one. A dialect gets the parameter and its steps and yields the parameter after each of them. It reads the options
that its source has; an option that the catalogue does not give it (clipping in Keras and neon, decoupled decay in
timm) has the value with which the source leaves it off.

`m`, `v` and `b` are the mean gradient, the mean square and the momentum buffer before a step.
"""

from decimal import Decimal

ZERO = Decimal(0)
ONE = Decimal(1)


def root(x):
    """The square root; NaN for a negative number."""
    return x.sqrt()


def larger(x, y):
    """The larger of two numbers; NaN if one is."""
    if x.is_nan() or y.is_nan():
        return Decimal("NaN")
    return x if x > y else y


def textbook(p, steps):
    """d2l-ai/d2l-en@23d7a5ae, chapter_optimization/rmsprop.md:
    s = gamma * s + (1 - gamma) * g²; x -= eta * g / sqrt(s + eps)."""
    s = ZERO
    for x in steps:
        s = x.alpha * s + (1 - x.alpha) * x.gradient**2
        p = p - x.lr * x.gradient / root(s + x.eps)
        yield p


def pytorch(p, steps):
    """pytorch/pytorch@00853fbf, torch/optim/rmsprop.py, _single_tensor_rmsprop."""
    square_avg = grad_avg = momentum_buffer = ZERO
    for x in steps:
        grad = -x.gradient if x.maximize else x.gradient
        if x.weight_decay != 0:
            grad = grad + x.weight_decay * p
        square_avg = square_avg * x.alpha + (1 - x.alpha) * grad * grad
        if x.centered:
            grad_avg = grad_avg + (1 - x.alpha) * (grad - grad_avg)
            avg = root(square_avg - grad_avg * grad_avg)
        else:
            avg = root(square_avg)
        avg = avg + x.eps
        if x.momentum > 0:
            # PyTorch has no buffer yet where momentum was 0 at the first step, and raises KeyError.
            momentum_buffer = momentum_buffer * x.momentum + grad / avg
            p = p - x.lr * momentum_buffer
        else:
            p = p - x.lr * grad / avg
        yield p


def tensorflow(p, steps):
    """tensorflow/tensorflow@008130e9, core/kernels/training_ops.cc, ApplyRMSProp and ApplyCenteredRMSProp;
    python/training/rmsprop.py makes the slot rms of ones. The kernels compute mom at momentum 0 too."""
    ms, mg, mom = ONE, ZERO, ZERO
    for x in steps:
        ms = ms + (x.gradient**2 - ms) * (1 - x.alpha)
        if x.centered:
            mg = mg + (x.gradient - mg) * (1 - x.alpha)
            denominator = root((ms - mg**2) + x.eps)
        else:
            denominator = root(ms + x.eps)
        mom = mom * x.momentum + x.lr * x.gradient / denominator
        p = p - mom
        yield p


def keras(p, steps):
    """keras-team/keras@3422977a, keras/src/optimizers/rmsprop.py; the weight decay is that of base_optimizer.py:
    variable -= variable * weight_decay * lr, before the update. There is no momentum variable at momentum 0."""
    velocity = average_grad = momentum = ZERO
    for x in steps:
        p = p - p * x.weight_decay * x.lr
        velocity = x.alpha * velocity + (1 - x.alpha) * x.gradient**2
        denominator = velocity + x.eps
        if x.centered:
            average_grad = x.alpha * average_grad + (1 - x.alpha) * x.gradient
            denominator = velocity - average_grad**2 + x.eps
        increment = x.lr * x.gradient / root(denominator)
        if x.momentum > 0:
            momentum = x.momentum * momentum + increment
            p = p - momentum
        else:
            p = p - increment
        yield p


def optax(p, steps):
    """google-deepmind/optax@2edbcbe2, optax/_src/alias.py, rmsprop: scale_by_rms or scale_by_stddev, then
    scale_by_learning_rate, then trace. momentum=0.0 is a trace that is fed; only None is none."""
    nu = mu = trace = ZERO
    for x in steps:
        nu = (1 - x.alpha) * x.gradient**2 + x.alpha * nu
        if x.centered:
            mu = (1 - x.alpha) * x.gradient + x.alpha * mu
            update = x.gradient / root(nu - mu**2 + x.eps)
        else:
            update = x.gradient / root(nu + x.eps)
        update = -x.lr * update
        trace = update + x.momentum * trace
        p = p + trace
        yield p


def optax_nesterov(p, steps):
    """The same files with nesterov=True: trace gives update + decay * new trace."""
    nu = mu = trace = ZERO
    for x in steps:
        nu = (1 - x.alpha) * x.gradient**2 + x.alpha * nu
        if x.centered:
            mu = (1 - x.alpha) * x.gradient + x.alpha * mu
            update = x.gradient / root(nu - mu**2 + x.eps)
        else:
            update = x.gradient / root(nu + x.eps)
        update = -x.lr * update
        trace = update + x.momentum * trace
        p = p + (update + x.momentum * trace)
        yield p


def optax_bias_corrected(p, steps):
    """The same files with bias_correction=True and eps_in_sqrt=False: nu and mu are divided by 1 - decay^count
    where they are used, and stored as they were."""
    nu = mu = trace = ZERO
    for t, x in enumerate(steps):
        nu = (1 - x.alpha) * x.gradient**2 + x.alpha * nu
        nu_hat = nu / (1 - x.alpha ** (t + 1))
        if x.centered:
            mu = (1 - x.alpha) * x.gradient + x.alpha * mu
            mu_hat = mu / (1 - x.alpha ** (t + 1))
            update = x.gradient / (root(nu_hat - mu_hat**2) + x.eps)
        else:
            update = x.gradient / (root(nu_hat) + x.eps)
        update = -x.lr * update
        trace = update + x.momentum * trace
        p = p + trace
        yield p


def graves_2013(p, steps):
    """Graves, arXiv:1308.0850, equations 38 to 45: always centered, and the increment is always carried."""
    n = g = delta = ZERO
    for x in steps:
        n = x.alpha * n + (1 - x.alpha) * x.gradient**2
        g = x.alpha * g + (1 - x.alpha) * x.gradient
        delta = x.momentum * delta - x.lr * x.gradient / root(n - g**2 + x.eps)
        p = p + delta
        yield p


def hinton(p, steps):
    """Hinton's lecture 6e: the gradient divided by the root of its mean square, without epsilon."""
    mean_square = ZERO
    for x in steps:
        mean_square = x.alpha * mean_square + (1 - x.alpha) * x.gradient**2
        p = p - x.lr * x.gradient / root(mean_square)
        yield p


def timm(p, steps):
    """huggingface/pytorch-image-models@aa4b5850, timm/optim/rmsprop_tf.py, with lr_in_momentum=True and
    decoupled_decay=False, its defaults."""
    square_avg, grad_avg, buf = ONE, ZERO, ZERO
    for x in steps:
        grad = x.gradient
        if x.weight_decay != 0:
            grad = grad + x.weight_decay * p
        square_avg = square_avg + (1 - x.alpha) * (grad**2 - square_avg)
        if x.centered:
            grad_avg = grad_avg + (1 - x.alpha) * (grad - grad_avg)
            avg = root(square_avg - grad_avg * grad_avg + x.eps)
        else:
            avg = root(square_avg + x.eps)
        if x.momentum > 0:
            buf = buf * x.momentum + x.lr * grad / avg
            p = p - buf
        else:
            p = p - x.lr * grad / avg
        yield p


def sb3(p, steps):
    """DLR-RM/stable-baselines3@e05d2dbe, common/sb2_compat/rmsprop_tf_like.py: square_avg starts at one, epsilon
    under the root, the learning rate outside of the buffer."""
    square_avg, grad_avg, buf = ONE, ZERO, ZERO
    for x in steps:
        grad = x.gradient
        if x.weight_decay != 0:
            grad = grad + p * x.weight_decay
        square_avg = square_avg * x.alpha + grad * grad * (1 - x.alpha)
        if x.centered:
            grad_avg = grad_avg * x.alpha + grad * (1 - x.alpha)
            avg = root(square_avg - grad_avg * grad_avg + x.eps)
        else:
            avg = root(square_avg + x.eps)
        if x.momentum > 0:
            buf = buf * x.momentum + grad / avg
            p = p - x.lr * buf
        else:
            p = p - x.lr * grad / avg
        yield p


def pfrl(p, steps):
    """pfnet/pfrl@c8cb3328, pfrl/optimizers/rmsprop_eps_inside_sqrt.py: PyTorch's with epsilon under the root."""
    square_avg = grad_avg = buf = ZERO
    for x in steps:
        grad = x.gradient
        if x.weight_decay != 0:
            grad = grad + p * x.weight_decay
        square_avg = x.alpha * square_avg + (1 - x.alpha) * grad * grad
        variance = square_avg
        if x.centered:
            grad_avg = x.alpha * grad_avg + (1 - x.alpha) * grad
            variance = square_avg - grad_avg * grad_avg
        avg = root(variance + x.eps)
        if x.momentum > 0:
            buf = x.momentum * buf + grad / avg
            p = p - x.lr * buf
        else:
            p = p - x.lr * grad / avg
        yield p


def fastai(p, steps):
    """fastai/fastai2@f9231256, nbs/12_optimizer: weight_decay, average_grad without dampening, average_sqr_grad,
    rms_prop_step. Without momentum there is no average_grad among the callbacks."""
    sqr_avg = grad_avg = ZERO
    for x in steps:
        p = p * (1 - x.lr * x.weight_decay)
        numerator = x.gradient
        if x.momentum != 0:
            grad_avg = grad_avg * x.momentum + x.gradient
            numerator = grad_avg
        sqr_avg = sqr_avg * x.alpha + (1 - x.alpha) * x.gradient**2
        p = p - x.lr * numerator / (root(sqr_avg) + x.eps)
        yield p


def flashlight(p, steps):
    """flashlight@f5f717f3, flashlight/fl/optim/RMSPropOptimizer.cpp: data - wd * data, then the step; use_first
    subtracts the squared first moment."""
    first = second = ZERO
    for x in steps:
        p = p - x.weight_decay * p
        second = x.alpha * second + (1 - x.alpha) * x.gradient * x.gradient
        moments = second
        if x.centered:
            first = x.alpha * first + (1 - x.alpha) * x.gradient
            moments = moments - first * first
        p = p - (x.lr * x.gradient) / (root(moments) + x.eps)
        yield p


def bitsandbytes(p, steps):
    """bitsandbytes-foundation/bitsandbytes@95f9af30, csrc/kernels.cu, kOptimizer32bit1State, case RMSPROP: the
    momentum argument is not read."""
    state1 = ZERO
    for x in steps:
        g = x.gradient
        if x.weight_decay > 0:
            g = g + p * x.weight_decay
        state1 = state1 * x.alpha + (1 - x.alpha) * g * g
        p = p - x.lr * (g / (root(state1) + x.eps))
        yield p


def dl4j(p, steps):
    """eclipse/deeplearning4j@9d83f7cf, libnd4j updaterRmsProp.cpp; the state starts at epsilon, and the layer's L2
    is added to the gradient."""
    state = None
    for x in steps:
        gradient = x.gradient + x.weight_decay * p
        if state is None:
            state = x.eps
        state = state * x.alpha + gradient * gradient * (1 - x.alpha)
        p = p - (gradient * x.lr) / (root(state) + x.eps)
        yield p


def neon(p, steps):
    """NervanaSystems/neon@8c3fb8a9, neon/optimizers/optimizer.py, RMSProp: epsilon under the root and outside."""
    state = ZERO
    for x in steps:
        state = x.alpha * state + x.gradient**2 * (1 - x.alpha)
        p = p - (x.gradient * x.lr) / (root(state + x.eps) + x.eps)
        yield p


def tfjs(p, steps):
    """tensorflow/tfjs@0fc04d95, tfjs-core/src/optimizers/rmsprop_optimizer.ts: centered, epsilon is added to the
    square that is subtracted. The moments are computed at momentum 0 too."""
    mean_square = mean_grad = moments = ZERO
    for x in steps:
        mean_square = mean_square * x.alpha + x.gradient**2 * (1 - x.alpha)
        if x.centered:
            mean_grad = mean_grad * x.alpha + x.gradient * (1 - x.alpha)
            denominator = root(mean_square - (mean_grad**2 + x.eps))
        else:
            denominator = root(mean_square + x.eps)
        moments = moments * x.momentum + x.gradient * x.lr / denominator
        p = p - moments
        yield p


def pylearn2(p, steps):
    """pylearn2@af81e5c3, pylearn2/training_algorithms/learning_rule.py, and blocks@c69c2dc2: the root is at least
    epsilon, which is 1 / max_scaling there."""
    mean_square = ZERO
    for x in steps:
        mean_square = x.alpha * mean_square + (1 - x.alpha) * x.gradient**2
        p = p - x.lr * x.gradient / larger(root(mean_square), x.eps)
        yield p


def autograd(p, steps):
    """HIPS/autograd@bff107b8, autograd/misc/optimizers.py: avg_sq_grad = ones; g / (sqrt(avg_sq_grad) + eps)."""
    avg_sq_grad = ONE
    for x in steps:
        avg_sq_grad = avg_sq_grad * x.alpha + x.gradient**2 * (1 - x.alpha)
        p = p - x.lr * x.gradient / (root(avg_sq_grad) + x.eps)
        yield p


def torchopt_nesterov(p, steps):
    """metaopt/torchopt@960fb0aa, torchopt/alias/rmsprop.py with nesterov=True: the sign is flipped, L2 added, scaled
    by 1 / (sqrt(nu) + eps), traced, and only then scaled by -lr. At momentum 0, trace is the identity."""
    nu = mu = trace = ZERO
    for x in steps:
        g = -x.gradient if x.maximize else x.gradient
        g = g + x.weight_decay * p
        nu = x.alpha * nu + (1 - x.alpha) * g**2
        if x.centered:
            mu = x.alpha * mu + (1 - x.alpha) * g
            update = g / (root(nu - mu**2) + x.eps)
        else:
            update = g / (root(nu) + x.eps)
        if x.momentum != 0:
            trace = trace * x.momentum + update
            update = update + x.momentum * trace
        p = p - x.lr * update
        yield p


def keras_2(p, steps):
    """keras-team/keras, tags 1.2.2 and 2.2.4 to 2.3.1, keras/optimizers.py, RMSprop:
    lr *= 1 / (1 + decay * iterations), iterations counted from 0; epsilon outside of the root."""
    accumulator = ZERO
    for iterations, x in enumerate(steps):
        lr = x.lr * (1 / (1 + x.lr_decay * iterations))
        accumulator = x.alpha * accumulator + (1 - x.alpha) * x.gradient**2
        p = p - lr * x.gradient / (root(accumulator) + x.eps)
        yield p


def recurrentjs(p, steps):
    """karpathy/recurrentjs@84d69349, src/recurrent.js, Solver.step: the cache takes the gradient as it is, the
    update a clipped one; the weight moves by -regc * w in the same sum."""
    cache = ZERO
    for x in steps:
        mdwi = x.gradient
        cache = cache * x.alpha + (1 - x.alpha) * mdwi * mdwi
        if mdwi > x.clip_value:
            mdwi = x.clip_value
        if mdwi < -x.clip_value:
            mdwi = -x.clip_value
        p = p + (-x.lr * mdwi / root(cache + x.eps) - x.weight_decay * p)
        yield p


DIALECTS = {
    "textbook": textbook,
    "pytorch": pytorch,
    "tensorflow": tensorflow,
    "keras": keras,
    "optax": optax,
    "optax-nesterov": optax_nesterov,
    "optax-bias-corrected": optax_bias_corrected,
    "graves-2013": graves_2013,
    "hinton": hinton,
    "timm": timm,
    "sb3": sb3,
    "pfrl": pfrl,
    "fastai": fastai,
    "flashlight": flashlight,
    "bitsandbytes": bitsandbytes,
    "dl4j": dl4j,
    "neon": neon,
    "tfjs": tfjs,
    "pylearn2": pylearn2,
    "autograd": autograd,
    "torchopt-nesterov": torchopt_nesterov,
    "keras-2": keras_2,
    "recurrentjs": recurrentjs,
}

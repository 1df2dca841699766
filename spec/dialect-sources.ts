/**
 * Where the values of each catalogue entry were read, by dialect id: repository@commit and path. A repository
 * that is not named by owner is the one that is known under that name.
 */
export const DIALECT_SOURCES: Readonly<Record<string, string>> = {
  textbook: "d2l-ai/d2l-en@23d7a5ae",
  pytorch: "pytorch/pytorch@00853fbf torch/optim/rmsprop.py; run: 1.13.1, 2.6.0, 2.13.0",
  tensorflow: "tensorflow/tensorflow@008130e9 core/kernels/training_ops.cc, python/training/rmsprop.py",
  keras: "keras-team/keras@3422977a keras/src/optimizers/rmsprop.py",
  optax: "google-deepmind/optax@2edbcbe2 optax/_src/alias.py, optax/_src/transform.py",
  "optax-nesterov": "google-deepmind/optax@2edbcbe2 optax/_src/alias.py, optax/_src/transform.py",
  "optax-bias-corrected": "google-deepmind/optax@2edbcbe2 optax/_src/alias.py, optax/_src/transform.py",
  "graves-2013": "arXiv:1308.0850, as chainer/chainer@a8e15cbe optimizers/rmsprop_graves.py has it",
  hinton: "Hinton, Neural Networks for Machine Learning, lecture 6e (slide; not code)",
  timm: "huggingface/pytorch-image-models@aa4b5850 timm/optim/rmsprop_tf.py",
  sb3: "DLR-RM/stable-baselines3@e05d2dbe common/sb2_compat",
  pfrl: "pfnet/pfrl@c8cb3328",
  fastai: "fastai/fastai2@f9231256 nbs/12_optimizer",
  flashlight: "flashlight@f5f717f3",
  bitsandbytes: "bitsandbytes-foundation/bitsandbytes@95f9af30 csrc/kernels.cu",
  dl4j: "eclipse/deeplearning4j@9d83f7cf libnd4j updaterRmsProp.cpp",
  neon: "NervanaSystems/neon@8c3fb8a9",
  tfjs: "tensorflow/tfjs@0fc04d95 tfjs-core/src/optimizers/rmsprop_optimizer.ts; run: 4.22.0",
  pylearn2: "pylearn2@af81e5c3, blocks@c69c2dc2",
  autograd:
    "HIPS/autograd@bff107b8 autograd/misc/optimizers.py; google/trax@7c189c2c trax/optimizers/rms_prop.py",
  "torchopt-nesterov": "metaopt/torchopt@960fb0aa",
  "keras-2": "keras-team/keras, tags 1.2.2 and 2.2.4 to 2.3.1",
  recurrentjs: "karpathy/recurrentjs@84d69349, BrainJS/brain.js@7c9db32d, gorgonia@d7a3ce27 solvers.go",
};

"""Silences warnings about packages and processors that play no part here; import it before torch."""

import logging
import warnings

warnings.filterwarnings("ignore", message="TF32 acceleration", category=UserWarning)
warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)
logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)

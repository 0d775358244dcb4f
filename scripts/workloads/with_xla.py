"""The workloads in TensorFlow, every step compiled with XLA."""

from __future__ import annotations

from . import with_tensorflow
from .with_tensorflow import *
from .with_tensorflow import tf

with_tensorflow.compiled = lambda step: tf.function(step, jit_compile=True)

"""The classes and constants under `tf`: dtypes, Tensor, Variable, TensorShape, errors."""

from __future__ import annotations

import math
import re
from typing import Any

from ..runtime import dtypes, errors
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .registry import export as _export


def export(path: str, value: Any, short: str | None = None) -> None:
    _export(path, value, short, "types")


_aliases = {alias: dtypes.DTYPES[name] for alias, name in dtypes.ALIASES.items() if alias != "bfloat"}
for _name, _dtype in (dtypes.DTYPES | _aliases).items():
    # Python's own `bool` keeps its short name.
    export("tf." + _name, _dtype, None if _name in ("bool", "string", "resource", "variant") else _name)
    export("tf.dtypes." + _name, _dtype)
export("tf.DType", dtypes.DType)
export("tf.dtypes.DType", dtypes.DType)
export("tf.Tensor", Tensor, "Tensor")
export("tf.Variable", Variable, "Variable")
export("tf.TensorShape", TensorShape, "TensorShape")
export("tf.IndexedSlices", IndexedSlices, "IndexedSlices")
for _path in ("tf.as_dtype", "tf.dtypes.as_dtype"):
    export(_path, dtypes.as_dtype, "as_dtype")
export("tf.newaxis", None, "newaxis")
export("tf.__version__", "2.21.0")

for _error in vars(errors).values():
    if isinstance(_error, type) and issubclass(_error, Exception):
        export("tf.errors." + _error.__name__, _error, _error.__name__)
export("tf.errors.OK", 0)
for _code, _error in errors.STATUS_CLASSES.items():
    _words = re.findall("[A-Z][a-z]+", _error.__name__.removesuffix("Error"))
    export("tf.errors." + "_".join(_words).upper(), _code)  # such as INVALID_ARGUMENT

for _name, _number in (("pi", math.pi), ("inf", math.inf), ("nan", math.nan)):
    export("tensorsh." + _name, _number, _name)

"""What `keras.ops` functions share: how they are registered, and Keras's promotion of dtypes.

Keras lets operands of any two dtypes meet, where TensorFlow refuses: integers and floats give the float, float16 and
bfloat16 give float32, uint8 and int8 give int16. A Python number is weak: it takes the dtype of the tensor it meets,
unless it is a float that meets integers, which gives float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import setting
from ..registry import op, ops

_FLOATS = ("float16", "bfloat16", "float32", "float64")
_WEAK = {int: "int", float: "float", complex: "complex"}
_NARROWED = {"uint64": "uint32", "complex128": "complex64"}


def keras_op(places: str, samples: Callable[..., Any] | None = None) -> Callable[[Callable[..., Any]], Any]:
    """Register a function of Keras's: "numpy.add" is keras.ops.add and keras.ops.numpy.add, ".cast" keras.ops.cast.

    Its name in the registry begins with `keras_ops_`, as TensorFlow has ops of the same names.
    """
    paths = []
    for place in places.split():
        module, _, name = place.rpartition(".")
        paths += [f"keras.ops.{name}"] * (module != "image") + [f"keras.ops.{module}.{name}"] * bool(module)
    return op(" ".join(paths), short=False, samples=samples, prefix="keras_ops_")


def result_type(*operands: Any) -> str:
    """The dtype in which operands meet: dtypes' names, or `int` and `float` for Python numbers."""
    result = operands[0]
    for other in operands[1:]:
        result = _promoted(result, other)
    if isinstance(result, type):
        result = _WEAK[result] + setting("floatx")[-2:]
    return _NARROWED.get(result, result)


def _promoted(a: Any, b: Any) -> Any:
    if a == b or b == "bool":
        return a
    if a == "bool":
        return b
    (low, rank), (high, _) = sorted(((a, _kind(a)), (b, _kind(b))), key=lambda pair: pair[1])
    if rank < _kind(high) or isinstance(low, type):
        if high == "complex64" and low == "float64":
            return "complex128"
        return high
    if rank == 2:
        return "float32" if {a, b} == {"float16", "bfloat16"} else max(a, b, key=_FLOATS.index)
    if rank == 3:
        return "complex128"
    if a[0] == b[0]:
        return max(a, b, key=_width)
    signed, unsigned = (a, b) if a[0] == "i" else (b, a)
    if _width(signed) > _width(unsigned):
        return signed
    return float if unsigned == "uint64" else f"int{2 * _width(unsigned)}"


def _kind(dtype: Any) -> float:
    """How far a dtype is from a whole number; a Python number comes before the tensors of its kind."""
    if isinstance(dtype, type):
        return {int: 0.5, float: 1.5, complex: 2.5}[dtype]
    return 3 if "complex" in dtype else 2 if "float" in dtype else 1


def _width(dtype: str) -> int:
    return int(dtype.lstrip("uint"))


def dtype_of(x: Any) -> Any:
    """The dtype with which x enters a promotion: `int` or `float` if it is a Python number."""
    return type(x) if type(x) in (int, float, complex) else as_tensor(x).dtype.name


def tensor(x: Any, dtype: Any = None) -> Tensor:
    """x as a tensor, cast if it is one of another dtype."""
    if dtype is None or type(x) not in (int, float, bool, complex):
        x = as_tensor(x)
        return x if dtype is None or x.dtype.name == dtype else ops.cast(x, dtype)
    return ops.cast(x, dtype)


def meet(*operands: Any, weak: bool = True, real: bool = False) -> list[Tensor]:
    """The operands as tensors of the dtype in which they meet.

    weak: whether Python numbers take the dtype of what they meet. real: whether integers become float32.
    """
    given = [x if weak and type(x) in (int, float, complex) else as_tensor(x) for x in operands]
    kinds = [dtype_of(x) for x in given]
    dtype = result_type(*kinds, float) if real else result_type(*kinds)
    return [tensor(x, dtype) for x in given]


def floats(x: Any, wide: bool = False) -> Tensor:
    """x as a tensor; integers as float32 (with `wide`, int64 as float64)."""
    x = as_tensor(x)
    if x.dtype.is_integer or x.dtype.is_bool:
        return ops.cast(x, "float64" if wide and x.dtype.name == "int64" else setting("floatx"))
    return x


def narrow(x: Any) -> Tensor:
    """x as a tensor; integers as float32, complex numbers as complex64."""
    x = floats(x)
    return ops.cast(x, "complex64") if x.dtype.is_complex else x


def reals(x1: Any, x2: Any) -> list[Tensor]:
    """Both as floats, which int64 makes float64."""
    x1, x2 = as_tensor(x1), as_tensor(x2)
    dtype = result_type(x1.dtype.name, x2.dtype.name)
    if "float" not in dtype:
        dtype = "float64" if dtype == "int64" else "float32"
    return [tensor(x1, dtype), tensor(x2, dtype)]


def real_or_complex(x: Any) -> Tensor:
    """x as a tensor; integers as float32, complex numbers as they are."""
    x = as_tensor(x)
    return tensor(x, "float32" if x.dtype.name == "int64" else result_type(x.dtype.name, float))


def smooth(s: Any) -> Any:
    """Samples for a function of one tensor that has no kinks."""
    return [s.call(s(2, 3))]


def distinct(s: Any) -> Any:
    """Samples for a function of one tensor that compares its elements."""
    return [s.call(s.distinct(2, 3))]


def two(s: Any) -> Any:
    """Samples for a function of two tensors."""
    return [s.call(s(2, 3, within=(0.3, 1.0)), s(3, within=(1.2, 2.0)))]

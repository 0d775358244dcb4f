"""Tensor: an immutable array with TensorFlow's face.

Names here that begin with `_` are out of reach of programs; everything else on these classes is public to them.
The operator methods (`+`, `[]`, `abs` ...) are not written here: the op library installs them from its registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from . import backend, convert, devices, dtypes, local, printing
from .dtypes import DType
from .errors import InvalidArgumentError, explain
from .shape import TensorShape
from .unlisted import listed, only_in_graphs, unlisted

_new = object.__new__

_resolver: Callable[[str], Callable[..., Any]]


def set_resolver(resolver: Callable[[str], Callable[..., Any]]) -> None:
    """Tell the runtime how to find an op by name; it knows no ops itself."""
    global _resolver
    _resolver = resolver


def resolve_op(name: str) -> Callable[..., Any]:
    """The op of that short name."""
    return _resolver(name)


class Tensor:
    """An immutable n-dimensional array of one dtype."""

    __slots__ = ("_array", "_origin")
    __module__ = "tensorflow.python.framework.ops"
    __qualname__ = "EagerTensor"
    __array_priority__ = 100  # so that NumPy's operators leave `array + tensor` to the tensor

    _array: Any
    _origin: Any  # (variable, key) of a variable's slice, which can be assigned to; else unset

    if TYPE_CHECKING:  # what the op library installs

        def _unary(self) -> Tensor: ...
        def _binary(self, other: Any) -> Tensor: ...

        __neg__ = __abs__ = __invert__ = _unary
        __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = __matmul__ = _binary
        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _binary
        __and__ = __or__ = __xor__ = __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = _binary

    def __new__(cls, *args: Any, **kwargs: Any) -> Tensor:
        raise TypeError("Tensor() takes no arguments")

    @property
    def shape(self) -> TensorShape:
        """The sizes, as a TensorShape."""
        return TensorShape(self._array.shape)

    @property
    def dtype(self) -> DType:
        return dtypes.from_numpy(self._array.dtype)

    @property
    def ndim(self) -> int:
        """The number of axes, a Python int."""
        return self._array.ndim

    @property
    def device(self) -> str:
        return devices.full_name(devices.of(self._array))

    @property
    def backing_device(self) -> str:
        return devices.full_name(devices.of(self._array))

    @property
    def is_packed(self) -> bool:
        return False

    def cpu(self) -> Tensor:
        """The tensor in the memory of the CPU."""
        return wrap(backend.to_host(self._array))

    def gpu(self, gpu_index: int = 0) -> Tensor:
        """The tensor in the memory of a GPU. Raises RuntimeError where there is none of that number."""
        if gpu_index >= devices.gpu_count():
            raise explain(RuntimeError(f"GPU:{gpu_index} unknown device."), hint=devices.why_no_gpu() or None)
        with devices.on(devices.Device("GPU", gpu_index)):
            return wrap(backend.from_host(backend.to_host(self._array)))

    def consumers(self) -> list[Any]:
        """Refused, as in TensorFlow: there is no graph in which to look for them."""
        raise NotImplementedError("Tensor.consumers is undefined when eager execution is enabled.")

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Check that the tensor has this shape; an eager tensor's shape cannot change. Raises ValueError."""
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {TensorShape(shape)}.")

    def numpy(self) -> Any:
        """A copy as a NumPy array; a NumPy scalar for rank 0, a `bytes` for a string."""
        host = backend.to_host(self._array)
        return host[()] if host.ndim == 0 else host.copy()

    def ref(self) -> Reference:
        """A hashable stand-in, for dictionary keys."""
        return Reference(self)

    def experimental_ref(self) -> Reference:
        return Reference(self)

    def _read(self) -> Tensor:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(backend.to_host(self._array), dtype=dtype)

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
    ) -> Any:
        """A copy for another library, as the DLPack protocol hands arrays over: a tensor's own memory never changes.

        Raises RuntimeError for a stream or copy=True, as TensorFlow does; InvalidArgumentError for text.
        """
        for refused, what in ((stream is not None, "non-None stream"), (copy is True, "copy=True")):
            if refused:
                raise RuntimeError(f"tf.Tensor does not support DLPack export with a {what}")
        array = backend.settled(self._array).copy()
        if array.dtype.kind == "O":
            raise InvalidArgumentError("DT_STRING is not supported by dlpack")
        try:
            return array.__dlpack__()
        except BufferError:  # NumPy's export knows no bfloat16
            raise RuntimeError("Unsupported dtype in DLTensor.") from None

    def __dlpack_device__(self) -> tuple[int, int]:
        return backend.settled(self._array).__dlpack_device__()

    def __bool__(self) -> bool:
        array = self._array
        if array.size == 0:
            return False
        return bool(array) if array.ndim == 0 else bool(backend.to_host(array))

    def __float__(self) -> float:
        return float(self._scalar())

    def __int__(self) -> int:
        return int(self._scalar())

    def __complex__(self) -> complex:
        return complex(self._scalar())

    def __index__(self) -> int:
        if self._array.dtype.kind not in "iu" or self._array.ndim:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(self._array)

    def _scalar(self) -> Any:
        if self._array.ndim:
            raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
        return backend.to_host(self._array)[()]

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("Scalar tensor has no `len()`")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._array.ndim:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(len(self._array)))

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return wrap(self._array)

    def __format__(self, spec: str) -> str:
        return printing.tensor_format(self, spec)

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    def __str__(self) -> str:
        return printing.tensor_str(self)

    graph, name, op, value_index = map(only_in_graphs, ("graph", "name", "op", "value_index"))

    @unlisted
    def assign(self) -> Any:
        """Of a variable's slice: what assigns to it."""
        try:
            variable, key = self._origin
        except AttributeError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute 'assign'") from None
        return partial(variable._assign_slice, key)

    def __dir__(self) -> list[str]:
        return listed(type(self))


# Python's own messages ("... object is not callable") name a class by this; TensorFlow's is a built-in class there.
Tensor.__name__ = "tensorflow.python.framework.ops.EagerTensor"

# What NumPy's arrays have. TensorFlow refuses some of it by name, which is here with what to write.
_OF_ARRAYS = {
    "T": "transpose(x)",
    "astype": "cast(x, dtype)",
    "ravel": "reshape(x, -1)",
    "transpose": "transpose(x)",
    "reshape": "reshape(x, shape)",
    "clip": "clip_by_value(x, low, high)",
    "size": "size(x)",
    "tolist": "x.numpy().tolist()",
    "data": "x.numpy()",
    **dict.fromkeys(("flatten", "max", "mean", "min")),
}


def _of_arrays(name: str, instead: str | None) -> Any:
    """The attribute of a tensor that it has after `experimental_enable_numpy_behavior` only."""

    def get(self: Tensor) -> Any:
        if local.NUMPY_BEHAVIOR in local.current:
            return resolve_op("numpy_attribute")(self, name)
        if instead is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        error = AttributeError(
            f"EagerTensor object has no attribute '{name}'. \n"
            "        If you are looking for numpy-related methods, please run the following:\n"
            "        tf.experimental.numpy.experimental_enable_numpy_behavior()\n      "
        )
        raise explain(
            error, summary=f"a tensor has no attribute {name!r}, though a NumPy array has", hint=f"write {instead}"
        )

    return unlisted(get, name)


for _name, _instead in _OF_ARRAYS.items():
    setattr(Tensor, _name, _of_arrays(_name, _instead))


class Reference:
    """A tensor or variable by identity, so that it can be a dictionary key."""

    __slots__ = ("_wrapped",)

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def deref(self) -> Any:
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and other._wrapped is self._wrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._wrapped!r}>"


def wrap(array: Any) -> Tensor:
    """A tensor that holds `array`, which must not be written to afterwards."""
    t = _new(Tensor)
    t._array = array if array.size < backend.large else backend.lazily(array)
    return t


def as_tensor(value: Any, dtype: Any = None, hint: Any = None) -> Tensor:
    """`value` as a tensor, by TensorFlow's `convert_to_tensor` rules.

    A tensor is returned as it is, a variable is read (and so watched), a list that holds tensors is packed.
    Raises ValueError if a tensor has another dtype than `dtype`, TypeError if a Python value does not fit it.
    """
    if type(value) is Tensor and dtype is None:
        return value
    read = getattr(value, "_read", None)
    if read is not None:
        return _checked(read(), dtype, value)
    if isinstance(value, (list, tuple)) and _holds_tensors(value):
        return _packed(value, dtype or hint)
    if "conversions" in local.current and (registered := _by_registration(value, dtype)) is not None:
        return registered
    if isinstance(value, TensorShape):
        value, dtype = _sizes(value, dtype), dtype or _size_type(value)
    if dtype is not None:
        return wrap(backend.from_host(convert.to_array(value, dtypes.as_dtype(dtype))))
    if hint is not None:
        try:
            return wrap(backend.from_host(convert.to_array(value, dtypes.as_dtype(hint))))
        except (TypeError, ValueError):
            pass
    return wrap(backend.from_host(convert.infer(value)))


def _by_registration(value: Any, dtype: Any) -> Tensor | None:
    """The value by the first function that the program has registered for its class and that does not decline."""
    for _, kinds, function in local.current["conversions"]:
        if isinstance(value, kinds):
            made = function(value, dtype=None if dtype is None else dtypes.as_dtype(dtype), name=None, as_ref=False)
            if made is not NotImplemented:
                return _checked(made, dtype, made)
    return None


def is_tensor(value: Any) -> bool:
    """Whether `value` is a tensor, a variable or IndexedSlices."""
    return hasattr(type(value), "_read")


def _checked(t: Tensor, dtype: Any, given: Any) -> Tensor:
    if dtype is not None and t.dtype is not dtypes.as_dtype(dtype):
        wanted = dtypes.as_dtype(dtype).name
        message = f"Tensor conversion requested dtype {wanted} for Tensor with dtype {t.dtype.name}: {given!r}"
        if type(given) is not Tensor:
            message = (
                f"Incompatible type conversion requested to type {wanted} for `tf.Variable of type {t.dtype.name}. "
                f"(Variable: {given!r})"
            )
        raise explain(ValueError(message), hint=f"cast it: cast(x, {wanted})")
    return t


def _sizes(shape: TensorShape, dtype: Any) -> list[int | None]:
    if not shape.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape {shape} to a Tensor.")
    if dtype is not None and dtypes.as_dtype(dtype) not in (dtypes.int32, dtypes.int64):
        raise TypeError(
            f"Cannot convert TensorShape {shape} to dtype {dtypes.as_dtype(dtype)!s}. "
            "Allowed dtypes are tf.int32 and tf.int64."
        )
    return shape.as_list()


def _size_type(shape: TensorShape) -> DType:
    return dtypes.int64 if any(n is not None and n >= 2**31 for n in shape) else dtypes.int32


def _holds_tensors(value: Any) -> bool:
    if not isinstance(value, (list, tuple)):
        return is_tensor(value)
    if not value or isinstance(value[0], (int, float, str)) and isinstance(value[-1], (int, float, str)):
        # A list of a million numbers is not searched: its two ends are numbers.
        return len(value) < 64 and any(is_tensor(item) for item in value)
    return any(map(_holds_tensors, value))


def _packed(value: Any, dtype: Any) -> Tensor:
    """A list that holds tensors: stacked. Numbers among them take the tensors' dtype; all are cast to a given one."""
    wanted = dtypes.as_dtype(_first_dtype(value) if dtype is None else dtype)
    parts = [
        item if is_tensor(item) else _packed(item, dtype or wanted) if _holds_tensors(item) else as_tensor(item, wanted)
        for item in value
    ]
    if dtype is not None:
        parts = [p if p.dtype is wanted else resolve_op("cast")(p, wanted) for p in parts]
    return resolve_op("stack")(parts, name="packed" if all(map(is_tensor, value)) else None)


def _first_dtype(value: Any) -> DType | None:
    for item in value:
        if is_tensor(item):
            return item.dtype
        if isinstance(item, (list, tuple)) and (found := _first_dtype(item)) is not None:
            return found
    return None

"""A stand-in for CuPy on NumPy that is as unforgiving as a GPU, so that machines without one can test for it.

Use it as the array module: `with backend.using(strict_xp): ...`. Names and keywords are limited to those that CuPy
14.2 has (`cupy_table.json`). And it behaves as CuPy does where that differs from NumPy:

- nothing becomes a NumPy array unasked: `np.asarray(x)` raises, `x.get()` copies
- NumPy arrays and lists are refused as operands; Python and NumPy scalars pass
- reductions and indexing give 0-d arrays, never scalars; there is no `__index__`
- integers: x // 0, x % 0 are 0; negative powers truncate; floats saturate when cast to int, nan becomes 0
- out-of-range integer arrays as indices wrap; of two writes to one place the first wins here (on a GPU: any)
- ufunc methods work where CuPy has written them: reduce and accumulate of add and multiply, `at` of a few
- linear algebra never raises for a singular matrix, and refuses float16
- no object or string dtypes

`syncs` counts the reads that would stop and wait for the device: bool, int, float, item, get, nonzero ...
That a test passes here does not prove it right on a GPU; that it fails here proves it wrong on one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

_TABLE: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "cupy_table.json").read_text())
_SOURCES: dict[str, Any] = {
    "cupy": np,
    "cupy.linalg": np.linalg,
    "cupy.fft": np.fft,
    "cupy.lib.stride_tricks": np.lib.stride_tricks,
}
_SCALARS = (bool, int, float, complex, np.generic)
_CREATORS = {"array", "asarray", "ascontiguousarray", "asanyarray", "asfortranarray"}
_READERS = {
    "allclose",
    "argwhere",
    "array_equal",
    "bincount",
    "compress",
    "extract",
    "flatnonzero",
    "histogram",
    "intersect1d",
    "isin",
    "nonzero",
    "setdiff1d",
    "union1d",
    "unique",
}
_AT_DTYPES = {
    "add": "ilqefdILQ",
    "subtract": "iI",
    "maximum": "ilqfdILQ",
    "minimum": "ilqfdILQ",
    "bitwise_and": "ilqILQ",
    "bitwise_or": "ilqILQ",
    "bitwise_xor": "ilqILQ",
}

#: How often the host has waited for the device.
syncs = 0


def _synced(convert: Any) -> Any:
    """A method that gives the array to the host, and converts it there."""

    def method(self: ndarray) -> Any:
        _sync()
        return convert(self._a)

    return method


def _sync() -> None:
    global syncs
    syncs += 1


class ndarray:
    """An array on the imaginary device."""

    __slots__ = ("_a",)
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, host: Any) -> None:
        self._a = np.asarray(host)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._a.shape

    @property
    def dtype(self) -> np.dtype:
        return self._a.dtype

    @property
    def ndim(self) -> int:
        return self._a.ndim

    @property
    def size(self) -> int:
        return self._a.size

    @property
    def nbytes(self) -> int:
        return self._a.nbytes

    @property
    def itemsize(self) -> int:
        return self._a.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        return self._a.strides

    @property
    def flags(self) -> Any:
        return self._a.flags

    @property
    def T(self) -> ndarray:
        return ndarray(self._a.T)

    @property
    def mT(self) -> ndarray:
        return ndarray(self._a.mT)

    @property
    def real(self) -> ndarray:
        return ndarray(self._a.real)

    @property
    def imag(self) -> ndarray:
        return ndarray(self._a.imag)

    def get(self) -> np.ndarray:
        _sync()
        return self._a.copy()

    def item(self, *index: int) -> Any:
        _sync()
        return self._a.item(*index)

    def tolist(self) -> Any:
        _sync()
        return self._a.tolist()

    def astype(
        self, dtype: Any, order: str = "K", casting: Any = None, subok: Any = None, copy: bool = True
    ) -> ndarray:
        return ndarray(_cast(self._a, np.dtype(dtype)))

    def copy(self, order: str = "C") -> ndarray:
        return ndarray(self._a.copy())

    def __array__(self, *args: Any, **options: Any) -> np.ndarray:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    __bool__, __int__, __float__, __complex__, __repr__ = map(_synced, (bool, int, float, complex, repr))

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return len(self._a)

    def __iter__(self) -> Any:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.shape[0]))

    def __contains__(self, value: Any) -> bool:
        raise TypeError("cupy.ndarray has no __contains__")

    def __getitem__(self, key: Any) -> Any:
        return _device(self._a[_wrapped_key(self.shape, key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, (np.ndarray, list, tuple)):
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        key, host = _wrapped_key(self.shape, key), np.asarray(_host(value, "__setitem__"))
        if host.dtype.kind == "f" and self.dtype.kind in "iu":
            host = _cast(host, self.dtype)
        lists = [k for k in key if isinstance(k, np.ndarray)]
        if key and lists and key[0] is lists[0] and host.ndim and all(_is_list(k, len(host)) for k in lists):
            key = tuple(k[::-1] if isinstance(k, np.ndarray) else k for k in key)
            host = host[::-1]  # so that the first write to a place is the last one made
        self._a[key] = host

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in _TABLE["ndarray"]:
            raise AttributeError(f"'cupy.ndarray' object has no attribute {name!r}")
        method = getattr(self._a, name)

        def call(*args: Any, **options: Any) -> Any:
            for keyword in ("where", "initial"):
                if keyword in options:
                    raise TypeError(f"{name}() got an unexpected keyword argument {keyword!r}")
            if name == "nonzero":
                _sync()
            return _device(method(*_hosts(args, name), **{k: _host(v, name) for k, v in options.items()}))

        return call

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(x, np.ndarray) for x in inputs):
            raise TypeError(f"Unsupported type {np.ndarray}")
        if ufunc.__name__ not in _TABLE["cupy"]:
            return NotImplemented
        function = _lookup("cupy", ufunc.__name__)
        return (function if method == "__call__" else getattr(function, method))(*inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        try:
            here = _lookup(function.__module__.replace("numpy", "cupy"), function.__name__)
        except (AttributeError, KeyError):
            return NotImplemented
        return here(*args, **options)


class _Ufunc:
    """A ufunc with the calls and methods that CuPy's has."""

    def __init__(self, name: str) -> None:
        self.__name__ = name
        self._f = getattr(np, name)
        self._info = _TABLE["cupy"][name]

    def __call__(self, *args: Any, out: Any = None, dtype: Any = None, casting: str = "same_kind", **rest: Any) -> Any:
        if rest:
            raise TypeError(f"Wrong arguments {rest}")
        hosts = [_operand(x) for x in args]
        if len(hosts) > self._f.nin:
            out = args[-1]
            hosts.pop()
        options = {} if dtype is None else {"dtype": dtype}
        with np.errstate(all="ignore"):
            if out is None:
                return _device(_without_traps(self.__name__, self._f, hosts, options))
            if not isinstance(out, ndarray):
                raise TypeError("return arrays must be cupy.ndarray")
            self._f(*hosts, out=out._a, casting=casting, **options)
            return out

    def reduce(self, a: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        self._need("reduce")
        return _device(self._f.reduce(_operand(a), axis=axis, dtype=dtype, keepdims=keepdims))

    def accumulate(self, a: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        self._need("accumulate")
        return _device(self._f.accumulate(_operand(a), axis=axis, dtype=dtype))

    def outer(self, a: Any, b: Any) -> Any:
        return _device(self._f.outer(_operand(a), _operand(b)))

    def at(self, a: ndarray, indices: Any, b: Any = None) -> None:
        if self.__name__ not in _AT_DTYPES:
            raise NotImplementedError(f"`cupy_{self.__name__}.at` is not supported yet")
        if a.dtype.char not in _AT_DTYPES[self.__name__]:
            raise TypeError(f"cupy.{self.__name__}.at does not support {a.dtype}")
        key = _wrapped_key(a.shape, indices)
        self._f.at(a._a, key if len(key) > 1 else key[0], _operand(b))

    def _need(self, method: str) -> None:
        if not self._info[method]:
            raise NotImplementedError(f"`cupy_{self.__name__}.{method}` is not supported yet")


def asnumpy(x: Any) -> np.ndarray:
    """A copy on the host."""
    return x.get() if isinstance(x, ndarray) else np.asarray(x)


def get_array_module(*arrays: Any) -> Any:
    return sys.modules[__name__] if any(isinstance(x, ndarray) for x in arrays) else np


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _lookup("cupy", name)


class _Submodule(ModuleType):
    """`linalg`, `fft`: names found in the table."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _lookup(self.__name__, name)


linalg = _Submodule("cupy.linalg")
fft = _Submodule("cupy.fft")
lib = SimpleNamespace(stride_tricks=_Submodule("cupy.lib.stride_tricks"))


# ---------------------------------------------------------------- functions by name


def _lookup(module: str, name: str) -> Any:
    entry = _TABLE[module].get(name)
    if entry is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    source = _SOURCES[module]
    if not hasattr(source, name):
        raise NotImplementedError(f"strict_xp has no {module}.{name}: NumPy has none to lend")
    if isinstance(getattr(source, name), np.ufunc):
        return _Ufunc(name)
    if "params" in entry or "ufunc" in entry:
        return _function(module, name, getattr(source, name), entry)
    return getattr(source, name)


def _function(module: str, name: str, source: Callable[..., Any], entry: dict[str, Any]) -> Callable[..., Any]:
    known = None if entry.get("var") else entry.get("params")

    def call(*args: Any, **options: Any) -> Any:
        if known is not None:
            for keyword in options:
                if keyword not in known:
                    raise TypeError(f"{name}() got an unexpected keyword argument {keyword!r}")
            if len(args) > len(known):
                raise TypeError(f"{name}() takes {len(known)} positional arguments but {len(args)} were given")
        if name in _CREATORS:
            options.pop("blocking", None)
            given = [x._a if isinstance(x, ndarray) else x for x in args]
            if isinstance(args[0], (list, tuple)):
                given[0] = [x._a if isinstance(x, ndarray) else x for x in args[0]]
            return _device(source(*given, **options))
        if name in _READERS:
            _sync()
        given = _hosts(args, name)
        options = {k: _host(v, name) for k, v in options.items()}
        if name == "take":
            given = _wrapped_take(*given, **options)
            options = {}
        with np.errstate(all="ignore"):
            return _device(_silent(source, given, options) if module == "cupy.linalg" else source(*given, **options))

    call.__name__ = name
    return call


def _silent(source: Callable[..., Any], args: list[Any], options: dict[str, Any]) -> Any:
    """Linear algebra as on a GPU: nan where LAPACK would have raised."""
    if any(isinstance(x, np.ndarray) and x.dtype == np.float16 for x in args):
        raise TypeError("float16 is unsupported in linalg")
    if source is np.linalg.lstsq and args[0].ndim > 2:
        raise np.linalg.LinAlgError("lstsq: 2-d only")
    try:
        return source(*args, **options)
    except np.linalg.LinAlgError as error:
        if "ingular" in str(error) or "positive" in str(error):
            return np.full(args[-1].shape, np.nan, np.result_type(args[0], np.float32))
        raise


def _wrapped_take(a: np.ndarray, indices: Any, axis: Any = None) -> list[Any]:
    size = a.size if axis is None else a.shape[axis]
    return [a, np.asarray(indices) % max(size, 1), axis]


def _without_traps(name: str, f: Any, hosts: list[Any], options: dict[str, Any]) -> Any:
    """A ufunc's result with CUDA's answers where the CPU traps: division by integer zero, negative powers."""
    if len(hosts) != 2 or np.result_type(*hosts).kind not in "iu":
        return f(*hosts, **options)
    x, y = map(np.asarray, hosts)
    if name in ("floor_divide", "remainder", "mod", "fmod"):
        return np.where(y == 0, 0, f(hosts[0], np.where(y == 0, 1, y).astype(y.dtype), **options)).astype(x.dtype)
    if name == "power" and (y < 0).any():
        whole = f(x, np.where(y < 0, 0, y).astype(y.dtype))
        tiny = np.where(x == 1, 1, np.where(x == -1, np.where(y % 2, -1, 1), 0))
        return np.where(y < 0, tiny, whole).astype(whole.dtype)
    return f(*hosts, **options)


# ---------------------------------------------------------------- crossing between host and device


def _device(value: Any) -> Any:
    """What NumPy answered, as the device would: arrays wrapped, scalars as 0-d arrays."""
    if isinstance(value, (np.ndarray, np.generic)):
        host = np.asarray(value)
        if host.dtype.kind in "OSUMm" or host.dtype.char in "gG":
            raise ValueError(f"Unsupported dtype {host.dtype}")
        return ndarray(host)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_device, value))
    if isinstance(value, (tuple, list)):
        return type(value)(map(_device, value))
    return value


def _host(value: Any, function: str) -> Any:
    """An argument for NumPy: device arrays unwrapped, NumPy arrays refused."""
    if isinstance(value, ndarray):
        return value._a
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)} (given to {function})")
    if isinstance(value, (list, tuple)) and any(isinstance(v, (ndarray, np.ndarray)) for v in value):
        return type(value)(_host(v, function) for v in value)
    return value


def _hosts(values: Any, function: str) -> list[Any]:
    return [_host(value, function) for value in values]


def _operand(value: Any) -> Any:
    """An operand of a ufunc: a device array or a scalar, nothing else."""
    if isinstance(value, ndarray):
        return value._a
    if isinstance(value, _SCALARS):
        return value
    raise TypeError(f"Unsupported type {type(value)}")


def _cast(host: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """`host` as `dtype` by CUDA's rules: floats saturate to an integer's range, and nan becomes 0."""
    if host.dtype.kind != "f" or dtype.kind not in "iu":
        with np.errstate(all="ignore"):
            return host.astype(dtype)
    limits, wide = np.iinfo(dtype), host.astype(np.float64)
    inside = (wide < float(limits.max)) & (wide > float(limits.min))
    edges = np.where(wide >= float(limits.max), limits.max, np.where(wide <= float(limits.min), limits.min, 0))
    result = np.asarray(edges.astype(dtype))
    result[inside] = wide[inside].astype(dtype)
    return result


def _wrapped_key(shape: tuple[int, ...], key: Any) -> tuple[Any, ...]:
    """An index for NumPy, its integer arrays wrapped into range."""
    parts = key if isinstance(key, tuple) else (key,)
    parts = tuple(ndarray(p) if isinstance(p, (list, np.ndarray)) else p for p in parts)
    taken = sum(_axes_taken(p) for p in parts)
    wrapped: list[Any] = []
    axis = 0
    for part in parts:
        if isinstance(part, ndarray):
            if part.dtype == bool:
                _sync()
                wrapped.append(part._a)
            elif part.dtype.kind in "iu":
                wrapped.append(part._a % shape[axis] if shape[axis] else part._a)
            else:
                raise IndexError(f"arrays used as indices must be of integer or boolean type. (actual: {part.dtype})")
        else:
            wrapped.append(part)
        axis += len(shape) - taken if part is Ellipsis else _axes_taken(part)
    return tuple(wrapped)


def _is_list(index: np.ndarray, length: int) -> bool:
    return index.dtype != bool and index.shape == (length,)


def _axes_taken(part: Any) -> int:
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if isinstance(part, ndarray) and part.dtype == bool else 1


# ---------------------------------------------------------------- operators


def _operator(ufunc: str, reflected: bool = False) -> Callable[[ndarray, Any], Any]:
    def method(self: ndarray, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            raise TypeError(f"Unsupported type {type(other)}")
        if not isinstance(other, (ndarray, *_SCALARS)):
            return NotImplemented
        return _lookup("cupy", ufunc)(*((other, self) if reflected else (self, other)))

    return method


def _in_place(ufunc: str) -> Callable[[ndarray, Any], Any]:
    return lambda self, other: _lookup("cupy", ufunc)(self, other, out=self)


_ARITHMETIC = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "left_shift",
    "rshift": "right_shift",
}
_COMPARISONS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}

for _name, _ufunc in (_ARITHMETIC | _COMPARISONS | {"matmul": "matmul"}).items():
    setattr(ndarray, f"__{_name}__", _operator(_ufunc))
for _name, _ufunc in (_ARITHMETIC | {"matmul": "matmul"}).items():
    setattr(ndarray, f"__r{_name}__", _operator(_ufunc, reflected=True))
for _name, _ufunc in _ARITHMETIC.items():
    setattr(ndarray, f"__i{_name}__", _in_place(_ufunc))
for _name, _ufunc in {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}.items():
    setattr(ndarray, f"__{_name}__", lambda self, _ufunc=_ufunc: _lookup("cupy", _ufunc)(self))

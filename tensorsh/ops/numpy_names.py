"""`np` and `math` as the language offers them: the numeric part of NumPy that TensorFlow programs use.

An explicit allowlist. Nothing here opens files, evaluates text, looks at raw memory or makes arrays of Python
objects. `np.random`, `np.testing` and `np.fft` are loaded only when a program names them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.entrywise import Entrywise, clip, pad
from ..runtime.errors import explain
from ..runtime.open_classes import open_class
from .registry import export

_CONSTANTS = "pi e inf nan euler_gamma newaxis"

_TYPES = """
    generic number integer signedinteger unsignedinteger inexact floating complexfloating bool_ int8 int16
    int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 double single half
    intp finfo iinfo
"""

_MAKERS = """
    array asarray asanyarray ascontiguousarray atleast_1d atleast_2d atleast_3d arange linspace logspace
    geomspace zeros ones full zeros_like ones_like full_like eye identity diag diagflat tri tril triu
    vander fromiter fromfunction concatenate stack vstack hstack dstack column_stack block tile repeat
    indices
"""

_ENTRYWISE = """
    abs absolute add angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and bitwise_or
    bitwise_xor bitwise_invert bitwise_left_shift bitwise_right_shift cbrt ceil conj conjugate copysign
    cos cosh deg2rad degrees divide divmod equal exp exp2 expm1 fabs float_power floor floor_divide fmax
    fmin fmod frexp gcd greater greater_equal heaviside hypot imag invert isfinite isinf isnan lcm ldexp
    left_shift less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not
    logical_or logical_xor maximum minimum mod modf multiply negative nextafter not_equal positive power
    rad2deg radians real reciprocal remainder right_shift rint sign signbit sin sinc sinh spacing sqrt
    square subtract tan tanh true_divide trunc
"""

_FUNCTIONS = """
    all allclose amax amin any append apply_along_axis apply_over_axes argmax argmin argpartition argsort
    argwhere around array_equal array_equiv array_split average bincount broadcast_arrays broadcast_shapes
    broadcast_to can_cast
    choose compress convolve copy corrcoef correlate count_nonzero cov cross cumprod cumsum delete
    diagonal diff digitize dot dsplit ediff1d einsum expand_dims extract fill_diagonal flatnonzero flip
    fliplr flipud gradient hamming hanning histogram histogram2d hsplit i0 inner insert interp isclose
    iscomplex iscomplexobj isin issubdtype isreal isrealobj isscalar kron lexsort matmul matrix_transpose max mean
    median meshgrid min moveaxis nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean
    nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndenumerate ndim ndindex
    nonzero outer partition percentile permute_dims piecewise place polyadd polyder polyfit polyint
    polymul polyval prod ptp put put_along_axis putmask quantile ravel ravel_multi_index
    real_if_close reshape resize roll rollaxis roots rot90 round searchsorted select setdiff1d
    setxor1d shape size sort split squeeze std sum swapaxes take take_along_axis tensordot trace transpose
    trapezoid trim_zeros tril_indices triu_indices union1d intersect1d unique unravel_index unwrap var
    vdot vecdot vsplit where array_repr array_str mgrid ogrid
"""

_LINALG = """
    cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
    matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot
    tensorinv tensorsolve trace vecdot vector_norm LinAlgError
"""

_FFT = """
    fft fft2 fftn fftfreq fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2
    rfftfreq rfftn
"""

_TESTING = """
    assert_ assert_allclose assert_almost_equal assert_array_almost_equal assert_array_equal
    assert_array_less assert_equal
"""

_PRINT_OPTIONS = frozenset(
    ["precision", "threshold", "edgeitems", "linewidth", "suppress", "nanstr", "infstr", "sign", "floatmode"]
)


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which refuses to return an array of Python objects."""

    @functools.wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        if isinstance(result, np.ndarray) and not _numbers_or_text(result):
            raise explain(
                TypeError(f"np.{function.__name__}: arrays of Python objects are not supported"),
                summary=f"np.{function.__name__}: these values make no array of numbers",
                hint="give numbers, or nested lists of equal length",
            )
        return result

    return checked


def _numbers_or_text(array: np.ndarray) -> bool:
    if array.dtype.kind == "O":
        return all(isinstance(leaf, (bytes, str)) for leaf in array.flat)  # as a string tensor's `numpy()` is
    return array.dtype.type is not np.void  # neither records nor raw memory


def _later(module: str, name: str) -> Callable[..., Any]:
    """A function of a part of NumPy that is costly to load: loaded by the first call."""

    def function(*args: Any, **options: Any) -> Any:
        return getattr(getattr(np, module), name)(*args, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"NumPy's np.{module}.{name}."
    return function


def _empty(shape: Any, dtype: Any = float, order: str = "C") -> np.ndarray:
    """An array to be filled: of zeros, where NumPy leaves whatever the memory held."""
    return _numeric(np.zeros)(shape, dtype, order)


def _empty_like(
    prototype: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> np.ndarray:
    """An array like another, to be filled: of zeros, where NumPy leaves whatever the memory held."""
    return _numeric(np.zeros_like)(prototype, dtype, order, subok, shape)


def _from_dlpack(x: Any, /) -> np.ndarray:
    """An array of a tensor's values, which it shares with nobody."""
    if not hasattr(type(x), "__dlpack__"):
        raise explain(
            AttributeError(f"{type(x).__name__!r} object has no attribute '__dlpack__'"),
            summary=f"np.from_dlpack takes a tensor or an array, not a {type(x).__name__}",
            hint="np.array(x) takes all that has numbers",
        )
    return np.from_dlpack(x)


def _dtype(dtype: Any, align: bool = False, copy: bool = False) -> np.dtype:
    """NumPy's dtype of that name or class, if it is one of numbers."""
    made = np.dtype(dtype, align, copy)
    if made.hasobject or made.type is np.void:
        raise TypeError(f"np.dtype: {dtype!r} is not a type of numbers")
    return made


def _common_dtype(*given: Any) -> np.dtype:
    """The dtype in which NumPy computes with these arrays and dtypes, if it is one of numbers."""
    return _dtype(np.result_type(*given))


def _printing(function: Callable[..., Any]) -> Callable[..., Any]:
    """`set_printoptions` or `printoptions` with the options that are plain values."""

    @functools.wraps(function)
    def checked(**options: Any) -> Any:
        unknown = sorted(set(options) - _PRINT_OPTIONS)
        if unknown:
            raise explain(
                TypeError(f"np.{function.__name__}: unknown option {unknown[0]!r}"),
                hint=f"there are {', '.join(sorted(_PRINT_OPTIONS))}",
            )
        return function(**options)

    return checked


def _vectorize(pyfunc: Callable[..., Any], otypes: Any = None) -> Callable[..., Any]:
    """A function of single entries as a function of arrays, which broadcast; otypes: the dtype of its results."""
    dtype = None if otypes is None else otypes[0]

    def over_arrays(*args: Any) -> Any:
        arrays = np.broadcast_arrays(*args)
        entries = [pyfunc(*each) for each in zip(*(array.flat for array in arrays))]
        return _numeric(np.array)(entries, dtype).reshape(arrays[0].shape)

    return over_arrays


def _errstate(**kinds: str) -> np.errstate:
    """NumPy's context manager for floating-point errors: divide, over, under, invalid or all as "ignore", "warn" ..."""
    for kind, how in kinds.items():
        if kind not in ("all", "divide", "over", "under", "invalid"):
            raise TypeError(f"np.errstate: unknown kind of error {kind!r}")
        if how not in ("ignore", "warn", "raise"):
            raise ValueError(f"np.errstate: {kind} must be 'ignore', 'warn' or 'raise', not {how!r}")
    return np.errstate(**kinds)  # type: ignore[arg-type]


class _Joining:
    """`np.r_` and `np.c_`: arrays written as slices and joined."""

    def __init__(self, joiner: Any) -> None:
        self._joiner = joiner

    def __getitem__(self, key: Any) -> Any:
        if any(isinstance(part, str) for part in (key if isinstance(key, tuple) else (key,))):
            raise TypeError("np.r_, np.c_: directives in text are not supported")
        return _numeric(self._joiner.__getitem__)(key)


def _export(path: str, value: Any) -> None:
    export(path, value, None, "numpy_names")


for _name in f"{_CONSTANTS} {_TYPES}".split():
    _export("np." + _name, getattr(np, _name))
for _name in _ENTRYWISE.split():
    _value = getattr(np, _name)
    _export("np." + _name, Entrywise(_value) if isinstance(_value, np.ufunc) else _value)
for _name in f"{_MAKERS} {_FUNCTIONS}".split():
    _value = getattr(np, _name)
    _is_function = callable(_value) and not isinstance(_value, type)
    _export("np." + _name, _numeric(_value) if _is_function else _value)
for _name in _LINALG.split():
    _export("np.linalg." + _name, getattr(np.linalg, _name))
for _name in _FFT.split():
    _export("np.fft." + _name, _later("fft", _name))
for _name in _TESTING.split():
    _export("np.testing." + _name, _later("testing", _name))
_export("np.ndarray", open_class(np.ndarray))
_export("np.clip", clip)
_export("np.pad", _numeric(pad))
_export("np.empty", _empty)
_export("np.empty_like", _empty_like)
_export("np.from_dlpack", _from_dlpack)
_export("np.dtype", _dtype)
_export("np.result_type", _common_dtype)
_export("np.promote_types", _common_dtype)
_export("np.set_printoptions", _printing(np.set_printoptions))
_export("np.printoptions", _printing(np.printoptions))
_export("np.vectorize", _vectorize)
_export("np.errstate", _errstate)
_export("np.r_", _Joining(np.r_))
_export("np.c_", _Joining(np.c_))
_export("np.s_", np.s_)
_export("np.__version__", np.__version__)

for _name in vars(math):
    if not _name.startswith("_"):
        _export("math." + _name, getattr(math, _name))

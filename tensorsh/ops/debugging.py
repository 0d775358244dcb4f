"""tf.debugging: assertions about values, with TensorFlow's error classes and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import backend
from ..runtime.dtypes import as_dtype
from ..runtime.errors import InvalidArgumentError, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .registry import op, ops, primitive
from .rules import check_dtype, finish
from .shape_assertions import prefix, shape_and_dtype


@op("debugging.Assert Assert", short="Assert")
def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> None:
    """Raise InvalidArgumentError, telling the first entries of each of `data`, unless `condition` is true.

    condition: a bool of shape (). data: a list of tensors.

    >>> Assert(constant(2) > 1, ["two is more"])
    """
    if not condition:
        told = "\n".join(_listed(as_tensor(x), summarize) for x in data)
        raise explain(
            InvalidArgumentError(f"Expected '{condition!s}' to be true. Summarized data: {told}"),
            summary="Assert: the condition is false: " + told.replace("\n", ", "),
        )


def _listed(t: Tensor, summarize: int | None) -> str:
    """The first entries, 3 unless told otherwise, all if negative."""
    host = backend.to_host(t._array)
    if not host.ndim:
        return "" if summarize == 0 else str(host[()])
    return ", ".join(_entries(host, summarize))


def _entries(host: np.ndarray, summarize: int | None) -> list[str]:
    count = 3 if summarize is None else host.size if summarize < 0 else summarize
    return [str(x) for x in host.reshape(-1)[:count]] + ["..."] * (count < host.size)


# ---------------------------------------------------------------- two tensors compared


def _compared(paths: str, sign: str, comparison: str) -> Callable[..., Any]:
    """Decorate the signature of an assertion that `x sign y` holds for every pair of entries."""

    def decorate(function: Any) -> Any:
        def check(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
            _check_all(sign, comparison, x, y, message, summarize)

        return op(paths)(finish(check, function))

    return decorate


def _check_all(sign: str, comparison: str, x: Any, y: Any, message: Any, summarize: Any) -> None:
    if sign == "==" and x is y:
        return
    x, y = as_tensor(x), as_tensor(y)
    holds = getattr(ops, comparison)(x, y)
    if bool(holds._array.all()):
        return
    host = backend.to_host(holds._array)
    count = 3 if summarize is None else 10**9 if summarize < 0 else summarize
    lines = [] if message is None else [str(message)]
    lines.append(f"Condition x {sign} y did not hold.")
    a, b = backend.to_host(x._array), backend.to_host(y._array)
    if count and a.shape == b.shape and a.shape:
        indices = np.argwhere(~host)[:count]
        lines += [
            f"Indices of first {len(indices)} different values:",
            str(indices),
            "Corresponding x values:",
            str(a[~host][:count]),
            "Corresponding y values:",
            str(b[~host][:count]),
        ]
    if count:
        for label, values in (("x", a.reshape(-1)), ("y", b.reshape(-1))):
            lines += [f"First {min(values.size, count)} elements of {label}:", str(values[:count])]
    raise _broken("\n".join(lines), f"x {sign} y", x, y)


def _broken(text: str, claim: str, x: Tensor, y: Tensor | None = None) -> BaseException:
    operands = [("x", x)] if y is None else [("x", x), ("y", y)]
    return explain(InvalidArgumentError(text), summary=text.strip().replace("\n", "; "), operands=operands)


@_compared("debugging.assert_equal assert_equal", "==", "equal")
def assert_equal(x, y):
    """Raise InvalidArgumentError unless x == y for every pair of entries (broadcasting).

    >>> assert_equal([1, 2], [1, 2])
    """


@_compared("debugging.assert_less assert_less", "<", "less")
def assert_less(x, y):
    """Raise InvalidArgumentError unless x < y for every pair of entries (broadcasting).

    >>> assert_less([1, 2], 3)
    """


@_compared("debugging.assert_less_equal", "<=", "less_equal")
def assert_less_equal(x, y):
    """Raise InvalidArgumentError unless x <= y for every pair of entries (broadcasting).

    >>> assert_less_equal([1, 2], 2)
    """


@_compared("debugging.assert_greater assert_greater", ">", "greater")
def assert_greater(x, y):
    """Raise InvalidArgumentError unless x > y for every pair of entries (broadcasting).

    >>> assert_greater([1, 2], 0)
    """


@_compared("debugging.assert_greater_equal", ">=", "greater_equal")
def assert_greater_equal(x, y):
    """Raise InvalidArgumentError unless x >= y for every pair of entries (broadcasting).

    >>> assert_greater_equal([1, 2], 1)
    """


@op("debugging.assert_none_equal")
def assert_none_equal(x: Any, y: Any, summarize: Any = None, message: Any = None, name: Any = None) -> None:
    """Raise InvalidArgumentError unless x != y for every pair of entries (broadcasting).

    >>> assert_none_equal([1, 2], 3)
    """
    _check_all("!=", "not_equal", x, y, message, summarize)


# ---------------------------------------------------------------- one tensor against zero


def _signed(paths: str, sign: str, comparison: str) -> Callable[..., Any]:
    """Decorate the signature of an assertion that `x sign 0` holds for every entry."""

    def decorate(function: Any) -> Any:
        def check(x: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
            x = as_tensor(x)
            if bool(getattr(ops, comparison)(x, as_tensor(0, x.dtype))._array.all()):
                return
            head = f"x ({shape_and_dtype(x)}) = "
            # One of the four lacks the line break, in TensorFlow too.
            claim = f"Condition x {sign} 0 did not hold element-wise:" + ("" if sign == "<=" else "\n") + head
            host = backend.to_host(x._array)
            told = str(_entries(host, summarize)) if host.ndim else str(host[()])
            raise _broken(f"{prefix(message)}\n{claim}\n{told}", f"x {sign} 0", x)

        return op(paths)(finish(check, function))

    return decorate


@_signed("debugging.assert_negative", "<", "less")
def assert_negative(x):
    """Raise InvalidArgumentError unless every entry is below zero.

    >>> assert_negative([-1, -2])
    """


@_signed("debugging.assert_positive", ">", "greater")
def assert_positive(x):
    """Raise InvalidArgumentError unless every entry is above zero.

    >>> assert_positive([1, 2])
    """


@_signed("debugging.assert_non_negative", ">=", "greater_equal")
def assert_non_negative(x):
    """Raise InvalidArgumentError if an entry is below zero.

    >>> assert_non_negative([0, 2])
    """


@_signed("debugging.assert_non_positive", "<=", "less_equal")
def assert_non_positive(x):
    """Raise InvalidArgumentError if an entry is above zero.

    >>> assert_non_positive([0, -2])
    """


# ---------------------------------------------------------------- closeness and finiteness


@op("debugging.assert_near")
def assert_near(
    x: Any, y: Any, rtol: Any = None, atol: Any = None, message: Any = None, summarize: Any = None, name: Any = None
) -> None:
    """Raise InvalidArgumentError unless |x - y| <= atol + rtol * |y| for every pair of entries.

    rtol, atol: ten times the dtype's precision if None.

    >>> assert_near([1., 2.], [1., 2.0000001])
    """
    x = as_tensor(x)
    y = as_tensor(y, x.dtype)
    real = x._array.real.dtype
    precision = _precision(real)
    rtol = as_tensor(10 * precision if rtol is None else rtol, as_dtype(real))
    atol = as_tensor(10 * precision if atol is None else atol, as_dtype(real))
    distance = ops.abs(ops.subtract(x, y))
    near = ops.less(distance, ops.add(atol, ops.multiply(rtol, ops.abs(y))))
    Assert(
        ops.reduce_all(near),
        [
            prefix(message),
            f"x and y not equal to tolerance rtol = {rtol!s}, atol = {atol!s}",
            f"x ({shape_and_dtype(x)}) = ",
            x,
            f"y ({shape_and_dtype(y)}) = ",
            y,
        ],
        summarize,
    )


def _precision(dtype: np.dtype) -> float:
    if dtype.kind == "V":
        return 2.0**-7
    try:
        return float(np.finfo(dtype).eps)
    except ValueError:
        raise explain(
            ValueError(f"data type {dtype.type!r} not inexact"),
            summary=f"assert_near: {dtype.name} numbers are exact; use assert_equal",
        ) from None


@primitive(lambda g, y, x, message: check_numerics(g, _IN_GRADIENT + message))
def _check_numerics(xp: Any, x: Any, message: str) -> Any:
    has_nan, has_inf = bool(xp.isnan(x).any()), bool(xp.isinf(x).any())
    if has_nan or has_inf:
        found = "Inf and NaN" if has_nan and has_inf else "NaN" if has_nan else "Inf"
        raise invalid(
            "CheckNumerics",
            f"{message} : Tensor had {found} values",
            summary=f"check_numerics: {message}: there are {found} values",
        )
    return x


@op("debugging.check_numerics", samples=lambda s: [s.call(s(2, 3), "here")])
def check_numerics(tensor: Any, message: Any, name: str | None = None) -> Tensor:
    """The tensor itself; raises InvalidArgumentError if it holds a nan or an infinity. So does its gradient.

    >>> check_numerics([1., 2.], "weights")
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    x = as_tensor(tensor)
    check_dtype("CheckNumerics", x, _CHECKED, _CHECKED, "tensor")
    return _check_numerics(x, message=str(message))


_IN_GRADIENT = "Not a number (NaN) or infinity (Inf) values detected in gradient. "
_CHECKED = tuple(as_dtype(name) for name in ("bfloat16", "float16", "float32", "float64"))


@op("debugging.assert_all_finite", samples=lambda s: [s.call(s(2, 3), "here")])
def assert_all_finite(x: Any, message: Any, name: str | None = None) -> Tensor:
    """The tensor itself; raises InvalidArgumentError if it holds a nan or an infinity.

    >>> assert_all_finite([1., 2.], "weights")
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return check_numerics(x, message)

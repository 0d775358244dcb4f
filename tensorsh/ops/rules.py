"""The rules: what families of ops have in common, decided once when an op is defined.

`@unary`, `@binary` and `@reduction` turn a kernel on raw arrays, `kernel(xp, ...)`, into an op with TensorFlow's
signature: conversion of Python values, dtype and shape checks with TensorFlow's errors, the tape, and the sample
inputs of the gradient check. Float tensors with nothing to convert or check take a fast path of one Python call,
one kernel call and one allocation. Everything else goes the careful way, once, below it.

A gradient is written in ops as (g, y, x...): the upstream cotangent, the output, the inputs. It may return the
broadcast shape: the tape sums it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..runtime import backend, local, memory, tape
from ..runtime.dtypes import F32, F64, INEXACT, NUMERIC, DType, from_numpy, int32, names
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.variable import Variable
from .composites import is_composite, is_ragged, of_values
from .quick import NUMBERS, UNCHANGED, on_numpy
from .registry import Primitive, install_operator, ops, register
from .rule_samples import binary_samples, reduction_samples, unary_samples

_new = object.__new__
_ndarray = np.ndarray
_asarray = np.asarray
_NONE: dict[str, Any] = {}
_recorders = tape.recorders
_ALL_AXES = [tuple(range(rank)) for rank in range(65)]  # NumPy's arrays have no more than 64
_REFUSES = "Raises InvalidArgumentError unless the dtypes are the same and the shapes broadcast."
_NO_DTYPE: Any = object()  # stands for a dtype that an op does not take: equal to no array's


def unary(
    tf: str,
    grad: Callable[..., Any] | None = None,
    *,
    dtypes: Sequence[DType] = INEXACT,
    computed: Sequence[DType] | None = None,
    kernel: str | None = None,
    arg: str = "x",
    domain: tuple[float, float] = (-2.0, 2.0),
    operator: str = "",
    short: str | bool = True,
    elementwise: bool = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate `kernel(xp, x)`: an elementwise op of one tensor.

    dtypes: those it takes. computed: those of them that TensorFlow has a kernel for, if not all.
    kernel: TensorFlow's name for it in messages (CamelCase of the function's by default).
    arg: TensorFlow's name for its argument. domain: where the gradient check draws its inputs.
    elementwise: whether the kernel takes lazy arrays.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        core = Primitive(function, None if grad is None else (grad,), elementwise=elementwise)
        quick = on_numpy(function)
        allowed = frozenset(dtypes)
        fast32, fast64 = (d if from_numpy(d) in allowed else _NO_DTYPE for d in (F32, F64))
        kernel_name = kernel or camel(function.__name__)

        def public(x: Any, name: str | None = None) -> Tensor:
            if type(x) is Tensor:
                array = x._array
                dtype = array.dtype
                if (dtype is fast32 or dtype is fast64) and type(array) is _ndarray:
                    try:
                        result = quick(array)
                    except MemoryError as error:
                        raise memory.explained(error, kernel_name) from None
                    if type(result) is not _ndarray:
                        result = _asarray(result)
                    y = _new(Tensor)
                    y._array = result
                    if _recorders and core.differentiable:
                        for recorder in _recorders:
                            recorder._record(core, (y,), (x,), _NONE)
                    return y
            elif type(x) is Variable:
                return public(x._read())
            return careful(x)

        def careful(x: Any) -> Tensor:
            try:
                x = as_tensor(x)
            except (TypeError, ValueError):
                if is_composite(x) and (found := of_values(public.__name__, public, x)) is not None:
                    return found
                raise
            check_dtype(kernel_name, x, allowed, dtypes, arg, computed=computed)
            return core(x)

        finish(public, function, {"x": arg})
        register(public, tf, short, unary_samples(domain) if grad else None, operator)
        return public

    return decorate


_Special = Callable[[Any, Any], Tensor | None] | None


def binary(
    tf: str,
    *grads: Callable[..., Any] | None,
    dtypes: Sequence[DType] = NUMERIC,
    computed: Sequence[DType] | None = None,
    kernel: str | None = None,
    args: tuple[str, str] = ("x", "y"),
    hint: bool = False,
    otherwise: _Special = None,
    operator_otherwise: _Special = None,
    sees_numbers: bool = False,
    domain: tuple[float, float] = (-2.0, 2.0),
    domain2: tuple[float, float] | None = None,
    operator: str = "",
    short: str | bool = True,
    elementwise: bool = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate `kernel(xp, x, y)`: an elementwise op of two tensors that broadcasts.

    grads: the gradient for x and for y. hint: whether a Python value that does not fit the other operand's dtype
    keeps its own (`+` and `/`) instead of being refused (every other op). dtypes, computed, elementwise: as for
    `unary`.
    otherwise: tried first on operands off the fast path; what it returns, if not None, is the result.
    operator_otherwise: the same for the operator alone, where it takes more than the op.
    sees_numbers: whether the kernel must be given a Python number as it is, and not as an array of rank 0.
    domain, domain2: where the gradient check draws x and y.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        core = Primitive(function, grads or None, elementwise=elementwise)
        quick = on_numpy(function)
        allowed = frozenset(dtypes)
        fast32, fast64 = (d if from_numpy(d) in allowed else _NO_DTYPE for d in (F32, F64))
        kernel_name = kernel or camel(function.__name__)
        numbers32, numbers64 = UNCHANGED if sees_numbers else NUMBERS

        def check(x: Tensor) -> None:
            check_dtype(kernel_name, x, allowed, dtypes, args[0], computed=computed)

        def made(special: _Special) -> tuple[Any, Any]:
            """The op's function, and the operator's where a tensor stands on the right."""

            def public(x: Any, y: Any, name: str | None = None) -> Tensor:
                try:
                    a = x._array
                    dtype = a.dtype
                except AttributeError:
                    return careful(x, y)
                if dtype is not fast32 and dtype is not fast64:
                    return careful(x, y)
                if type(y) is Tensor:
                    b = y._array
                    if b.dtype is not dtype:
                        return careful(x, y)
                elif type(y) is Variable:
                    return public(x, y._read())
                elif type(y) is float or type(y) is int and -(2**24) < y < 2**24:
                    b = numbers32[y] if dtype is fast32 else numbers64[y]
                else:
                    return careful(x, y)
                try:
                    result = quick(a, b)
                except (ValueError, TypeError, MemoryError) as error:
                    return failed(error, x, y)
                if type(result) is not _ndarray and type(result) is not backend.Lazy:
                    if not isinstance(result, np.generic):
                        return careful(x, y)
                    result = _asarray(result)
                z = _new(Tensor)
                z._array = result
                if _recorders and core.differentiable:
                    for recorder in _recorders:
                        recorder._record(core, (z,), (x, y), _NONE)
                return z

            def failed(error: Exception, x: Any, y: Any) -> Tensor:
                if isinstance(error, TypeError):  # two array modules met
                    return careful(x, y)
                if isinstance(error, MemoryError):
                    raise memory.explained(error, kernel_name) from None
                raise shape_error(kernel_name, x, y, args) from None

            def careful(x: Any, y: Any, hint: bool = hint) -> Tensor:
                if type(y) is Variable:
                    return public(x, y._read())
                if type(x) is Variable:
                    return public(x._read(), y)
                try:
                    if local.promotes():
                        x, y = ops.numpy_meet(x, y)
                    if special is not None and (found := special(x, y)) is not None:
                        return found
                    x, y = pair(kernel_name, x, y, hint, check)
                except (TypeError, ValueError):
                    if is_ragged(x) or is_ragged(y):
                        return ops.ragged_elementwise(public, x, y)
                    raise
                try:
                    return core(x, y)
                except ValueError:
                    raise shape_error(kernel_name, x, y, args) from None

            def reflected(y: Any, x: Any) -> Tensor:
                dtype = y._array.dtype
                if type(x) is float and (dtype is fast32 or dtype is fast64) and type(y._array) is _ndarray:
                    number = numbers32[x] if dtype is fast32 else numbers64[x]
                    z = wrap(_asarray(quick(number, y._array)))
                    if _recorders and core.differentiable:
                        tape.record(core, (z,), (x, y), _NONE)
                    return z
                if not (hasattr(x, "_read") or local.promotes()):
                    x = as_tensor(x, y.dtype)
                return careful(x, y, False)

            return finish(public, function, dict(zip("xy", args)), _REFUSES), reflected

        public, reflected = made(otherwise)
        samples = binary_samples(domain, domain2 or domain) if grads else None
        register(public, tf, short, samples, operator, reflected)
        if operator_otherwise is not None:
            install_operator(operator, *made(operator_otherwise))
        return public

    return decorate


def reduction(
    tf: str,
    grad: Callable[..., Any] | None = None,
    *,
    dtypes: Sequence[DType] = NUMERIC,
    kernel: str | None = None,
    arg: str = "input_tensor",
    domain: tuple[float, float] = (-2.0, 2.0),
    short: str | bool = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate `kernel(xp, x, axis, keepdims)`: an op that takes axes away.

    The kernel gets `axis` as a tuple of non-negative ints, and so does the gradient `(g, y, x, axis, keepdims)`.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        core = Primitive(function, None if grad is None else (grad,), elementwise=True)
        allowed = frozenset(dtypes)
        fast32, fast64 = (d if from_numpy(d) in allowed else _NO_DTYPE for d in (F32, F64))
        kernel_name = kernel or camel(function.__name__)

        def public(x: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
            if type(x) is Tensor and axis is None and keepdims is False:
                array = x._array
                if (array.dtype is fast32 or array.dtype is fast64) and type(array) is _ndarray:
                    axes = _ALL_AXES[array.ndim]
                    y = wrap(_asarray(function(np, array, axes, False)))
                    if _recorders and core.differentiable:
                        attrs = {"axis": axes, "keepdims": False}
                        for recorder in _recorders:
                            recorder._record(core, (y,), (x,), attrs)
                    return y
            try:
                x = as_tensor(x)
            except (TypeError, ValueError):
                if is_ragged(x):
                    return ops.ragged_reduce(public.__name__, x, axis, keepdims)
                raise
            check_dtype(kernel_name, x, allowed, dtypes, arg)
            axes = _ALL_AXES[x._array.ndim] if axis is None else tuple(reduction_axes(kernel_name, axis, x))
            return core(x, axis=axes, keepdims=bool(keepdims))

        finish(public, function, {"x": arg})
        register(public, tf, short, reduction_samples(domain) if grad is not None else None)
        return public

    return decorate


# ---------------------------------------------------------------- checks that ops share


def check_dtype(
    kernel: str,
    x: Tensor,
    allowed: Any,
    listed: Sequence[DType],
    arg: str,
    attr: str = "T",
    computed: Sequence[DType] | None = None,
) -> None:
    """Raise TensorFlow's InvalidArgumentError unless the dtype of x is in `allowed`.

    Raise its NotFoundError for one that is allowed, but is not among the `computed`.
    """
    dtype = x.dtype
    if dtype not in allowed:
        wanted = "float32" if "float32" in [d.name for d in listed] else listed[0].name
        raise explain(
            InvalidArgumentError(
                f"Value for attr '{attr}' of {dtype.kernel_name} is not in the list of allowed values: {names(listed)}"
            ),
            summary=f"{kernel}: {arg} is {dtype.name}, and must be one of {_spoken(listed)}",
            operands=[(arg, x)],
            hint=None if dtype.name == "string" else f"cast it: cast(x, {wanted})",
        )
    if computed is not None and dtype not in computed:
        from .kernels import no_kernel

        raise no_kernel(kernel, kernel, {attr: dtype}, [(arg, x)])


def _spoken(listed: Sequence[DType]) -> str:
    """The dtypes of a list that a person would use; TensorFlow's quantized ones are not among them."""
    return ", ".join(d.name for d in listed if not d.is_quantized)


def pair(
    kernel: str, x: Any, y: Any, hint: bool = False, check: Callable[[Tensor], None] | None = None
) -> tuple[Tensor, Tensor]:
    """Two operands as tensors of one dtype, by TensorFlow's rules.

    A Python value takes the dtype of the operand that is a tensor (of the first, if neither is). If it does not
    fit, that is a TypeError; with `hint`, y then keeps its own dtype, and the two differ. Tensors of different
    dtypes raise InvalidArgumentError. check: what looks at the first before.
    """
    x_read, y_read = getattr(x, "_read", None), getattr(y, "_read", None)
    if x_read is not None:
        x = x_read()
    elif y_read is not None and not hint:
        x = as_tensor(x, y_read().dtype)
    else:
        x = as_tensor(x)
    if y_read is not None:
        y = y_read()
    else:
        y = as_tensor(y, hint=x.dtype) if hint else as_tensor(y, x.dtype)
    if check is not None:
        check(x)
    if x._array.dtype != y._array.dtype:
        raise mismatch(kernel, 1, x, y)
    if type(x._array) is not type(y._array) and (moved := backend.beside(y._array, x._array)) is not y._array:
        y = wrap(moved)
    return x, y


def mismatch(kernel: str, i: int, x: Tensor, y: Tensor, names: tuple[str, str] = ("x", "y")) -> Any:
    """TensorFlow's error for operands of two dtypes; `i` is the position of the one that differs."""
    a, b = x.dtype, y.dtype
    return invalid(
        kernel,
        f"cannot compute {kernel} as input #{i}(zero-based) was expected to be a {a.kernel_name} tensor but is a "
        f"{b.kernel_name} tensor",
        summary=f"{kernel}: the operands' dtypes differ, {a.name} and {b.name}",
        operands=[(names[0], x), (names[1], y)],
        hint=_cast_hint(a, b),
    )


def _cast_hint(a: DType, b: DType) -> str | None:
    """Which of two operands to cast so that nothing is lost; a string is cast to nothing."""
    if "string" in (a.name, b.name):
        return None
    if b.is_complex and not a.is_complex or b.is_floating and not (a.is_floating or a.is_complex):
        return f"cast one of them: cast(x, {b.name})"
    return f"cast one of them: cast(y, {a.name})"


def shape_error(kernel: str, x: Any, y: Any, args: tuple[str, str] = ("x", "y")) -> Any:
    """TensorFlow's error for operands that do not broadcast."""
    x, y = as_tensor(x), as_tensor(y)
    a, b = x._array.shape, y._array.shape
    return invalid(
        kernel,
        f"Incompatible shapes: {bracketed(a)} vs. {bracketed(b)}",
        summary=f"{kernel}: shapes {a} and {b} do not broadcast",
        operands=[(args[0], x), (args[1], y)],
    )


def reduction_axes(kernel: str, axis: Any, x: Tensor) -> list[int]:
    """`axis` (an int, a list of ints, or a tensor) as sorted non-negative ints."""
    given = ints(axis)
    rank = x._array.ndim
    axes = []
    for a in given:
        if not -rank <= a < rank:
            raise invalid(
                kernel,
                f"Invalid reduction dimension ({a} for input with {rank} dimension(s)",
                summary=f"{kernel}: axis {a} is out of range for a tensor of rank {rank}",
                operands=[("x", x)],
            )
        axes.append(a % rank)
    if len(set(axes)) < len(axes):
        twice = next(a for a in axes if axes.count(a) > 1)
        raise invalid(
            kernel,
            f"Invalid reduction arguments: Axes contains duplicate dimension: {twice}",
            summary=f"{kernel}: axis {twice} is named twice",
            name=None,
        )
    return sorted(axes)


def ints(value: Any) -> list[int]:
    """Axes, sizes or paddings as a flat list of Python ints: from an int, a sequence, a shape or an int tensor."""
    if type(value) is int:
        return [value]
    if type(value) in (list, tuple) and all(type(v) is int for v in value):
        return list(value)
    array = as_tensor(value, hint="int32")
    if not array.dtype.is_integer:
        if array._array.size == 0:
            return []
        from ..runtime.convert import cannot_convert

        raise cannot_convert(value, int32)
    return [int(v) for v in np.asarray(array).reshape(-1).tolist()]


def axis_of(kernel: str, axis: Any, rank: int, x: Tensor | None = None) -> int:
    """One axis as a non-negative int. Raises InvalidArgumentError if a tensor of that rank has no such axis."""
    (a,) = ints(axis)
    if not -rank <= a < rank:
        raise invalid(
            kernel,
            f"Expected dimension in the range [{-rank}, {rank}), but got {a}",
            summary=f"{kernel}: axis {a} is out of range for a tensor of rank {rank}",
            operands=[] if x is None else [("x", x)],
        )
    return a % rank


def expand_reduced(g: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    """A reduction's cotangent with the reduced axes back as size 1."""
    if keepdims or not axis:
        return g
    shape = list(g._array.shape)
    for a in axis:
        shape.insert(a, 1)
    return ops.reshape(g, shape)


def conj(x: Any) -> Any:
    """The complex conjugate where x is complex; x itself where it is real, at no cost."""
    return ops.conj(x) if type(x) is Tensor and x._array.dtype.kind == "c" else x


def camel(name: str) -> str:
    """`reduce_sum` -> `ReduceSum`."""
    return "".join(part.capitalize() for part in name.strip("_").split("_"))


def finish(public: Any, kernel: Any, renamed: dict[str, str] = _NONE, refuses: str = "") -> Any:
    """Give the op that a rule made the kernel's name and help, and TensorFlow's names for its arguments.

    refuses: what every op of the rule refuses, for the help, which says it before the first example.
    """
    public.__name__ = public.__qualname__ = kernel.__name__.strip("_")
    public.__doc__, public.__module__ = kernel.__doc__, kernel.__module__
    if refuses:
        before, prompt, example = (kernel.__doc__ or "").partition(">>>")
        indentation = before[len(before.rstrip(" ")) :]  # none since Python 3.13
        public.__doc__ = f"{before}{refuses}\n\n{indentation}{prompt}{example}"
    if any(old != new for old, new in renamed.items()):
        code = public.__code__
        names = tuple(renamed.get(n, n) for n in code.co_varnames[: code.co_argcount])
        public.__code__ = code.replace(co_varnames=names + code.co_varnames[code.co_argcount :])
    return public

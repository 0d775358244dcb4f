"""`tf.experimental.numpy`: functions that work element by element. Integers become floats where NumPy's do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .types import asarray, met, real, tnp

#: name | TensorFlow's op | what it does, of a number as a float
_OF_FLOATS = """
    sqrt | sqrt | The square root
    exp | exp | e ** x
    expm1 | expm1 | e ** x - 1
    log | log | The natural logarithm
    log1p | log1p | log(1 + x)
    sin | sin | The sine of x in radians
    cos | cos | The cosine of x in radians
    tan | tan | The tangent of x in radians
    sinh | sinh | The hyperbolic sine
    cosh | cosh | The hyperbolic cosine
    tanh | tanh | The hyperbolic tangent
    arcsin | asin | The inverse sine
    arccos | acos | The inverse cosine
    arctan | atan | The inverse tangent
    arcsinh | asinh | The inverse hyperbolic sine
    arccosh | acosh | The inverse hyperbolic cosine
    arctanh | atanh | The inverse hyperbolic tangent
    ceil | ceil | The least whole number that is not less than x
    floor | floor | The greatest whole number that is not greater than x
    isnan | is_nan | Whether x is NaN
    isfinite | is_finite | Whether x is neither infinite nor NaN
    sinc | keras_ops_sinc | sin(pi x) / (pi x), and 1 at 0
"""
#: The same, of a number as it is.
_OF_ANY = """
    abs | abs | |x|
    absolute | abs | |x|
    fabs | abs | |x|; integers stay integers
    negative | negative | -x
    positive | identity | x itself
    square | square | x * x
    reciprocal | reciprocal | 1 / x
    conj | conj | The complex conjugate
    conjugate | conj | The complex conjugate
    real | real | The real part
    imag | imag | The imaginary part
    copy | identity | A tensor of a's values
"""
#: name | op | the op for bools | what it does, of two numbers that meet in one dtype
_OF_TWO = """
    add | add | logical_or | x1 + x2; of bools, whether either is true
    subtract | subtract | | x1 - x2
    multiply | multiply | logical_and | x1 * x2; of bools, whether both are true
    true_divide | truediv | float64 | x1 / x2, a float
    divide | truediv | float64 | x1 / x2, a float
    floor_divide | floordiv | int8 | The greatest whole number not above x1 / x2
    mod | floormod | int8 | What floor_divide leaves; its sign is that of x2
    remainder | floormod | int8 | What floor_divide leaves; its sign is that of x2
    maximum | maximum | logical_or | The greater of x1 and x2
    minimum | minimum | logical_and | The smaller of x1 and x2
    power | tf_pow | | x1 to the power of x2
    float_power | tf_pow | | x1 to the power of x2
    arctan2 | atan2 | | The angle of the point (x2, x1)
    nextafter | nextafter | | The next number that can be written, from x1 towards x2
    bitwise_and | bitwise_and | logical_and | The and of each pair of bits
    bitwise_or | bitwise_or | logical_or | The or of each pair of bits
    bitwise_xor | bitwise_xor | logical_xor | The exclusive or of each pair of bits
    equal | equal | | Whether x1 equals x2
    not_equal | not_equal | | Whether x1 differs from x2
    greater | greater | int32 | Whether x1 is greater than x2
    greater_equal | greater_equal | int32 | Whether x1 is not less than x2
    less | less | int32 | Whether x1 is less than x2
    less_equal | less_equal | int32 | Whether x1 is not greater than x2
    gcd | keras_ops_gcd | | The greatest common divisor
    lcm | keras_ops_lcm | | The least common multiple
"""
#: name | op | what it does, of two truth values
_OF_TRUTH = """
    logical_and | logical_and | Whether both are true
    logical_or | logical_or | Whether either is true
    logical_xor | logical_xor | Whether one is true and one is not
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split(" | ")] for row in table.strip().splitlines()]


def _kernel(name: str) -> Callable[..., Any]:
    return ops.pow if name == "tf_pow" else getattr(ops, name)


def _of_one(name: str, kernel: str, summary: str, convert: Callable[[Any], Tensor]) -> None:
    def function(x: Any) -> Tensor:
        return _kernel(kernel)(convert(x))

    _install(function, name, summary)


def _of_two(name: str, kernel: str, of_bools: str, summary: str) -> None:
    def function(x1: Any, x2: Any) -> Tensor:
        x1, x2 = met(x1, x2)
        if of_bools and x1.dtype.is_bool:
            if of_bools.startswith("logical"):
                return getattr(ops, of_bools)(x1, x2)
            x1, x2 = ops.cast(x1, of_bools), ops.cast(x2, of_bools)
        return _kernel(kernel)(x1, x2)

    _install(function, name, summary)


def _of_truth(name: str, kernel: str, summary: str) -> None:
    def function(x1: Any, x2: Any) -> Tensor:
        return getattr(ops, kernel)(asarray(x1, bool), asarray(x2, bool))

    _install(function, name, summary)


def _install(function: Any, name: str, summary: str) -> None:
    function.__name__, function.__doc__ = name, f"{summary}, element by element, with NumPy's dtypes."
    tnp(function)


for _name, _op, _summary in _rows(_OF_FLOATS):
    _of_one(_name, _op, _summary, real)
for _name, _op, _summary in _rows(_OF_ANY):
    _of_one(_name, _op, _summary, asarray)
for _name, _op, _bools, _summary in _rows(_OF_TWO.replace("| |", "|  |")):
    _of_two(_name, _op, _bools, _summary)
for _name, _op, _summary in _rows(_OF_TRUTH):
    _of_truth(_name, _op, _summary)


def _scaled(x: Tensor, factor: float) -> Tensor:
    return x * as_tensor(factor, x.dtype)


@tnp
def logical_not(x: Any) -> Tensor:
    """Whether x is zero, or false."""
    return ops.logical_not(asarray(x, bool))


@tnp
def bitwise_not(x: Any) -> Tensor:
    """Every bit of x turned over; of bools, whether x is false."""
    x = asarray(x)
    return ops.logical_not(x) if x.dtype.is_bool else ops.invert(x)


@tnp
def deg2rad(x: Any) -> Tensor:
    """Degrees as radians."""
    return _scaled(real(x), math.pi / 180)


@tnp
def rad2deg(x: Any) -> Tensor:
    """Radians as degrees."""
    return _scaled(real(x), 180 / math.pi)


@tnp
def log2(x: Any) -> Tensor:
    """The logarithm to base 2; once operators promote dtypes, float64."""
    return ops.log(real(x)) / np.log(2)


@tnp
def log10(x: Any) -> Tensor:
    """The logarithm to base 10; once operators promote dtypes, float64."""
    return ops.log(real(x)) / np.log(10)


@tnp
def exp2(x: Any) -> Tensor:
    """2 ** x."""
    x = real(x)
    return ops.pow(as_tensor(2.0, x.dtype), x)


@tnp
def cbrt(x: Any) -> Tensor:
    """The cube root, that of a negative number too."""
    x = real(x)
    root = ops.pow(ops.abs(x), as_tensor(1 / 3, x.dtype))
    return ops.where(x < 0, -root, root)


@tnp
def fix(x: Any) -> Tensor:
    """x without its fraction."""
    x = real(x)
    return ops.where(x < 0, ops.ceil(x), ops.floor(x))


@tnp
def signbit(x: Any) -> Tensor:
    """Whether x is below 0."""
    x = asarray(x)
    return ops.zeros_like(x) if x.dtype.is_bool else x < ops.zeros_like(x)


@tnp
def sign(x: Any, out: Any = None, where: Any = None, **kwargs: Any) -> Tensor:
    """-1, 0 or 1: the sign of x; of a complex number x / |x|. `out` and `where` are not supported."""
    if out is not None or where is not None or kwargs:
        raise ValueError("tf.numpy doesnt support setting out, where or other options.")
    return ops.sign(asarray(x))


@tnp
def angle(z: Any, deg: bool = False) -> Tensor:
    """The angle of complex numbers in radians, or degrees; of negative real ones pi."""
    z = real(z)
    found = ops.angle(z) if z.dtype.is_complex else ops.where(z < 0, math.pi, 0.0)
    return rad2deg(found) if deg else found


@tnp
def isinf(x: Any) -> Any:
    """Whether x is infinite; False for integers."""
    x = asarray(x)
    return ops.is_inf(x) if x.dtype.is_floating else False


@tnp
def isposinf(x: Any) -> Any:
    """Whether x is +infinity; False for integers."""
    x = asarray(x)
    return ops.equal(x, math.inf) if x.dtype.is_floating else False


@tnp
def isneginf(x: Any) -> Any:
    """Whether x is -infinity; False for integers."""
    x = asarray(x)
    return ops.equal(x, -math.inf) if x.dtype.is_floating else False


@tnp
def iscomplex(x: Any) -> Tensor:
    """Whether there is an imaginary part."""
    part = ops.imag(asarray(x))
    return ops.not_equal(part, ops.zeros_like(part))


@tnp
def isreal(x: Any) -> Tensor:
    """Whether there is no imaginary part."""
    part = ops.imag(asarray(x))
    return ops.equal(part, ops.zeros_like(part))


@tnp
def iscomplexobj(x: Any) -> bool:
    """Whether x has a complex dtype."""
    return bool(asarray(x).dtype.is_complex)


@tnp
def isrealobj(x: Any) -> bool:
    """Whether x has a dtype that is not complex."""
    return not iscomplexobj(x)


@tnp
def around(a: Any, decimals: int = 0) -> Tensor:
    """a rounded to that many decimals, halves to the even digit; integers stay integers."""
    a = asarray(a)
    kind = a.dtype
    a = real(a)
    factor = as_tensor(10.0**decimals, a.dtype)
    return ops.cast(ops.round(a * factor) / factor, kind)


@tnp
def round_(a: Any, decimals: int = 0) -> Tensor:
    """a rounded to that many decimals, as `around`."""
    return around(a, decimals)


@tnp
def clip(a: Any, a_min: Any, a_max: Any) -> Tensor:
    """a with what is below `a_min` raised to it and what is above `a_max` lowered to it; None: no bound."""
    if a_min is None and a_max is None:
        raise ValueError("Not more than one of `a_min` and `a_max` may be `None`.")
    bounds = [bound for bound in (a_min, a_max) if bound is not None]
    a, *found = met(a, *bounds)
    if a_min is None:
        return ops.minimum(a, found[0])
    if a_max is None:
        return ops.maximum(a, found[0])
    return ops.maximum(ops.minimum(a, found[1]), found[0])


@tnp
def divmod_(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """The whole quotient and what it leaves."""
    x1, x2 = met(x1, x2)
    return ops.floordiv(x1, x2), ops.floormod(x1, x2)


@tnp
def hypot(x1: Any, x2: Any) -> Tensor:
    """sqrt(x1 ** 2 + x2 ** 2)."""
    a, b = met(ops.square(asarray(x1)), ops.square(asarray(x2)))
    return ops.sqrt(real(a + b))


@tnp
def heaviside(x1: Any, x2: Any) -> Tensor:
    """0 where x1 is below 0, 1 where it is above, and x2 where it is 0; a float."""
    x1, x2 = met(x1, x2)
    step = ops.where(x1 > 0, ops.ones_like(x2), x2)
    return real(ops.where(x1 < 0, ops.zeros_like(x2), step))


@tnp
def logaddexp(x1: Any, x2: Any) -> Tensor:
    """log(exp(x1) + exp(x2)), without overflow."""
    return ops.keras_ops_logaddexp(*map(real, met(x1, x2)))


@tnp
def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """log2(2 ** x1 + 2 ** x2), without overflow."""
    return ops.keras_ops_logaddexp2(*map(real, met(x1, x2)))


@tnp
def isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether |a - b| <= atol + rtol * |b|; integers: whether they are equal. equal_nan: whether NaN equals NaN."""
    a, b = met(a, b)
    if not (a.dtype.is_floating or a.dtype.is_complex):
        return ops.equal(a, b)
    bound = ops.abs(b)
    near = ops.abs(a - b) <= as_tensor(atol, bound.dtype) + as_tensor(rtol, bound.dtype) * bound
    return ops.logical_or(near, ops.logical_and(ops.is_nan(a), ops.is_nan(b))) if equal_nan else near


@tnp
def allclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether all entries are close, as `isclose` tells."""
    return ops.reduce_all(isclose(a, b, rtol, atol, equal_nan))


@tnp
def array_equal(a1: Any, a2: Any) -> Tensor:
    """Whether shapes and entries are the same."""
    a1, a2 = met(a1, a2)
    if a1.shape != a2.shape:
        return as_tensor(False)
    return ops.reduce_all(ops.equal(a1, a2))


@tnp
def isscalar(num: Any) -> bool:
    """Whether it has no axes."""
    return asarray(num).ndim == 0


@tnp
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """x where the condition is true, else y; without both, the places where it is true, as `nonzero`."""
    condition = asarray(condition, bool)
    if x is None and y is None:
        return ops.unstack(ops.where(condition), axis=1)
    if x is None or y is None:
        raise ValueError("Both x and y must be ndarrays, or both must be None.")
    return ops.where(condition, *met(x, y))


@tnp
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """Of each place's choices the first whose condition is true, else the default."""
    if len(condlist) != len(choicelist):
        raise ValueError(f"condlist must have length equal to choicelist ({len(condlist)} vs {len(choicelist)})")
    if not condlist:
        raise ValueError("condlist must be non-empty")
    result, *choices = met(default, *choicelist)
    for condition, choice in zip(reversed(condlist), reversed(choices)):
        result = ops.where(asarray(condition, bool), choice, result)
    return result

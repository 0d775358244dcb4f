"""`keras.ops`: what is an op of TensorFlow's with Keras's dtypes, a row for each.

A row: its places ("numpy.sin": keras.ops.sin and keras.ops.numpy.sin) | TensorFlow's op | what it does | the arguments
of an example | what that prints. The rows of a group are converted, and checked for their gradients, in one way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .dtypes import distinct, floats, keras_op, meet, narrow, smooth, two


def _inside(s: Any) -> Any:
    return [s.call(s(2, 3, within=(0.2, 0.9)))]


def _above_one(s: Any) -> Any:
    return [s.call(s(2, 3, within=(1.2, 2.0)))]


def _complex(s: Any) -> Any:
    return [s.call(s.complex(3))]


#: Groups of functions of one tensor: how x is converted, samples, what is added to each summary, rows.
_OF_ONE = (
    (
        narrow,
        _inside,
        "; integers as floats",
        """
        numpy.sqrt | sqrt | The square root | [4, 9] | [2. 3.] float32
        numpy.log | log | The natural logarithm | [1., 10.] | [0.        2.3025851] float32
        numpy.log1p | log1p | log(1 + x) | [0., 1.] | [0.        0.6931472] float32
        numpy.sin | sin | The sine of x in radians | [0., 0.5] | [0.         0.47942555] float32
        numpy.cos | cos | The cosine of x in radians | [0., 0.5] | [1.         0.87758255] float32
        numpy.tan | tan | The tangent of x in radians | [0., 0.5] | [0.        0.5463025] float32
        numpy.sinh | sinh | The hyperbolic sine | [0., 0.5] | [0.        0.5210953] float32
        numpy.cosh | cosh | The hyperbolic cosine | [0., 0.5] | [1.       1.127626] float32
        numpy.tanh | tanh | The hyperbolic tangent | [0., 0.5] | [0.         0.46211714] float32
        numpy.arcsin | asin | The inverse sine | [0., 0.5] | [0.        0.5235988] float32
        numpy.arccos | acos | The inverse cosine | [0., 0.5] | [1.5707964 1.0471976] float32
        numpy.arctan | atan | The inverse tangent | [0., 0.5] | [0.        0.4636476] float32
        numpy.arcsinh | asinh | The inverse hyperbolic sine | [0., 0.5] | [0.         0.48121184] float32
        numpy.arctanh | atanh | The inverse hyperbolic tangent | [0., 0.5] | [0.         0.54930615] float32
        numpy.fabs | abs | |x| | [-1, 2] | [1. 2.] float32
        """,
    ),
    (
        floats,
        smooth,
        "; integers as floats",
        """
        numpy.exp | exp | e ** x | [0, 1] | [1.        2.7182817] float32
        numpy.expm1 | expm1 | e ** x - 1 | [0, 1] | [0.        1.7182817] float32
        """,
    ),
    (
        narrow,
        _above_one,
        "; integers as floats",
        """
        numpy.arccosh | acosh | The inverse hyperbolic cosine | [1., 2.] | [0.       1.316958] float32
        """,
    ),
    (
        floats,
        None,
        "; integers as floats",
        """
        numpy.ceil | ceil | The least whole number that is not less than x | [1.2, -1.2] | [ 2. -1.] float32
        numpy.floor | floor | The greatest whole number that is not greater than x | [1.2, -1.2] | [ 1. -2.] float32
        """,
    ),
    (
        floats,
        None,
        "",
        """
        numpy.isnan | is_nan | Whether x is NaN | [1., float('nan')] | [False  True] bool
        numpy.isinf | is_inf | Whether x is infinite | [1., float('inf')] | [False  True] bool
        numpy.isfinite | is_finite | Whether x is neither infinite nor NaN | [1., float('inf')] | [ True False] bool
        """,
    ),
    (
        partial(floats, wide=True),
        smooth,
        "; integers as floats",
        """
        numpy.i0 | bessel_i0 | The modified Bessel function of order 0 | [0., 1.] | [1.        1.2660658] float32
        """,
    ),
    (
        as_tensor,
        smooth,
        "",
        """
        erf | erf | The error function | [0., 0.5] | [0.        0.5204999] float32
        erfc | erfc | 1 - erf(x) | [0., 0.5] | [1.         0.47950011] float32
        numpy.negative | negative | -x | [1., -2.] | [-1.  2.] float32
        numpy.copy | identity | A tensor of x's values | [1, 2] | [1 2] int32
        """,
    ),
    (
        as_tensor,
        _inside,
        "",
        """
        rsqrt | rsqrt | 1 / sqrt(x) | [4., 16.] | [0.5  0.25] float32
        numpy.reciprocal | reciprocal | 1 / x | [2., 4.] | [0.5  0.25] float32
        """,
    ),
    (
        as_tensor,
        distinct,
        "",
        """
        nn.sigmoid | sigmoid | 1 / (1 + exp(-x)) | [-1., 0.5] | [0.26894143 0.62245935] float32
        nn.softplus | softplus | log(1 + exp(x)) | [-1., 0.5] | [0.3132617 0.974077 ] float32
        nn.softsign | softsign | x / (1 + |x|) | [-1., 0.5] | [-0.5         0.33333334] float32
        nn.relu | relu | max(x, 0) | [-1., 0.5] | [0.  0.5] float32
        nn.relu6 | relu6 | min(max(x, 0), 6) | [-1., 0.5] | [0.  0.5] float32
        nn.selu | selu | The scaled ELU (Klambauer et al., 2017) | [-1., 0.5] | [-1.1113307  0.5253505] float32
        nn.silu nn.swish | silu | x * sigmoid(x) | [-1., 0.5] | [-0.26894143  0.31122968] float32
        nn.log_sigmoid | log_sigmoid | log(sigmoid(x)) | [-1., 0.5] | [-1.3132616 -0.474077 ] float32
        """,
    ),
    (
        as_tensor,
        _complex,
        "",
        """
        numpy.real | real | The real part | [1+2j] | [1.] float64
        numpy.imag | imag | The imaginary part | [1+2j] | [2.] float64
        numpy.conj numpy.conjugate | conj | The complex conjugate | [1+2j] | [1.-2.j] complex128
        """,
    ),
    (
        as_tensor,
        None,
        "",
        """
        numpy.bitwise_not numpy.bitwise_invert | invert | Every bit of x turned over | [0, 5] | [-1 -6] int32
        """,
    ),
)
#: Groups of functions of two tensors: how they meet, samples, what is added to each summary, rows.
_OF_TWO = (
    (
        meet,
        two,
        "",
        """
        numpy.add | add | x1 + x2, in the dtype in which they meet | [1, 2], 0.5 | [1.5 2.5] float32
        numpy.subtract | subtract | x1 - x2, in the dtype in which they meet | [1, 2], 0.5 | [0.5 1.5] float32
        numpy.multiply | multiply | x1 * x2, in the dtype in which they meet | [1, 2], 0.5 | [0.5 1. ] float32
        numpy.maximum | maximum | The greater of x1 and x2 | [1, 5], [2., 3.] | [2. 5.] float32
        numpy.minimum | minimum | The smaller of x1 and x2 | [1, 5], [2., 3.] | [1. 3.] float32
        """,
    ),
    (
        meet,
        None,
        "",
        """
        numpy.floor_divide | floordiv | The greatest whole number not above x1 / x2 | [7, -7], 2 | [ 3 -4] int32
        numpy.equal | equal | Whether x1 equals x2 | [1, 2], 2 | [False  True] bool
        numpy.not_equal | not_equal | Whether x1 differs from x2 | [1, 2], 2 | [ True False] bool
        numpy.greater | greater | Whether x1 is greater than x2 | [1, 2], 2 | [False False] bool
        numpy.greater_equal | greater_equal | Whether x1 is not less than x2 | [1, 2], 2 | [False  True] bool
        numpy.less | less | Whether x1 is less than x2 | [1, 2], 2 | [ True False] bool
        numpy.less_equal | less_equal | Whether x1 is not greater than x2 | [1, 2], 2 | [ True  True] bool
        """,
    ),
    (
        partial(meet, real=True),
        two,
        "; integers as floats",
        """
        numpy.divide numpy.true_divide | divide | x1 / x2 | [1, 2], 4 | [0.25 0.5 ] float32
        numpy.divide_no_nan | divide_no_nan | x1 / x2, and 0 where x2 is 0 | [1., 2.], [0., 4.] | [0.  0.5] float32
        """,
    ),
    (
        partial(meet, weak=False),
        None,
        "",
        """
        numpy.mod | floormod | What floor_divide leaves; its sign is that of x2 | [7, -7], 3 | [1 2] int32
        """,
    ),
    (
        partial(meet, weak=False, real=True),
        two,
        "; integers as floats",
        """
        numpy.arctan2 | atan2 | The angle of the point (x2, x1) | [1.], [1.] | [0.7853982] float32
        """,
    ),
)

#: The same, for functions whose arguments Keras calls x and y.
_OF_BITS = (
    (
        partial(meet, weak=False),
        None,
        "",
        """
        numpy.bitwise_and | bitwise_and | The and of each pair of bits | [6, 5], 3 | [2 1] int32
        numpy.bitwise_or | bitwise_or | The or of each pair of bits | [6, 5], 3 | [7 7] int32
        numpy.bitwise_xor | bitwise_xor | The exclusive or of each pair of bits | [6, 5], 3 | [5 6] int32
        """,
    ),
    (
        meet,
        None,
        "",
        """
        numpy.left_shift numpy.bitwise_left_shift | left_shift | The bits of x, y higher | [1, 3], 2 | [ 4 12] int32
        numpy.right_shift numpy.bitwise_right_shift | right_shift | The bits of x, y lower | [8, 13], 2 | [2 3] int32
        """,
    ),
)


def _of_one(kernel: str, convert: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any) -> Tensor:
        return getattr(ops, kernel)(convert(x))

    return function


def _of_two(kernel: str, convert: Callable[..., Any]) -> Callable[..., Any]:
    def function(x1: Any, x2: Any) -> Tensor:
        return getattr(ops, kernel)(*convert(x1, x2))

    return function


def _of_bits(kernel: str, convert: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any, y: Any) -> Tensor:
        return getattr(ops, kernel)(*convert(x, y))

    return function


def _register(lift: Callable[..., Any], groups: Any) -> None:
    for convert, samples, addition, rows in groups:
        for row in rows.strip().splitlines():
            places, kernel, summary, arguments, printed = row.strip().split(" | ")
            name = places.split()[0].rpartition(".")[2]
            values, _, dtype = printed.rpartition(" ")
            shape = f"({len(values.split(']')[0].strip('[ ').split())},)"
            function = lift(kernel, convert)
            function.__name__ = name
            function.__doc__ = (
                f"{summary}{addition}.\n\n>>> print(tf.keras.ops.{name}({arguments}))\n"
                f"tf.Tensor({values}, shape={shape}, dtype={dtype})"
            )
            keras_op(places if "." in places else f".{places}", samples)(function)


_register(_of_one, _OF_ONE)
_register(_of_two, _OF_TWO)
_register(_of_bits, _OF_BITS)

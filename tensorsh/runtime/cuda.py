"""Elementwise programs as CUDA source: one kernel of CuPy's for all of a program's steps.

Each step computes what CuPy's own kernel for that one function would, with no multiplication and addition contracted
(`--fmad=false`), so that fusing changes nothing but the speed. Floats become integers as on x86, which is what
TensorFlow shows: CUDA by itself would saturate.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .fusion import Program, Step

OPTIONS = ("--fmad=false",)

_TYPES = {
    "bool": "bool",
    "int8": "signed char",
    "uint8": "unsigned char",
    "int16": "short",
    "uint16": "unsigned short",
    "int32": "int",
    "uint32": "unsigned int",
    "int64": "long long",
    "uint64": "unsigned long long",
    "float32": "float",
    "float64": "double",
}

# Of operands that are cast to the result's dtype; `T` stands for its C type.
_OF_RESULT = {
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "divide": "a / b",
    "negative": "-a",
    "positive": "a",
    "square": "a * a",
    "absolute": "a < 0 ? -a : a",
    "sign": "a != a ? a : (T)((a > 0) - (a < 0))",
    "maximum": "a != a ? a : b != b ? b : a > b ? a : b",
    "minimum": "a != a ? a : b != b ? b : a < b ? a : b",
    "bitwise_and": "a & b",
    "bitwise_or": "a | b",
    "bitwise_xor": "a ^ b",
    "invert": "~a",
    "left_shift": "a << b",
    "right_shift": "a >> b",
    "conjugate": "a",
}
# The same, for floats only: C's functions, most of them by NumPy's name.
_OF_FLOATS = {
    **{name: f"{name}(a)" for name in "sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh".split()},
    **{name: f"{name}(a)" for name in "floor ceil trunc rint".split()},
    **{f"arc{name}": f"a{name}(a)" for name in "sin cos tan sinh cosh tanh".split()},
    "absolute": "fabs(a)",
    "reciprocal": "1 / a",
    "arctan2": "atan2(a, b)",
    "power": "pow(a, b)",
    "fmod": "fmod(a, b)",
    "hypot": "hypot(a, b)",
    "copysign": "copysign(a, b)",
    "nextafter": "nextafter(a, b)",
}
# Of operands that are cast to what they promote to; the result is a bool.
_OF_OPERANDS = {
    "equal": "a == b",
    "not_equal": "a != b",
    "less": "a < b",
    "less_equal": "a <= b",
    "greater": "a > b",
    "greater_equal": "a >= b",
    "logical_and": "(bool)a && (bool)b",
    "logical_or": "(bool)a || (bool)b",
    "logical_xor": "(bool)a != (bool)b",
    "logical_not": "!(bool)a",
    "isnan": "a != a",
    "isfinite": "a - a == a - a",
    "isinf": "a == a && a - a != a - a",
}

# How a reduction joins two values, and where it begins; without a beginning it is of one value at least.
REDUCTIONS: dict[str, tuple[str, str | None]] = {
    "add": ("a + b", "0"),
    "multiply": ("a * b", "1"),
    "maximum": ("a != a ? a : b != b ? b : a > b ? a : b", None),
    "minimum": ("a != a ? a : b != b ? b : a < b ? a : b", None),
    "logical_or": ("a || b", "false"),
    "logical_and": ("a && b", "true"),
}


def writes(function: Any, dtypes: tuple[np.dtype, ...]) -> bool:
    """Whether a step can be written: a function of operands of these dtypes, the last that of its result."""
    if not all(map(has_type, dtypes)):
        return False
    return isinstance(function, str) or _template(function.__name__, dtypes[-1]) is not None


def has_type(dtype: np.dtype) -> bool:
    """Whether kernels compute in this dtype: not in float16, bfloat16 and the complex ones."""
    return dtype.name in _TYPES


def _template(name: str, dtype: np.dtype) -> str | None:
    if dtype.kind == "f" and name in _OF_FLOATS:
        return _OF_FLOATS[name]
    return _OF_OPERANDS.get(name) or (_OF_RESULT.get(name) if dtype.kind != "b" else None)


def body(program: Program) -> str:
    """The steps as statements of C: from the inputs x0, x1 ... to a variable r<register> for each step."""
    first = len(program.inputs)
    dtypes = [*program.inputs, *(step.dtype for step in program.steps)]
    names = [f"x{i}" for i in range(first)] + [f"r{first + i}" for i in range(len(program.steps))]
    return "\n".join(
        f"{type_of(step.dtype)} {names[register]} = {_expression(step, names, dtypes)};"
        for register, step in enumerate(program.steps, first)
    )


def type_of(dtype: np.dtype) -> str:
    return _TYPES[dtype.name]


def value(program: Program, register: int) -> str:
    """The variable that holds a register."""
    return f"x{register}" if register < len(program.inputs) else f"r{register}"


def _expression(step: Step, names: list[str], dtypes: list[np.dtype]) -> str:
    operands = [names[arg] for arg in step.args]
    if step.function == "where":
        condition, x, y = operands
        return f"{condition} ? {x} : {y}"
    if step.function == "cast":
        return _cast(operands[0], dtypes[step.args[0]], step.dtype)
    name = step.function.__name__
    template = _template(name, step.dtype)
    assert template is not None
    of = np.result_type(*(dtypes[arg] for arg in step.args)) if name in _OF_OPERANDS else step.dtype
    operand = dict(zip("ab", (f"(({type_of(of)}){x})" for x in operands)), T=type_of(of))
    filled = re.sub(r"\b[abT]\b", lambda found: operand[found[0]], template)
    return f"({type_of(step.dtype)})({filled})"


def _cast(x: str, source: np.dtype, target: np.dtype) -> str:
    if source.kind != "f" or target.kind not in "iu":
        return f"({type_of(target)}){x}"
    via = np.dtype(np.int64 if target.itemsize == 8 or target.name == "uint32" else np.int32)
    bound = f"{2.0 ** (8 * via.itemsize - 1):.1f}"
    least = f"({type_of(via)})(1ull << {8 * via.itemsize - 1})"
    return f"({type_of(target)})({x} >= -{bound} && {x} < {bound} ? ({type_of(via)}){x} : {least})"

"""Lazy arrays on a GPU: expressions over large CuPy arrays become one generated kernel.

A `Vocabulary` is the array module of such lazy arrays: NumPy's elementwise functions, which lazy arrays answer
themselves (see `lazy`), and CuPy's functions for everything else, which are given CuPy's arrays. Inside an elementwise
kernel every array is lazy, the small ones and the computed ones too, since CuPy's arrays and lazy ones do not mix.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np

from . import backend, cuda, lazy
from .fusion import Output, Program


class Vocabulary:
    """The array module of lazy arrays whose values `base`, an array module with CuPy's interface, holds."""

    def __init__(self, base: Any) -> None:
        self.base = base
        self._here = threading.local()  # `within`: whether this thread is inside a kernel
        self.__name__ = base.__name__
        self.ndarray = base.ndarray

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name, None)
        if isinstance(function, np.ufunc) or function in lazy.FUNCTIONS:
            return function
        theirs = getattr(self.base, name)
        if not callable(theirs) or isinstance(theirs, type):
            return theirs
        return lambda *args, **options: self.outcome(theirs(*lazy.forced(args), **lazy.forced(options)))

    def asarray(self, x: Any, dtype: Any = None) -> Any:
        if type(x) is lazy.Lazy:
            return x if dtype is None else x.astype(dtype)
        return self.outcome(self.base.asarray(x, dtype=dtype))

    def leaf(self, value: Any) -> Any:
        """CuPy's array as a lazy one, of any size, if it may be one."""
        return lazy.leaf(value, self) if type(value) is self.ndarray and cuda.has_type(value.dtype) else value

    def outcome(self, value: Any) -> Any:
        """What CuPy has computed: lazy inside a kernel, so that there is one sort of arrays there."""
        if not getattr(self._here, "within", False):
            return value
        return type(value)(map(self.leaf, value)) if type(value) in (tuple, list) else self.leaf(value)

    def run_kernel(self, primitive: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        """A primitive's result; what is small is computed."""
        arrays = [self.base.asarray(x) if type(x) is np.ndarray else x for x in arrays]
        if any(hasattr(x, "dtype") and not cuda.has_type(x.dtype) for x in arrays):
            return primitive.compute(self.base, lazy.forced(arrays), attrs)
        self._here.within = True
        try:
            result = primitive._kernel(self, *map(self.leaf, arrays), **attrs)
        finally:
            self._here.within = False
        return result if getattr(result, "size", 0) >= backend.large else lazy.forced(result)

    def writes(self, function: Any, dtypes: tuple[np.dtype, ...]) -> bool:
        """Whether a function of such operands is put off, to be part of a kernel."""
        return cuda.writes(function, dtypes)

    def at_once(self, function: Any, args: tuple, dtype: np.dtype) -> Any:
        """What a step's function gives for whole arrays."""
        args = tuple(x[()] if type(x) is np.ndarray else x for x in args)  # CuPy takes numbers, and no host's arrays
        if function == "cast":
            return self.outcome(args[0].astype(dtype))
        return self.outcome(getattr(self.base, function if function == "where" else function.__name__)(*args))

    def run(self, program: Program, arrays: list[Any], shape: tuple[int, ...]) -> list[Any]:
        """The outputs of a program, by one kernel for those that are wanted whole, and one for each reduction."""
        numbers = tuple(type(x) is np.ndarray for x in arrays)
        args = [x[()] if is_number else x for x, is_number in zip(arrays, numbers)]
        whole = [output for output in program.outputs if output.reduce is None]
        results: dict[Output, Any] = {}
        if whole:
            made = [self.base.empty(shape, _dtype(program, output)) for output in whole]
            elementwise_kernel(self.base, program)(*args, *made)
            results = dict(zip(whole, made))
        for output in program.outputs:
            if output.reduce is not None:
                spread = [x if is_number else self.base.broadcast_to(x, shape) for x, is_number in zip(args, numbers)]
                kernel = reduction_kernel(self.base, program, output._replace(axes=()))
                results[output] = kernel(*spread, axis=output.axes, keepdims=True)
        return [results[output] for output in program.outputs]


def _dtype(program: Program, output: Output) -> np.dtype:
    if output.dtype is not None:
        return output.dtype
    dtypes = [*program.inputs, *(step.dtype for step in program.steps)]
    return np.dtype(bool) if output.reduce in (np.logical_or, np.logical_and) else dtypes[output.register]


@lru_cache(maxsize=1024)
def elementwise_kernel(cupy: Any, program: Program) -> Any:
    """The kernel for the outputs that are wanted whole."""
    whole = [output for output in program.outputs if output.reduce is None]
    results = [f"{_dtype(program, output).name} y{k}" for k, output in enumerate(whole)]
    stores = [f"y{k} = {cuda.value(program, output.register)};" for k, output in enumerate(whole)]
    text = "\n".join([cuda.body(program), *stores])
    return cupy.ElementwiseKernel(
        _parameters(program), ", ".join(results), text, "tensorsh_elementwise", options=cuda.OPTIONS
    )


@lru_cache(maxsize=1024)
def reduction_kernel(cupy: Any, program: Program, output: Output) -> Any:
    """The kernel for one reduction, whatever its axes: the steps are a function that the reduction maps."""
    dtype = _dtype(program, output)
    assert output.reduce is not None
    join, start = cuda.REDUCTIONS[output.reduce.__name__]
    given = ", ".join(f"{cuda.type_of(dtype)} x{i}" for i, dtype in enumerate(program.inputs))
    result = f"return ({cuda.type_of(dtype)}){cuda.value(program, output.register)};"
    steps = f"__device__ {cuda.type_of(dtype)} steps({given}) {{\n{cuda.body(program)}\n{result}\n}}"
    mapped = f"steps({', '.join(f'x{i}' for i in range(len(program.inputs)))})"
    return cupy.ReductionKernel(
        _parameters(program),
        f"{dtype.name} y",
        mapped,
        join,
        "y = a",
        start,
        "tensorsh_reduction",
        preamble=steps,
        options=cuda.OPTIONS,
    )


def _parameters(program: Program) -> str:
    return ", ".join(f"{dtype.name} x{i}" for i, dtype in enumerate(program.inputs))

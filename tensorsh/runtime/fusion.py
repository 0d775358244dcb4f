"""Straight-line elementwise programs, evaluated block by block on all cores.

Op by op, an expression over large arrays waits for memory: every op reads and writes all of it. Here all steps of a
`Program` are run on one block before the next is begun, in buffers that stay in the processor's cache and are used
again. NumPy lets go of the interpreter's lock inside a ufunc, so blocks of some size keep every core at work.

Each step is the same ufunc call as op by op, so its results are the same to the bit. Sums are of blocks, then of the
blocks' sums in the order of the blocks: they do not depend on the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from .threads import share

#: Elements of a block at the least: fewer leave too little to do between two takings of the interpreter's lock.
BLOCK = 2**16
BLOCKS, MOST_BYTES = 16, 2**20  # larger ones are better, while there are so many, and none takes more of an array
ROW = 2**10  # the least extent of a block's last axis, where there is a choice

FEW = 24  # steps of blocks that are done before another thread has woken up

_F64 = np.dtype(np.float64)


class Step(NamedTuple):
    """One elementwise function of registers, whose result is the next register.

    function: a ufunc, "where" or "cast". args: the registers. dtype: the result's; those of a "where" agree with it.
    """

    function: Any
    args: tuple[int, ...]
    dtype: np.dtype


class Output(NamedTuple):
    """A register that is wanted: whole, or reduced by a ufunc over `axes`, which stay with size 1."""

    register: int
    reduce: np.ufunc | None = None
    axes: tuple[int, ...] = ()
    dtype: np.dtype | None = None  # in which to reduce


class Program(NamedTuple):
    """Registers 0, 1, ... are the inputs; each step appends one."""

    inputs: tuple[np.dtype, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Output, ...]


def run(program: Program, arrays: list[np.ndarray], shape: tuple[int, ...]) -> list[np.ndarray]:
    """The outputs of a program whose inputs are `arrays`, which broadcast to `shape`, of one element at least."""
    numbers = frozenset(r for r, x in enumerate(arrays) if not x.ndim or not any(x.strides) or x.size == 1)
    layout = _layout(program, numbers)
    values = {r: x if r not in numbers or not x.ndim else _number(x) for r, x in enumerate(arrays)}
    for register, step in layout.folded:
        result = at_once(step.function, tuple(values[arg] for arg in step.args), step.dtype)
        values[register] = np.asarray(result)
    varying = [r for r in layout.sliced if r in values]
    dims, axes = _dims(shape, [values[r] for r in varying], program.outputs)
    for r in varying:
        array = values[r]
        values[r] = (array if array.shape == shape else np.broadcast_to(array, shape)).reshape(dims)
    return [
        array.reshape(_kept(shape, output.axes))
        for array, output in zip(_Frame(program.outputs, layout, values, dims, axes).results(), program.outputs)
    ]


def _number(array: np.ndarray) -> np.ndarray:
    """The one number that an array holds, however often."""
    return array[(slice(0, 1),) * array.ndim].reshape(())


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if axis in axes else n for axis, n in enumerate(shape)) if axes else shape


def at_once(function: Any, args: tuple, dtype: np.dtype) -> Any:
    """What a step's function gives for whole arrays."""
    if function == "cast":
        return args[0].astype(dtype)
    return np.where(*args) if function == "where" else function(*args)


# ---------------------------------------------------------------- the cut into blocks


def _dims(
    shape: tuple[int, ...], arrays: list[np.ndarray], outputs: tuple[Output, ...]
) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """Sizes after neighbouring axes that all arrays run through in one stride are made one; the outputs' axes then."""
    is_flat = all(x.shape == shape and x.flags.c_contiguous for x in arrays)
    if is_flat and all(len(output.axes) in (0, len(shape)) for output in outputs):
        return (math.prod(shape),), [(0,) if output.reduce is not None else () for output in outputs]
    views = [np.broadcast_to(x, shape) for x in arrays]
    marks = [tuple(axis in output.axes for output in outputs) for axis in range(len(shape))]
    groups: list[list[int]] = []
    dims: list[int] = []
    for axis, n in enumerate(shape):
        in_one_stride = all(view.strides[axis - 1] == view.strides[axis] * n for view in views)
        if groups and marks[axis] == marks[axis - 1] and in_one_stride:
            groups[-1].append(axis)
            dims[-1] *= n
        else:
            groups.append([axis])
            dims.append(n)
    merged = [tuple(i for i, group in enumerate(groups) if group[0] in output.axes) for output in outputs]
    return tuple(dims), merged


def _room(size: int, itemsize: int) -> int:
    """How many of `size` elements make a block."""
    return max(min(size // BLOCKS, MOST_BYTES // itemsize), BLOCK)


def _extents(dims: tuple[int, ...], axes: list[tuple[int, ...]], room: int) -> tuple[int, ...]:
    """A block's sizes: as much as fits, from the last axis on; of reductions over leading axes some of those too."""
    splits_reduction = any(axis < len(dims) - 1 for reduced in axes for axis in reduced)
    extents = [1] * len(dims)
    extents[-1] = min(dims[-1], ROW if splits_reduction else room)
    room //= max(extents[-1], 1)
    for axis in range(len(dims) - 2, -1, -1):
        extents[axis] = min(dims[axis], max(room, 1))
        room //= max(extents[axis], 1)
    extents[-1] = min(dims[-1], extents[-1] * max(room, 1))
    return tuple(extents)


class _Layout(NamedTuple):
    """A program as each thread runs it: on a file of arrays, of which a step fetches its operands and its result.

    The file holds what is one number, then what each block takes a slice of, then buffers.
    """

    folded: list[tuple[int, Step]]  # steps of numbers alone, and their registers
    numbers: list[int]  # registers
    sliced: list[int]  # registers of inputs, and of outputs that are wanted whole
    whole: dict[int, np.dtype]  # the latter, and their dtypes
    copied: set[int]  # those of them that no step computes
    place: dict[int, int]  # of a register in the file
    code: list[tuple[Any, Any]]  # (function, fetch of its arguments from the file)
    buffers: list[np.dtype]


@lru_cache(maxsize=512)
def _layout(program: Program, numbers: frozenset[int]) -> _Layout:
    """The layout of a program of whose inputs these are one number each."""
    first = len(program.inputs)
    dtypes = [*program.inputs, *(step.dtype for step in program.steps)]
    whole = {o.register: dtypes[o.register] for o in program.outputs if o.reduce is None}
    known = dict.fromkeys(sorted(numbers))
    folded = []
    for register, step in enumerate(program.steps, first):
        if all(arg in known for arg in step.args):
            known[register] = None
            folded.append((register, step))
    sliced = [r for r in range(first) if r not in known and r not in whole] + list(whole)
    left = [r for r in known if r not in whole]
    place = {register: i for i, register in enumerate([*left, *sliced])}
    code, buffers = _code(program, place, set(whole), set(known))
    copied = {r for r in whole if r < first or r in known}
    return _Layout(folded, left, sliced, whole, copied, place, code, buffers)


def _code(
    program: Program, place: dict[int, int], whole: set[int], known: set[int]
) -> tuple[list[tuple[Any, Any]], list[np.dtype]]:
    """The steps that each block takes, and the dtypes of the buffers they need; these get their places."""
    first, base = len(program.inputs), len(place)
    last_use = {arg: i for i, step in enumerate(program.steps) for arg in step.args}
    last_use |= {output.register: len(program.steps) for output in program.outputs}
    buffers: list[np.dtype] = []
    free: dict[np.dtype, list[int]] = {}

    def take(dtype: np.dtype) -> int:
        if free.get(dtype):
            return free[dtype].pop()
        buffers.append(dtype)
        return base + len(buffers) - 1

    code = []
    for i, step in enumerate(program.steps):
        register = first + i
        if register not in last_use or register in known:
            continue
        args = [place[arg] for arg in step.args]
        dead = [
            (program.steps[arg - first].dtype, place[arg])
            for arg in dict.fromkeys(step.args)
            if last_use[arg] == i and place[arg] >= base
        ]
        function = _WITH_OUT.get(step.function, step.function)
        if step.function == "where":
            if bits := _BITS.get(step.dtype.itemsize):
                function = _select
                args.append(take(bits))
                dead.append((bits, args[3]))
        else:
            _release(free, dead)  # the result may take an operand's place
        if register not in place:
            place[register] = take(step.dtype)
        if step.function == "where":
            _release(free, dead)
        code.append((function, itemgetter(*args, place[register])))
    return code, buffers


def _release(free: dict[np.dtype, list[int]], places: list[tuple[np.dtype, int]]) -> None:
    for dtype, place in places:
        free.setdefault(dtype, []).append(place)


class _Frame:
    """One evaluation: where the arrays lie, the blocks, and what they leave."""

    def __init__(
        self,
        outputs: tuple[Output, ...],
        layout: _Layout,
        values: dict[int, np.ndarray],
        dims: tuple[int, ...],
        axes: list[tuple[int, ...]],
    ) -> None:
        self.outputs, self.layout, self.dims, self.axes = outputs, layout, dims, axes
        itemsize = max((dtype.itemsize for dtype in (*layout.buffers, *layout.whole.values())), default=1)
        self.extents = _extents(dims, axes, _room(math.prod(dims), itemsize))
        self.blocks = list(enumerate(product(*map(_ranges, dims, self.extents))))
        self.parts: list[dict[int, np.ndarray]] = [{} for _ in outputs]
        self.numbers = [values[register] for register in layout.numbers]
        for register, dtype in layout.whole.items():
            array = np.empty(dims, dtype)
            if register in layout.copied:
                np.copyto(array, values[register])
            values[register] = array
        self.values = values
        self.sliced = [values[register] for register in layout.sliced]
        steps = len(self.blocks) * (len(layout.code) + 1)
        share(self._work, self.blocks, len(self.blocks) if steps >= FEW else 1)

    def _work(self, queue: Iterator[tuple[int, tuple[slice, ...]]]) -> None:
        layout, sliced, parts = self.layout, self.sliced, self.parts
        code, first = layout.code, len(self.numbers)
        storage = [np.empty(math.prod(self.extents), dtype) for dtype in layout.buffers]
        reductions = [
            (k, layout.place[output.register], output.reduce, self.axes[k], output.dtype)
            for k, output in enumerate(self.outputs)
            if output.reduce is not None
        ]
        files: dict[tuple[int, ...], list[Any]] = {}
        for number, index in queue:
            shape = tuple(s.stop - s.start for s in index)
            file = files.get(shape)
            if file is None:
                size = math.prod(shape)
                buffers = [buffer[:size].reshape(shape) for buffer in storage]
                file = files[shape] = [*self.numbers, *sliced, *buffers]
            for i, array in enumerate(sliced, first):
                file[i] = array[index]
            for function, fetch in code:
                function(*fetch(file))
            for k, place, reduce, axes, dtype in reductions:
                block = file[place]
                if block.shape != shape:  # one number
                    block = np.broadcast_to(block, shape)
                parts[k][number] = reduce.reduce(block, axis=axes, dtype=dtype, keepdims=True)

    def results(self) -> list[np.ndarray]:
        """The outputs, in the merged shape."""
        return [
            self.values[output.register] if output.reduce is None else self._total(k, output.reduce)
            for k, output in enumerate(self.outputs)
        ]

    def _total(self, k: int, reduce: np.ufunc) -> np.ndarray:
        """The blocks' parts of a reduction put together; sums of float32 in float64, so that few digits are lost."""
        parts, axes = self.parts[k], self.axes[k]
        dtype = parts[0].dtype
        if len(parts) == 1:
            return parts[0]
        wide = _F64 if dtype.char == "f" and reduce in (np.add, np.multiply) else dtype
        total = np.empty(_kept(self.dims, axes), wide)
        for number, index in self.blocks:
            at = tuple(slice(0, 1) if axis in axes else s for axis, s in enumerate(index))
            if all(index[axis].start == 0 for axis in axes):
                total[at] = parts[number]
            else:
                reduce(total[at], parts[number], out=total[at])
        return total.astype(dtype, copy=False)


def _ranges(n: int, extent: int) -> list[slice]:
    return [slice(begin, min(begin + extent, n)) for begin in range(0, n, extent)]


# ---------------------------------------------------------------- functions with a buffer for their result

_BITS = {n: np.dtype(f"i{n}") for n in (1, 2, 4, 8)}


def _cast(x: np.ndarray, out: np.ndarray) -> None:
    np.copyto(out, x, casting="unsafe")


def _where(condition: np.ndarray, x: np.ndarray, y: np.ndarray, out: np.ndarray) -> None:
    np.copyto(out, y)
    np.copyto(out, x, where=condition)


def _select(condition: np.ndarray, x: np.ndarray, y: np.ndarray, mask: np.ndarray, out: np.ndarray) -> None:
    """`where` by way of the bits, y ^ ((x ^ y) & mask): without the branches that make NumPy's ten times slower."""
    bits = mask.dtype
    np.copyto(mask, condition, casting="unsafe")
    np.negative(mask, mask)
    x, y, chosen = x.view(bits), y.view(bits), out.view(bits)
    np.bitwise_xor(x, y, chosen)
    np.bitwise_and(chosen, mask, chosen)
    np.bitwise_xor(chosen, y, chosen)


_WITH_OUT: dict[Any, Any] = {
    "cast": _cast,
    "where": _where,
    # These two take the result's place by name only.
    np.maximum: lambda x, y, out: np.maximum(x, y, out=out),
    np.minimum: lambda x, y, out: np.minimum(x, y, out=out),
}

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
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from .threads import share

#: Elements of a block. Smaller ones leave too little to do between two takings of the interpreter's lock.
BLOCK = 2**16
ROW = 2**10  # the least extent of a block's last axis, where there is a choice

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
    """The outputs of a program whose inputs are `arrays`, which broadcast to `shape`."""
    known, varying = _folded(program, arrays)
    views = {r: np.broadcast_to(array, shape) for r, array in varying.items()}
    reduced = {axis for output in program.outputs for axis in output.axes}
    dims, groups = _merged(shape, list(views.values()), program.outputs)
    views = {r: view.reshape(dims) for r, view in views.items()}
    outputs = [output._replace(axes=_merged_axes(output.axes, groups)) for output in program.outputs]
    extents = _extents(dims, splits_reduction=bool(reduced) and _leads(dims, outputs))
    frame = _Frame(program, outputs, known, views, dims, extents)
    frame.execute()
    return [array.reshape(_kept(shape, output)) for array, output in zip(frame.results(), program.outputs)]


def _kept(shape: tuple[int, ...], output: Output) -> tuple[int, ...]:
    return tuple(1 if axis in output.axes else n for axis, n in enumerate(shape))


def _folded(program: Program, arrays: list[np.ndarray]) -> tuple[dict[int, Any], dict[int, np.ndarray]]:
    """Registers that hold one number, with it as an array of rank 0, and the input registers that do not."""
    known: dict[int, Any] = {}
    varying = {}
    for register, array in enumerate(arrays):
        if array.size and not any(stride for stride, n in zip(array.strides, array.shape) if n > 1):
            known[register] = array[(slice(0, 1),) * array.ndim].reshape(())
        else:
            varying[register] = array
    for register, step in enumerate(program.steps, len(arrays)):
        if all(arg in known for arg in step.args):
            result = at_once(step.function, tuple(known[arg] for arg in step.args), step.dtype)
            known[register] = np.asarray(result)
    return known, varying


def at_once(function: Any, args: tuple, dtype: np.dtype) -> Any:
    """What a step's function gives for whole arrays."""
    if function == "cast":
        return args[0].astype(dtype)
    return np.where(*args) if function == "where" else function(*args)


# ---------------------------------------------------------------- the cut into blocks


def _merged(
    shape: tuple[int, ...], views: list[np.ndarray], outputs: tuple[Output, ...]
) -> tuple[tuple[int, ...], list[list[int]]]:
    """Sizes after neighbouring axes that all views run through in one stride are made one, and which those were."""
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
    return tuple(dims) or (1,), groups


def _merged_axes(axes: tuple[int, ...], groups: list[list[int]]) -> tuple[int, ...]:
    return tuple(i for i, group in enumerate(groups) if group[0] in axes)


def _leads(dims: tuple[int, ...], outputs: list[Output]) -> bool:
    """Whether an axis is reduced that whole rows would cut into single entries."""
    return any(axis < len(dims) - 1 for output in outputs for axis in output.axes)


def _extents(dims: tuple[int, ...], splits_reduction: bool) -> tuple[int, ...]:
    """A block's sizes: as much as fits, from the last axis on; of reductions over leading axes some of those too."""
    extents = [1] * len(dims)
    room = BLOCK
    extents[-1] = min(dims[-1], ROW if splits_reduction else BLOCK)
    room //= max(extents[-1], 1)
    for axis in range(len(dims) - 2, -1, -1):
        extents[axis] = min(dims[axis], max(room, 1))
        room //= max(extents[axis], 1)
    extents[-1] = min(dims[-1], extents[-1] * max(room, 1))
    return tuple(extents)


class _Frame:
    """One evaluation: the code, where its operands lie, and the blocks that are left."""

    def __init__(
        self,
        program: Program,
        outputs: list[Output],
        known: dict[int, Any],
        views: dict[int, np.ndarray],
        dims: tuple[int, ...],
        extents: tuple[int, ...],
    ) -> None:
        self.dims, self.extents = dims, extents
        self.whole = {o.register: np.empty(dims, _dtype(program, o.register)) for o in outputs if o.reduce is None}
        self.reductions = [(k, o) for k, o in enumerate(outputs) if o.reduce is not None]
        self.outputs = outputs
        self.parts: list[dict[int, np.ndarray]] = [{} for _ in outputs]
        self.blocks = list(enumerate(product(*map(_ranges, dims, extents))))
        # A file of arrays: constants, then what each block takes a slice of, then buffers.
        self.place: dict[int, int] = {register: i for i, register in enumerate(known)}
        self.constants = list(known.values())
        self.sliced: list[np.ndarray] = []
        for register, array in (views | self.whole).items():
            self.place[register] = len(self.constants) + len(self.sliced)
            self.sliced.append(array)
        self.code, self.buffers = self._compiled(program, len(self.constants) + len(self.sliced))
        # An output that no step computes, as it is an input or one number.
        first = len(program.inputs)
        self.copied: list[tuple[np.ndarray, Any]] = [
            (array, views.get(r, known.get(r))) for r, array in self.whole.items() if r < first or r in known
        ]

    def _compiled(self, program: Program, base: int) -> tuple[list[tuple[Any, Any]], list[np.dtype]]:
        """The steps as (function, fetch of its arguments from the file), and the dtypes of the buffers they need."""
        first = len(program.inputs)
        last_use = {arg: i for i, step in enumerate(program.steps) for arg in step.args}
        last_use |= {output.register: len(program.steps) for output in self.outputs}
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
            if register not in last_use or register in self.place and register not in self.whole:
                continue  # nobody asks for it, or it is one number
            args = [self.place[arg] for arg in step.args]
            dead = [
                (program.steps[arg - first].dtype, self.place[arg])
                for arg in dict.fromkeys(step.args)
                if last_use[arg] == i and self.place[arg] >= base
            ]
            if step.function == "where":
                bits = _BITS.get(step.dtype.itemsize)
                if bits is not None:
                    args.append(take(bits))
            else:
                for dtype, place in dead:
                    free.setdefault(dtype, []).append(place)  # the result may take an operand's place
            if register not in self.place:
                self.place[register] = take(step.dtype)
            if step.function == "where":
                dead += [(_BITS[step.dtype.itemsize], args[3])] if len(args) == 4 else []
                for dtype, place in dead:
                    free.setdefault(dtype, []).append(place)
                function: Any = _select if len(args) == 4 else _where
            else:
                function = _WITH_OUT.get(step.function, step.function)
            code.append((function, itemgetter(*args, self.place[register])))
        return code, buffers

    # ------------------------------------------------------------ running

    def execute(self) -> None:
        """Run all blocks, on as many threads as there are cores to use."""
        for array, source in self.copied:
            np.copyto(array, source)
        share(self._work, self.blocks, len(self.blocks))

    def _work(self, queue: Iterator[tuple[int, tuple[slice, ...]]]) -> None:
        code, sliced, place, parts = self.code, self.sliced, self.place, self.parts
        storage = [np.empty(math.prod(self.extents), dtype) for dtype in self.buffers]
        files: dict[tuple[int, ...], list[Any]] = {}
        first = len(self.constants)
        for number, index in queue:
            shape = tuple(s.stop - s.start for s in index)
            file = files.get(shape)
            if file is None:
                size = math.prod(shape)
                buffers = [buffer[:size].reshape(shape) for buffer in storage]
                file = files[shape] = [*self.constants, *sliced, *buffers]
            for i, array in enumerate(sliced, first):
                file[i] = array[index]
            for function, fetch in code:
                function(*fetch(file))
            for k, output in self.reductions:
                block = file[place[output.register]]
                if block.shape != shape:  # one number
                    block = np.broadcast_to(block, shape)
                assert output.reduce is not None
                parts[k][number] = output.reduce.reduce(block, axis=output.axes, dtype=output.dtype, keepdims=True)

    def results(self) -> list[np.ndarray]:
        """The outputs in the merged shape, once all blocks are done."""
        return [
            self.whole[output.register] if output.reduce is None else self._total(self.parts[k], output)
            for k, output in enumerate(self.outputs)
        ]

    def _total(self, parts: dict[int, np.ndarray], output: Output) -> np.ndarray:
        """The blocks' parts of a reduction put together; sums of float32 in float64, so that few digits are lost."""
        dtype = parts[0].dtype
        reduce = output.reduce
        if len(parts) == 1:
            return parts[0]
        wide = _F64 if dtype.char == "f" and reduce in (np.add, np.multiply) else dtype
        total = np.empty(_kept(self.dims, output), wide)
        for number, index in self.blocks:
            at = tuple(slice(0, 1) if axis in output.axes else s for axis, s in enumerate(index))
            if all(index[axis].start == 0 for axis in output.axes):
                total[at] = parts[number]
            else:
                assert reduce is not None
                reduce(total[at], parts[number], out=total[at])
        return total.astype(dtype, copy=False)


def _dtype(program: Program, register: int) -> np.dtype:
    first = len(program.inputs)
    return program.inputs[register] if register < first else program.steps[register - first].dtype


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


_WITH_OUT = {
    "cast": _cast,
    # These two take the result's place by name only.
    np.maximum: lambda x, y, out: np.maximum(x, y, out=out),
    np.minimum: lambda x, y, out: np.minimum(x, y, out=out),
}

"""Einsum: products and sums over named axes.

An equation is parsed once for its text and ranks; an axis under `...` gets a label of its own (".0" is the last).
After that it is a chain of products of two operands, each one batched matrix product between transposes. The
gradient of an einsum is an einsum.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from math import prod
from typing import Any

import numpy as np

from ..runtime.dtypes import COMPLEX, F32, FLOATS, int32, int64
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .contraction import contract
from .kernels import no_kernel
from .registry import Primitive, op, ops
from .rules import conj, mismatch

_WITH_KERNEL = frozenset((*FLOATS, int32, int64, *COMPLEX))


def _einsum_samples(s: Any) -> Any:
    yield s.call("ij,jk->ik", s(2, 3), s(3, 2))
    yield s.call("bij,bkj->bik", s(2, 2, 3), s(2, 2, 3))
    yield s.call("ii->i", s(3, 3))
    yield s.call("iij->j", s(2, 2, 3))
    yield s.call("i,j,k->kij", s(2), s(3), s(2))
    yield s.call("...ij,...jk->...ik", s(2, 1, 2, 2), s(3, 2, 2))
    yield s.call("ij,k->i", s(2, 3), s(2))
    yield s.call("i,i->", s.complex(3), s.complex(3))


@op("einsum linalg.einsum", samples=_einsum_samples)
def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Products summed by Einstein's convention: a letter names an axis, and one that `->` does not keep is summed over.

    `einsum("ij,jk->ik", a, b)` is the matrix product, `einsum("ii->i", a)` a diagonal, `einsum("i,j->ij", a, b)` an
    outer product; `...` stands for axes that broadcast. Without `->`, the letters that occur once are kept, in
    alphabetical order. optimize: accepted; products of more than two tensors are always taken in a cheap order.
    Raises ValueError for an ill-formed equation, InvalidArgumentError if ranks or sizes do not fit it.

    equation: a text such as "ij,jk->ik".
    inputs: as many tensors as it names, of one dtype.

    >>> einsum("ij,j->i", constant([[1., 2.], [3., 4.]]), constant([1., 1.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """
    unknown = set(kwargs) - {"name", "optimize"}
    if unknown:
        raise TypeError(
            f"Invalid keyword arguments for einsum: {', '.join(sorted(unknown))}. "
            "Valid arguments: name, optimize, greedy."
        )
    ellipsis_form, labels, result = _parse(equation)
    if len(labels) != len(inputs):
        raise explain(
            ValueError(f'Got {len(inputs)} inputs for equation "{equation}", expecting {len(labels)}'),
            f"einsum: {equation!r} takes {len(labels)} tensors, not {len(inputs)}",
        )
    tensors = _einsum_operands(equation, inputs)
    ranks = tuple(x._array.ndim for x in tensors)
    spelled, output = _named(equation, ranks) if ellipsis_form else (labels, result)
    if not ellipsis_form:
        _check_ranks(equation, labels, ranks)
    sizes = _sizes(equation, spelled, tensors)
    named = list(spelled)
    for i, x in enumerate(tensors):
        tensors[i], named[i] = _without_broadcast_axes(x, named[i], sizes)
    while len(tensors) > 2:
        _contract_cheapest(tensors, named, output, sizes)
    core = _einsum_one if len(tensors) == 1 else _einsum_two
    return core(*tensors, inputs=tuple(named), output=output, sizes=sizes)


def _einsum_operands(equation: str, inputs: tuple[Any, ...]) -> list[Tensor]:
    """The operands as tensors of one dtype: that of the first which is a tensor already."""
    known = next((x._read().dtype for x in inputs if hasattr(x, "_read")), None)
    tensors = [as_tensor(x) if hasattr(x, "_read") else as_tensor(x, known) for x in inputs]
    for i, x in enumerate(tensors):
        if x._array.dtype != tensors[0]._array.dtype:
            raise mismatch("Einsum", i, tensors[0], x, ("the first", f"input {i}"))
    dtype = tensors[0].dtype
    if dtype not in _WITH_KERNEL:
        attributes = {"T": dtype, "N": len(tensors), "equation": _resolved(equation)}
        raise no_kernel("Einsum", "einsum", attributes, [("input 0", tensors[0])])
    return tensors


def _resolved(equation: str) -> str:
    """The equation with its result spelled out."""
    _, operands, output = _parse(equation)
    return ",".join(map("".join, operands)) + "->" + "".join(output)


_EQUATION = re.compile(r"^([a-zA-Z0]*(?:,[a-zA-Z0]*)*)(?:->([a-zA-Z0]*))?$")


@lru_cache(maxsize=256)
def _parse(equation: str) -> tuple[bool, tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Whether it has `...` (then labelled "0"), the labels of each operand, and those of the result."""
    text = equation.replace(" ", "").replace("...", "0")
    found = _EQUATION.match(text)
    if found is None or "0" in equation:
        raise explain(
            ValueError(f"Subscripts have incorrect format: {equation}"),
            f"einsum: cannot read the equation {equation!r}",
            hint='write it as in einsum("ij,jk->ik", a, b)',
        )
    operands, output = found[1].split(","), found[2]
    letters = found[1].replace(",", "")
    if output is None:
        output = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    for label in output:
        if label not in letters and label != "0":
            raise ValueError(f"Output subscripts contain the label {label} not present in the input subscripts.")
    if len(set(output)) != len(output):
        raise ValueError(f"Output subscripts contain a label appearing more than once: {equation}")
    return "0" in text, tuple(map(tuple, operands)), tuple(output)


@lru_cache(maxsize=256)
def _named(equation: str, ranks: tuple[int, ...]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The labels with each axis that `...` covers named by its distance from the right: ".0", ".1" ..."""
    _, operands, output = _parse(equation)
    _check_ranks(equation, operands, ranks)
    widest = 0
    named = []
    for labels, rank in zip(operands, ranks):
        covered = rank - len(labels) + 1 if "0" in labels else 0
        widest = max(widest, covered)
        named.append(_expand(labels, covered))
    if widest and "0" not in output:
        raise invalid(
            "Einsum",
            f"Output contains {widest} broadcasting dimension(s) but no ellipsis (...) was found in the output "
            "subscripts.",
            f"einsum: {equation!r} drops the axes that `...` stands for",
            hint="write ... after -> too",
        )
    return tuple(named), _expand(output, widest)


def _expand(labels: tuple[str, ...], covered: int) -> tuple[str, ...]:
    axes = tuple(f".{i}" for i in reversed(range(covered)))
    at = labels.index("0") if "0" in labels else None
    return labels if at is None else labels[:at] + axes + labels[at + 1 :]


def _check_ranks(equation: str, operands: tuple[tuple[str, ...], ...], ranks: tuple[int, ...]) -> None:
    for i, (labels, rank) in enumerate(zip(operands, ranks)):
        open_ended = "0" in labels
        needed = len(labels) - open_ended
        if rank < needed or rank > needed and not open_ended:
            at_least = "at least " if open_ended else ""
            raise invalid(
                "Einsum",
                f"Expected input {i} to have rank {at_least}{needed} but got: {rank}",
                f"einsum: {equation!r} wants rank {at_least}{needed} for input {i}, which has rank {rank}",
            )


def _sizes(equation: str, named: Any, tensors: list[Tensor]) -> dict[str, int]:
    """The size of each label. Only axes under `...` broadcast."""
    sizes: dict[str, int] = {}
    for labels, x in zip(named, tensors):
        shape = x._array.shape
        for axis, (label, size) in enumerate(zip(labels, shape)):
            known = sizes.setdefault(label, size)
            if known == size or label[0] == "." and size == 1:
                continue
            if label[0] == "." and known == 1:
                sizes[label] = size
                continue
            if label[0] == ".":
                first = tensors[0]._array.shape
                raise invalid(
                    "Einsum",
                    f"Invalid broadcasting dimensions: {bracketed(first)} vs. {bracketed(shape)}",
                    f"einsum: the axes under `...` do not broadcast: {known} and {size}",
                )
            raise invalid(
                "Einsum",
                f"Expected dimension {known} at axis {axis} of the input shaped {bracketed(shape)} but got dimension "
                f"{size}",
                f"einsum: {label} is {known} and {size} in {equation!r}",
                [(f"input {i}", x) for i, x in enumerate(tensors)],
            )
    return sizes


def _without_broadcast_axes(
    x: Tensor, labels: tuple[str, ...], sizes: dict[str, int]
) -> tuple[Tensor, tuple[str, ...]]:
    shape = x._array.shape
    keep = [i for i, label in enumerate(labels) if shape[i] == sizes[label]]
    if len(keep) == len(labels):
        return x, labels
    return ops.reshape(x, [shape[i] for i in keep]), tuple(labels[i] for i in keep)


def _contract_cheapest(tensors: list[Tensor], named: list[Any], output: Any, sizes: dict[str, int]) -> None:
    """Replace two operands by their product: those that take the fewest multiplications, and then the least memory."""

    def kept(i: int, j: int) -> tuple[str, ...]:
        wanted = set(output).union(*(named[k] for k in range(len(named)) if k not in (i, j)))
        return tuple(dict.fromkeys(label for label in (*named[i], *named[j]) if label in wanted))

    def cost(pair: tuple[int, int]) -> tuple[int, int]:
        i, j = pair
        return prod(sizes[label] for label in {*named[i], *named[j]}), prod(sizes[label] for label in kept(i, j))

    i, j = min(combinations(range(len(tensors)), 2), key=cost)
    labels = kept(i, j)
    product = _einsum_two(tensors[i], tensors[j], inputs=(named[i], named[j]), output=labels, sizes=sizes)
    for k in (j, i):
        del tensors[k], named[k]
    tensors.append(product)
    named.append(labels)


def _einsum_kernel(xp: Any, *arrays: Any, inputs: Any, output: Any, sizes: dict[str, int]) -> Any:
    """An einsum of one or two arrays, whose result may also repeat labels, and have labels that no operand has.

    Thus the gradient of an einsum is an einsum: of the cotangent and the other operand, to the labels of this one.
    """
    operands = []
    for i, (x, labels) in enumerate(zip(arrays, inputs)):
        others = set(output).union(*(inputs[:i] + inputs[i + 1 :]))
        x, labels = _diagonal_of(xp, x, labels)
        operands.append(_sum_out(xp, x, labels, others))
    x, labels = operands[0] if len(operands) == 1 else _pair_product(xp, *operands[0], *operands[1], output, sizes)
    return _arranged(xp, x, labels, output, sizes)


def _einsum_gradient(i: int) -> Any:
    def gradient(g: Tensor, y: Tensor, *xs: Tensor, inputs: Any, output: Any, sizes: Any) -> Tensor:
        others = [conj(x) for k, x in enumerate(xs) if k != i]
        labels = [own for k, own in enumerate(inputs) if k != i]
        core = _einsum_two if others else _einsum_one
        return core(g, *others, inputs=(output, *labels), output=inputs[i], sizes=sizes)

    return gradient


_einsum_one = Primitive(_einsum_kernel, [_einsum_gradient(0)], name="einsum")
_einsum_two = Primitive(_einsum_kernel, [_einsum_gradient(0), _einsum_gradient(1)], name="einsum")


def _diagonal_of(xp: Any, x: Any, labels: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """Repeated labels merged into one axis: the diagonal."""
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            i = labels.index(label)
            j = labels.index(label, i + 1)
            x = xp.diagonal(x, 0, i, j)
            labels = (*labels[:i], *labels[i + 1 : j], *labels[j + 1 :], label)
    return x, labels


def _sum_out(xp: Any, x: Any, labels: tuple[str, ...], keep: set[str]) -> tuple[Any, tuple[str, ...]]:
    axes = tuple(i for i, label in enumerate(labels) if label not in keep)
    if not axes:
        return x, labels
    wide = F32 if x.dtype == np.float16 else x.dtype
    total = xp.sum(x, axis=axes, dtype=wide).astype(x.dtype)
    return total, tuple(label for label in labels if label in keep)


def _pair_product(xp: Any, a: Any, p: Any, b: Any, q: Any, output: Any, sizes: dict[str, int]) -> tuple[Any, Any]:
    """The product of two arrays, summed over what they share and `output` lacks: transposes around one matmul."""
    batch = [label for label in p if label in q and label in output]
    summed = [label for label in p if label in q and label not in output]
    left = [label for label in p if label not in q]
    right = [label for label in q if label not in p]
    a = _transposed(xp, a, p, batch + left + summed)
    b = _transposed(xp, b, q, batch + summed + right)
    lead, n, m = (tuple(sizes[label] for label in group) for group in (batch, left, right))
    if not summed:
        return xp.multiply(
            a.reshape(lead + n + (1,) * len(m)), b.reshape(lead + (1,) * len(n) + m)
        ), batch + left + right
    k = prod(sizes[label] for label in summed)
    product = contract(xp, a.reshape((*lead, prod(n), k)), b.reshape((*lead, k, prod(m))))
    return product.reshape(lead + n + m), batch + left + right


def _transposed(xp: Any, x: Any, labels: Any, wanted: list[str]) -> Any:
    order = tuple(labels.index(label) for label in wanted)
    return x if order == tuple(range(len(order))) else xp.transpose(x, order)


def _arranged(xp: Any, x: Any, labels: Any, output: Any, sizes: dict[str, int]) -> Any:
    """x with its axes in the order of `output`: missing ones broadcast, repeated ones put on a diagonal."""
    unique = list(dict.fromkeys(output))
    x = _transposed(xp, x, list(labels), [label for label in unique if label in labels])
    if len(unique) > len(labels):
        x = x.reshape([sizes[label] if label in labels else 1 for label in unique])
        x = xp.broadcast_to(x, tuple(sizes[label] for label in unique))
    if len(output) > len(unique):
        x = _on_diagonals(xp, x, unique, output, sizes)
    return x


def _on_diagonals(xp: Any, x: Any, labels: list[str], output: Any, sizes: dict[str, int]) -> Any:
    where = [output.index(label) for label in labels]
    shape = [1] * len(output)
    for i, label in zip(where, labels):
        shape[i] = sizes[label]
    x = xp.transpose(x, sorted(range(len(where)), key=where.__getitem__)).reshape(shape)
    for axis, label in enumerate(output):
        first = output.index(label)
        if first != axis:
            lines = [1] * len(output)
            lines[first] = lines[axis] = sizes[label]
            x = xp.where(xp.eye(sizes[label], dtype=bool).reshape(lines), x, 0)
    return x

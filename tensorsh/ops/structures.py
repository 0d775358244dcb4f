"""tf.nest: structures of lists, tuples, dicts and leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime import nest
from .registry import op


@op("nest.is_nested keras.tree.is_nested", short=False)
def is_nested(seq: Any) -> bool:
    """Whether a value is a structure: a list, a tuple, a dict or a range.

    seq: any value.

    >>> tf.nest.is_nested([1]), tf.nest.is_nested(constant([1]))
    (True, False)
    """
    return nest.is_nested(seq)


@op("nest.flatten keras.tree.flatten", short=False)
def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of a structure, in order; a dict's in the order of its sorted keys.

    >>> tf.nest.flatten([1, (2, 3), {"b": 5, "a": 4}])
    [1, 2, 3, 4, 5]
    """
    leaves = nest.flatten(structure)
    return [part for leaf in leaves for part in _parts(leaf)] if expand_composites else leaves


def _parts(leaf: Any) -> list[Any]:
    """The tensors that a sparse or ragged tensor is made of; a list of any other leaf."""
    return leaf._parts if getattr(type(leaf), "_is_composite", False) else [leaf]


@op("nest.map_structure", short=False)
def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """The structure with func(leaf, leaf of the second structure, ...) for each leaf.

    check_types: whether a list may not stand beside a tuple; True by default.

    structures: structures of one shape.
    Raises TypeError if func is no function, ValueError without a structure or for another keyword.

    >>> tf.nest.map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    kwargs.pop("expand_composites", None)
    if kwargs:
        raise ValueError(
            f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{'`, `'.join(kwargs)}`"
        )
    for other in structure[1:]:
        nest.assert_same(structure[0], other, check_types)
    return nest.pack_as(structure[0], [func(*leaves) for leaves in zip(*map(nest.flatten, structure))])


@op("nest.pack_sequence_as keras.tree.pack_sequence_as", short=False)
def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """The leaves of `flat_sequence` in the shape of `structure`. Raises ValueError if their number differs.

    flat_sequence: a list of values.

    >>> tf.nest.pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
    {'a': 1, 'b': [2, 3]}
    """
    if not nest.is_nested(flat_sequence):
        raise TypeError(
            f"Attempted to pack value:\n  {_cut(flat_sequence)}\ninto a structure, but found incompatible "
            "type "
            f"`{type(flat_sequence)}` instead."
        )
    leaves = list(flat_sequence)
    if not nest.is_nested(structure) and len(leaves) != 1:
        raise ValueError(
            f"The target structure is of type `{type(structure)}`\n  {_cut(structure)}\nHowever the input is "
            "a sequence "
            f"({type(flat_sequence)}) of length {len(leaves)}.\n  {_cut(flat_sequence)}\nnest cannot "
            "guarantee that it is "
            "safe to map one to the other."
        )
    return nest.pack_as(structure, leaves)


@op("nest.assert_same_structure", short=False)
def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Raise ValueError (TypeError, where a list stands beside a tuple) unless both are nested alike.

    nest1: a structure. nest2: a structure.

    >>> tf.nest.assert_same_structure([1, (2, 3)], ["a", ("b", "c")])
    """
    nest.assert_same(nest1, nest2, check_types)


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 100 else text[:100] + "..."

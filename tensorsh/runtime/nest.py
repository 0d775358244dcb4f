"""Structures: nested lists, tuples, named tuples and dicts of leaves, as `tf.nest` sees them.

A dict's entries are taken in the order of its sorted keys; anything that is not one of these is a leaf.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator


def is_nested(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict))


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order; `[structure]` if it is a leaf itself."""
    return list(_leaves(structure))


def pack_as(structure: Any, leaves: Any) -> Any:
    """`leaves` in the shape of `structure`. Raises ValueError if their number differs."""
    flat = list(leaves)
    rest = iter(flat)
    try:
        packed = map_leaves(lambda _: next(rest), structure)
    except StopIteration:
        packed = None
    count = len(flatten(structure))
    if count != len(flat):
        raise ValueError(
            f"Structure had {count} atoms, but flat_sequence had {len(flat)} items.  "
            f"Structure: {structure}, flat_sequence: {flat}."
        )
    return packed


def map_leaves(function: Callable[[Any], Any], structure: Any) -> Any:
    """The structure with every leaf replaced by `function(leaf)`."""
    if isinstance(structure, dict):
        done = {key: map_leaves(function, structure[key]) for key in _keys(structure)}
        return type(structure)((key, done[key]) for key in structure)
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*(map_leaves(function, part) for part in structure))
    if isinstance(structure, (list, tuple)):
        return type(structure)(map_leaves(function, part) for part in structure)
    return function(structure)


def _leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, dict):
        for key in _keys(structure):
            yield from _leaves(structure[key])
    elif isinstance(structure, (list, tuple)):
        for part in structure:
            yield from _leaves(part)
    else:
        yield structure


def _keys(structure: dict[Any, Any]) -> list[Any]:
    try:
        return sorted(structure)
    except TypeError:
        return list(structure)

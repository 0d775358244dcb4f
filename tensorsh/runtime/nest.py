"""Structures: nested lists, tuples, named tuples, ranges and dicts of leaves, as `tf.nest` sees them.

A dict's entries are taken in the order of its sorted keys; anything that is not one of these is a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def is_nested(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict, range))


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order; `[structure]` if it is a leaf itself."""
    return list(_leaves(structure))


def pack_as(structure: Any, leaves: Any) -> Any:
    """`leaves` in the shape of `structure`. Raises ValueError if their number differs."""
    flat = list(leaves)
    count = len(flatten(structure))
    if count != len(flat):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} atoms, but flat_sequence had {len(flat)} items. "
            f" Structure: {structure}, flat_sequence: {flat}."
        )
    rest = iter(flat)
    return map_leaves(lambda _: next(rest), structure)


def assert_same(a: Any, b: Any, check_types: bool = True) -> None:
    """Raise ValueError unless a and b are nested alike, TypeError if only the kinds of sequence differ."""
    error = _difference(a, b, check_types)
    if error is not None:
        dots = [str(map_leaves(lambda _: _Dot(), s)) for s in (a, b)]
        raise type(error)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_told(a)}\n\nSecond structure: {_told(b)}\n\nMore specifically: {error}\n"
            f"Entire first structure:\n{dots[0]}\nEntire second structure:\n{dots[1]}"
        )


def _difference(a: Any, b: Any, check_types: bool) -> Exception | None:
    if is_nested(a) != is_nested(b):
        nested, leaf = (a, b) if is_nested(a) else (b, a)
        return ValueError(f'Substructure "{_told(nested)}" is a sequence, while substructure "{_told(leaf)}" is not')
    if not is_nested(a):
        return None
    if check_types and type(a) is not type(b) and not _same_fields(a, b):
        return TypeError(
            f"The two namedtuples don't have the same sequence type. First structure {_told(a)} has type "
            f"{_name(a)}, while second structure {_told(b)} has type {_name(b)}"
        )
    if isinstance(a, dict) and isinstance(b, dict):
        if set(a) != set(b):
            return ValueError(
                "The two dictionaries don't have the same set of keys. First structure has keys "
                f"{_told(list(a))}, while second structure has keys {_told(list(b))}"
            )
        pairs = [(a[key], b[key]) for key in _keys(a)]
    elif len(a) != len(b):
        return ValueError(
            f"The two structures don't have the same number of elements. First structure: {_told(a)}. Second "
            f"structure: {_told(b)}"
        )
    else:
        pairs = list(zip(_parts(a), _parts(b)))
    found = (_difference(x, y, check_types) for x, y in pairs)
    return next((error for error in found if error is not None), None)


def _same_fields(a: Any, b: Any) -> bool:
    """Whether both are named tuples of one name and the same fields, which count as one type."""
    fields = getattr(a, "_fields", None)
    return fields is not None and fields == getattr(b, "_fields", None) and type(a).__name__ == type(b).__name__


def _told(value: Any) -> str:
    return f"type={_name(value)} str={value!s}"


def _name(value: Any) -> str:
    return type(value).__name__.rpartition(".")[2]


class _Dot:
    def __repr__(self) -> str:
        return "."


def map_leaves(function: Callable[[Any], Any], structure: Any) -> Any:
    """The structure with every leaf replaced by `function(leaf)`."""
    if isinstance(structure, dict):
        done = {key: map_leaves(function, structure[key]) for key in _keys(structure)}
        return type(structure)((key, done[key]) for key in structure)
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*(map_leaves(function, part) for part in structure))
    if isinstance(structure, (list, tuple)):
        return type(structure)(map_leaves(function, part) for part in structure)
    if isinstance(structure, range):
        return [map_leaves(function, part) for part in structure]
    return function(structure)


def _leaves(structure: Any) -> Iterator[Any]:
    if is_nested(structure):
        for part in _parts(structure):
            yield from _leaves(part)
    else:
        yield structure


def _parts(structure: Any) -> list[Any]:
    return [structure[key] for key in _keys(structure)] if isinstance(structure, dict) else list(structure)


def _keys(structure: dict[Any, Any]) -> list[Any]:
    return sorted(structure)

"""`tf.keras.tree`: structures of lists, tuples and dicts, walked, mapped and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...runtime import nest
from ..registry import export, op


class MAP_TO_NONE:
    """What a function that `traverse` calls returns in order to put None there: None itself means to go on inside.

    >>> tf.keras.tree.traverse(lambda x: tf.keras.tree.MAP_TO_NONE if x == 2 else None, [1, 2])
    [1, None]
    """

    __module__ = "keras.src.tree.tree_api"


export("tf.keras.tree.MAP_TO_NONE", MAP_TO_NONE, None, "keras.tree")


@op("keras.tree.traverse", short=False)
def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """The structure with func(part) for each part of it for which that is not None.

    top_down: a structure before its parts, which are then left alone if it is replaced; otherwise after them. Raises
    TypeError if func cannot be called.

    >>> seen = []
    >>> tf.keras.tree.traverse(seen.append, [1, (2,)]); seen
    [1, (2,)]
    [[1, (2,)], 1, (2,), 2]
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func}")

    def walk(part: Any) -> Any:
        found = func(part) if top_down or not nest.is_nested(part) else None
        if found is None and nest.is_nested(part):
            part = _rebuilt(part, walk)
            found = None if top_down else func(part)
        return part if found is None else None if found is MAP_TO_NONE else found

    return walk(structure)


def _rebuilt(part: Any, function: Callable[[Any], Any]) -> Any:
    """A structure of the same kind, with a function applied to what is directly in it."""
    if isinstance(part, dict):
        done = {key: function(part[key]) for key in sorted(part)}
        return {key: done[key] for key in part}
    return type(part)(map(function, part))


@op("keras.tree.", short=False, prefix="keras_")
def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """The first structure with func(leaf, leaf of the second structure, ...) for each leaf.

    structures: lists, tuples and dictionaries, nested alike. none_is_leaf: whether None is one. Raises ValueError if
    the structures differ. Raises TypeError if func cannot be called.

    >>> tf.keras.tree.map_structure(lambda x, y: x * y, [1, (2,)], [10, (20,)])
    [10, (40,)]
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func}")
    if not structures:
        raise ValueError("Must provide at least one structure")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)

    def mapped(*leaves: Any) -> Any:
        return None if not none_is_leaf and leaves[0] is None else func(*leaves)

    return nest.pack_as(structures[0], [mapped(*leaves) for leaves in zip(*map(nest.flatten, structures))])


@op("keras.tree.map_structure_up_to", short=False)
def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """The shallow structure with func(part of each structure that stands there) for each leaf.

    shallow_structure: the structure that tells how deep to go. structures: which are nested like it so far, and may be
    deeper. Raises TypeError if func cannot be called, ValueError for no structures or for lists of other lengths.

    >>> tf.keras.tree.map_structure_up_to([None, None], len, [[1, 1], [2]])
    [2, 1]
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func}")
    if not structures:
        raise ValueError("Must provide at least one structure")

    def walk(shallow: Any, parts: tuple[Any, ...]) -> Any:
        if not nest.is_nested(shallow):
            return func(*parts)
        if isinstance(shallow, dict):
            return {key: walk(shallow[key], tuple(part[key] for part in parts)) for key in shallow}
        if any(len(part) != len(shallow) for part in parts):
            raise ValueError("The structures don't have the same nested structure.")
        return type(shallow)(walk(each, tuple(inner)) for each, *inner in zip(shallow, *parts))

    return walk(shallow_structure, structures)


@op("keras.tree.flatten_with_path", short=False)
def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves of a structure, each with the keys and positions that lead to it.

    >>> tf.keras.tree.flatten_with_path([{"foo": 42}])
    [((0, 'foo'), 42)]
    """
    if not nest.is_nested(structure):
        return [((), structure)]
    keys = sorted(structure) if isinstance(structure, dict) else range(len(structure))
    return [((key, *path), leaf) for key in keys for path, leaf in flatten_with_path(structure[key])]


@op("keras.tree.", short=False, prefix="keras_")
def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Raise ValueError unless two structures are nested in the same way, in lists, tuples and dicts alike.

    a, b: nests of lists, tuples and dictionaries. check_types: taken as Keras takes it; it changes nothing here.

    >>> tf.keras.tree.assert_same_structure([(0, 1)], [(2, 3)])
    """
    try:
        nest.assert_same(a, b, True)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"The two structures don't have the same nested structure.\n\nFirst structure: {a}\n\nSecond structure: {b}"
        ) from error


@op("keras.tree.assert_same_paths", short=False)
def assert_same_paths(a: Any, b: Any) -> None:
    """Raise ValueError unless the same keys and positions lead to the leaves of both.

    a, b: nests of lists, tuples and dictionaries.

    >>> tf.keras.tree.assert_same_paths([0, 1], (2, 3))
    """
    first, second = ({path for path, _ in flatten_with_path(each)} for each in (a, b))
    if first != second:
        text = "`a` and `b` don't have the same paths."
        for name, missing in (("a", first - second), ("b", second - first)):
            text += f"\nPaths in `{name}` and not in the other: {sorted(missing, key=str)}" if missing else ""
        raise ValueError(text)


@op("keras.tree.lists_to_tuples", short=False)
def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples in place of its lists.

    >>> tf.keras.tree.lists_to_tuples([1, {"a": [2]}])
    (1, {'a': (2,)})
    """
    if not nest.is_nested(structure):
        return structure
    done = _rebuilt(structure, lists_to_tuples)
    return tuple(done) if isinstance(done, list) else done


@op("keras.tree.map_shape_structure", short=False)
def map_shape_structure(func: Callable[..., Any], structure: Any) -> Any:
    """The structure with func(shape) for each shape in it: a list or tuple of integers and None.

    Raises TypeError if func cannot be called.

    >>> tf.keras.tree.map_shape_structure(len, {"a": (2, 3), "b": (None,)})
    {'a': 2, 'b': 1}
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func}")
    if isinstance(structure, (list, tuple)) and all(isinstance(n, (int, type(None))) for n in structure):
        return func(tuple(structure))
    return _rebuilt(structure, lambda part: map_shape_structure(func, part)) if nest.is_nested(structure) else structure

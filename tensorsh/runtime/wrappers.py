"""Lists, dicts and tuples as the attributes of a tf.Module show them: `ListWrapper([...])`.

A wrapper of a list or dict and what it was made from are one: each shows what is done to the other. Like TensorFlow's,
it wraps what is put into it in turn, and gives plain lists and dicts where Python makes new ones. The base classes'
own storage stays empty, for Python's C code asks a subclass's methods.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

from .variable import Variable


def wrapped(value: Any) -> Any:
    """The value as a module keeps it."""
    kind = type(value)
    if kind is list:
        return ListWrapper(value)
    if kind is dict:
        return DictWrapper(value)
    if kind is tuple and _is_tracked(value):
        return TupleWrapper(value)
    return value


def unwrapped(value: Any) -> Any:
    """A structure with plain lists, dicts and tuples in the place of wrappers; the same object if there are none."""
    kind = type(value)
    if kind is ListWrapper or kind is list:
        parts = [unwrapped(part) for part in value]
        return value if kind is list and all(map(operator.is_, parts, value)) else parts
    if kind is DictWrapper or kind is dict:
        items = {key: unwrapped(part) for key, part in value.items()}
        return value if kind is dict and all(map(operator.is_, items.values(), value.values())) else items
    if kind is TupleWrapper or kind is tuple:
        several = tuple(map(unwrapped, value))
        return value if kind is tuple and all(map(operator.is_, several, value)) else several
    return value


def _is_tracked(parts: tuple[Any, ...]) -> bool:
    """Whether a tuple holds what a module looks for: one that does not is left as it is."""
    return any(
        isinstance(part, (Variable, list, dict))
        or getattr(type(part), "_is_trackable", False)
        or type(part) is tuple
        and _is_tracked(part)
        for part in parts
    )


def _plain(value: Any) -> Any:
    return value._storage if isinstance(value, _Container) else value


class _Container:
    """What wrappers of lists and of dicts hand on alike."""

    __slots__ = ()
    _storage: Any

    def __len__(self) -> int:
        return len(self._storage)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._storage)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._storage)

    def __contains__(self, value: Any) -> bool:
        return value in self._storage

    def __getitem__(self, key: Any) -> Any:
        return self._storage[key]

    def __delitem__(self, key: Any) -> None:
        del self._storage[key]

    def __eq__(self, other: object) -> bool:
        return self._storage == _plain(other)

    def __ne__(self, other: object) -> bool:
        return self._storage != _plain(other)

    def clear(self) -> None:
        """Take all out."""
        self._storage.clear()


class ListWrapper(_Container, list):
    """A list that is a module's attribute, or in one."""

    __module__ = "tensorflow.python.trackable.data_structures"
    __slots__ = ("_storage",)  # a list

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._storage: list[Any] = values if type(values) is list else list(values)
        self._storage[:] = map(wrapped, self._storage)

    def __repr__(self) -> str:
        return f"ListWrapper({self._storage!r})"

    def __setitem__(self, index: Any, value: Any) -> None:
        self._storage[index] = map(wrapped, value) if isinstance(index, slice) else wrapped(value)

    def __lt__(self, other: Any) -> bool:
        return self._storage < _plain(other)

    def __le__(self, other: Any) -> bool:
        return self._storage <= _plain(other)

    def __gt__(self, other: Any) -> bool:
        return self._storage > _plain(other)

    def __ge__(self, other: Any) -> bool:
        return self._storage >= _plain(other)

    def __add__(self, other: Any) -> Any:
        return self._storage + _plain(other) if isinstance(other, list) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return other + self._storage if isinstance(other, list) else NotImplemented

    def __mul__(self, count: Any) -> Any:
        return self._storage * count

    __rmul__ = __mul__

    def __iadd__(self, other: Any) -> ListWrapper:
        self.extend(other)
        return self

    def __imul__(self, count: Any) -> ListWrapper:
        self._storage *= count
        return self

    def append(self, value: Any) -> None:
        """Put a value at the end."""
        self._storage.append(wrapped(value))

    def extend(self, values: Iterable[Any]) -> None:
        """Put values at the end."""
        self._storage.extend(map(wrapped, list(values)))

    def insert(self, index: Any, value: Any) -> None:
        """Put a value before an index; as in TensorFlow it is not wrapped."""
        self._storage.insert(index, value)

    def pop(self, index: Any = -1) -> Any:
        """Take the value at an index out."""
        return self._storage.pop(index)

    def remove(self, value: Any) -> None:
        """Take the first such value out. Raises ValueError if there is none."""
        self._storage.remove(value)

    def reverse(self) -> None:
        """Turn the order round."""
        self._storage.reverse()

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Put the values in order."""
        self._storage.sort(key=key, reverse=reverse)

    def copy(self) -> ListWrapper:
        """Another list of the same values."""
        return ListWrapper(self._storage.copy())

    def index(self, value: Any, *bounds: Any) -> int:
        """Where the first such value stands. Raises ValueError if there is none."""
        return self._storage.index(value, *bounds)

    def count(self, value: Any) -> int:
        """How many such values there are."""
        return self._storage.count(value)


class DictWrapper(_Container, dict):
    """A dict that is a module's attribute, or in one."""

    __module__ = "tensorflow.python.trackable.data_structures"
    __slots__ = ("_storage",)

    def __init__(self, values: Any = ()) -> None:
        self._storage: dict[Any, Any] = values if type(values) is dict else dict(values)
        for key, value in self._storage.items():
            self._storage[key] = wrapped(value)

    def __repr__(self) -> str:
        return f"DictWrapper({self._storage!r})"

    def __str__(self) -> str:
        return str(self._storage)

    def __format__(self, spec: str) -> str:
        return format(self._storage, spec)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._storage[key] = wrapped(value)

    def __or__(self, other: Any) -> Any:
        return self._storage | _plain(other) if isinstance(other, dict) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return other | self._storage if isinstance(other, dict) else NotImplemented

    def __ior__(self, other: Any) -> DictWrapper:
        self.update(other)
        return self

    def get(self, key: Any, default: Any = None) -> Any:
        """The value under a key, or else the default."""
        return self._storage.get(key, default)

    def keys(self) -> Any:
        """The keys."""
        return self._storage.keys()

    def values(self) -> Any:
        """The values."""
        return self._storage.values()

    def items(self) -> Any:
        """The keys, each with its value."""
        return self._storage.items()

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value under a key, put there if there is none; as in TensorFlow it is not wrapped."""
        return self._storage.setdefault(key, default)

    def update(self, *others: Any, **values: Any) -> None:
        """Put other keys and values in."""
        for key, value in dict(*others, **values).items():
            self[key] = value

    def pop(self, *args: Any) -> Any:
        """Take the value under a key out, or give the default."""
        return self._storage.pop(*args)

    def popitem(self) -> Any:
        """Take the last key and value out."""
        return self._storage.popitem()

    def copy(self) -> DictWrapper:
        """Another dict of the same keys and values."""
        return DictWrapper(self._storage.copy())


class TupleWrapper(tuple):
    """A tuple with variables, modules or containers that is a module's attribute, or in one."""

    __module__ = "tensorflow.python.trackable.data_structures"
    __slots__ = ()

    def __new__(cls, values: Iterable[Any] = ()) -> TupleWrapper:
        return super().__new__(cls, map(wrapped, values))

    def __repr__(self) -> str:
        return f"_TupleWrapper({self!s})"

    def __str__(self) -> str:
        return tuple.__repr__(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


# The names that TensorFlow shows.
DictWrapper.__name__ = DictWrapper.__qualname__ = "_DictWrapper"
TupleWrapper.__name__ = TupleWrapper.__qualname__ = "_TupleWrapper"

"""What is told of each of the library's names without importing its family: made once, and kept in the cache."""

from __future__ import annotations

import marshal
from functools import cache
from typing import Any, NamedTuple

from ..language.cache import load_blob, store_blob
from ..ops import registry
from ..ops.families import FAMILIES
from ..runtime.dtypes import DType
from ..session import library_stamp
from .signatures import parameters, summary


class Entry(NamedTuple):
    """A name of the library."""

    kind: str  # "op", "class", "dtype" or "value"
    parameters: tuple[str, ...] | None
    summary: str

    @property
    def note(self) -> str:
        """What stands beside the name in a list: the names of its parameters, and what it does."""
        if self.kind in ("dtype", "value"):
            return self.kind
        names = [each.partition("=")[0] for each in self.parameters or ("...",)]
        return f"({', '.join(name for name in names if name != 'name')})  {self.summary}".rstrip()

    def detail(self, name: str) -> str:
        """What is said of the name alone: its signature and what it does, a line each."""
        if self.kind in ("dtype", "value"):
            return f"{name}  {self.kind}"
        called = ", ".join(self.parameters) if self.parameters is not None else "..."
        return f"{name}({called})\n{self.summary}".rstrip()


@cache
def catalog() -> dict[str, Entry]:
    """Every name by its short form and by its full path, such as "square" and "tf.math.square"."""
    key = library_stamp()
    blob = load_blob("catalog", key)
    if blob is None:
        numbered, places = _made()
        store_blob("catalog", key, marshal.dumps((numbered, places)))
    else:
        numbered, places = marshal.loads(blob)
    entries = [Entry(*each) for each in numbered]
    return {name: entries[place] for name, place in places.items()}


def _made() -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    """The entries, and the place among them of each name: many names share one."""
    for family in FAMILIES:
        registry.import_family(family)
    numbered: list[tuple[Any, ...]] = []
    places: dict[str, int] = {}
    by_value: dict[int, int] = {}
    for name, value in [*registry.PATHS.items(), *registry.SHORT.items()]:
        if id(value) not in by_value:
            by_value[id(value)] = len(numbered)
            numbered.append(tuple(_entry(value)))
        places[name] = by_value[id(value)]
    return numbered, places


def _entry(value: Any) -> Entry:
    if isinstance(value, DType):
        return Entry("dtype", None, "dtype")
    if isinstance(value, type):
        return Entry("class", parameters(value), summary(value))
    if callable(value):
        return Entry("op", parameters(value), summary(value))
    return Entry("value", None, "")

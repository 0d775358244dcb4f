"""What could stand at the cursor."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ..language.words import KEYWORDS
from ..ops.namespace import MODULES, namespace_names
from ..runtime import files as gate
from .catalog import Entry, catalog
from .matching import matching
from .place import Argument, Place, place_at
from .signatures import parameters, summary
from .values import Known, attribute, attributes, described, found, kind_of

# A parameter of one of these names takes the path of a file.
_PATHS = frozenset({"path", "file", "filename", "file_name", "fname"})
_MOST_FILES = 500


class Offer:
    """One thing that could stand there: `text`, in place of text[start:cursor].

    kind: "name", "op", "class", "dtype", "value", "module", "keyword", "argument", "attribute" or "file".
    """

    __slots__ = ("_of", "kind", "start", "text")

    def __init__(self, text: str, start: int, kind: str, of: str | Entry | Known = "") -> None:
        self.text = text
        self.start = start
        self.kind = kind
        self._of = of

    @property
    def note(self) -> str:
        """What it is, in a line: dtype and shape, or parameters and help. Worked out when asked for."""
        return self._told("  ")

    @property
    def detail(self) -> str:
        """The same with all that is known, in a line or two."""
        return self._of.detail(self.text) if isinstance(self._of, Entry) else self._told("\n")

    def moved(self, count: int) -> Offer:
        """The same offer in a text that stands that much further behind."""
        return Offer(self.text, self.start + count, self.kind, self._of)

    def _told(self, between: str) -> str:
        if isinstance(self._of, str):
            return self._of
        if isinstance(self._of, Entry):
            return self._of.note
        value = self._of.value
        kind, shown = described(value)
        if kind in ("function", "class"):
            return f"{shown}{between}{summary(value)}".rstrip()
        return shown if kind == "Tensor" else f"{kind}  {shown}"

    def __repr__(self) -> str:
        return f"Offer({self.text!r}, {self.start}, {self.kind!r})"


def complete(text: str, cursor: int, names: Mapping[str, Any]) -> list[Offer]:
    """What could stand at the cursor, the likeliest first. `names` are those that the program has bound."""
    place = place_at(text, cursor)
    start = cursor - len(place.typed)
    match place.kind:
        case "name":
            return _names(place, start, names)
        case "attribute":
            return _attributes(place, start, names)
        case "string":
            return _in_string(place, cursor, names)
        case "module":
            return _modules(place, start)
        case "imported":
            top, _, rest = place.path.partition(".")
            path = ".".join([MODULES.get(top, ""), *filter(None, [rest])])
            return _listed(place.typed, start, {name: _of_path(name, start, path) for name in _below(path)})
    return []


def _listed(typed: str, start: int, offers: Mapping[str, Offer]) -> list[Offer]:
    return [offers[name] for name in matching(typed, offers)]


def _names(place: Place, start: int, names: Mapping[str, Any]) -> list[Offer]:
    offers: dict[str, Offer] = {}
    if place.argument is not None:
        parameter = _parameter(place.argument, names)
        if place.argument.begins:
            offers |= _keyword_arguments(place.argument, start, names)
        if parameter.endswith("dtype"):
            offers |= _dtypes(start)
    library = catalog()
    for name in sorted(place.bound.difference(names)):
        offers[name] = Offer(name, start, "name")
    for name in sorted(names):
        offers.setdefault(name, Offer(name, start, "name", Known(names[name])))
    # Names in capitals, most of them classes of errors, after the others.
    for name in sorted((name for name in library if "." not in name), key=lambda name: (name[:1].isupper(), name)):
        entry = library[name]
        if name not in offers:
            offers[name] = Offer(name, start, entry.kind, entry)
    for name in MODULES.values():
        if "." not in name:
            offers.setdefault(name, Offer(name, start, "module", "module"))
    for word in sorted(KEYWORDS):
        offers.setdefault(word, Offer(word, start, "keyword", "keyword"))
    return _listed(place.typed, start, offers)


def _attributes(place: Place, start: int, names: Mapping[str, Any]) -> list[Offer]:
    owner = found(place.owner, names)
    path = getattr(getattr(owner, "value", None), "_path", None)
    if isinstance(path, str) and path in namespace_names():
        return _listed(place.typed, start, {name: _of_path(name, start, path) for name in attributes(owner)})
    offers = {}
    for name in matching(place.typed, attributes(owner)):
        member = attribute(owner, name)
        told = member if isinstance(member, Known) else summary(getattr(kind_of(owner), name, None))
        offers[name] = Offer(name, start, "attribute", told)
    return list(offers.values())


def _of_path(name: str, start: int, path: str) -> Offer:
    """A name of a namespace."""
    entry = catalog().get(f"{path}.{name}")
    return Offer(name, start, entry.kind, entry) if entry else Offer(name, start, "module", "module")


def _below(path: str) -> list[str]:
    """The names right below a path such as "tf" or "tf.math"."""
    prefix = path + "."
    paths = [*catalog(), *namespace_names()]
    return sorted({each[len(prefix) :].partition(".")[0] for each in paths if each.startswith(prefix)})


def _modules(place: Place, start: int) -> list[Offer]:
    if not place.path:
        return _listed(place.typed, start, {name: Offer(name, start, "module", "module") for name in sorted(MODULES)})
    top, _, rest = place.path.partition(".")
    path = ".".join([MODULES.get(top, ""), *filter(None, [rest])])
    inner = [name for name in _below(path) if f"{path}.{name}" in namespace_names()]
    return _listed(place.typed, start, {name: Offer(name, start, "module", "module") for name in inner})


def _keyword_arguments(argument: Argument, start: int, names: Mapping[str, Any]) -> dict[str, Offer]:
    """`axis=` and the like: what the call has not been given yet."""
    offers = {}
    for index, (name, default) in enumerate(_parameters(argument, names)):
        if index >= argument.position and name not in argument.given and not name.startswith("*") and name != "/":
            note = f"default {default}" if default else "argument"
            offers[f"{name}="] = Offer(f"{name}=", start, "argument", note)
    return offers


def _parameters(argument: Argument, names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, default or "") of each parameter of the function called."""
    callee = found(argument.callee, names)
    known = parameters(callee.value) if isinstance(callee, Known) else None
    return [(name, default) for name, _, default in (each.partition("=") for each in known or ())]


def _parameter(argument: Argument, names: Mapping[str, Any]) -> str:
    """The parameter that the argument is for; empty if that is not known."""
    if argument.keyword:
        return argument.keyword
    positional: list[str] = []
    for name, _ in _parameters(argument, names):
        if name.startswith("*"):
            break
        positional.append(name)
    return positional[argument.position] if argument.position < len(positional) else ""


def _dtypes(start: int) -> dict[str, Offer]:
    library = catalog()
    found = sorted(name for name, entry in library.items() if entry.kind == "dtype" and "." not in name)
    return {name: Offer(name, start, "dtype", "dtype") for name in found}


def _in_string(place: Place, cursor: int, names: Mapping[str, Any]) -> list[Offer]:
    parameter = _parameter(place.argument, names) if place.argument is not None else ""
    if parameter.endswith("dtype"):
        start = cursor - len(place.typed)
        return _listed(place.typed, start, _dtypes(start))
    return list(files(place.typed, cursor)) if parameter in _PATHS else []


def files(typed: str, cursor: int) -> Iterable[Offer]:
    """The files whose path may begin as typed: what is offered is the part behind the last slash."""
    folder, slash, part = typed.rpartition("/")
    if not gate.current.tells_names:
        return []
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder + slash) or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    shown = [entry for entry in entries if not entry.name.startswith(".") or part.startswith(".")]
    kinds = {entry.name: entry.is_dir() for entry in shown}
    start = cursor - len(part)
    wanted = [name for name in kinds if name.startswith(part)] or matching(part, kinds)
    return [
        Offer(name + "/" * kinds[name], start, "file", "folder" if kinds[name] else "file")
        for name in wanted[:_MOST_FILES]
    ]

"""`tf`, `np`, `math` and what is below them, as values of the language."""

from __future__ import annotations

from functools import cache
from typing import Any

from . import registry

#: Importable modules and the first part of their paths in the registry.
MODULES = {"tensorflow": "tf", "numpy": "np", "math": "math", "keras": "tf.keras"} | {
    name: name for name in "time itertools functools collections contextlib random string sys timeit typing".split()
}
#: What a program need not import.
AT_HAND = ("tf", "np", "math")
_FULL = {path: module for module, path in MODULES.items()}


@cache
def namespace_names() -> frozenset[str]:
    """Every path that has something below it: "tf", "tf.math" ..."""
    found = set()
    for path in registry.index().paths:
        while "." in path:
            path = path.rpartition(".")[0]
            found.add(path)
    return frozenset(found)


class Namespace:
    """A module of names, such as `tf.math`; an op's family is imported when its name is first used."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}"
        if not name.startswith("_") or name == "__version__":
            if path in registry.index().paths:
                value = registry.at_path(path)
            elif path in namespace_names():
                value = Namespace(path)
            else:
                raise self._missing(name)
            setattr(self, name, value)
            return value
        raise AttributeError(name)

    def __dir__(self) -> list[str]:
        prefix = self._path + "."
        paths = (*registry.index().paths, *namespace_names())
        return sorted({p[len(prefix) :].partition(".")[0] for p in paths if p.startswith(prefix)})

    def _missing(self, name: str) -> AttributeError:
        top, _, rest = self._path.partition(".")
        module = _FULL.get(self._path) or (f"tensorflow._api.v2.{rest}" if top == "tf" else f"{_FULL[top]}.{rest}")
        error: Any = AttributeError(f"module {module!r} has no attribute {name!r}")
        import difflib

        there = [each for each in dir(self) if each[0].lower() == name[:1].lower()]
        close = [f"{self._path}.{each}" for each in difflib.get_close_matches(name, there, n=1, cutoff=0.7)]
        elsewhere = [p for p in registry.index().paths if p.endswith("." + name) and p.startswith(top + ".")]
        same = [f"{self._path}.{each}" for each in there if each.lower() == name.lower()]
        found = [*same, *sorted(elsewhere, key=len), *close]
        if found:
            error.hint = f"did you mean {found[0]}?"
        else:
            error.hint = f"tensorsh has no {self._path}.{name}; help({self._path}) lists what is there"
        return error

    def __repr__(self) -> str:
        return f"<module {_FULL.get(self._path, self._path)!r}>"

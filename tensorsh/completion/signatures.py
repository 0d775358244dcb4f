"""What a function or class is called with, and what it is for in a line: of the language's own and of a program's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..manual.docstrings import parts_of
from ..runtime.dtypes import DType
from ..runtime.session_classes import is_session_class

_LONGEST_DEFAULT = 20
SPREAD = "tf"  # by this parameter, ops with spread arguments take TensorFlow's own keywords


def parameters(function: Any) -> tuple[str, ...] | None:
    """The parameters as they are written in a `def`, without annotations: ("x", "axis=None"); None if unknown."""
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    found = [each for each in found if each.name != SPREAD]
    written: list[str] = []
    only_keywords = False
    for each in found:
        if each.kind is each.VAR_POSITIONAL:
            only_keywords = True
        elif each.kind is each.KEYWORD_ONLY and not only_keywords:
            only_keywords = True
            written.append("*")
        stars = "*" if each.kind is each.VAR_POSITIONAL else "**" if each.kind is each.VAR_KEYWORD else ""
        default = "" if each.default is each.empty else f"={_default(each.default)}"
        written.append(stars + each.name + default)
    return tuple(written)


def summary(value: Any) -> str:
    """The first sentence of the value's own help text; empty if there is none."""
    if is_session_class(type(value)) or not (callable(value) or isinstance(value, property)):
        return ""
    return parts_of(value).summary.partition(". ")[0].rstrip(".")


def returned_class(function: Any, classes: Callable[[str], Any]) -> type | None:
    """The class of what the function returns, as its annotation says; `classes` finds one by its name."""
    annotation = getattr(function, "__annotations__", {}).get("return")
    if isinstance(annotation, str) and annotation.isidentifier():
        annotation = classes(annotation)
    return annotation if isinstance(annotation, type) else None


def _default(value: Any) -> str:
    if isinstance(value, DType):
        return value.name
    if callable(value) and not is_session_class(type(value)):
        return getattr(value, "__name__", "...")
    if value is None or type(value) in (bool, int, float, complex, str, tuple):
        text = repr(value)
        return text if len(text) <= _LONGEST_DEFAULT and "<" not in text else "..."
    return "..."

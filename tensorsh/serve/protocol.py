"""Requests and answers as data. An answer has the `id` of its request, `ok`, and what was asked for or `error`."""

from __future__ import annotations

import base64
import binascii
import io
import json
import keyword
import math
from collections.abc import Callable
from typing import Any

#: The longest request, in bytes; values of more entries are told by shape and dtype only, unless asked for in base64.
LONGEST, MOST_VALUES = 64 << 20, 100_000

_TEXT, _POSITION, _SECONDS = "a text", "a whole number", "a number of seconds"
#: What each kind of request may say beside `id` and `do`, and what that must be; a `*` marks what it must say.
FIELDS: dict[str, dict[str, str]] = {
    "evaluate": {"text*": _TEXT, "bind": "an object", "timeout": _SECONDS, "data": "none, values or base64"},
    "complete": {"text*": _TEXT, "cursor": _POSITION},
    "inspect": {"name*": _TEXT},
    "is_complete": {"text*": _TEXT},
    "vars": {},
    "reset": {},
    "cancel": {"request*": "a request's id"},
    "shutdown": {},
}
_CHECKS: dict[str, Callable[[Any], bool]] = {
    _TEXT: lambda value: isinstance(value, str),
    _POSITION: lambda value: type(value) is int and value >= 0,
    _SECONDS: lambda value: type(value) in (int, float) and 0 < value < 1e9,
    "an object": lambda value: isinstance(value, dict),
    "none, values or base64": lambda value: value in ("none", "values", "base64"),
    "a request's id": lambda value: type(value) in (int, str),
}


class BadRequest(Exception):
    """A line is no request. `id`: that of the request, if so much is known."""

    def __init__(self, message: str, id: Any = None) -> None:
        super().__init__(message)
        self.id = id


def request(line: bytes) -> dict[str, Any]:
    """The request in a line, checked. Raises BadRequest."""
    try:
        given = json.loads(line)
    except RecursionError:
        raise BadRequest("the line is nested too deeply") from None
    except ValueError as error:
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"not JSON: {error}"
        raise BadRequest(f"the line is {reason}") from None
    if not isinstance(given, dict):
        raise BadRequest('a request is an object, such as {"id": 1, "do": "evaluate", "text": "1 + 1"}')
    id, do = given.pop("id", None), given.pop("do", None)
    if not (id is None or type(id) in (int, str)):
        raise BadRequest("`id` is to be a number or a text")
    fields = FIELDS.get(do) if isinstance(do, str) else None
    if fields is None:
        raise BadRequest(f"`do` is to be one of {', '.join(FIELDS)}", id)
    for field, kind in fields.items():
        name = field.removesuffix("*")
        if name not in given and field.endswith("*"):
            raise BadRequest(f"{do} needs `{name}`, {kind}", id)
        if name in given and not _CHECKS[kind](given[name]):
            raise BadRequest(f"`{name}` is to be {kind}", id)
    if "bind" in given:  # goes on as text, to be read where a mistake in it is one of the request alone
        try:
            given["bind"] = json.dumps(given["bind"])
        except RecursionError:
            raise BadRequest("`bind` is nested too deeply", id) from None
    unknown = given.keys() - {field.removesuffix("*") for field in fields}
    if unknown:
        raise BadRequest(f"{do} has no {', '.join(f'`{name}`' for name in sorted(unknown))}", id)
    return {"id": id, "do": do, **given}


def answer(id: Any, **parts: Any) -> bytes:
    """The line of an answer that a request was fulfilled."""
    return encoded({"id": id, "ok": True, **parts})


def failure(id: Any, kind: str, message: str, **parts: Any) -> bytes:
    """The line of an answer that it was not: the error's class and message, and `span`, `hint` and more, if known."""
    return encoded({"id": id, "ok": False, "error": {"class": kind, "message": message, **parts}})


def encoded(content: Any) -> bytes:
    try:
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can say
        return json.dumps(content, allow_nan=False).encode() + b"\n"


def bindings(text: str) -> dict[str, Any]:
    """The values of a request's `bind`: JSON as -d reads it, or {"npy": base64}. Raises ValueError or TypeError."""
    from ..data.json_text import to_value
    from ..data.npy import read_npy

    values = {}
    for name, value in json.loads(text).items():
        if not name.isidentifier() or name.startswith("_") or keyword.iskeyword(name) or name == "super":
            raise ValueError(f"bind: {name!r} is no name that can be bound")
        if isinstance(value, dict) and value.keys() == {"npy"}:
            try:
                data = base64.b64decode(value["npy"], validate=True)
            except (binascii.Error, TypeError, ValueError):
                raise ValueError(f"bind: {name} is not base64") from None
            values[name] = read_npy(io.BytesIO(data), f"bind: {name}")
        else:
            values[name] = to_value(value)
    return values


def described(value: Any, data: str, count: Callable[[int], None] = lambda size: None) -> dict[str, Any]:
    """A value as data: for a tensor its dtype, shape and entries; for a value of Python's what JSON can say of it.

    count: told how many characters that takes.
    """
    from ..data.json_text import to_json
    from ..data.npy import write_npy
    from ..runtime.tensor import as_tensor, is_tensor

    if not is_tensor(value):
        if data == "none" or not _is_plain(value):
            return {"kind": type(value).__name__}
        text = to_json(value)
        count(len(text))
        return {"kind": type(value).__name__, "value": json.loads(text)}
    tensor = as_tensor(value)
    parts: dict[str, Any] = {"kind": "tensor", "dtype": tensor.dtype.name, "shape": tensor.shape.as_list()}
    if data == "base64" and tensor.dtype.name != "string":
        file = io.BytesIO()
        write_npy(file, tensor)
        parts["npy"] = base64.b64encode(file.getvalue()).decode()
        count(len(parts["npy"]))
    elif data == "values" and math.prod(parts["shape"]) <= MOST_VALUES:
        text = to_json(tensor)
        count(len(text))
        parts["values"] = json.loads(text)
    return parts


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether JSON can say it all, without running any code of a program's."""
    if type(value) in (list, tuple):
        return depth < 50 and len(value) <= MOST_VALUES and all(_is_plain(item, depth + 1) for item in value)
    if type(value) is dict:
        return depth < 50 and all(type(key) is str and _is_plain(item, depth + 1) for key, item in value.items())
    return value is None or type(value) in (bool, float, str) or type(value) is int and abs(value) < 2**53

"""How a class or function that a program made is told from all others, and where a class keeps private names.

Such a class has an entry under CLOSED_NAMES, a name that no program can write: the public names that it has from
foreign classes and does not show. Neither can a program write a private key, nor does any code of ours or Python's:
`self._value` of a program can never be taken for the `_value` of a variable.
"""

from __future__ import annotations

import types
from typing import Any

CLOSED_NAMES = "@closed"


def is_session_class(value: Any) -> bool:
    """Whether the value is a class, and made by a program."""
    return type(value) is type and CLOSED_NAMES in value.__dict__


def is_session_function(value: Any) -> bool:
    """Whether the value is a function, and made by a program: then it runs with a session's builtins."""
    return type(value) is types.FunctionType and "@attr" in value.__builtins__


def private_key(name: Any) -> str | None:
    """Under what `_name` is kept; None for a name that is not private, or is Python's own (`__name__`)."""
    if type(name) is str and name.startswith("_") and not name.startswith("__"):
        return "@" + name
    return None

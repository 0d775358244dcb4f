"""The language for Pygments: an entry point (pyproject.toml), through which other tools colour `.tsh` files.

Nothing in tensorsh imports this file; Pygments does, where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments import token
from pygments.lexer import Lexer

from .highlighting import pieces

_TOKENS = {
    "blank": token.Whitespace,
    "comment": token.Comment.Single,
    "keyword": token.Keyword,
    "constant": token.Keyword.Constant,
    "number": token.Number,
    "string": token.String,
    "operator": token.Operator,
    "bracket": token.Punctuation,
    "definition": token.Name.Function,
    "library": token.Name.Builtin,
    "name": token.Name,
    "wrong": token.Error,
}


class TensorshLexer(Lexer):
    """tensorsh's programs."""

    name = "tensorsh"
    aliases = ["tensorsh", "tsh"]
    filenames = ["*.tsh"]
    mimetypes = ["text/x-tensorsh"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """The text's pieces with the places where they begin."""
        place = 0
        for role, piece in pieces(text):
            yield place, _TOKENS[role], piece
            place += len(piece)

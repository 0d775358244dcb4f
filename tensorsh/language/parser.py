"""Text of a chunk -> its tree, and whether a text is complete, incomplete or wrong.

The grammar is grammar/tensorsh.lark. Its tables take the better part of a second to build (`grammar.py` has Lark do
it), so they are kept in the cache; `tokens.py` cuts the text, `machine.py` drives the tables.
"""

from __future__ import annotations

import marshal
import sys
from functools import cache as once
from functools import lru_cache
from pathlib import Path

from . import cache
from .chunks import Chunker
from .fingerprint import own_fingerprint
from .machine import Machine, Node, Rule, Tables
from .source import TensorshSyntaxError
from .tokens import Stopped, Tokenizer


def parse(text: str, start: str = "chunk", line: int = 1) -> Node:
    """The tree of a chunk whose first line bears the number `line`.

    Raises:
        TensorshSyntaxError: with a span, numbered as the tree is.
    """
    if not text.endswith("\n"):
        text += "\n"
    return parse_part(text, 0, len(text), line, 0, start)


def parse_part(text: str, begin: int, end: int, line: int, column: int, start: str) -> Node:
    """The tree of text[begin:end], which stands at that line and column (0-based) of its source."""
    tokenizer, machine = _parser()
    try:
        return machine.run(tokenizer.tokens(text, begin, end, line, column, start == "chunk"), start)
    except Stopped as failure:
        from .syntax_errors import explain

        raise explain(text, begin, end, line, failure, machine.expected(failure.states), terminal) from None


def completeness(text: str) -> str:
    """Is the text a whole program ("complete"), the beginning of one ("incomplete"), or neither ("wrong")?

    Python's rules for a prompt: a statement with a block ends with an empty line; a line that holds the whole
    statement is complete.
    """
    chunker = Chunker()
    chunks = [chunk for line in text.split("\n") for chunk in chunker.feed(line + "\n")]
    unfinished = chunker.finish()
    for chunk in chunks + unfinished:
        state = _state(chunk.text) if len(chunk.text) < _LARGE else _state.__wrapped__(chunk.text)
        if state != "complete":
            return state if chunk in unfinished else "wrong"
    # The last chunk waits for what may continue it: an empty line says that nothing will.
    ends_blank = "\n" in text and not text.rpartition("\n")[2].strip()
    waits = bool(unfinished) and unfinished[-1].text.rstrip("\n").count("\n") > 0
    return "incomplete" if waits and not ends_blank else "complete"


_LARGE = 5000  # characters of a chunk whose state is not kept


@lru_cache(maxsize=4096)  # as a long text is typed, all chunks but the last stay as they were
def _state(chunk: str) -> str:
    try:
        parse(chunk)
    except TensorshSyntaxError as error:
        return "incomplete" if error.incomplete else "wrong"
    return "complete"


def grammar_text() -> str:
    """The grammar, from inside the package (a wheel) or from beside it (a checkout, an editable install)."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "grammar", package.parent / "grammar"):
        try:
            return (folder / "tensorsh.lark").read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
    raise FileNotFoundError("tensorsh is installed without its grammar, tensorsh.lark")


def terminal(name: str) -> str:
    """The regular expression of one of the grammar's terminals."""
    return _parser()[0].terminals[name]


@once
def _parser() -> tuple[Tokenizer, Machine]:
    key = own_fingerprint() + sys.implementation.cache_tag.encode()
    blob = cache.load_blob("grammar", key)
    if blob is None:
        from .grammar import build_tables

        tables = build_tables(grammar_text())
        plain = [tuple(rule) for rule in tables.rules]
        cache.store_blob("grammar", key, marshal.dumps((plain, *tables[1:])))
    else:
        plain, *rest = marshal.loads(blob)
        tables = Tables([Rule(*rule) for rule in plain], *rest)
    return Tokenizer(tables.terminals, tables.words), Machine(tables)

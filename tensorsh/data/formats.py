"""The formats, as a table, and which of them a file is in."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NamedTuple


class Format(NamedTuple):
    """One format: how it is named and told, and the file of this package that knows it."""

    name: str
    module: str
    suffixes: tuple[str, ...]
    magic: bytes = b""  # what its files begin with
    is_text: bool = False

    @property
    def read(self) -> Callable[..., Any]:
        return self._function("read")

    @property
    def write(self) -> Callable[..., Any]:
        return self._function("write")

    def options(self, action: str) -> list[str]:
        """The names of the options that reading or writing takes."""
        return sorted(self._function(action).__kwdefaults__ or {})

    def _function(self, action: str) -> Any:
        return getattr(import_module(f"{__package__}.{self.module}"), f"{action}_{self.name}")


FORMATS = (
    Format("npy", "npy", (".npy",), b"\x93NUMPY"),
    Format("npz", "npy", (".npz",), b"PK\x03\x04"),
    Format("csv", "delimited", (".csv",), is_text=True),
    Format("tsv", "delimited", (".tsv", ".tab"), is_text=True),
    Format("plain", "delimited", (".dat",), is_text=True),
    Format("json", "json_text", (".json",), is_text=True),
    Format("ndjson", "json_text", (".ndjson", ".jsonl"), is_text=True),
    Format("text", "lines", (".txt", ".text"), is_text=True),
    Format("raw", "raw", (".raw", ".bin")),
    Format("idx", "raw", (".idx", "-ubyte"), b"\0\0"),
    Format("safetensors", "safetensors", (".safetensors",)),
    Format("hdf5", "hdf5", (".h5", ".hdf5"), b"\x89HDF\r\n"),
    Format("parquet", "parquet", (".parquet", ".pq"), b"PAR1"),
    Format("png", "images", (".png",), b"\x89PNG"),
    Format("jpeg", "images", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
)
NAMES = tuple(each.name for each in FORMATS)


def by_name(name: str) -> Format:
    """The format of that name. Raises ValueError if there is none."""
    for each in FORMATS:
        if each.name == name:
            return each
    error: Any = ValueError(f"there is no format {name!r}")
    close = get_close_matches(name, NAMES, n=1)
    error.hint = f"did you mean {close[0]!r}?" if close else "the formats are " + ", ".join(NAMES)
    raise error


def by_suffix(path: str) -> Format | None:
    """The format that a path's ending tells."""
    name = path.lower()
    return next((each for each in FORMATS if name.endswith(each.suffixes)), None)


def by_content(head: bytes) -> Format:
    """The format that a file's first bytes look like. Raises ValueError if they are no format's and no text."""
    for each in FORMATS:
        if each.magic and head.startswith(each.magic) and (each.name != "idx" or _is_idx(head)):
            return each
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return by_name("safetensors")
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(head) - error.start > 4:  # else a character that the head's end cuts
            raise ValueError("the format cannot be told from the content") from None
        text = head[: error.start].decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("the format cannot be told from the content")
    return by_name(_text_format(text))


def _text_format(text: str) -> str:
    """Which of the formats of text it may be: told by its first line."""
    first, more = (text.lstrip().splitlines() or [""])[0], "\n" in text.strip()
    if first.startswith("{"):
        return "ndjson" if more and first.rstrip().endswith("}") else "json"
    if first.startswith("["):
        closed = first.rstrip().endswith("]") and first.count("[") == first.count("]")
        return "ndjson" if more and closed else "json"
    if "\t" in first:
        return "tsv"
    if "," in first or ";" in first:
        return "csv"
    return "plain" if all(map(_is_number, first.split())) else "text"


def _is_idx(head: bytes) -> bool:
    return len(head) >= 4 and head[2] in (8, 9, 11, 12, 13, 14) and 0 < head[3] <= 8


def _is_number(word: str) -> bool:
    try:
        complex(word)
    except ValueError:
        return False
    return True

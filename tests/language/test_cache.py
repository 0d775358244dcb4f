"""The cache gives what was stored, or nothing: never what another wrote, or what is not whole."""

from __future__ import annotations

import marshal
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tensorsh.language import cache
from tensorsh.language.program import compile_program
from tensorsh.language.source import Source, TensorshSyntaxError, Unit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a fresh cache, with one entry in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.store_blob("kind", b"key", b"data")
    return tmp_path / "tensorsh"


@pytest.fixture
def entry(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_stored_is_found_under_its_kind_and_key_alone(folder: Path) -> None:
    assert cache.load_blob("kind", b"key") == b"data"
    assert cache.load_blob("kind", b"other") is None
    assert cache.load_blob("other", b"key") is None
    cache.store_blob("kind", b"key", b"new")
    assert cache.load_blob("kind", b"key") == b"new"


def test_it_is_the_users_own(folder: Path, entry: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


@pytest.mark.parametrize("keep", [0, 1, 20, 60, -1])
def test_a_cut_entry_is_passed_over(entry: Path, keep: int) -> None:
    entry.write_bytes(entry.read_bytes()[:keep])
    assert cache.load_blob("kind", b"key") is None


def test_an_entry_with_any_byte_changed_is_passed_over(entry: Path) -> None:
    whole = entry.read_bytes()
    for position in range(len(whole)):
        entry.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert cache.load_blob("kind", b"key") is None, position


def test_an_entry_under_anothers_name_is_passed_over(folder: Path, entry: Path) -> None:
    name = entry.name
    cache.store_blob("kind", b"other", b"other data")
    (other,) = [path for path in folder.iterdir() if path.name != name]
    os.replace(other, entry)
    assert cache.load_blob("kind", b"key") is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_an_entry_that_others_can_write_is_passed_over_and_replaced(entry: Path, mode: int) -> None:
    entry.chmod(mode)
    assert cache.load_blob("kind", b"key") is None
    cache.store_blob("kind", b"key", b"anew")
    assert cache.load_blob("kind", b"key") == b"anew"


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_write_is_not_used(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert cache.load_blob("kind", b"key") is None
    cache.store_blob("kind", b"another", b"data")
    assert len(list(folder.iterdir())) == 1


def test_a_link_is_not_followed(folder: Path, entry: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    os.replace(entry, elsewhere)
    entry.symlink_to(elsewhere)
    assert cache.load_blob("kind", b"key") is None
    cache.store_blob("kind", b"key", b"anew")
    assert not entry.is_symlink()
    assert elsewhere.read_bytes().endswith(b"data")


def test_a_folder_that_is_a_link_is_not_used(folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    assert cache.load_blob("kind", b"key") is None


def test_a_pipe_or_folder_in_an_entrys_place_is_passed_over(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)
    assert cache.load_blob("kind", b"key") is None
    entry.unlink()
    entry.mkdir()
    assert cache.load_blob("kind", b"key") is None
    cache.store_blob("kind", b"key", b"data")


def test_another_users_files_are_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert cache.load_blob("kind", b"key") is None


def test_another_users_entry_in_our_folder_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        fields = list(status)
        if stat.S_ISREG(status.st_mode):
            fields[stat.ST_UID] += 1
        return os.stat_result(fields)

    monkeypatch.setattr(os, "fstat", fstat)
    assert cache.load_blob("kind", b"key") is None


@pytest.mark.parametrize("base", ["file", "file/below", "/proc/nowhere", "/dev/null"])
def test_without_a_usable_folder_nothing_is_cached_and_nothing_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / base))
    cache.store_blob("kind", b"key", b"data")
    assert cache.load_blob("kind", b"key") is None
    assert [unit.line for unit in compile_program(Source("s", "x = 1"), frozenset())] == [1]


def test_a_relative_folder_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache.directory_path() == "/home/someone/.cache/tensorsh"


def test_what_cannot_be_written_whole_is_not_left_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(*args: object, **kwargs: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", replace)
    cache.store_blob("kind", b"another", b"data")
    assert len(list(folder.iterdir())) == 1


def test_many_writers_and_readers_at_once(folder: Path) -> None:
    wrong: list[bytes | None] = []
    texts = [bytes([65 + n]) * 50_000 for n in range(4)]

    def work(n: int) -> None:
        for _ in range(50):
            cache.store_blob("kind", b"shared", texts[n])
            found = cache.load_blob("kind", b"shared")
            if found not in texts:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_the_folder_stays_small(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 20)
    leftover = folder / ".1-abandoned"
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))
    for n in range(300):
        cache.store_blob("kind", b"%d" % n, b"data")
    assert len(list(folder.iterdir())) < 100
    assert not leftover.exists()
    assert cache.load_blob("kind", b"299") == b"data"


def test_what_is_too_large_is_not_kept(folder: Path) -> None:
    cache.store_blob("kind", b"large", bytes(cache.LARGEST_ENTRY))
    assert cache.load_blob("kind", b"large") is None


# Programs


def test_a_program_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("s", "x = a + 1\nif x: y = 2\n")
    first = compile_program(source, frozenset({"plain"}), b"1")
    monkeypatch.setattr("tensorsh.language.compiler.compile_chunk", None)
    second = compile_program(source, frozenset({"plain"}), b"1")
    assert [(u.code.co_code, u.names, u.line) for u in second] == [(u.code.co_code, u.names, u.line) for u in first]


@pytest.mark.parametrize("change", ["text", "name", "first line", "fingerprint", "language", "python"])
def test_whatever_a_program_depends_on_is_in_its_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    text, name, first_line, fingerprint = "x = 1\n", "s", 1, b"1"
    compile_program(Source(name, text, first_line), frozenset(), fingerprint)
    text += "\n" if change == "text" else ""
    name += "2" if change == "name" else ""
    first_line += change == "first line"
    fingerprint += b"2" if change == "fingerprint" else b""
    if change == "language":
        monkeypatch.setattr("tensorsh.language.program.own_fingerprint", lambda: b"another compiler")
    if change == "python":
        monkeypatch.setattr(sys, "version", "another Python")
    entries = len(list(folder.iterdir()))
    compile_program(Source(name, text, first_line), frozenset(), fingerprint)
    assert len(list(folder.iterdir())) == entries + 1


def test_the_same_words_in_another_order_make_another_key(folder: Path) -> None:
    cache.store("a", "b", b"c", [])
    assert cache.load("a", "b", b"c") == []
    for key in (("a", "", b"bc"), ("", "ab", b"c"), ("a\0b", "", b"c"), ("a", "b\0c", b"")):
        assert cache.load(*key) is None


@pytest.mark.parametrize("stored", [b"", b"not marshal", marshal.dumps(None), marshal.dumps([(1, 2, 3)]),
                                    marshal.dumps([1]), marshal.dumps("text")])  # fmt: skip
def test_an_entry_that_holds_no_program_is_none(folder: Path, stored: bytes) -> None:
    cache.store_blob("program", cache._program_key("s", "x", b""), stored)
    assert cache.load("s", "x", b"") is None


def test_a_wrong_program_leaves_no_entry(folder: Path) -> None:
    compile_program(Source("s", "x = 1"), frozenset())
    entries = len(list(folder.iterdir()))
    with pytest.raises(TensorshSyntaxError):
        compile_program(Source("s", "x = 1\ny = = 2"), frozenset())
    assert len(list(folder.iterdir())) == entries


def test_what_cannot_be_kept_is_compiled_each_time(folder: Path) -> None:
    """Functions nested deeper than Python's marshal follows."""
    code = compile("0", "s", "exec")
    for _ in range(3000):
        code = code.replace(co_consts=(code,))
    cache.store("s", "x", b"", [Unit(code, frozenset(), frozenset(), frozenset(), 1)])
    assert cache.load("s", "x", b"") is None


def test_odd_names_and_texts_can_be_kept(folder: Path) -> None:
    units = [Unit(compile("1", "s", "exec"), frozenset({"é"}), frozenset(), frozenset({"é"}), 1)]
    cache.store("n\udc80ame\0", "te\udc80xt", b"\xff", units)
    loaded = cache.load("n\udc80ame\0", "te\udc80xt", b"\xff")
    assert loaded is not None
    assert [unit.to_keep() for unit in loaded] == [unit.to_keep() for unit in units]


HIT = """
import sys
before = set(sys.modules)
from tensorsh.language.program import compile_program
from tensorsh.language.source import Source
compile_program(Source("s", "x = 1\\nif x: y = 2\\n"), frozenset({"a"}))
print(sorted({"lark", "ast", "tensorsh.language.compiler", "tensorsh.language.parser"} & set(sys.modules)))
"""


def test_a_hit_imports_no_parser(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    shown = [
        subprocess.run([sys.executable, "-c", HIT], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert shown[0] != "[]\n"
    assert shown[1] == "[]\n"

"""Loading and saving: formats told, compression, whole files, the gate."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tensorsh.data import files, formats
from tensorsh.data.files import load, save
from tensorsh.runtime import files as gate
from tensorsh.runtime.files import NoFiles
from tensorsh.runtime.tensor import Tensor, as_tensor, wrap
from tensorsh.session import Session

Shown = Callable[[str], str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [each.name for each in formats.FORMATS if each.name not in ("raw", "png", "jpeg")])
@pytest.mark.parametrize("suffix", ["", ".gz", ".xz", ".bz2", ".zst"])
def test_a_suffix_tells_format_and_compression(name: str, suffix: str) -> None:
    path = "x" + formats.by_name(name).suffixes[0] + suffix
    save(path, as_tensor([1.5, 2.5]))
    found = load(path)
    if isinstance(found, dict):
        (found,) = found.values()
    if not isinstance(found, Tensor):
        found = found.c0
    if name == "text":
        assert [float(word) for word in found.numpy()] == [1.5, 2.5]
    else:
        assert found.numpy().tolist() == [1.5, 2.5]


@pytest.mark.parametrize("name", ["npy", "npz", "json", "ndjson", "idx", "safetensors", "hdf5", "parquet", "png"])
def test_content_tells_where_no_suffix_does(name: str) -> None:
    value = as_tensor(np.full((2, 2), 7, np.uint8)) if name == "png" else as_tensor([[7, 7], [7, 7]])
    save("file", value, name)
    with open("file", "rb") as file:
        assert formats.by_content(file.read(100)).name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a,b\n1,2\n", "csv"),
        ("a\tb\n", "tsv"),
        ("1 2\n3 4\n", "plain"),
        ("1\n", "plain"),
        ("some words\n", "text"),
        ('{"a": 1}\n{"a": 2}\n', "ndjson"),
        ('{\n  "a": 1\n}\n', "json"),
        ("[1,\n2]", "json"),
        ("[1, 2]\n[3, 4]\n", "ndjson"),
        ("[1, 2]\n", "json"),
        ("\ufeffa,b\n", "csv"),
    ],
)
def test_text_tells_by_its_first_line(text: str, name: str) -> None:
    assert formats.by_content(text.encode()).name == name


def test_a_text_file_of_numbers_is_numbers(folder: Path) -> None:
    (folder / "a.txt").write_text("1 2\n3 4\n")
    (folder / "b.txt").write_text("one\ntwo\n")
    assert load("a.txt").numpy().tolist() == [[1, 2], [3, 4]]
    assert load("b.txt").numpy().tolist() == [b"one", b"two"]
    assert load("a.txt", "text").numpy().tolist() == [b"1 2", b"3 4"]


def test_binary_that_is_no_known_format(folder: Path) -> None:
    (folder / "x").write_bytes(bytes(range(256)))
    with pytest.raises(ValueError, match="x: the format cannot be told from the content"):
        load("x")
    assert load("x", "raw", {"dtype": "uint8", "shape": (16, -1)}).shape == (16, 16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "int32", "shape": (3,)}, "it is cut short: 10 bytes, where int32 (3,) takes 12"),
        ({"dtype": "int32"}, "10 bytes are not a whole number of int32 entries"),
        ({}, "raw data needs a dtype"),
        ({"dtype": "int32", "size": 3}, "raw has no option 'size': it takes dtype, endian, offset, shape"),
    ],
)
def test_raw_data_that_does_not_fit(folder: Path, options: dict, message: str) -> None:
    (folder / "x.raw").write_bytes(b"0123456789")
    with pytest.raises((ValueError, TypeError)) as caught:
        load("x.raw", None, options)
    assert message in str(caught.value)


def test_raw_data_of_the_other_endian(folder: Path) -> None:
    (folder / "x.raw").write_bytes(b"..\0\1\0\2")
    assert load("x.raw", None, {"dtype": "int16", "endian": "big", "offset": 2}).numpy().tolist() == [1, 2]


def test_mnists_files() -> None:
    """The head that the format's author gives: two zero bytes, the dtype's code, the rank, sizes in big endian."""
    head = bytes((0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1))
    with gzip.open("train-images-idx3-ubyte.gz", "wb") as file:
        file.write(head + bytes((1, 2, 3, 4)))
    assert load("train-images-idx3-ubyte.gz").numpy().tolist() == [[[1], [2]], [[3], [4]]]


def test_large_files_are_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MAPPED_FROM", 0)
    save("x.safetensors", {"a": as_tensor([1.0, 2.0], "bfloat16"), "b": as_tensor([True])})
    assert str(load("x.safetensors")["a"].numpy()) == "[1 2]"
    assert not load("x.safetensors", None, {"member": "b"})._array.flags.owndata
    for path in ("x.npy", "x.raw", "x.idx", "x.parquet"):
        save(path, as_tensor([[1.0, 2.0], [3.0, 4.0]]))
        options = {"dtype": "float32", "shape": (2, 2)} if path == "x.raw" else {}
        found = load(path, None, options)
        assert np.asarray(found).tolist() == [[1, 2], [3, 4]]
        if path in ("x.npy", "x.raw"):  # IDX is of the other endian, a table of columns
            assert isinstance(found._array.base, np.memmap) and type(found._array) is np.ndarray
            save(path, as_tensor([[5.0, 6.0], [7.0, 8.0]]))  # the old file lives on under the map
            assert found.numpy().tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_objects_are_never_unpickled(suffix: str) -> None:
    values = np.array([{"a": 1}, None], object)
    if suffix == ".npy":
        np.save("x.npy", values, allow_pickle=True)
    else:
        np.savez("x.npz", x=values)
    with pytest.raises(ValueError, match="Python objects, which are never read"):
        load("x" + suffix)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".h5", ".safetensors", ".parquet", ".png", ".idx", ".json", ".zst"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x93NUMPY\x01\x00v\x00{'descr"])
def test_what_is_no_such_file_says_so(folder: Path, suffix: str, content: bytes) -> None:
    (folder / f"x{suffix}").write_bytes(content)
    if suffix == ".zst" and content != b"nonsense":
        return
    try:
        found = load("x" + suffix)
    except ValueError as error:
        assert str(error).startswith(f"x{suffix}:") or suffix == ".json"
    else:
        assert suffix == ".zst" and isinstance(found, Tensor)


@pytest.mark.parametrize("name", ["npy", "npz", "idx", "safetensors", "hdf5", "parquet", "png", "jpeg", "csv", "json"])
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    """Bytes changed, cut out, put in, or cut off: nothing but a ValueError or an OSError comes of it."""
    path = "x" + formats.by_name(name).suffixes[0]
    value = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) if name in ("png", "jpeg") else np.eye(3, dtype=np.float32)
    save(path, wrap(value))
    whole, draw = Path(path).read_bytes(), random.Random(name)
    for _ in range(80):
        content = bytearray(whole)
        for _ in range(draw.choice((1, 1, 3))):
            start = draw.randrange(len(content))
            end = draw.choice((start, start + 1, start + 5, len(content)))
            content[start:end] = draw.randbytes(draw.choice((0, 1, 1, 4))) or b"\0"
        Path("damaged").write_bytes(content)
        with contextlib.suppress(ValueError, OSError):
            repr(load("damaged", name))


def test_damaged_compressed_data() -> None:
    save("x.npy.gz", as_tensor([1.0, 2.0]))
    content = Path("x.npy.gz").read_bytes()
    Path("x.npy.gz").write_bytes(content[:-9])
    with pytest.raises(ValueError, match=r"x\.npy\.gz: the compressed data is damaged"):
        load("x.npy.gz")


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match="needs pyarrow") as caught:
        save("x.parquet", as_tensor([1.0]))
    assert caught.value.hint == "pip install 'tensorsh[parquet]'"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("x.npy", as_tensor([1.0], "bfloat16"), "no bfloat16"),
        ("x.npy", {"a": 1}, "a dict is no array of numbers"),
        ("x.json", as_tensor([1j]), "JSON has no complex numbers"),
        ("x.png", as_tensor([[0.5]]), "PNG holds uint8"),
        ("x.idx", as_tensor([1], "int64"), "IDX has no int64"),
        ("x.safetensors", as_tensor(["a"]), "safetensors has no string"),
        ("x.raw", as_tensor(["a"]), "raw data is of numbers"),
        ("x.parquet", as_tensor([1j]), "Parquet's columns have no complex128"),
        ("x", as_tensor([1]), "the format of 'x' is not told by its suffix"),
        ("x.csv", {"a": [1, 2], "b": [1]}, "the columns are not of one length: a 2, b 1"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_and_leaves_no_file(path: str, value: object, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        save(path, value)
    assert os.listdir() == []


def test_a_failed_save_leaves_the_old_file() -> None:
    save("x.json", as_tensor([1]))
    with pytest.raises(TypeError):
        save("x.json", as_tensor([1j]))
    with pytest.raises(RuntimeError), files.writing("x.json") as file:
        file.write(b"half of ")
        raise RuntimeError
    assert load("x.json").numpy().tolist() == [1]
    assert os.listdir() == ["x.json"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_program_leaves_the_old_file_and_nothing_else(folder: Path, number: int) -> None:
    save("x.npy", as_tensor([1]))
    command = [sys.executable, "-m", "tensorsh", "-p", "-O", "x.npy", "-e", "x"]
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parent.parent.parent)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        while len(os.listdir()) < 2:
            time.sleep(0.01)
            assert process.poll() is None
        process.send_signal(number)
        assert process.wait(20) == -number
    assert os.listdir() == ["x.npy"] and load("x.npy").numpy().tolist() == [1]


def test_permissions_and_links_are_kept(folder: Path) -> None:
    (folder / "sub").mkdir()
    target = folder / "sub" / "real.npy"
    target.write_bytes(b"old")
    target.chmod(0o640)
    (folder / "link.npy").symlink_to("sub/real.npy")
    save("link.npy", as_tensor([1]))
    assert (folder / "link.npy").is_symlink() and load("sub/real.npy").numpy().tolist() == [1]
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        save("new.npy", as_tensor([1]))
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "new.npy").stat().st_mode) == 0o640


def test_a_device_is_written_as_it_is() -> None:
    save("/dev/null", as_tensor([1]), "npy")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_pipe_can_be_read() -> None:
    os.mkfifo("pipe")
    if os.fork() == 0:
        with open("pipe", "wb") as file:
            np.savez(file, x=np.arange(3))
        os._exit(0)
    assert load("pipe")["x"].numpy().tolist() == [0, 1, 2]
    os.wait()


def test_a_file_that_is_not_there(shown: Shown, folder: Path) -> None:
    (folder / "prices.csv").write_text("1\n")
    with pytest.raises(FileNotFoundError) as caught:
        load("price.csv")
    assert caught.value.strerror == "cannot read: No such file or directory"
    assert caught.value.hint == "did you mean 'prices.csv'?"  # type: ignore[attr-defined]
    with pytest.raises(IsADirectoryError, match="cannot read"):
        load(".")
    with pytest.raises(FileNotFoundError, match="cannot write"):
        save("no/such/x.npy", as_tensor(1))
    with pytest.raises(ValueError, match="NUL"):
        load("a\0b")
    with pytest.raises(TypeError, match="a path is a string"):
        load(3)  # type: ignore[arg-type]


def test_an_unknown_format(folder: Path) -> None:
    with pytest.raises(ValueError, match="no format 'cvs'") as caught:
        load("x", "cvs")
    assert caught.value.hint == "did you mean 'csv'?"  # type: ignore[attr-defined]


def test_a_session_decides_what_may_be_reached(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "current", gate.current)
    (folder / "m.tsh").write_text("a = 1\n")
    for text in ("load('m.tsh')", "save('x.npy', 1)", "import m", "x = [1] |> save('x.npy')"):
        with pytest.raises(PermissionError, match="no file may be"):
            Session(files=NoFiles()).run(text, "t")
    assert os.listdir() == ["m.tsh"]


def test_data_in_another_file_is_not_read(folder: Path) -> None:
    """HDF5 has links, and datasets whose bytes lie elsewhere: a gate could not see through them."""
    h5py = pytest.importorskip("h5py")
    (folder / "secret").write_bytes(b"12345678")
    with h5py.File("a.h5", "w") as file:
        file.create_dataset("x", (8,), "u1", external=[("secret", 0, 8)])
    with h5py.File("b.h5", "w") as file:
        file["y"] = h5py.ExternalLink("a.h5", "x")
        file["z"] = np.arange(2)
    with pytest.raises(ValueError, match="a.h5: x: the data is in another file"):
        load("a.h5")
    assert list(load("b.h5")) == ["z"]


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/urandom"])
def test_a_device_without_end_is_not_read(path: str) -> None:
    with pytest.raises(OSError, match="it is a device"):
        load(path, "text")
    assert load("/dev/null", "text").shape == (0,)


def test_what_is_still_to_be_computed_can_be_saved() -> None:
    """Large elementwise work is put off until its result is asked for."""
    session = Session()
    session.run("x = sqrt(cast(range(300000), float32)) * 2.; save('x.npy', x); save('x.csv', table(x=x))", "t")
    expected = np.sqrt(np.arange(300000, dtype=np.float32)) * 2
    np.testing.assert_array_equal(np.load("x.npy"), expected)
    np.testing.assert_array_equal(load("x.csv").x._array, expected)


def test_json() -> None:
    for text, expected in (
        ('{"a": [1, 2], "b": "x", "c": null}', {"a": [1, 2], "b": "x", "c": None}),
        ("[1, null, 2.5]", "[1.  nan 2.5]"),
        ('[1.5, "Infinity"]', "[1.5 inf]"),
        ("[[1], [2, 3]]", [[1], [2, 3]]),
        ("3", 3),
    ):
        found = formats.by_name("json").read(io.BytesIO(text.encode()), "f")
        assert _plain(found) == expected or str(found.numpy()) == expected
    table = formats.by_name("ndjson").read(io.BytesIO(b'{"a": 1, "t": "x"}\n\n{"t": "y"}\n'), "f")
    assert str(table.a.numpy()) == "[ 1. nan]" and table.t.numpy().tolist() == [b"x", b"y"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("json", '{"a": 1,\n "b": }', "f:2:7: Expecting value"),
        ("ndjson", '{"a": 1}\n{"a": x}\n', "f:2:7: Expecting value"),
        ("json", "[" * 100_000, "f: the JSON is nested too deeply"),
        ("json", b"[1,\n\xff]", "f:2:1: this is no utf-8 text"),
    ],
)
def test_malformed_json_has_a_place(name: str, text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        formats.by_name(name).read(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "f")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    ["[1, 2.5, -3e5]", "[1, NaN, -Infinity]", "[1e999, 1e-999]", "[18446744073709551616, 1]",
     "[-9223372036854775809]", "18446744073709551616", "[0.000123456789012345678901]",
     "[123456789012345678901234567890.5]", '{"a": 1, "a": [true, null]}', '["\\ud800"]', "[1,]",
     "[" * 5000 + "]" * 5000, '["\t"]', "[0.1, 5e-324, 1.7976931348623157e308]", "[-0, -0.0]", " 1 ", ""],
)  # fmt: skip
def test_a_large_json_is_read_as_a_small_one(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """By orjson, in whose place Python's parser stands where the two would differ."""

    def read(name: str) -> str:
        try:
            whole = f"{text}\n{text}" if name == "ndjson" else text
            found = formats.by_name(name).read(io.BytesIO(whole.encode()), "f")
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return repr(found)

    small = [read(name) for name in ("json", "ndjson")]
    monkeypatch.setattr("tensorsh.data.json_text._LARGE", 0)
    assert [read(name) for name in ("json", "ndjson")] == small
    assert "orjson" in sys.modules


@pytest.mark.parametrize(
    ("nan", "expected"), [("string", '[1.0, "NaN", "-Infinity"]\n'), ("null", "[1.0, null, null]\n")]
)
def test_json_has_no_nan(nan: str, expected: str) -> None:
    save("x.json", as_tensor([1.0, float("nan"), float("-inf")]), None, {"nan": nan})
    assert Path("x.json").read_text() == expected
    with pytest.raises(ValueError, match="JSON has no NaN"):
        save("x.json", as_tensor(float("nan")), None, {"nan": "error"})


def _plain(value: object) -> object:
    if isinstance(value, Tensor):
        return value.numpy().tolist()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value

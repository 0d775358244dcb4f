"""Data on the command line, streams and output formats, of the command line."""

from __future__ import annotations

import io
import json
import os
import pty
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tensorsh.cli import main
from tensorsh.given import binding, format_and_options
from tensorsh.options import UsageError

COMMAND = [sys.executable, "-m", "tensorsh"]
_captured: Any


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    return tmp_path


@pytest.fixture(autouse=True)
def streams(capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[None]:
    """Where `run` finds what was written. NumPy's print options are the process's, and so are put back."""
    global _captured
    _captured = capfdbinary
    with np.printoptions():
        yield


def run(line: str, stdin: str | bytes = "") -> Done:
    """A command line run in this process, with a file of its own as standard input."""
    before = os.dup(0)
    with tempfile.TemporaryFile() as given:
        given.write(stdin.encode() if isinstance(stdin, str) else stdin)
        given.seek(0)
        os.dup2(given.fileno(), 0)
        try:
            with open(0, encoding="utf-8", closefd=False) as sys.stdin:
                code = main(shlex.split(line))
        finally:
            os.dup2(before, 0)
            os.close(before)
            sys.stdin = sys.__stdin__
    sys.stdout.flush()
    out, error = (data.decode("utf-8", "replace") for data in _captured.readouterr())
    assert "Traceback" not in error, error
    return Done(code, out, error)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def output(line: str, stdin: str | bytes = "") -> str:
    done = run(line, stdin)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


# ---------------------------------------------------------------- data in


def test_a_file_is_bound_to_a_name(folder: Path) -> None:
    (folder / "p.csv").write_text("n,price\n1,2.5\n2,4\n")
    np.save("w.npy", np.array([2.0, 3.0]))
    assert output("-d t=p.csv -d w=w.npy -o json -e 't.price' -e 'w'") == "[2.5, 4.0]\n[2.0, 3.0]\n"


def test_standard_input_is_bound_to_a_name() -> None:
    assert output("-d t=- -o json -e t.a", "a,b\n1,2\n") == "[1]\n"
    assert output("-d t=-:text -o json -e t", "a,b\n") == '["a,b"]\n'
    assert output("-I json -o json -e 'x * 2'", "[1, 2]") == "[2, 4]\n"
    assert output("-d t=- -I tsv -o json -e t.columns", "a\tb\n1\t2\n") == '["a", "b"]\n'
    assert output("-o plain -e \"load('-')\"", "1 2\n3 4\n") == "1 2\n3 4\n"


def test_binary_formats_come_through_a_pipe() -> None:
    for save, format in ((np.save, "npy"), (lambda f, x: np.savez(f, x=x), "npz")):
        file = io.BytesIO()
        save(file, np.arange(3.0))
        expected = "[0.0, 1.0, 2.0]\n" if format == "npy" else '{"x": [0.0, 1.0, 2.0]}\n'
        assert output("-d x=- -o json -e x", file.getvalue()) == expected


def test_a_script_and_a_program_in_a_pipe_have_data_too(folder: Path) -> None:
    (folder / "x.json").write_text("[1, 2]")
    (folder / "s.tsh").write_text("print(reduce_sum(x).numpy())\n")
    assert output("-d x=x.json s.tsh") == "3\n"
    assert output("-d x=x.json -o json", "x + 1\n") == "[2, 3]\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-d x=no.csv -e x", "tensorsh: x: cannot read 'no.csv': No such file or directory; did you mean 'on.csv'?"),
        ("-d x=on.csv:csv,dtype=float32 -e x", "tensorsh: x: on.csv:2:3: 'y' is no float32 (column 'b')"),
        ("-d x=on.csv:csv,size=3 -e x", "tensorsh: x: csv has no option 'size'"),
        ("-d x -e x", "tensorsh: -d 'x': write NAME=PATH or NAME=PATH:FORMAT"),
        ("-d 2x=on.csv -e x", "tensorsh: -d '2x=on.csv': write NAME=PATH"),
        ("-d x=- -d y=- -e x", "tensorsh: standard input can be read once only"),
        ("-d x=- -p -e x", "tensorsh: standard input can be read once only"),
        ("-d x=-", "tensorsh: standard input cannot be both program and data: give the program with -e"),
        ("-p", "tensorsh: -p needs a program beside standard input: -e TEXT, or a script"),
        ("-o cvs -e 1", "tensorsh: there is no format 'cvs'; did you mean 'csv'?"),
        ("-o csv,header -e 1", "tensorsh: 'csv,header': an option is written NAME=VALUE, after a comma"),
        ("-o csv,size=2 -e 1", "tensorsh: csv has no option 'size': it takes delimiter, header, precision"),
        ("-O x.what -e 1", "tensorsh: the format of x.what is not told by its suffix; name it with -o FORMAT"),
        ("-p -o npz -e x", "tensorsh: -p shows results as they come, and npz is one document"),
        (
            "-p -I hdf5 -e x",
            "tensorsh: hdf5 is read whole, and not record by record; -p reads plain, csv, tsv, json, ndjson, text, "
            "npy; -d x=-:hdf5 reads all of it",
        ),
        ("--precision -1 -e 1", "tensorsh: --precision '-1': a whole number from 1 to 100 is wanted"),
        ("-O no/x.csv -e 1", "tensorsh: cannot write 'no/x.csv': No such file or directory"),
        ("--batch 2 -e 1", "tensorsh: --batch is for a stream of records: give -p too"),
        ("--nan none -e 1", "tensorsh: --nan cannot be 'none'"),
    ],
)
def test_a_line_that_makes_no_sense_is_2(folder: Path, line: str, message: str) -> None:
    (folder / "on.csv").write_text("a,b\n1,y\n")
    done = run(line)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(message)


def test_how_data_are_named() -> None:
    assert binding("x=a=b.csv") == ("x", "a=b.csv", None, {})
    assert binding("x=C:file") == ("x", "C:file", None, {})
    assert binding("x=-:csv,header=no,delimiter=;") == ("x", "-", "csv", {"header": False, "delimiter": ";"})
    assert binding("x=f:raw,dtype=int8,shape=2x-1,offset=8")[3] == {"dtype": "int8", "shape": (2, -1), "offset": 8}
    assert format_and_options("csv,delimiter=comma,columns=price") == ("csv", {"delimiter": ",", "columns": "price"})
    with pytest.raises(UsageError):
        binding("_x=f")


# ---------------------------------------------------------------- results out


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        ("repr", "constant([1, 2])", "<tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>\n"),
        ("plain", "constant([[1, 2], [3, 4]])", "1 2\n3 4\n"),
        ("plain", "constant(0.1)", "0.1\n"),
        ("plain", "'text'", "text\n"),
        ("plain", "{'a': 1}", "{'a': 1}\n"),
        ("plain", "constant(1).dtype", "<dtype: 'int32'>\n"),
        ("json", "constant([[0.1, 1e30]])", "[[0.1, 1e+30]]\n"),
        ("json", "[1, 'a', True, constant(2.), None]", '[1, "a", true, 2.0, null]\n'),
        ("json", "{'a': constant([True])}", '{"a": [true]}\n'),
        ("json", "zeros(0, 2)", "[]\n"),
        ("json", "table(a=[1, 2], b=['x', 'y'])", '[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]\n'),
        ("ndjson", "constant([[1, 2], [3, 4]])", "[1, 2]\n[3, 4]\n"),
        ("ndjson", "table(a=[1, 2])", '{"a": 1}\n{"a": 2}\n'),
        ("csv", "constant([[1., 2.], [3., 4.]])", "1.0,2.0\n3.0,4.0\n"),
        ("csv", "constant([1, 2])", "1\n2\n"),
        ("csv", "table(a=[1, 2], b=['x', 'y,z'])", 'a,b\n1,x\n2,"y,z"\n'),
        ("csv,header=no", "table(a=[1, 2])", "1\n2\n"),
        ("tsv", "constant([[1, 2]])", "1\t2\n"),
    ],
)
def test_formats(format: str, text: str, expected: str) -> None:
    assert output(f"-o {format} -e {shlex.quote(text)}") == expected


def test_a_header_comes_once_for_results_of_the_same_columns() -> None:
    assert output("-o csv -e 'table(a=[1])' -e 'table(a=[2])' -e 'table(b=[3])'") == "a\n1\n2\nb\n3\n"


def test_what_is_printed_keeps_its_place() -> None:
    assert output("-o json -e 'print(1)' -e 'constant(2)' -e 'print(3)' -e 'constant(4)'") == "1\n2\n3\n4\n"


def test_json_is_valid_whatever_the_numbers() -> None:
    text = "-o json -e 'constant([0., 1.]) / 0.'"
    assert output(text) == '["NaN", "Infinity"]\n'
    assert output("--nan null " + text) == "[null, null]\n"
    done = run("--nan error " + text)
    assert (done.returncode, done.stdout) == (5, "") and "JSON has no NaN" in done.stderr
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 300, dtype=np.uint32).view(np.float32)
    np.save("x.npy", bits)

    def refuse(word: str) -> None:
        raise AssertionError(word)

    back = json.loads(output("-d x=x.npy --nan null -o json -e x"), parse_constant=refuse)
    finite = np.isfinite(bits)
    assert (np.array(back, object)[finite].astype(np.float32) == bits[finite]).all()


def test_precision() -> None:
    assert output("--precision 3 -o json -e 'constant([1/3, 12345.])'") == "[0.333, 1.23e+04]\n"
    assert "[0.333, 0.667]" in output("--precision 3 -e 'constant([1/3, 2/3])'")


def test_arrays_in_binary() -> None:
    done = subprocess.run([*COMMAND, "-o", "npy", "-e", "range(3)", "-e", "eye(2)"], capture_output=True, timeout=60)
    file = io.BytesIO(done.stdout)
    assert np.load(file).tolist() == [0, 1, 2] and np.load(file).tolist() == [[1, 0], [0, 1]]
    done = subprocess.run([*COMMAND, "-o", "npz", "-e", "constant(1)", "-e", "eye(2)"], capture_output=True, timeout=60)
    archive = np.load(io.BytesIO(done.stdout))
    assert sorted(archive) == ["arr_0", "arr_1"] and archive["arr_0"] == 1


def test_binary_to_a_terminal_is_refused() -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run([*COMMAND, "-o", "npy", "-e", "eye(2)"], stdout=theirs, stderr=subprocess.PIPE, timeout=60)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert done.stderr.startswith(b"tensorsh: npy is binary, and standard output is a terminal; -O FILE")


def test_the_last_result_goes_to_a_file(folder: Path) -> None:
    assert output("-O x.json -e '1' -e 'constant([1, 2])' -e 'y = 3'") == ""
    assert Path("x.json").read_text() == "[1, 2]\n"
    (folder / "s.tsh").write_text("x = constant([1., 2.])\nx * 2\n")
    assert output("-O y.npy s.tsh") == "" and np.load("y.npy").tolist() == [2, 4]
    assert output("-O z.csv.gz -e 'eye(2)'") == "" and Path("z.csv.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert output("-o repr -O r.txt -e '1 + 1'") == "" and Path("r.txt").read_text() == "2\n"


def test_a_failure_leaves_the_file_as_it_was() -> None:
    Path("x.json").write_text("old")
    assert run("-O x.json -e '1' -e '1/0'").returncode == 5
    assert run("-O x.json -e 'constant(1j)'").returncode == 5
    assert run("-O x.json -e 'y = 1'").returncode == 2
    assert Path("x.json").read_text() == "old" and os.listdir() == ["x.json"]


def test_a_script_shows_its_result_where_a_format_is_asked_for(folder: Path) -> None:
    (folder / "s.tsh").write_text("constant(1)\nconstant([2, 3])\n")
    assert output("s.tsh") == "" and output("-o csv s.tsh") == "2\n3\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", 0), ("0", 1), ("constant(0.)", 1), ("constant([1, 0])", 1), ("constant([1, 2])", 0), ("False", 1),
        ("True; y = 3", 0), ("y = 3", 1), ("''", 1), ("1/0", 5),
    ],
)  # fmt: skip
def test_the_exit_code_may_be_the_results(text: str, code: int) -> None:
    assert run(f"--exit-status -e {shlex.quote(text)}").returncode == code


# ---------------------------------------------------------------- streams


@pytest.mark.parametrize(
    ("line", "stdin", "expected"),
    [
        ("-e 'x * 2'", "1\n2\n", "2\n4\n"),
        ("-e 'x + i'", "5\n5\n", "5\n6\n"),
        ("-e x", "1 2\n3 4\n", "1 2\n3 4\n"),
        ("-e x", "1,2\n3,4.5\n", "1 2\n3.0 4.5\n"),
        ("-e 'reduce_sum(x)'", "[1, 2]\n[3]\n", "3\n3\n"),
        ("-e 'x.a + x.b'", "a,b\n1,2\n3,4\n", "3\n7\n"),
        ("-e 'x[\"n\"]'", '{"n": 1}\n{"n": 2.5}\n', "1\n2.5\n"),
        ("-I text -e 'x.upper()'", "a b\n\nc\n", "A B\n\nC\n"),
        ("-e x", "one\ntwo\n", "one\ntwo\n"),
        ("-I text --batch 2 -e 'x[0]'", "one\ntwo\nthree", "one\nthree\n"),
        ("-e 'x.shape[0]'", "7 " * 100_000, "100000\n"),
        ("--batch 2 -e 'reduce_sum(x)'", "1\n2\n3\n", "3\n3\n"),
        ("--batch 2 -e 'x.b'", "a,b\n1,2\n3,4\n5,6\n", "2\n4\n6\n"),
        ("--batch 2 -e 'str(x.shape)' -e i", "1 2\n3 4\n5 6\n", "(2, 2)\n0\n(1, 2)\n2\n"),
        ("-e 'y = x' -e 'y'", "\ufeff1\r\n2\r\n3", "1\n2\n3\n"),
        ("-I csv,header=no -e x.c1", "1,a\n2,b\n", "a\nb\n"),
        ("-I csv,header=no,dtype=float64 -e 'x / 3'", "1,2\n", "0.3333333333333333 0.6666666666666666\n"),
        ("-I csv -e x.a", 'a,b\n"one\ntwo",1\n', "one\ntwo\n"),
        ("-e x", "", ""),
    ],
)
def test_records(line: str, stdin: str, expected: str) -> None:
    assert output(f"-p -o plain {line}", stdin) == expected


def test_a_text_among_numbers_is_an_error_for_its_record_alone() -> None:
    done = run("-p -k -o plain -e 'x * 2'", "1\noops\n2.5\n_\n3\n")
    assert (done.returncode, done.stdout) == (5, "2\n5.0\n6.0\n")
    assert "standard input:2: 'oops' is no number" in done.stderr and "standard input:4: '_'" in done.stderr
    done = run("-p -k -o plain --batch 2 -e x.a", "a,b\n1,x\n2,y\nz,z\n3,z\n4,5\n")
    assert done.stdout == "1\n2\n4\n" and "standard input:4: 'z' is no number" in done.stderr


def test_what_was_a_float_stays_one() -> None:
    assert output("-p -e 'x.dtype'", "1\n2.5\n3\n") == "tf.int32\ntf.float32\ntf.float32\n"


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("csv", "1,2\n3,4\n"),
        ("json", "[1, 2]\n[3, 4]\n"),
        ("ndjson", "[1, 2]\n[3, 4]\n"),
    ],
)
def test_each_record_is_a_row(format: str, expected: str) -> None:
    assert output(f"-p -o {format} -e x", "1 2\n3 4\n") == expected


def test_rows_with_names_have_one_header() -> None:
    assert output('-p -o csv -e \'{"a": x.a, "twice": x.a * 2}\'', "a,b\n1,2\n3,4\n") == "a,twice\n1,2\n3,6\n"
    assert output("-p -o csv -e x", "a,b\n1,2\n3,4\n") == "a,b\n1,2\n3,4\n"


def test_a_stream_goes_to_a_file_whole(folder: Path) -> None:
    assert output("-p -O out.csv -e 'x * 2'", "1\n2\n") == "" and Path("out.csv").read_text() == "2\n4\n"
    assert run("-p -O out.csv -e '1 // (x - 2)'", "1\n2\n").returncode == 5
    assert Path("out.csv").read_text() == "2\n4\n"
    (folder / "s.tsh").write_text("x\nx + 1\n")
    assert output("-p -o plain s.tsh", "1\n2\n") == "2\n3\n"


def test_state_is_kept_from_record_to_record() -> None:
    assert output("-p -o plain -e 'total = x if i == 0 else total + x' -e total", "1\n2\n3\n") == "1\n3\n6\n"


def test_rows_of_arrays_are_records() -> None:
    file = io.BytesIO()
    np.save(file, np.arange(6).reshape(3, 2))
    assert run("-p -I npy -o json -e 'i, x * 2'", file.getvalue()).stdout == "[0, [0, 2]]\n[1, [4, 6]]\n[2, [8, 10]]\n"
    assert run("-p -I npy -e 'x[5]'", file.getvalue()).stderr.endswith("= note: row 1 of standard input was x\n")


def test_a_stream_that_pauses_has_had_its_answers() -> None:
    process = subprocess.Popen(
        [*COMMAND, "-p", "-o", "plain", "-e", "x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    for line in (b"1\n", b"2\n"):
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline() == line
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    line = f"yes 1 | {shlex.join(COMMAND)} -p -o plain -e x | head -2"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("1\n1\n", "")


def test_a_record_that_fails_ends_the_stream_or_not() -> None:
    done = run("-p -o plain -e '1 // (x - 2)'", "1\n2\n3\n")
    assert (done.returncode, done.stdout) == (5, "-1\n")
    assert "= note: line 2 of standard input was x" in done.stderr
    done = run("-p -k -o plain -e 'assert x != 2' -e x", "1\n2\n3\n")
    assert (done.returncode, done.stdout) == (5, "1\n3\n")


@pytest.mark.parametrize(
    ("line", "stdin", "message"),
    [
        ("-e x", "[1]\n[\n", "standard input:2:2: Expecting value"),
        ("-I csv -e x", "a,b\n1,2\n3\n", "standard input:3: 1 cell, where the first record has 2"),
        ("-I plain,dtype=float32 -e x", "1\nabc\n", "standard input:2: 'abc' is no float32"),
        ("-e x", b"1\n\xff\n", "standard input:2:1: this is no utf-8 text"),
    ],
)
def test_a_malformed_record_is_told_with_its_line(line: str, stdin: str | bytes, message: str) -> None:
    done = run(f"-p -o plain {line}", stdin)
    assert done.returncode == 5 and message in done.stderr


@pytest.mark.parametrize("line", ["-p -e x", ""])
@pytest.mark.parametrize(
    ("stdin", "hint"),
    [
        (b"\x93NUMPY\x01\x00", "it begins as npy does, which -I npy reads"),
        (b"\x1f\x8b\x08\xff", "it is compressed, as .gz files are: decompress it on the way"),
    ],
)
def test_binary_data_on_standard_input_is_told_how_to_get_in(line: str, stdin: bytes, hint: str) -> None:
    done = run(line, stdin)
    assert done.returncode in (2, 5) and hint in done.stderr


def test_a_piped_program_ends_with_its_first_failure_or_goes_on() -> None:
    program = "1\n1/0\n2\nx +\n3\n"
    done = run("", program)
    assert (done.returncode, done.stdout) == (5, "1\n")
    done = run("-k", program)
    assert (done.returncode, done.stdout) == (5, "1\n2\n3\n")
    assert done.stderr.count("error[") == 2
    done = run("-k -e 1 -e 1/0 -e 2")
    assert (done.returncode, done.stdout) == (5, "1\n2\n")


def test_memory_does_not_grow_with_the_stream() -> None:
    """The same peak for a stream and for one ten times as long."""
    peaks = []
    for count in (2_000, 20_000):
        line = f"seq {count} | {shlex.join(COMMAND)} -p -o plain -e 'x * 2' > /dev/null"
        process = subprocess.Popen(["sh", "-c", line])
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.05)
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.2 + 4_000


def _resident(shell: int) -> int:
    """KiB held by the children of a shell that are ours."""
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            status = (entry / "status").read_text() if entry.name.isdigit() else ""
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if fields.get("PPid", "").strip() == str(shell) and fields.get("Name", "").strip().startswith("python"):
            total += int(fields["VmRSS"].split()[0]) if "VmRSS" in fields else 0
    return total

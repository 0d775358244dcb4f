"""Programs that mean harm, under --safe: each ends soon, with an error that says which limit or rule it met.

What is said is part of the table, for a program that is stopped by the wrong limit is not understood.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warm import Warm

MEMORY = "the memory limit is 256 MiB"
TIME = "error[TimeLimitExceeded]: the time limit of 0.3 s is over"
OUTPUT = "the output limit of 64 KiB is reached"
OPS = "the limit of 100000 operations is reached"
BITS = "a whole number has at most"
DEEP = "error[RecursionError]"
LIMITS = ["--safe", "--max-memory", "256M", "--max-output", "64k", "--max-ops", "100000"]

MANAGED = """
from contextlib import contextmanager, suppress
class C:
    def __iter__(self): return self
    def __next__(self): return 1
    def close(self): pass
    def throw(self, *given): raise StopIteration()
{}
with g(): sum(range(10**18))
print("alive")
"""

CLEARED = """
def g(stops):
    try: yield
    finally: stops()
def endless():
    while True: pass
class E(Exception):
    def __str__(self): endless()
def fails(): raise E()
x = g({})
next(x)
x = None
"""

HOSTILE = {
    # memory
    "zeros(1000000, 1000000)": MEMORY,
    "ones(100000, 1) + ones(1, 100000)": MEMORY,
    "x = ones(100000); y = x[:, None] * x[None, :] + 1.": MEMORY,
    "x = []\nwhile True: x = x + [ones(1000, 1000)]": MEMORY,
    "tile(ones(1000), [1000000])": MEMORY,
    "repeat(ones(10), 10**9)": MEMORY,
    "eye(10**5)": MEMORY,
    "pad(ones(1, 1), [[0, 10**5], [0, 10**5]])": MEMORY,
    "pad(ones(1), [[0, 10**12]])": MEMORY,
    "one_hot(arange(10**5), 10**5)": MEMORY,
    "meshgrid(arange(30000), arange(30000))[0] + 1": MEMORY,
    "import numpy as np; np.ones((10**5, 10**5))": MEMORY,
    "import numpy as np; np.arange(10**12)": MEMORY,
    "'x' * 10**10": MEMORY,
    "[0] * 10**10": MEMORY,
    "b'x' * 10**10": MEMORY,
    "bytes(10**10)": MEMORY,
    "x = 'x'\nwhile True: x = x + x": MEMORY,
    "x = [1]\nfor i in range(99): x = x + x": MEMORY,
    "list(range(10**12))": MEMORY,
    "tuple(range(10**12))": MEMORY,
    "set(range(10**12))": MEMORY,
    "sorted(range(10**12))": MEMORY,
    "dict(zip(range(10**12), range(10**12)))": MEMORY,
    "'a'.ljust(10**10)": MEMORY,
    "'a'.center(10**10)": MEMORY,
    "'7'.zfill(10**10)": MEMORY,
    "('\\t' * 1000).expandtabs(10**8)": MEMORY,
    "('a' * 10**6).replace('a', 'b' * 10**6)": MEMORY,
    "('a' * 10**5).join(['b'] * 10**6)": MEMORY,
    "'{:>9999999999}'.format(1)": MEMORY,
    "f'{1:9999999999}'": MEMORY,
    "f'{1.5:.999999999f}'": MEMORY,
    "'%9999999999d' % 1": MEMORY,
    "'%*d' % (10**9, 1)": MEMORY,
    "'%.999999999f' % 1": MEMORY,
    "(1).to_bytes(10**10, 'big')": MEMORY,
    # numbers without end
    "9**9**9": BITS,
    "10**10**8": BITS,
    "1 << 10**10": BITS,
    "pow(9, 9**9)": BITS,
    "x = 3\nx **= 10**9": BITS,
    "x = 10\nwhile True: x = x * x": TIME,
    "print(7**100000)": "more than 4300 digits",
    "int('9' * 10**7)": "more than 4300 digits",
    # loops
    "while True: pass": OPS,
    "def g():\n    while True: yield 1\n\nsum(g())": OPS,
    "[i for i in range(10**18)]": OPS,
    "f = lambda: f()\nf()": DEEP,
    "def f(): return f() + 1\n\nf()": DEEP,
    "def f(): return g()\ndef g(): return f()\nf()": DEEP,
    "class A:\n    def __repr__(self): return repr(self)\n\nA()": DEEP,
    "class A:\n    def __getitem__(self, i): return i\n\nfor x in A(): pass": OPS,
    "class A:\n    def __iter__(self): return self\n    def __next__(self): return 1\n\nlist(A())": OPS,
    "class A:\n    def __len__(self): return 10**18\n    def __getitem__(self, i): pass\n\nlist(reversed(A()))": MEMORY,
    "x = []\nx.append(x)\nconstant(x)": DEEP,
    "sum(range(10**18))": TIME,
    "all(range(1, 10**18))": TIME,
    "sum(iter(int, 1))": TIME,
    "set(map(bool, range(10**18)))": TIME,
    "sorted([3, 1, 2], key=lambda x: [None for _ in range(10**18)])": OPS,
    "class A:\n    def __lt__(self, other):\n        while True: pass\n\nsorted([A(), A()])": OPS,
    "class A:\n    def __hash__(self):\n        while True: pass\n\n{A(): 1}": OPS,
    "map(lambda f: f(f), [lambda f: f(f)]) |> list": DEEP,
    "svd(normal(1200, 1200))": TIME,
    "x = ones(500, 500)\nwhile True: x = x @ x": TIME,
    "conv2d(ones(1, 3000, 3000, 1), ones(1500, 1500, 1, 1), 1, 'VALID')": MEMORY,
    # who catches the limit, and who does not end
    "while True:\n    try:\n        while True: pass\n    except Exception: pass": OPS,
    "try:\n    while True: pass\nfinally:\n    while True: pass": OPS,
    "def f():\n    try:\n        x = sum(range(10**18))\n    finally:\n        return 1\n\nwhile True: f()": TIME,
    "def f():\n    while True:\n        try: return f()\n        finally: continue\n\nf()": OPS,
    "while True:\n    try: 'x' * 10**12\n    except MemoryError: pass": OPS,
    "while True:\n    try: print('x' * 10**6)\n    finally: continue": OUTPUT,
    MANAGED.format("@contextmanager\ndef g():\n    try: yield\n    finally: return"): TIME,
    MANAGED.format("@contextmanager\ndef g(): yield from C()"): TIME,
    MANAGED.format("def g(): return suppress(tf.string.as_numpy_dtype)"): "is not a class of errors",
    "import collections\ncollections.deque(range(10**12), maxlen=0)": TIME,
    "import itertools\nnext(itertools.islice(range(10**12), 10**11, None))": TIME,
    # what a generator does when nothing names it any more, where Python passes no error on
    CLEARED.format("endless"): OPS,
    CLEARED.format("fails"): OPS,
    CLEARED.format("lambda: sum(range(10**18))"): TIME,
    CLEARED.format("lambda: print('x' * 10**6)"): OUTPUT,
    ("def f():" + CLEARED.format("lambda: sum(range(10**18))")).replace("\n", "\n    ") + "\nf()": TIME,
    # floods
    "while True: print('x' * 1000)": OUTPUT,
    "print('x' * 10**6)": OUTPUT,
    "list(range(10**6))": OUTPUT,
    "for i in range(10**9): tf.print(i)": "error[LimitExceeded]",
    "class A:\n    def __repr__(self): return 'x' * 10**6\n\nA()": OUTPUT,
    "class A:\n    def __repr__(self): return 7\n\nA()": "error[TypeError]",
    "class E(Exception):\n    def __str__(self): return 'x' * 10**6\n\nraise E()": "996000 characters more",
    "class E(Exception):\n    def __str__(self):\n        while True: pass\n\nraise E()": OPS,
    "class A:\n    def __repr__(self): return str([0 for _ in range(10**9)])\n\n{}[A()]": OPS,
    "class E(Exception):\n    def __str__(self): return str(sum(range(10**18)))\n\nraise E()": TIME,
    # files
    "load('/proc/self/environ')": "may not be read here",
    "load('/dev/zero')": "may not be read here",
    "load('/etc/passwd', format='text')": "may not be read here",
    "load('~/.ssh/id_rsa')": "may not be read here",
    "save('/tmp/tensorsh-hostile.npy', [1])": "may not be written here",
    "load('a\\x00b')": "cannot hold a NUL character",
    "import secret": "may not be read here: './secret.tsh'",
    # errors that say what is no text
    "raise NameError('x', name=5)": "error[NameError]: x",
    "raise AttributeError('x', name=5, obj=[])": "error[AttributeError]: x",
    "class A:\n    def __hash__(self):\n        while True: pass\n\nclass E(Exception): pass\ne = E()\n"
    "e.operands = [(A(), A())]\nraise e": "error[E]",
    # text
    "x = 1\x00": "error[SyntaxError]",
    "(" * 5000: "is never closed",
    "[" * 10000 + "]" * 10000: "nested too deeply",
    "x = [" * 5000: "is never closed",
    "lambda: " * 5000 + "1": "nested too deeply",
    "1" + "0" * 100000: "too long to be read",
    "x = " + "not " * 20000 + "1": "nested too deeply",
    "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 99)) + " " * 99 + "while True: pass": OPS,
}


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as process:
        yield process


@pytest.mark.parametrize("program", HOSTILE, ids=lambda program: repr(program)[:60])
def test_it_is_stopped_and_told_why(warm: Warm, program: str) -> None:
    timeout = "0.3" if HOSTILE[program] is TIME else "30"
    done = warm.run(*LIMITS, "--timeout", timeout, "-e", program, seconds=40)
    assert done.code is not None, "it had to be killed from outside"
    assert HOSTILE[program] in done.err + done.out
    assert "alive" not in done.out
    assert len(done.out) <= 64 * 1024
    assert "Traceback" not in done.err and "fault in tensorsh" not in done.err
    assert done.code == (124 if HOSTILE[program] is TIME else 3 if "SyntaxError" in done.err else 5)


def test_an_error_as_something_is_cleared_away_is_told_and_the_program_goes_on(warm: Warm) -> None:
    program = "def g():\n    try: yield\n    finally: 1 / 0\n\nx = g(); next(x)\nx = None\nprint('on')"
    done = warm.run("--safe", "-e", program)
    assert (done.code, done.out) == (0, "on\n")
    assert done.err.startswith("error[ZeroDivisionError]: division by zero\n  --> -e:3:14")
    assert "note: the program goes on" in done.err and "Traceback" not in done.err


def test_what_a_program_leaves_behind_does_nothing_when_it_has_ended(warm: Warm) -> None:
    program = (
        "def g():\n    try: yield\n    finally: print('alive')\n\nx = g(); next(x)\nl = [x]\nl.append(l)\nx = l = None"
    )
    assert warm.run("--max-output", "1k", "-e", program) == (0, "", "")


FILES = {"load('{link}')": False, "load('{inside}/../{outside}')": False, "load('{inside}/./n.csv')": True,
         "load('{good_link}')": True, "save('{inside}/n.csv', [1.])": False, "load('{inside}')": False}  # fmt: skip


@pytest.mark.parametrize("program", FILES)
def test_only_the_named_file_is_read_whatever_path_leads_to_it(warm: Warm, tmp_path: Path, program: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "n.csv").write_text("a\n1\n")
    (tmp_path / "secret.csv").write_text("a\n2\n")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "good.csv").symlink_to(inside / "n.csv")
    text = program.format(link=inside / "link.csv", inside=inside, outside="secret.csv", good_link=inside / "good.csv")
    done = warm.run("--safe", "-d", f"x={inside / 'n.csv'}", "-e", text)
    assert (done.code == 0) is FILES[program], done.err
    if not FILES[program]:
        assert "PermissionError" in done.err


def test_what_O_names_may_be_written(warm: Warm, tmp_path: Path) -> None:
    path = tmp_path / "out.npy"
    assert warm.run("--safe", "-O", str(path), "-e", "constant([1., 2.])").code == 0
    assert path.stat().st_size > 100


@pytest.mark.parametrize("flags", [["--safe"], []])
@pytest.mark.parametrize(
    ("data", "code", "words"),
    [(b"1 + \xff\xfe", 2, "not UTF-8"), (b"x = '\x00'\nlen(x)", 0, ""), (b"x = 1\x00", 3, "U+0000"),
     (b"\xef\xbb\xbf1 + 1", 0, ""), (b"'\xed\xa0\x80'", 2, "not UTF-8"),
     ("print('\u202e')\n\u202ex".encode(), 3, "U+202E")],
)  # fmt: skip
def test_programs_that_are_no_text(warm: Warm, data: bytes, code: int, words: str, flags: list[str]) -> None:
    done = warm.run(*flags, stdin=data)
    assert done.code == code and words in done.err


@pytest.mark.parametrize(
    "data", [b"a,b\n1,\xff\n", b"\x00\x00", b"\x93NUMPY", b"[1, 2", b"[" * 100_000, b"1e999999999\n"]
)
@pytest.mark.parametrize("format", ["csv", "json", "npy", "text"])
def test_data_that_is_no_data(warm: Warm, data: bytes, format: str) -> None:
    done = warm.run("--safe", "-I", format, "-e", "x", stdin=data)
    assert done.code in (0, 2) and "Traceback" not in done.err and "fault in tensorsh" not in done.err


def test_a_line_that_does_not_fit_into_memory() -> None:
    command = shlex.join([sys.executable, "-m", "tensorsh", "--max-memory", "64M", "-p", "-I", "text", "-e", "len(x)"])
    line = f"head -c 200000000 /dev/zero | {command}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("error[MemoryError]: there is not enough memory") and "64 MiB" in done.stderr

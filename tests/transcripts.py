"""Golden sessions: how a file in `tests/transcripts/` is read, and how an output is compared with it.

A transcript is a plain session that is valid both as Python with TensorFlow and as tensorsh. What it
must print was written into it by TensorFlow itself (`scripts/oracle`), never by tensorsh (`->` is a tab):

    # floats: exact
    x = tf.constant([1., 2.])
    x + 1
    -> <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>

    for i in range(2):
        print(x[i] * i)
    -> tf.Tensor(0.0, shape=(), dtype=float32)
    -> tf.Tensor(2.0, shape=(), dtype=float32)
    x + [1, 2, 3]
    -> error[InvalidArgumentError]: Incompatible shapes: [2] vs. [3]

- A statement is a whole top-level chunk: a logical line with all its `;` parts, or a compound statement.
  It begins flush left, and no line of it begins with a tab; `tf` and `np` are imported already.
  Each line of its output stands below it after one tab.
- What is shown: the text printed on standard output, then the repr of a top-level expression that is not
  None, or, when the statement fails, one line for the error: its class and the first line of its message,
  without TensorFlow's `{{function_node ...}}` and ` [Op:...]`. Addresses are written `0x...`. The session
  goes on after an error.
- Comments flush left and blank lines are the writer's, and kept. Some comments are directives, in force for
  the statements below them until another of their kind:

    # floats: exact       (the default) text to the character: the arithmetic is exact or correctly rounded
    # floats: rounding    TensorFlow's last digits are its own approximations: see `same_to_rounding`
    # floats: normwise    a matrix was factored: an entry's error is relative to the largest entry shown
    # errors: message     (the default) class and first line of the message
    # errors: class       tensorsh words this error otherwise, on purpose: only the class is compared
    # streams: stdout     (the default)
    # streams: both       standard error (`tf.print`'s default) is shown too, after standard output

To add one: write the statements, run `scripts/oracle tests/transcripts/NAME.txt`, and review what TensorFlow
said as carefully as code. A file that draws random numbers sets a seed first. Expected output is never taken
from tensorsh, so the tests have no option to rewrite it.

This module knows neither TensorFlow nor tensorsh: the oracle and the tests share it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field


class TranscriptError(Exception):
    """A transcript that cannot be read; says where and why."""


@dataclass
class Statement:
    """One chunk of a session with what it must show, and how strictly."""

    source: str
    line: int
    end_line: int
    expected: list[str] = field(default_factory=list)
    floats: str = "exact"
    errors: str = "message"
    streams: str = "stdout"


_DIRECTIVES = {
    "floats": ("exact", "rounding", "normwise"),
    "errors": ("message", "class"),
    "streams": ("stdout", "both"),
}
_DIRECTIVE = re.compile(r"#\s*(\w+):\s*(\w+)\b")


def read(text: str, name: str = "transcript") -> list[Statement]:
    """The statements of a transcript, in order."""
    statements: list[Statement] = []
    modes = {kind: values[0] for kind, values in _DIRECTIVES.items()}
    for first_line, lines, output in _runs(text.splitlines(), name):
        starts = _chunks(first_line, lines, name)
        for line, row in enumerate(lines, first_line):
            directive = _DIRECTIVE.match(row)
            if directive and directive[1] in _DIRECTIVES:
                kind, value = directive.groups()
                if value not in _DIRECTIVES[kind]:
                    expected = " or ".join(_DIRECTIVES[kind])
                    raise TranscriptError(f"{name}:{line}: # {kind}: must be {expected}, not {value}")
                modes[kind] = value
            elif line in starts:
                end = starts[line]
                source = "\n".join(lines[line - first_line : end - first_line + 1])
                statements.append(Statement(source, line, end, [], **modes))
        if output:
            if not starts:
                line = first_line + len(lines)
                raise TranscriptError(f"{name}:{line}: output without a statement above it")
            statements[-1].expected = output
    return statements


def write(text: str, outputs: list[str]) -> str:
    """The transcript with the statements' outputs replaced by these, and all else as it was."""
    statements = read(text)
    below = {statement.end_line: shown for statement, shown in zip(statements, outputs, strict=True)}
    lines: list[str] = []
    rows = text.splitlines()
    replaced: set[int] = set()
    for first, length in _output_spans(rows):
        replaced.update(range(first, first + length))
    for number, line in enumerate(rows, 1):
        if number not in replaced:
            lines.append(line)
        if below.get(number):
            lines.extend("\t" + row for row in below[number].split("\n"))
    return "\n".join(lines) + "\n"


def _runs(lines: list[str], name: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """(first line number, lines of program text, lines of output below them), over and over."""
    start = 1
    for first, length in _output_spans(lines):
        yield start, lines[start - 1 : first - 1], [row[1:] for row in lines[first - 1 : first - 1 + length]]
        start = first + length
    yield start, lines[start - 1 :], []


def _output_spans(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(first line, number of lines) of each output: tabbed lines, and the empty lines between them."""
    number = 0
    while number < len(lines):
        if not lines[number].startswith("\t"):
            number += 1
            continue
        last = ahead = number
        while ahead < len(lines) and (lines[ahead].startswith("\t") or not lines[ahead]):
            if lines[ahead]:
                last = ahead
            ahead += 1
        yield number + 1, last - number + 1
        number = last + 1


def _chunks(first_line: int, lines: list[str], name: str) -> dict[int, int]:
    """First line -> last line of each top-level chunk."""
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        line = first_line + (error.lineno or 1) - 1
        raise TranscriptError(f"{name}:{line}: not valid Python: {error.msg}") from None
    spans: dict[int, int] = {}
    previous_start = previous_end = 0
    for node in tree.body:
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(decorator.lineno for decorator in decorators)]) + first_line - 1
        end = (node.end_lineno or node.lineno) + first_line - 1
        if start <= previous_end:  # a further part of a line with `;`
            start = previous_start
        spans[start] = end
        previous_start, previous_end = start, end
    return spans


# What is shown


_FUNCTION_NODE = re.compile(r"\{\{function_node [^}]*\}\} ?")
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_INSTALLED = re.compile(r"/\S*?/site-packages/")  # where a package is on one machine


def shown_error(error: BaseException) -> str:
    """`error[Class]: first line of the message`, as a transcript has it."""
    message = _FUNCTION_NODE.sub("", str(error)).split("\n")[0].split(" [Op:")[0].rstrip()
    kind = f"error[{type(error).__name__}]"
    return f"{kind}: {message}" if message else kind


def normalised(output: str) -> str:
    """An output without what differs from run to run, and without the line break at its end."""
    return _INSTALLED.sub(".../", _ADDRESS.sub("0x...", output.removesuffix("\n")))


# Comparing


def same(statement: Statement, output: str) -> bool:
    """Whether an output is what the transcript asks for."""
    got, expected = normalised(output).split("\n"), statement.expected or [""]
    if statement.errors == "class":
        got, expected = _without_message(got), _without_message(expected)
    if got == expected:
        return True
    if statement.floats == "exact":
        return False
    return same_to_rounding("\n".join(expected), "\n".join(got), normwise=statement.floats == "normwise")


def _without_message(rows: list[str]) -> list[str]:
    return [*rows[:-1], re.sub(r"^(error\[\w+\]).*", r"\1", rows[-1])]


_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")


def same_to_rounding(expected: str, got: str, normwise: bool = False) -> bool:
    """The same text but for the last digits of floats.

    TensorFlow's float32 exp, tanh, erf and long sums are approximations that differ from processor to
    processor in the last bit or two, so a result that is as good as TensorFlow's own may differ from it by a
    few times float32's 2**-24 = 6e-8: hence 1e-6 relative, and 1e-7 absolute where such terms cancel. In
    float64 text a part in 10**12, or one unit of the last place shown. Integers, and every word, must be the
    same; white space is left out, since one digit more or less changes the width of a column.

    normwise: a part in 10**6 (float64: 10**12) of the largest number shown instead. That is all that a backward
    stable factorisation promises of an entry, and each processor's BLAS rounds it in its own way.
    """
    if _words(expected) != _words(got):
        return False
    double = re.search("float64|complex128", expected) and not re.search("float32|complex64", expected)
    relative, absolute = (1e-12, 0.0) if double else (1e-6, 1e-7)
    wanted_numbers, seen_numbers = _NUMBER.findall(expected), _NUMBER.findall(got)
    if normwise:
        absolute = relative * max((abs(float(n)) for n in wanted_numbers), default=0.0)
    pairs = zip(wanted_numbers, seen_numbers)
    return all(_close(wanted, seen, relative, absolute) for wanted, seen in pairs)


def _words(text: str) -> str:
    """All that is not a number, and a mark for each number."""
    return re.sub(r"\s+", "", _NUMBER.sub("#", text))


def _close(expected: str, got: str, relative: float, absolute: float) -> bool:
    if expected.lstrip("+") == got.lstrip("+"):
        return True
    if expected.lstrip("+-").isdigit() and got.lstrip("+-").isdigit():
        return False
    wanted, seen = float(expected), float(got)
    allowed = max(relative * abs(wanted), absolute, min(_last_place(expected), 1e-7 * abs(wanted)))
    return abs(wanted - seen) <= allowed


def _last_place(number: str) -> float:
    """One unit of the last digit that is shown."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)

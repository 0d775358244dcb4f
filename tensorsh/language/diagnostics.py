"""An exception -> what the user reads: message, place in the user's own text, the way out.

    error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
      --> train.tsh:4:5
       |
     4 | c = a @ b
       |     ^^^^^ a is float32 (2, 3), b is float32 (2, 3)
       = help: transpose one of them: matmul(a, b, transpose_b=True)

The place is found in the traceback: compiled code carries the positions of the user's text. An error may
carry more than its message, all of it optional: `summary` (a text to show for it), `operands` (pairs of a
parameter's name and a description, in order) and `hint`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple

from .excerpt import draw
from .headers import narrowed
from .source import Source, TensorshSyntaxError
from .span import Span

_LONGEST_TRAIL = 8
_SHORT = 24


class Diagnostic(NamedTuple):
    """What is to be read about an error."""

    kind: str  # the class's name; empty for an interrupt
    message: str
    source: Source | None
    span: Span | None
    label: str
    hint: str | None
    trail: tuple[str, ...]  # how the program got there, innermost first; causes and notes


class _Place(NamedTuple):
    function: str
    source: Source
    span: Span


def diagnose(
    error: BaseException,
    sources: Mapping[str, Source],
    names: Iterable[str] = (),
    keywords: Callable[[str], Iterable[str]] | None = None,
) -> Diagnostic:
    """Everything the user is to know of the error.

    `sources` are the texts that the user wrote, by name; `names` what an unknown name may have meant;
    `keywords` gives the names of a function's parameters, by the function's name.
    """
    if isinstance(error, KeyboardInterrupt):
        return Diagnostic("", "Interrupted", None, None, "", None, ())
    if isinstance(error, TensorshSyntaxError):
        source = sources.get(error.source or "")
        return Diagnostic("SyntaxError", error.message, source, error.span, "", error.hint, ())
    places = list(_places(error.__traceback__, sources))
    innermost = places[-1] if places else None
    if innermost is not None and isinstance(error, Exception):  # a limit is reached by the statement as a whole
        innermost = innermost._replace(span=narrowed(_text_of(innermost), innermost.span))
    trail = _trail(places) + _causes(error, sources)
    trail += tuple(f"note: {note}" for note in getattr(error, "__notes__", ()))
    message = _message(error, places)
    hint = _extra(error, "hint", str) or _hint(error, message, innermost, names, keywords)
    label = _label(error, innermost, keywords) if innermost else ""
    kind = type(error).__name__
    if innermost is None:
        return Diagnostic(kind, message, None, None, "", hint, trail)
    return Diagnostic(kind, message, innermost.source, innermost.span, label, hint, trail)


def render(diagnostic: Diagnostic, color: bool = False) -> str:
    """The diagnostic as text, without a newline at its end."""
    red, blue, bold, plain = ("\033[1;31m", "\033[1;34m", "\033[1m", "\033[0m") if color else ("",) * 4
    if not diagnostic.kind:
        return f"{red}{diagnostic.message}{plain}"
    first, *more = diagnostic.message.split("\n")
    head = f"{red}error[{diagnostic.kind}]{plain}"
    lines = [f"{head}{bold}: {first}{plain}" if first else head, *more]
    margin = 1
    if diagnostic.source is not None and diagnostic.span is not None:
        source, span = diagnostic.source, diagnostic.span
        picture = draw(source, span, diagnostic.label)
        margin = max(len(str(line.number)) for line in picture)
        bar = f"{blue}{' ' * (margin + 2)}|{plain}"
        lines.append(f"{blue}{' ' * (margin + 1)}-->{plain} {source.name}:{span.line}:{span.column + 1}")
        lines.append(bar)
        for line in picture:
            if line.kind == "source":
                lines.append(f"{blue} {line.number:>{margin}} |{plain} {line.text}".rstrip())
            elif line.kind == "gap":
                lines.append(f"{blue}{line.text}{plain}")
            else:
                lines.append(f"{bar} {red}{line.text}{' ' if line.label else ''}{line.label}{plain}")
    sign = f"{' ' * (margin + 2)}{blue}={plain} "
    if diagnostic.hint:
        lines.append(f"{sign}{bold}help{plain}: {diagnostic.hint}")
    lines += [f"{sign}{line}" for line in diagnostic.trail]
    return "\n".join(lines)


def _places(traceback: TracebackType | None, sources: Mapping[str, Source]) -> Iterable[_Place]:
    """Where the program was, in the user's own texts, outermost first."""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        source = sources.get(code.co_filename)
        if source is not None:
            position = next(islice(code.co_positions(), traceback.tb_lasti // 2, None), (None,) * 4)
            line, end_line, column, end_column = position
            if line is None or column is None or end_line is None or end_column is None:
                line = traceback.tb_lineno
                text = source.line(line)
                end_line, column, end_column = line, len(text) - len(text.lstrip()), len(text)
            yield _Place(code.co_name, source, Span(line, column, end_line, end_column))
        traceback = traceback.tb_next


def _trail(places: list[_Place]) -> tuple[str, ...]:
    """The calls that led to the innermost place, each in the line that made it."""
    steps: list[str] = []
    for caller, callee in zip(reversed(places[:-1]), reversed(places[1:]), strict=True):
        if callee.function in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"):
            continue
        span = caller.span
        where = f"{caller.source.name}:{span.line}:{span.column + 1}"
        name = callee.function
        if name == "<module>":
            step = f"in {callee.source.name}, imported from {where}"
        else:
            step = f"in {'a lambda' if name == '<lambda>' else name}, called from {where}"
        steps.append(f"{step}: {caller.source.line(span.line).strip()[:80]}")
    folded: list[str] = []
    for step, count in _runs(steps):
        folded += [step] if count == 1 else [step, f"... and {count - 1} times more ..."]
    if len(folded) > _LONGEST_TRAIL:
        half = _LONGEST_TRAIL // 2
        left_out = len(folded) - 2 * half
        folded = [*folded[:half], f"... {left_out} more calls ...", *folded[-half:]]
    return tuple(folded)


def _runs(steps: list[str]) -> Iterable[tuple[str, int]]:
    """Each step with how often it comes in a row."""
    index = 0
    while index < len(steps):
        end = index
        while end < len(steps) and steps[end] == steps[index]:
            end += 1
        yield steps[index], end - index
        index = end


def _causes(error: BaseException, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """What the error came from, a line each."""
    lines: list[str] = []
    seen = {id(error)}
    while len(lines) < _MOST_CAUSES:
        cause, words = error.__cause__, "caused by"
        if cause is None and not error.__suppress_context__:
            cause, words = error.__context__, "while handling"
        if cause is None or id(cause) in seen:
            break
        seen.add(id(cause))
        places = list(_places(cause.__traceback__, sources))
        where = f" ({places[-1].source.name}:{places[-1].span.line})" if places else ""
        # What was not settled was cut short while it was: to ask it again would go on with that.
        text = _text(cause).partition("\n")[0] if _SETTLED in cause.__dict__ or isinstance(error, Exception) else ""
        lines.append(f"{words} {type(cause).__name__}{': ' if text else ''}{text}{where}")
        error = cause
    return tuple(lines)


def settle(error: BaseException) -> None:
    """Work out the error's text now, and its causes': a program's own classes have a say in it, under its limits."""
    for _ in range(_MOST_CAUSES + 1):
        text = _text(error)
        if len(text) > _LONGEST_TEXT:
            text = f"{text[:_LONGEST_TEXT]}… and {len(text) - _LONGEST_TEXT} characters more"
        error.__dict__[_SETTLED] = text
        cause = error.__context__ if error.__cause__ is None else error.__cause__
        if cause is None or _SETTLED in cause.__dict__:
            break
        error = cause


_TOO_MANY_DIGITS = re.compile(
    r"Exceeds the limit \((\d+) digits\) for integer string conversion(?:: value has (\d+) digits)?; use sys\."
)
_SETTLED = "@text"  # no program can write such a name
_LONGEST_TEXT = 4000
_MOST_CAUSES = 4


def _text(error: BaseException) -> str:
    if _SETTLED in error.__dict__:
        return error.__dict__[_SETTLED]
    summary = _extra(error, "summary", str)
    if summary is not None:
        return summary
    try:
        text = getattr(error, "_message", None) or str(error)  # without the node that TensorFlow names
    except Exception:
        return "(its message cannot be shown)"
    match = _TOO_MANY_DIGITS.match(text)
    if match is None:
        return text
    this = f", and this one has {match[2]}" if match[2] else ""
    return f"a whole number of more than {match[1]} digits is neither read nor written{this}"


def _extra(error: BaseException, name: str, kind: type) -> Any:
    """What the error carries under that name, if it is of that kind: an error that a program made may hold anything.

    Its attributes are not asked for: a property of the program's would run, outside its limits.
    """
    value = error.__dict__.get(name)
    return value if isinstance(value, kind) else None


def _message(error: BaseException, places: list[_Place]) -> str:
    if isinstance(error, RecursionError):
        calls = Counter(place.function for place in places if place.function != "<module>").most_common(1)
        if calls and calls[0][1] > 50:
            name, count = calls[0]
            return f"calls are nested too deeply: {count} calls of {name.strip('<>')} are open"
    text = _text(error)
    if not text and isinstance(error, AssertionError):
        return "the assertion is not true"
    return text


def _hint(
    error: BaseException,
    message: str,
    place: _Place | None,
    names: Iterable[str],
    keywords: Callable[[str], Iterable[str]] | None,
) -> str | None:
    """What may have been meant: a name, an attribute or a keyword that is close to the one given."""
    name = missing_name(error)
    if name:
        return did_you_mean(name, names)
    if type(error) is AttributeError and type(error.name) is str and error.obj is not None:
        return did_you_mean(error.name, dir(error.obj))
    for part, way_out in _WAYS_OUT.items():
        if part in message:
            return way_out
    if not isinstance(error, TypeError):
        return None
    match = _MISCOUNTED.search(message)
    if match and keywords is not None:
        parameters = list(keywords(_as_called(match[1], place)))
        return f"its parameters are {', '.join(parameters)}" if parameters else None
    match = _UNEXPECTED_KEYWORD.search(message)
    if match and keywords is not None:
        return did_you_mean(match[2], keywords(_as_called(match[1], place)))
    match = _BETWEEN_LISTS.search(message)
    if match:
        return f"a list counts as a tensor beside one: constant([1, 2]) {match[1] or '*'} [3, 4]"
    return None


_BETWEEN_LISTS = re.compile(
    r"unsupported operand type\(s\) for (\S+?)=?: (?=.*'list')(?!.*'NoneType')"
    r"|can't multiply sequence by non-int of type"
)
#: Part of a message of Python's or NumPy's -> what to write instead.
_WAYS_OUT = {
    "digits is neither read nor written": "hex(x) writes, and int(text, 16) reads, one of any length",
    "truth value of an array with more than one element": "reduce_all(x) or reduce_any(x) makes one truth of many",
    "EagerTensor' object does not support item": "a tensor stays what it is; a variable changes: x = Variable(x)",
}
_MISCOUNTED = re.compile(r"(\w+)\(\) (?:missing \d+ required|takes (?:from )?\d+ (?:to \d+ )?positional)")
_UNEXPECTED_KEYWORD = re.compile(r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'")


def missing_name(error: BaseException) -> str:
    """The name that Python could not find; empty for any other error, one of a program's own class included."""
    if type(error) in (NameError, UnboundLocalError):
        name = error.name  # type: ignore[attr-defined]
        return name if type(name) is str else ""  # a program may say `NameError("", name=1)`
    return ""


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """The hint that names the closest candidate, if one is close; never one that begins with '_'."""
    from difflib import get_close_matches

    public = {candidate for candidate in candidates if not candidate.startswith(("_", "@"))} - {name}
    same = [candidate for candidate in sorted(public) if candidate.lower() == name.lower()]
    below = [candidate for candidate in public if candidate.replace(".", "_").endswith("_" + name) and "." in candidate]
    same += sorted(below, key=lambda c: (len(c), c))
    close = same or get_close_matches(name, sorted(public), n=1, cutoff=0.7)
    return f"did you mean {close[0]!r}?" if close else None


def _label(error: BaseException, place: _Place, keywords: Callable[[str], Iterable[str]] | None = None) -> str:
    """What the operands are, by the names that they bear in the user's text where these are short."""
    operands = _extra(error, "operands", list)
    if not operands or not all(type(pair) is tuple and [*map(type, pair)] == [str, str] for pair in operands):
        return ""
    written = _written_operands(place, [parameter for parameter, _ in operands], keywords)
    return ", ".join(f"{written.get(parameter, parameter)} is {what}" for parameter, what in operands)


def _written_operands(
    place: _Place, operands: list[str], keywords: Callable[[str], Iterable[str]] | None
) -> dict[str, str]:
    """The operands of the expression at the place as they are written."""
    import ast

    try:
        node, text = _node_at(place)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    given: list[ast.AST] = []
    if isinstance(node, ast.BinOp):
        given = [node.left, node.right]
    elif isinstance(node, ast.AugAssign):
        given = [node.target, node.value]
    elif isinstance(node, ast.Compare):
        given = [node.left, node.comparators[0]]
    elif isinstance(node, ast.UnaryOp):
        given = [node.operand]
    elif isinstance(node, ast.Subscript):
        given = [node.value]
    by_name: dict[str, ast.AST] = dict(zip(operands, given))
    if isinstance(node, ast.Call):
        by_name = _arguments(node, operands, keywords)
    written = {}
    for operand, value in by_name.items():
        shown = (text and ast.get_source_segment(text, value)) or ast.unparse(value)
        if len(shown) <= _SHORT and "\n" not in shown and "@attr" not in shown:
            written[operand] = shown
    return written


def _arguments(call: Any, operands: list[str], keywords: Callable[[str], Iterable[str]] | None) -> dict[str, Any]:
    """What a call gives for the parameters named; for "values[1]", the element of a list that is written out."""
    import ast

    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return {}
    function = call.func
    parameters = list(keywords(ast.unparse(function))) if keywords is not None else []
    arguments = list(call.args)
    known = any(operand.partition("[")[0] in parameters for operand in operands)
    if not parameters or (not known and len(operands) >= len(arguments)):
        # Nothing is known of the function: its operands come first, and a method's own value before them.
        if isinstance(function, ast.Attribute) and len(operands) == len(arguments) + len(call.keywords) + 1:
            arguments.insert(0, function.value)
        parameters = operands
    given = dict(zip(parameters, arguments))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    for operand in operands:
        listed, _, index = operand.rstrip("]").partition("[")
        value = given.get(listed)
        elements = value.elts if isinstance(value, (ast.List, ast.Tuple)) else []
        spread = any(isinstance(element, ast.Starred) for element in elements)
        if index.isdigit() and int(index) < len(elements) and not spread:
            given[operand] = elements[int(index)]
    return {operand: given[operand] for operand in operands if operand in given}


def _as_called(name: str, place: _Place | None) -> str:
    """The path by which the program calls the function of that name, if it stands at the place: `tf.nn.relu`."""
    import ast

    try:
        node = _node_at(place)[0] if place is not None else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return name
    path = ast.unparse(node.func) if isinstance(node, ast.Call) else name
    return path if path.endswith("." + name) else name


def _node_at(place: _Place) -> tuple[object, str]:
    """The expression (or augmented assignment) at the place, as a Python ast node, and the text that it counts in."""
    import ast

    text = _text_of(place)
    if "|>" in text:
        from .compiler import Compiler
        from .parser import parse

        return Compiler(text, frozenset()).fold(parse(text, "field")), ""
    # In parentheses, for an expression may go on over several lines that only its brackets join.
    text = text if _AUGMENTED.search(text) else f"({text}\n)"
    statement = ast.parse(text).body[0]
    return (statement.value if isinstance(statement, ast.Expr) else statement), text


_AUGMENTED = re.compile(r"(?<![=!<>])[-+*/@%&|^]=(?!=)")


def _text_of(place: _Place) -> str:
    source, span = place.source, place.span
    if span.line == span.end_line:
        return source.line(span.line)[span.column : span.end_column]
    lines = [source.line(number) for number in range(span.line, span.end_line + 1)]
    return "\n".join([lines[0][span.column :], *lines[1:-1], lines[-1][: span.end_column]])

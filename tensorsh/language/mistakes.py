"""The known mistakes, from the most telling to the most general. Each looks at the scene and names itself, or not."""

from __future__ import annotations

from collections.abc import Callable

from .source import TensorshSyntaxError
from .syntax_errors import Scene, Word, open_brackets

Answer = TensorshSyntaxError | None

_CLOSER = {"(": ")", "[": "]", "{": "}"}
_COMPOUND = frozenset({"if", "elif", "else", "for", "while", "with", "def", "try", "except", "finally"})
_STATEMENTS = frozenset(
    "assert break continue def del from global import nonlocal pass raise return try while with".split()
)
_OPERAND_KINDS = frozenset({"name", "number", "string"})
_CONSTANTS = frozenset({"None", "True", "False"})


def _is_operand_end(word: Word) -> bool:
    return word.kind in _OPERAND_KINDS or word.text in _CONSTANTS or (word.kind == "sign" and word.text in ")]}")


def _is_operand_start(word: Word) -> bool:
    return word.kind in _OPERAND_KINDS or word.text in _CONSTANTS or word.text in ("lambda", "...")


def _first(scene: Scene) -> Word:
    """The first word of the statement, or the one where the parser stopped."""
    statement = scene.statement
    return statement[0] if statement else scene.at


def _clause_word(scene: Scene) -> str:
    """The word of the compound statement's clause whose head we are in."""
    first = _first(scene)
    return first.text if first.text in _COMPOUND and not scene.opened else ""


def left_out(scene: Scene) -> Answer:
    if scene.kind != "LEFT_OUT":
        return None
    if scene.at.text == "class":
        return scene.error("the language leaves out classes", "write functions; keep what belongs together in a dict")
    return scene.error(f"the language leaves out '{scene.at.text}'", "write the code without it, one step after another")


def match_statement(scene: Scene) -> Answer:
    first = _first(scene)
    if first.text not in ("match", "case") or scene.before() != first or not _is_operand_start(scene.at):
        return None
    line = scene.words[scene.index :]
    end = next(i for i, word in enumerate(line) if word.kind in ("newline", "end"))
    if line[end - 1].text == ":":
        return scene.error("the language leaves out the match statement", "write if and elif", at=first)
    return None


def star_import(scene: Scene) -> Answer:
    if scene.at.text == "*" and scene.before().text == "import":
        return scene.error("the language leaves out 'import *'", "name what you need: from math import pi, sqrt")
    return None


def relative_import(scene: Scene) -> Answer:
    if scene.at.text in (".", "...") and scene.before().text == "from":
        return scene.error("the language leaves out relative imports", "write the module's name")
    return None


def except_star(scene: Scene) -> Answer:
    if scene.at.text == "*" and scene.before().text == "except":
        return scene.error("the language leaves out 'except*'", "write except")
    return None


def walrus(scene: Scene) -> Answer:
    text, start = scene.text, scene.at.start
    if scene.at.kind == "sign" and text[start : start + 2] == ":=":
        at = scene.at
    elif scene.at.text == "=" and text[start - 1 : start] == ":":
        at = scene.before()
    else:
        return None
    return scene.error("the language leaves out ':='", "assign on a line of its own before", at=at, to=scene.words[
        scene.words.index(at) + 1])  # fmt: skip


def wrong_closer(scene: Scene) -> Answer:
    """A closing bracket that closes nothing, or something else."""
    if scene.at.kind != "sign" or scene.at.text not in ")]}":
        return None
    if not scene.opened:
        return scene.error(f"'{scene.at.text}' closes nothing: no bracket is open here")
    opener = scene.opened[-1]
    closer = _CLOSER[opener.text]
    if closer == scene.at.text:
        return None
    line = scene.line_of(opener)
    where = f" of line {line}" if line != scene.line_of(scene.at) else ""
    return scene.error(
        f"'{scene.at.text}' does not close '{opener.text}'{where}", f"close that with '{closer}' first"
    )


def open_bracket(scene: Scene) -> Answer:
    """A bracket that is never closed, in all the text that follows."""
    opened = open_brackets(scene.words)
    unclosed = [word for word in scene.opened if word in opened]
    if not unclosed:
        return None
    word = unclosed[-1]
    return scene.error(f"'{word.text}' is never closed", at=word, incomplete=scene.at_end)


def string_closed_early(scene: Scene) -> Answer:
    """'it's': the string ends at its own apostrophe, and a later quote opens another; or f"{x["a"]}"."""
    before = scene.before()
    if before.kind != "string" or scene.at.kind not in ("name", "keyword", "number") or not scene.adjacent():
        return None
    if "f" in before.text.partition(before.text[-1])[0].lower() and before.text.count("{") > before.text.count("}"):
        return scene.error("the f-string is closed by a quote inside its braces", "use the other quotes inside them")
    for word in scene.words[scene.index :]:
        if word.kind == "newline":
            return None
        if word.kind == "open_string":
            quote = scene.before().text[-1]
            return scene.error(
                f"the string before {scene.at.text!r} is closed by the {quote} in it",
                f"write \\{quote} inside it, or put it in the other quotes",
            )
    return None


def open_string_later(scene: Scene) -> Answer:
    if scene.at.kind == "open_string":
        from .lexical_errors import open_string

        return open_string(scene)
    return None


def unexpected_indent(scene: Scene) -> Answer:
    if scene.layout != "_INDENT":
        return None
    word = scene.at
    start = scene.text.rfind("\n", 0, word.start) + 1
    return TensorshSyntaxError(
        "this line is indented, but no block begins here",
        scene.span(start, word.start),
        "a block follows a line that ends in ':'; other lines begin where the line before began",
    )


def block_missing(scene: Scene) -> Answer:
    if "_INDENT" not in scene.expected:
        return None
    header = _line_before(scene)
    word = next((word for word in header if word.text in _COMPOUND), header[0])
    message = f"after '{word.text}' on line {scene.line_of(word)}, an indented block is to follow"
    if scene.at.kind == "end":
        return scene.error_after(header[-1], message, "write pass for an empty one", incomplete=scene.at_end)
    return scene.error(message, "indent this line; write pass for an empty block")


def _line_before(scene: Scene) -> list[Word]:
    """The words of the logical line before the one where the parser stopped."""
    end = scene.index
    while end > 0 and scene.words[end - 1].kind == "newline":
        end -= 1
    start = end
    while start > 0 and scene.words[start - 1].kind != "newline":
        start -= 1
    return scene.words[start:end]


def try_alone(scene: Scene) -> Answer:
    if "EXCEPT" not in scene.expected or "FINALLY" not in scene.expected or _is_in_line(scene):
        return None
    if "ELSE" in scene.expected:
        return None
    hint = "follow it by except Exception: and a block, or by finally:"
    message = "'try' is to be followed by 'except' or 'finally'"
    return scene.error(message, hint, incomplete=scene.at_end)


def _is_in_line(scene: Scene) -> bool:
    """Did the parser stop inside a line rather than at the beginning of one?"""
    return not scene.layout and scene.before().kind != "newline"


def decorator_alone(scene: Scene) -> Answer:
    if scene.expected <= {"AT", "DEF"} and "DEF" in scene.expected and not _is_in_line(scene):
        return scene.error("a decorator is to be followed by a def", incomplete=scene.at_end)
    return None


def text_ends(scene: Scene) -> Answer:
    if not scene.layout or scene.at.kind != "end":
        return None
    if scene.text.rstrip("\n").endswith("\\"):
        return scene.error("the line ends in a backslash, but no line follows", incomplete=scene.at_end)
    if scene.is_field:
        return scene.error("the expression in the f-string's braces is not complete")
    return scene.error("the text ends in the middle of a statement", incomplete=scene.at_end)


def else_if(scene: Scene) -> Answer:
    if scene.at.text == "if" and scene.before().text == "else" and "COLON" in scene.expected:
        return scene.error("'else if' is written 'elif'", "write elif", at=scene.before(), to=scene.at)
    if scene.before().text in ("elseif", "elsif") and _first(scene) == scene.before():
        return scene.error(f"'{scene.before().text}' is written 'elif'", "write elif", at=scene.before())
    return None


def clause_alone(scene: Scene) -> Answer:
    """An else, or one of its kin, without the statement that it belongs to."""
    owners = {"elif": "an 'if'", "else": "an 'if', 'for', 'while' or 'try'", "except": "a 'try'", "finally": "a 'try'"}
    word = scene.at.text
    if scene.at.kind != "keyword" or word not in owners:
        return None
    if scene.opened and word == "else" and any(inner.text == "for" for inner in scene.inside()):
        return scene.error("a comprehension's condition has no 'else'", "choose first: [a if c else b for x in y]")
    if scene.statement and _line_word(scene):
        return scene.error(f"'{word}' is to begin a line of its own")
    if scene.statement:
        return None
    return scene.error(f"'{word}' belongs to no statement: {owners[word]} is to stand before it",
                       "give it the indentation of the line that it belongs to")  # fmt: skip


def foreign_operator(scene: Scene) -> Answer:
    """&&, ||, ++, --, =>, =<, <>, ===: other languages' signs, read as two of ours."""
    before, at = scene.before(), scene.at
    if before.kind != "sign":
        return None
    if before.end == at.start and at.kind == "sign":
        instead = _FOREIGN.get(before.text + at.text)
        if instead:
            return scene.error(f"'{before.text}{at.text}' is no operator", f"write {instead}", at=before, to=at)
    earlier = scene.before(2)
    if before.text in "+-" and earlier.text == before.text and earlier.end == before.start:
        if at.kind in ("newline", "end") or at.text in (")", "]", "}", ";", ","):
            sign, variable = before.text, scene.before(3)
            name = variable.text if variable.kind == "name" else "x"
            return scene.error(f"'{sign}{sign}' is no operator here", f"write {name} {sign}= 1", at=earlier, to=before)
    return None


_FOREIGN = {
    "&&": "'and'", "||": "'or'", "=>": "'>=', or 'lambda x: ...' for a function", "=<": "'<='", "<>": "'!='",
    "===": "'=='", "!==": "'!='", "**=": "'**='",
}  # fmt: skip


def arrow(scene: Scene) -> Answer:
    if scene.at.text == "->":
        return scene.error("'->' can only stand after a def's parameters", "a function in a line: lambda x: x + 1")
    return None


def print_statement(scene: Scene) -> Answer:
    first = _first(scene)
    if first.text in ("print", "exec") and scene.before() == first and _is_operand_start(scene.at):
        return scene.error(f"{first.text} is a function: its arguments stand in parentheses",
                           f"write {first.text}(...)", at=first, to=scene.at)  # fmt: skip
    return None


def declaration(scene: Scene) -> Answer:
    first = _first(scene)
    if first.text in ("let", "var", "const", "auto", "val") and scene.before() == first and scene.at.kind == "name":
        return scene.error(f"a name needs no '{first.text}'", f"write {scene.at.text} = ...", at=first)
    if first.text in ("function", "func", "fn", "fun") and scene.before() == first and scene.at.kind == "name":
        return scene.error(f"a function is defined by 'def', not '{first.text}'", f"write def {scene.at.text}(...):",
                           at=first)  # fmt: skip
    return None


def bad_number(scene: Scene) -> Answer:
    """1abc, 0xz, 0b12, 1.2.3: a number that runs into what follows."""
    before, at = scene.before(), scene.at
    if before.kind != "number" or not scene.adjacent() or at.kind not in ("name", "number"):
        return None
    whole = before.text + at.text
    if at.kind == "name" and before.text.isdigit() and before.text != "0" and not at.text.startswith("_"):
        hint = f"a name cannot begin with a digit; to multiply, write {before.text} * {at.text}"
    else:
        hint = None
    return scene.error(f"'{whole}' is no number", hint, at=before, to=at)


def bad_prefix(scene: Scene) -> Answer:
    if scene.at.kind == "string" and scene.before().kind == "name" and scene.adjacent():
        prefix = scene.before().text
        return scene.error(f"'{prefix}' is no prefix of a string", "the prefixes are r, b, f, rb, rf, u",
                           at=scene.before())  # fmt: skip
    return None


def conditional_without_else(scene: Scene) -> Answer:
    if "ELSE" not in scene.expected or "COLON" in scene.expected or "IF" in scene.expected or not _is_in_line(scene):
        return None
    if _is_operand_start(scene.at) or scene.before().text == "if":
        return None
    return scene.error("a conditional expression has an 'else'", "write a if condition else b")


def keyword_as_name(scene: Scene) -> Answer:
    at, before = scene.at, scene.before()
    if at.text == "=" and before.kind == "keyword" and before.text not in _CONSTANTS:
        word = before
    elif at.kind == "keyword" and "NAME" in scene.expected and (
        before.text in ("def", ".", "as", "import", "global", "nonlocal")
        or scene.after().text == "="
        or _in_parameters(scene)
        or (not scene.statement and scene.after().text in (".", "[", ")", "+", "-", "*", "/"))
    ):  # fmt: skip
        word = at
    else:
        return None
    hint = f"call it {word.text}_"
    if scene.opened and scene.opened[-1].text == "(" and not _in_parameters(scene):
        hint = f"a function that takes such an argument is given **{{'{word.text}': ...}}"
    return scene.error(f"'{word.text}' is a word of the language, and cannot be a name", hint, at=word)


def _in_parameters(scene: Scene) -> bool:
    """Are we in the parentheses of a def?"""
    if len(scene.opened) != 1 or _first(scene).text != "def":
        return False
    statement = scene.statement
    return len(statement) > 2 and statement[2] == scene.opened[0]


def assignment_for_comparison(scene: Scene) -> Answer:
    if scene.at.text != "=":
        return None
    if scene.opened:
        if scene.opened[-1].text == "(" and _is_call(scene, scene.opened[-1]):
            return scene.error("an argument's name before '=' is to be a plain name",
                               "to compare, write '=='")  # fmt: skip
        return scene.error("'=' assigns, and cannot stand inside brackets", "to compare, write '=='")
    word = _first(scene).text
    if word in ("if", "elif", "while", "assert", "return", "for", "with", "raise", "del"):
        hint = "write for i in values:" if word == "for" else "to compare, write '=='"
        return scene.error(f"'=' assigns, and cannot stand in '{word}'", hint)
    if word in ("global", "nonlocal"):
        return scene.error(f"'{word}' only names names", "assign on the next line")
    return None


def _is_call(scene: Scene, opener: Word) -> bool:
    index = scene.words.index(opener)
    return index > 0 and _is_operand_end(scene.words[index - 1])


def def_without_parentheses(scene: Scene) -> Answer:
    statement = scene.statement
    if len(statement) == 2 and statement[0].text == "def" and scene.expected == {"LPAR"}:
        return scene.error(f"after 'def {statement[1].text}' the parameters are to follow, in parentheses",
                           f"write def {statement[1].text}():")  # fmt: skip
    return None


def commas_in_except(scene: Scene) -> Answer:
    if scene.at.text == "," and _clause_word(scene) == "except":
        return scene.error("several kinds of error stand in parentheses", "write except (ValueError, TypeError):")
    if scene.at.text == "," and _first(scene).text == "raise" and not scene.opened:
        return scene.error("'raise' takes one error", "write raise ValueError('...')")
    return None


def for_without_in(scene: Scene) -> Answer:
    if "IN" not in scene.expected:
        return None
    words = [word.text for word in (scene.inside() if scene.opened else scene.statement) if word.kind == "keyword"]
    if words[-1:] == ["for"] and (scene.opened or _clause_word(scene) == "for"):
        return scene.error("'in' is missing after this 'for'", "write for x in values")
    return None


def misplaced_colon(scene: Scene) -> Answer:
    """Of the displays in brackets, only a dict has colons, and has them everywhere."""
    if not scene.opened:
        return None
    opener = scene.opened[-1]
    if scene.at.text in (",", "}") and opener.text == "{" and "COLON" in scene.expected:
        return scene.error("in a dict, ':' and a value are to follow each key", at=scene.before())
    if scene.at.text != ":":
        return None
    if opener.text == "{":
        return scene.error("in a set, no ':' can stand", "a dict has key: value for each element")
    if opener.text == "[" and _is_call(scene, opener):
        return scene.error("a slice has at most three parts", "write x[begin:end:step]")
    if opener.text == "[":
        return scene.error("in a list, no ':' can stand", "a range of numbers: range(begin, end)")
    return None


def nested_one_line(scene: Scene) -> Answer:
    """if a: if b: c"""
    if scene.at.text not in _COMPOUND or scene.opened or scene.before().text not in (":", ";"):
        return None
    outer = _line_word(scene)
    if not outer:
        return None
    return scene.error(f"'{scene.at.text}' cannot stand in the same line after '{outer} ...:'",
                       "put it on a line of its own, indented")  # fmt: skip


def _line_word(scene: Scene) -> str:
    index = scene.index
    while index > 0 and scene.words[index - 1].kind != "newline":
        index -= 1
        if scene.words[index].text in _COMPOUND and scene.words[index].kind == "keyword":
            return scene.words[index].text
    return ""


def missing_colon(scene: Scene) -> Answer:
    word = _clause_word(scene)
    if not word or "COLON" not in scene.expected or scene.at.text == ":":
        return None
    if any(w.text == ":" for w in scene.statement if w not in scene.opened) and word != "def":
        return None
    if scene.at.text == "{":
        return scene.error(f"':' is missing at the end of this '{word}'", "a block is made by indentation, not braces")
    return scene.error_after(scene.before(), f"':' is missing at the end of this '{word}'")


def starred_alone(scene: Scene) -> Answer:
    before_star = [word for word in scene.statement if word.text == "*"]
    if scene.at.text == ")" and before_star and scene.opened and "COMMA" in scene.expected:
        return scene.error("a starred value cannot stand alone in parentheses", "write (*x,), or [*x]")
    if scene.at.text == "for" and before_star and scene.opened and "COMMA" in scene.expected:
        return scene.error("a starred value cannot be what a comprehension collects", "write two loops: [x for y in z for x in y]")
    return None


def bare_generator(scene: Scene) -> Answer:
    if not scene.opened or scene.opened[-1].text != "(" or not _is_call(scene, scene.opened[-1]):
        return None
    loops = any(word.text == "for" for word in scene.inside())
    if scene.at.text == "for" or (scene.at.text == "," and loops):
        return scene.error("a generator among other arguments is to stand in parentheses",
                           "write f((x for x in y), z)")  # fmt: skip
    return None


def needs_parentheses(scene: Scene) -> Answer:
    if scene.at.text in ("lambda", "not", "yield") and "NAME" in scene.expected and _is_in_line(scene):
        what = {"lambda": "a lambda", "not": "'not x'", "yield": "a yield"}[scene.at.text]
        return scene.error(f"{what} is to stand in parentheses here")
    return None


def statement_in_expression(scene: Scene) -> Answer:
    if scene.at.text in _STATEMENTS and scene.at.kind == "keyword" and scene.statement:
        if scene.at.text == "from" and _first(scene).text in ("raise", "from"):
            return None
        return scene.error(f"'{scene.at.text}' begins a statement, and cannot stand inside one",
                           "put it on a line of its own")  # fmt: skip
    return None


def misspelt_word(scene: Scene) -> Answer:
    """fro x in y, retrun x: a name where a statement's word was meant."""
    first = _first(scene)
    if first.kind != "name" or scene.before() != first or not _is_operand_start(scene.at) or scene.opened:
        return None
    from difflib import get_close_matches

    close = get_close_matches(first.text, sorted(_STATEMENTS | _COMPOUND), n=1, cutoff=0.7)
    if not close:
        return None
    return scene.error(f"'{first.text}' begins no statement", f"did you mean '{close[0]}'?", at=first)


def missing_comma(scene: Scene) -> Answer:
    """Two values side by side."""
    if not _is_operand_end(scene.before()) or not (_is_operand_start(scene.at) or scene.at.text in ("{", "~")):
        return None
    if scene.opened and "COMMA" in scene.expected:
        message = f"a comma or an operator is missing before {_shown(scene.at)}"
        return scene.error(message, at=scene.before(), to=scene.at)
    if scene.is_field:
        return scene.error(f"an operator is missing before {_shown(scene.at)}", at=scene.before(), to=scene.at)
    if _first(scene).text in ("import", "from", "global", "nonlocal"):
        return scene.error(f"a comma is missing before {_shown(scene.at)}", at=scene.before(), to=scene.at)
    if not scene.opened and "_NEWLINE" in scene.expected:
        return scene.error(
            f"the statement should end before {_shown(scene.at)}", "put ';' or a new line between two statements"
        )
    return None


def missing_value(scene: Scene) -> Answer:
    """An operator, or a word, without the expression that it asks for."""
    if not {"NAME", "NUMBER"} <= scene.expected or scene.at.kind in _OPERAND_KINDS:
        return None
    before = scene.before()
    if before.kind == "newline":
        return None
    if scene.at.kind in ("newline", "end"):
        return scene.error_after(before, f"an expression is missing after '{before.text}'")
    return scene.error(f"an expression is missing between '{before.text}' and '{scene.at.text}'")


def missing_name(scene: Scene) -> Answer:
    if "NAME" not in scene.expected or "NUMBER" in scene.expected:
        return None
    before = scene.before()
    if _in_parameters(scene):
        return scene.error(f"a parameter's name is to stand here, not {_shown(scene.at)}")
    return scene.error(f"a name is to stand after '{before.text}'")


def anything_else(scene: Scene) -> Answer:
    wanted = sorted({_SHOWN[kind] for kind in scene.expected if kind in _SHOWN})
    hint = f"what could stand here: {', '.join(wanted)}" if 0 < len(wanted) <= 4 else None
    return scene.error(f"{_shown(scene.at)} cannot stand here", hint, incomplete=scene.at_end)


_SHOWN = {
    "COLON": "':'", "COMMA": "','", "LPAR": "'('", "RPAR": "')'", "RSQB": "']'", "RBRACE": "'}'", "IN": "'in'",
    "ELSE": "'else'", "IMPORT": "'import'", "_NEWLINE": "the line's end", "NAME": "a name", "AS": "'as'",
    "EQUAL": "'='", "AT": "'@'", "DEF": "'def'",
}  # fmt: skip


def _shown(word: Word) -> str:
    if word.kind in ("newline", "end"):
        return "the line's end"
    if word.kind == "string":
        return "this string"
    return f"'{word.text}'"


MISTAKES: tuple[Callable[[Scene], Answer], ...] = (
    left_out,
    match_statement,
    star_import,
    relative_import,
    except_star,
    walrus,
    string_closed_early,
    wrong_closer,
    unexpected_indent,
    open_bracket,
    block_missing,
    try_alone,
    decorator_alone,
    open_string_later,
    text_ends,
    else_if,
    clause_alone,
    foreign_operator,
    arrow,
    print_statement,
    declaration,
    bad_number,
    bad_prefix,
    def_without_parentheses,
    keyword_as_name,
    assignment_for_comparison,
    commas_in_except,
    for_without_in,
    nested_one_line,
    conditional_without_else,
    missing_colon,
    starred_alone,
    bare_generator,
    misplaced_colon,
    needs_parentheses,
    misspelt_word,
    missing_comma,
    statement_in_expression,
    missing_value,
    missing_name,
    anything_else,
)


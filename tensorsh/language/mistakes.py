"""The known mistakes, from the most telling to the most general: `MISTAKES`, which `explain` goes through.

Here are those of names, values and operators; others are in left_out.py and structure.py. Each function looks
at the scene and names its mistake, or gives None.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from . import left_out, structure
from .scene import COMPOUND, STATEMENTS, Answer, Scene
from .words import CONSTANTS, VALUES


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
        return scene.error(
            f"'{prefix}' is no prefix of a string", "the prefixes are r, b, f, rb, rf, u", at=scene.before()
        )
    return None


def conditional_without_else(scene: Scene) -> Answer:
    if "ELSE" not in scene.expected or "COLON" in scene.expected or "IF" in scene.expected or not scene.in_line:
        return None
    if scene.at.begins_value or scene.before().text == "if":
        return None
    return scene.error("a conditional expression has an 'else'", "write a if condition else b")


def keyword_as_name(scene: Scene) -> Answer:
    at, before = scene.at, scene.before()
    if at.text == "=" and before.kind == "keyword" and before.text not in CONSTANTS:
        word = before
    elif (
        at.kind == "keyword"
        and "NAME" in scene.expected
        and (
            before.text in ("def", "class", ".", "as", "import", "global", "nonlocal")
            or scene.after().text == "="
            or scene.in_parameters
            or (not scene.statement and scene.after().text in (".", "[", ")", "+", "-", "*", "/"))
        )
    ):
        word = at
    else:
        return None
    hint = f"call it {word.text}_"
    if scene.opened and scene.opened[-1].text == "(" and not scene.in_parameters:
        hint = f"a function that takes such an argument is given **{{'{word.text}': ...}}"
    return scene.error(f"'{word.text}' is a word of the language, and cannot be a name", hint, at=word)


def assignment_for_comparison(scene: Scene) -> Answer:
    if scene.at.text != "=":
        return None
    if scene.opened:
        if scene.opened[-1].text == "(" and scene.is_call(scene.opened[-1]):
            return scene.error("an argument's name before '=' is to be a plain name", "to compare, write '=='")
        return scene.error("'=' assigns, and cannot stand inside brackets", "to compare, write '=='")
    word = scene.first.text
    if word in ("if", "elif", "while", "assert", "return", "for", "with", "raise", "del"):
        hint = "write for i in values:" if word == "for" else "to compare, write '=='"
        return scene.error(f"'=' assigns, and cannot stand in '{word}'", hint)
    if word in ("global", "nonlocal"):
        return scene.error(f"'{word}' only names names", "assign on the next line")
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
    if opener.text == "[" and scene.is_call(opener):
        return scene.error("a slice has at most three parts", "write x[begin:end:step]")
    if opener.text == "[":
        return scene.error("in a list, no ':' can stand", "a range of numbers: range(begin, end)")
    return None


def starred_alone(scene: Scene) -> Answer:
    before_star = [word for word in scene.statement if word.text == "*"]
    if scene.at.text == ")" and before_star and scene.opened and "COMMA" in scene.expected:
        return scene.error("a starred value cannot stand alone in parentheses", "write (*x,), or [*x]")
    if scene.at.text == "for" and before_star and scene.opened and "COMMA" in scene.expected:
        return scene.error(
            "a starred value cannot be what a comprehension collects",
            "write two loops: [x for y in z for x in y]",
        )
    return None


def bare_generator(scene: Scene) -> Answer:
    if not scene.opened or scene.opened[-1].text != "(" or not scene.is_call(scene.opened[-1]):
        return None
    loops = any(word.text == "for" for word in scene.inside())
    if scene.at.text == "for" or (scene.at.text == "," and loops):
        return scene.error("a generator among other arguments is to stand in parentheses", "write f((x for x in y), z)")
    return None


def needs_parentheses(scene: Scene) -> Answer:
    if scene.at.text in ("lambda", "not", "yield") and "NAME" in scene.expected and scene.in_line:
        what = {"lambda": "a lambda", "not": "'not x'", "yield": "a yield"}[scene.at.text]
        return scene.error(f"{what} is to stand in parentheses here")
    return None


def statement_in_expression(scene: Scene) -> Answer:
    if scene.at.text in STATEMENTS and scene.at.kind == "keyword" and scene.statement:
        if scene.at.text == "from" and scene.first.text in ("raise", "from"):
            return None
        if scene.at.text == "return" and any(word.text == "lambda" for word in scene.statement):
            return scene.error("a lambda has no 'return'", "its value is the expression itself: lambda x: x + 1")
        return scene.error(
            f"'{scene.at.text}' begins a statement, and cannot stand inside one",
            "put it on a line of its own",
        )
    return None


def misspelt_word(scene: Scene) -> Answer:
    """fro x in y, retrun x: a name where a statement's word was meant."""
    first = scene.first
    if first.kind != "name" or scene.before() != first or not scene.at.begins_value or scene.opened:
        return None
    close = get_close_matches(first.text, sorted(STATEMENTS | COMPOUND), n=1, cutoff=0.7)
    if not close:
        return None
    return scene.error(f"'{first.text}' begins no statement", f"did you mean '{close[0]}'?", at=first)


def missing_comma(scene: Scene) -> Answer:
    """Two values side by side."""
    if not scene.before().ends_value or not (scene.at.begins_value or scene.at.text in ("{", "~")):
        return None
    if scene.opened and "COMMA" in scene.expected:
        message = f"a comma or an operator is missing before {scene.at.shown}"
        return scene.error(message, at=scene.before(), to=scene.at)
    if scene.is_field:
        return scene.error(f"an operator is missing before {scene.at.shown}", at=scene.before(), to=scene.at)
    if scene.first.text in ("import", "from", "global", "nonlocal"):
        return scene.error(f"a comma is missing before {scene.at.shown}", at=scene.before(), to=scene.at)
    if not scene.opened and "_NEWLINE" in scene.expected:
        return scene.error(
            f"the statement should end before {scene.at.shown}",
            "put ';' or a new line between two statements",
        )
    return None


def missing_value(scene: Scene) -> Answer:
    """An operator, or a word, without the expression that it asks for."""
    if not {"NAME", "NUMBER"} <= scene.expected or scene.at.kind in VALUES:
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
    if scene.in_parameters:
        return scene.error(f"a parameter's name is to stand here, not {scene.at.shown}")
    return scene.error(f"a name is to stand after '{before.text}'")


def anything_else(scene: Scene) -> Answer:
    wanted = sorted({_SHOWN[kind] for kind in scene.expected if kind in _SHOWN})
    hint = f"what could stand here: {', '.join(wanted)}" if 0 < len(wanted) <= 4 else None
    return scene.error(f"{scene.at.shown} cannot stand here", hint, incomplete=scene.at_end)


MISTAKES: tuple[Callable[[Scene], Answer], ...] = (
    left_out.left_out,
    left_out.match_statement,
    left_out.star_import,
    left_out.relative_import,
    left_out.except_star,
    left_out.walrus,
    structure.f_string_closed_early,
    structure.string_closed_early,
    structure.wrong_closer,
    structure.unexpected_indent,
    structure.open_bracket,
    structure.block_missing,
    structure.try_alone,
    structure.decorator_alone,
    structure.open_string_later,
    structure.text_ends,
    structure.else_if,
    structure.clause_alone,
    left_out.foreign_operator,
    left_out.arrow,
    left_out.print_statement,
    left_out.declaration,
    bad_number,
    bad_prefix,
    structure.def_without_parentheses,
    keyword_as_name,
    assignment_for_comparison,
    structure.commas_in_except,
    structure.for_without_in,
    structure.nested_one_line,
    conditional_without_else,
    structure.missing_colon,
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

_SHOWN = {
    "COLON": "':'", "COMMA": "','", "LPAR": "'('", "RPAR": "')'", "RSQB": "']'", "RBRACE": "'}'",
    "IN": "'in'",
    "ELSE": "'else'", "IMPORT": "'import'", "_NEWLINE": "the line's end", "NAME": "a name", "AS": "'as'",
    "EQUAL": "'='", "AT": "'@'", "DEF": "'def'", "CLASS": "'class'",
}  # fmt: skip

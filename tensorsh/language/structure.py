"""Mistakes of structure: brackets, strings, indentation, and the words and colons that shape a statement.

Each function looks at the scene and names its mistake, or gives None.
"""

from __future__ import annotations

from .lexical_errors import open_string
from .scene import COMPOUND, Answer, Scene
from .source import TensorshSyntaxError
from .words import CLOSER, Word, open_brackets


def wrong_closer(scene: Scene) -> Answer:
    """A closing bracket that closes nothing, or something else."""
    if scene.at.kind != "sign" or scene.at.text not in ")]}":
        return None
    if not scene.opened:
        return scene.error(f"'{scene.at.text}' closes nothing: no bracket is open here")
    opener = scene.opened[-1]
    closer = CLOSER[opener.text]
    if closer == scene.at.text:
        return None
    line = scene.line_of(opener)
    where = f" of line {line}" if line != scene.line_of(scene.at) else ""
    return scene.error(f"'{scene.at.text}' does not close '{opener.text}'{where}", f"close that with '{closer}' first")


def open_bracket(scene: Scene) -> Answer:
    """A bracket that is never closed, in all the text that follows."""
    opened = frozenset(open_brackets(scene.words))
    unclosed = [word for word in scene.opened if word in opened]
    if not unclosed:
        return None
    word = unclosed[-1]
    return scene.error(f"'{word.text}' is never closed", at=word, incomplete=scene.at_end)


def f_string_closed_early(scene: Scene) -> Answer:
    """f"{x["a"]}": the string ends inside its own braces."""
    before = scene.before()
    if before.kind != "string" or not scene.adjacent():
        return None
    prefix = before.text.partition(before.text[-1])[0]
    if "f" not in prefix.lower() or before.text.count("{") <= before.text.count("}"):
        return None
    return scene.error("the f-string is closed by a quote inside its braces", "use the other quotes inside them")


def string_closed_early(scene: Scene) -> Answer:
    """'it's': the string ends at its own apostrophe, and a later quote opens another."""
    if scene.before().kind != "string" or scene.at.kind not in ("name", "keyword") or not scene.adjacent():
        return None
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
    word = next((word for word in header if word.text in COMPOUND), header[0])
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
    if "EXCEPT" not in scene.expected or "FINALLY" not in scene.expected or scene.in_line:
        return None
    if "ELSE" in scene.expected:
        return None
    hint = "follow it by except Exception: and a block, or by finally:"
    message = "'try' is to be followed by 'except' or 'finally'"
    return scene.error(message, hint, incomplete=scene.at_end)


def decorator_alone(scene: Scene) -> Answer:
    if scene.expected <= {"AT", "DEF", "CLASS"} and "DEF" in scene.expected and not scene.in_line:
        return scene.error("a decorator is to be followed by a def or a class", incomplete=scene.at_end)
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
    if scene.before().text in ("elseif", "elsif") and scene.first == scene.before():
        return scene.error(f"'{scene.before().text}' is written 'elif'", "write elif", at=scene.before())
    return None


def clause_alone(scene: Scene) -> Answer:
    """An else, or one of its kin, without the statement that it belongs to."""
    owners = {
        "elif": "an 'if'",
        "else": "an 'if', 'for', 'while' or 'try'",
        "except": "a 'try'",
        "finally": "a 'try'",
    }
    word = scene.at.text
    if scene.at.kind != "keyword" or word not in owners or scene.after().text == "=":
        return None
    if scene.opened and word == "else" and any(inner.text == "for" for inner in scene.inside()):
        return scene.error("a comprehension's condition has no 'else'", "choose first: [a if c else b for x in y]")
    if scene.statement and scene.line_word:
        return scene.error(f"'{word}' is to begin a line of its own")
    if scene.statement:
        return None
    return scene.error(
        f"'{word}' belongs to no statement: {owners[word]} is to stand before it",
        "give it the indentation of the line that it belongs to",
    )


def nested_one_line(scene: Scene) -> Answer:
    """if a: if b: c"""
    if scene.at.text not in COMPOUND or scene.opened or scene.before().text not in (":", ";"):
        return None
    outer = scene.line_word
    if not outer:
        return None
    return scene.error(
        f"'{scene.at.text}' cannot stand in the same line after '{outer} ...:'",
        "put it on a line of its own, indented",
    )


def missing_colon(scene: Scene) -> Answer:
    word = scene.clause
    if not word or "COLON" not in scene.expected or scene.at.text == ":":
        return None
    if any(w.text == ":" for w in scene.statement if w not in scene.opened) and word != "def":
        return None
    if scene.at.text == "{":
        return scene.error(f"':' is missing at the end of this '{word}'", "a block is made by indentation, not braces")
    return scene.error_after(scene.before(), f"':' is missing at the end of this '{word}'")


def def_without_parentheses(scene: Scene) -> Answer:
    statement = scene.statement
    if len(statement) == 2 and statement[0].text == "def" and scene.expected == {"LPAR"}:
        return scene.error(
            f"after 'def {statement[1].text}' the parameters are to follow, in parentheses",
            f"write def {statement[1].text}():",
        )
    return None


def for_without_in(scene: Scene) -> Answer:
    if "IN" not in scene.expected:
        return None
    words = [word.text for word in (scene.inside() if scene.opened else scene.statement) if word.kind == "keyword"]
    if words[-1:] == ["for"] and (scene.opened or scene.clause == "for"):
        return scene.error("'in' is missing after this 'for'", "write for x in values")
    return None


def commas_in_except(scene: Scene) -> Answer:
    if scene.at.text == "," and scene.clause == "except":
        return scene.error("several kinds of error stand in parentheses", "write except (ValueError, TypeError):")
    if scene.at.text == "," and scene.first.text == "raise" and not scene.opened:
        return scene.error("'raise' takes one error", "write raise ValueError('...')")
    return None

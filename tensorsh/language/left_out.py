"""Mistakes by habit: forms of Python that the language leaves out, and signs and words of other languages.

Each function looks at the scene and names its mistake, or gives None.
"""

from __future__ import annotations

from .scene import Answer, Scene


def left_out(scene: Scene) -> Answer:
    if scene.kind != "LEFT_OUT":
        return None
    return scene.error(
        f"the language leaves out '{scene.at.text}'", "write the code without it, one step after another"
    )


def match_statement(scene: Scene) -> Answer:
    first = scene.first
    if first.text not in ("match", "case") or scene.before() != first or not scene.at.begins_value:
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
    if scene.at.text == ":" and text[start : start + 2] == ":=":
        colon, equal = scene.at, scene.after()
    elif scene.at.text == "=" and text[start - 1 : start] == ":":
        colon, equal = scene.before(), scene.at
    else:
        return None
    return scene.error("the language leaves out ':='", "assign on a line of its own before", at=colon, to=equal)


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
    doubled = before.text in "+-" and earlier.text == before.text and earlier.end == before.start
    if doubled and (at.kind in ("newline", "end") or at.text in (")", "]", "}", ";", ",")):
        sign, variable = before.text, scene.before(3)
        name = variable.text if variable.kind == "name" else "x"
        hint = f"write {name} {sign}= 1"
        return scene.error(f"'{sign}{sign}' is no operator here", hint, at=earlier, to=before)
    return None


def arrow(scene: Scene) -> Answer:
    if scene.at.text == "->":
        return scene.error("'->' can only stand after a def's parameters", "a function in a line: lambda x: x + 1")
    return None


def print_statement(scene: Scene) -> Answer:
    first = scene.first
    if first.text in ("print", "exec") and scene.before() == first and scene.at.begins_value:
        return scene.error(
            f"{first.text} is a function: its arguments stand in parentheses",
            f"write {first.text}(...)",
            at=first,
            to=scene.at,
        )
    return None


def declaration(scene: Scene) -> Answer:
    first = scene.first
    if first.text in ("let", "var", "const", "auto", "val") and scene.before() == first and scene.at.kind == "name":
        return scene.error(f"a name needs no '{first.text}'", f"write {scene.at.text} = ...", at=first)
    if first.text in ("function", "func", "fn", "fun") and scene.before() == first and scene.at.kind == "name":
        return scene.error(f"a function is defined by 'def', not '{first.text}'", "write def f(x):", at=first)
    return None


_FOREIGN = {
    "&&": "'and'",
    "||": "'or'",
    "=>": "'>=', or 'lambda x: ...' for a function",
    "=<": "'<='",
    "<>": "'!='",
    "===": "'=='",
    "!==": "'!='",
}

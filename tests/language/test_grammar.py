"""The grammar is Python's: the same text has the same tree, positions and all, and does the same.

snippets.txt holds a snippet for each form, cut by `---`. Where the judge is Python 3.11's own parser, the
positions of f-strings are left out: 3.11 gives the parts of an f-string the place of the whole.
"""

from __future__ import annotations

import ast
import logging
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import logger

from tensorsh.language import grammar, parser
from tensorsh.language.source import TensorshSyntaxError
from tests.language.oracle import our_tree, python_tree, run_ours, run_python

SNIPPETS = (Path(__file__).parent / "snippets.txt").read_text(encoding="utf-8").rstrip("\n").split("\n---\n")


@pytest.mark.parametrize("text", SNIPPETS)
def test_a_snippet_has_pythons_tree(text: str) -> None:
    exact = text.isascii() and not any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(text)))
    expected = ast.dump(python_tree(text), include_attributes=exact, indent=1)
    assert ast.dump(our_tree(text), include_attributes=exact, indent=1) == expected


PROGRAMS = {
    "a closure keeps its variable": """
        def counter():
            n = 0
            def step(by=1):
                nonlocal n
                n += by
                return n
            return step
        f = counter(); f(); x = f(5)
        """,
    "a generator sends and receives": """
        def g():
            received = []
            for i in range(3):
                received.append((yield i * 2))
            yield from received
        it = g()
        a = [next(it), it.send("x"), it.send("y"), list(it)]
        """,
    "every kind of parameter": """
        def f(a, b=2, /, c=3, *rest, d, e=5, **more):
            return a, b, c, rest, d, e, sorted(more.items())
        x = f(1, d=4), f(1, 2, 3, 4, 5, d=6, z=7), f(*[1, 2], **{"d": 3})
        """,
    "try, else, finally in order": """
        log = []
        def f(x):
            try:
                log.append("try")
                if x == 1: raise ValueError("one")
                if x == 2: return "returned"
            except (ValueError, TypeError) as e:
                log.append(str(e))
            else:
                log.append("else")
            finally:
                log.append("finally")
            return "end"
        x = [f(0), f(1), f(2)]
        """,
    "loops with else": """
        out = []
        for i in range(5):
            if i == 3: break
            if i % 2: continue
            out.append(i)
        else:
            out.append("not reached")
        while out:
            out.pop(); n = len(out)
        else:
            n = "done"
        """,
    "unpacking": """
        a, (b, *c), d = 1, [2, 3, 4], "x"
        [e, *f] = range(3)
        g = h = [0]; g[0] += 1; h *= 2
        i, j = j0, i0 = 1, 2
        """,
    "comprehensions nest and shadow": """
        x = 5
        a = [x for x in range(3) if x for y in range(x)], {k: v for k, v in zip("ab", (1, 2))}
        c = {i % 3 for i in range(9)}
        b = sum(i * x for i in range(4)), x
        """,
    "decorators from the inside out": """
        def add(n):
            return lambda f: lambda x: f(x) + n
        @add(1)
        @add(10)
        def f(x): return x * 2
        x = f(5)
        """,
    "with leaves in order": """
        from_ = []
        def manager(name):
            def enter(self): from_.append("in " + name); return name
            def leave(self, *exc): from_.append("out " + name); return True
            return type("M", (), {"__enter__": enter, "__exit__": leave})()
        with manager("a") as a, manager("b"):
            1 / 0
        """,
    "a chained comparison looks once": """
        seen = []
        def see(x): seen.append(x); return x
        x = see(1) < see(3) < see(2) < see(9)
        """,
    "strings": r"""
        a = "a\tb" 'c\x41\u00e9\N{BULLET}\
        d' r'\n' b"\x00\377" "\q" if False else "a\tb" 'c\x41\u00e9' r'\n', b"\x00\377"
        x, y, w = 3.14159, [1, 2], 8
        b = f"{x:.2f} {y!r:>{w}} {x=} {x = :.1f} {{}} {'nested ' + f'{w}'} {y[0]:{w}d} {(lambda q: q + 1)(w)}"
        c = f'''{
            x
        :.3f}''' f"{x!s}" rf"\d{w}" "%s %d" % ("a", 3) + "{}".format(w)
        """,
    "numbers": """
        a = 0x_fF, 0b1_0, 0o17, 1_000, 1., .5, 1e5, 1.5E-3, 2j, 1_0.5e1_0J, 00, 09.5
        b = 10 ** 20, -2 ** 2, 7 // -2, 7 % -3
        """,
    "what goes wrong goes wrong on the same line": """
        def f(x):
            y = 1
            return [
                y,
                x / 0,
            ]
        f(3)
        """,
    "delete": """
        a = [1, 2, 3]; b = 2
        del a[0], b
        b
        """,
    "assert": """
        assert 1
        assert 1 == 2, ("one", "two")
        """,
    "raise from": """
        try:
            try: {}["k"]
            except KeyError as e: raise ValueError("v") from e
        except ValueError as e: x = str(e)
        """,
}


def _dedent(text: str) -> str:
    import textwrap

    return textwrap.dedent(text).strip("\n") + "\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_what_python_does(name: str) -> None:
    text = _dedent(PROGRAMS[name])
    assert run_ours(text) == run_python(text)


_NAMES = st.sampled_from(["a", "b", "f", "xs"])
_ATOMS = st.one_of(
    st.sampled_from(["1", "2.5", "0", "'s'", "None", "True", "[1, 2]", "{'k': 1}", "()", "3j", "(1,)", "..."]),
    _NAMES,
)
_SIGNS = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "|", "&", "^", "<", "<=", "==", "!=", ">", ">="]
    + ["in", "not in", "is", "is not", "and", "or"]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of smaller ones, mostly without parentheses, so that precedence decides."""
    return st.one_of(
        st.tuples(inner, _SIGNS, inner).map(" ".join),
        st.tuples(st.sampled_from(["-", "+", "~", "not "]), inner).map("".join),
        inner.map("({})".format),
        st.tuples(inner, inner, inner).map(lambda t: "{} if {} else {}".format(*t)),
        st.tuples(inner, inner).map(lambda t: "[{}, *{}]".format(*t)),
        st.tuples(inner, inner).map(lambda t: "({})[{}]".format(*t)),
        st.tuples(inner, inner).map(lambda t: "f({}, k={})".format(*t)),
        st.tuples(inner, inner, inner).map(lambda t: "[{} for a in {} if {}]".format(*t)),
        st.tuples(inner, inner).map(lambda t: "{{{}: {}}}".format(*t)),
        inner.map("(lambda a: {})(2)".format),
        st.tuples(inner, inner).map(lambda t: "xs[{}:{}]".format(*t)),
        inner.map("f'{{{}!r:>4}}'".format),
    )


class _Function:
    def __call__(self, *arguments: object, **keywords: object) -> object:
        return arguments, keywords

    def __repr__(self) -> str:
        return "f"


_PREAMBLE = "a = 3; b = 'bb'; xs = [5, 6, 7]\n"


@settings(max_examples=600, deadline=None)
@given(st.recursive(_ATOMS, _larger, max_leaves=12))
def test_a_random_expression_is_pythons(text: str) -> None:
    try:
        expected = ast.dump(python_tree(text))
    except SyntaxError:
        with pytest.raises(TensorshSyntaxError):
            our_tree(text)
        return
    try:
        ours = our_tree(text)
    except TensorshSyntaxError as error:
        # From 3.12 on, an f-string's braces may hold the quotes that it stands in; not in the language.
        assert "f-string" in error.message and sys.version_info >= (3, 12)
        return
    assert ast.dump(ours) == expected
    if "**" not in text and "<<" not in text:  # 2 ** 2 ** ... takes for ever, in both
        program = f"{_PREAMBLE}x = {text}\n"
        assert run_ours(program, f=_Function()) == run_python(program, f=_Function())


def test_the_tables_have_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        grammar.build(parser.grammar_text())
    finally:
        logger.setLevel(level)
    assert [record.message for record in caplog.records if "onflict" in record.message] == []


def test_the_grammar_is_found_beside_the_package_or_in_it() -> None:
    assert "chunk:" in parser.grammar_text()

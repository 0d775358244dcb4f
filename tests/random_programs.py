"""Random programs: drawn from the grammar itself, and made by damaging valid ones.

`Programs(random.Random(seed)).draw()` gives one. The grammar is read from Lark, so a new rule is drawn from as soon
as it exists; only what a terminal may look like is listed here.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

WORDS = """x y z f t v a tf np math constant Variable zeros ones range len print sum reduce_sum square grad tape
GradientTape matmul reshape float32 int32 list dict str int float isinstance sorted map zip getattr hasattr
ValueError Exception _ pi inf argv random normal arange stack concat where cast""".split()
ATTRIBUTES = "shape dtype numpy assign gradient watch math nn random append items join format upper T real".split()
NUMBERS = "0 1 2 3 7 -1 0.5 1.5 2. 1e3 1j 0x1f 1_000 10 1e-3".split()
STRINGS = ["'a'", '"b"', "''", "b'x'", "f'{x}'", "f'{x!r:>4}'", "'%s'", "'{}'", "'''doc'''", "r'\\n'", "f'{x=}'"]
DAMAGE = list("()[]{}:;,.=+-*/%@<>!|&^~'\"#\\ \t\n_0a")
DAMAGE += [" if ", " in ", "|>", "**", "->", ":=", "\n    ", "\x00", "é", "“"]


class Programs:
    """A stream of random program texts."""

    def __init__(self, draws: random.Random) -> None:
        self._draws = draws

    def draw(self) -> str:
        if self._draws.random() < 0.5:
            return self.grown()
        return self.damaged()

    def grown(self) -> str:
        """A text derived from the grammar's start rule."""
        lines = _Writer()
        for _ in range(self._draws.randint(1, 3)):
            self._expand("chunk", 0, lines)
            lines.newline()
        return lines.text()

    def damaged(self) -> str:
        """A valid program with a few characters, words or lines lost, doubled, swapped or put in."""
        text = self._draws.choice(valid_programs())
        for _ in range(self._draws.randint(0, 4)):
            text = self._damage(text)
        return text

    def _damage(self, text: str) -> str:
        pick = self._draws
        at = pick.randint(0, len(text))
        end = min(len(text), at + pick.randint(0, 6))
        kind = pick.randrange(7)
        if kind == 0:
            return text[:at] + text[end:]
        if kind == 1:
            return text[:at] + pick.choice(DAMAGE) + text[at:]
        if kind == 2:
            return text[:at] + text[at:end] * 2 + text[end:]
        if kind == 3:
            return text[:at] + pick.choice(WORDS + NUMBERS + STRINGS) + text[end:]
        if kind == 4:
            lines = text.split("\n")
            pick.shuffle(lines)
            return "\n".join(lines)
        if kind == 5:
            other = pick.choice(valid_programs())
            return text[:at] + other[pick.randint(0, len(other)) :]
        return text[:at]

    def _expand(self, symbol: str, depth: int, out: _Writer) -> None:
        if len(out.parts) > 200:
            return
        rules = grammar()
        if symbol not in rules:
            out.write(self._terminal(symbol))
            return
        choices = rules[symbol]
        if depth > 9:
            shortest = min(weight for weight, _ in choices)
            choices = [c for c in choices if c[0] == shortest]
        _, expansion = self._draws.choice(choices)
        for part in expansion:
            self._expand(part, depth + 1, out)

    def _terminal(self, name: str) -> str:
        literal = literals().get(name)
        if literal is not None:
            return literal
        if name in ("_NEWLINE", "NEWLINE", "_INDENT", "INDENT", "_DEDENT", "DEDENT"):
            return name.strip("_")
        if name == "LITERAL_LIST":
            return "[" + ", ".join(self._draws.choices(NUMBERS + STRINGS, k=self._draws.randint(2, 90))) + "]"
        if "STRING" in name or "BYTES" in name:
            return self._draws.choice(STRINGS)
        if any(word in name for word in ("NUMBER", "INT", "FLOAT", "DEC", "HEX", "IMAG", "COMPLEX", "BIN", "OCT")):
            return self._draws.choice(NUMBERS)
        if "ATTR" in name:
            return self._draws.choice(ATTRIBUTES)
        return self._draws.choice(WORDS + ATTRIBUTES)


class _Writer:
    """Puts tokens into lines, keeping the indentation."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._level = 0

    def write(self, token: str) -> None:
        if token == "INDENT":
            self._level += 1
            self.parts[-1:] = ["\n" + "    " * self._level]
        elif token == "DEDENT":
            self._level = max(0, self._level - 1)
            self.newline()
        elif token == "NEWLINE":
            self.newline()
        else:
            self.parts.append(token + " ")

    def newline(self) -> None:
        self.parts.append("\n" + "    " * self._level)

    def text(self) -> str:
        return "".join(self.parts).strip(" ") + "\n"


@cache
def _lark() -> Any:
    from tensorsh.language import grammar, parser

    return grammar.build(parser.grammar_text())


@cache
def grammar() -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Rule name -> [(depth of its shallowest derivation, symbols)]."""
    expansions: dict[str, list[tuple[str, ...]]] = {}
    for rule in _lark().rules:
        symbols = tuple(s.name if isinstance(s.name, str) else str(s.name) for s in rule.expansion)
        expansions.setdefault(str(rule.origin.name), []).append(symbols)
    depth: dict[str, int] = {}
    changed = True
    while changed:
        changed = False
        for name, options in expansions.items():
            for symbols in options:
                inner = [depth.get(s, 0 if s not in expansions else 999) for s in symbols]
                found = 1 + max(inner, default=0)
                if found < depth.get(name, 999):
                    depth[name], changed = found, True
    return {
        name: [(1 + max((depth.get(s, 0) for s in symbols), default=0), symbols) for symbols in options]
        for name, options in expansions.items()
    }


@cache
def literals() -> dict[str, str]:
    """Terminals with one spelling, such as keywords and operators."""
    return {t.name: t.pattern.value for t in _lark().terminals if type(t.pattern).__name__ == "PatternStr"}


@cache
def valid_programs() -> list[str]:
    """The inputs of the golden transcripts, in pieces of a few statements."""
    programs = []
    for path in sorted((Path(__file__).parent / "transcripts").glob("*.txt")):
        lines = [line for line in path.read_text().splitlines() if not line.startswith(("\t", "#"))]
        for piece in "\n".join(lines).split("\n\n"):
            if piece.strip():
                programs.append(piece.strip("\n") + "\n")
    return programs or ["x = constant([1., 2.])\nwith tape(x):\n    y = x ** 2\ngrad(y, x)\n"]

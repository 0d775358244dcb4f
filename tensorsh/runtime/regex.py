"""Regular expressions in RE2's syntax, matched in time that is linear in the text.

A pattern becomes a program for a machine that follows all ways to match at once (Thompson's construction, with
Pike's capture lists; see R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009). There is no
backtracking, so no pattern takes long: the work for each character is bounded by the program's size, which is bounded.
Of several matches the leftmost is taken, and of these the one that Perl would find.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .regex_syntax import WORD, Parser, PatternError

_MOST_INSTRUCTIONS = 4000


class _Step(NamedTuple):
    """An instruction: what it does, and what it does it with."""

    kind: str  # "char", "split", "jump", "save", "assert", "match"
    test: Any = None
    first: int = 0
    second: int = 0


class Regex:
    """A pattern that is ready to match. Raises PatternError if it is none, or is too large."""

    def __init__(self, pattern: str) -> None:
        parser = Parser(pattern)
        tree = parser.parse()
        self.groups = parser.groups
        self._steps: list[_Step] = []
        self._emit(("group", 0, tree))
        self._add(_Step("match"))

    def full_match(self, text: str) -> bool:
        """Whether the whole text matches."""
        found = self._run(text, 0, whole=True)
        return found is not None

    def search(self, text: str, start: int = 0) -> list[int | None] | None:
        """Where the leftmost match from `start` on, and each group in it, begins and ends; None if there is none."""
        return self._run(text, start, whole=False)

    def _add(self, step: _Step) -> int:
        if len(self._steps) >= _MOST_INSTRUCTIONS:
            raise PatternError("pattern too large - compile failed")
        self._steps.append(step)
        return len(self._steps) - 1

    def _emit(self, tree: Any) -> None:
        kind = tree[0]
        if kind in ("char", "assert"):
            self._add(_Step(kind, tree[1]))
        elif kind == "cat":
            for part in tree[1]:
                self._emit(part)
        elif kind == "group":
            self._add(_Step("save", None, 2 * tree[1]))
            self._emit(tree[2])
            self._add(_Step("save", None, 2 * tree[1] + 1))
        elif kind == "or":
            ends = []
            for part in tree[1][:-1]:
                fork = self._add(_Step("split"))
                self._emit(part)
                ends.append(self._add(_Step("jump")))
                self._steps[fork] = _Step("split", None, fork + 1, len(self._steps))
            self._emit(tree[1][-1])
            for end in ends:
                self._steps[end] = _Step("jump", None, len(self._steps))
        else:
            self._emit_repeat(*tree[1:])

    def _emit_repeat(self, part: Any, least: int, most: int | None, lazy: bool) -> None:
        for _ in range(least):
            self._emit(part)
        if most is None:
            fork = self._add(_Step("split"))
            self._emit(part)
            self._add(_Step("jump", None, fork))
            self._fork(fork, lazy)
        else:
            forks = []
            for _ in range(most - least):
                forks.append(self._add(_Step("split")))
                self._emit(part)
            for fork in forks:
                self._fork(fork, lazy)

    def _fork(self, fork: int, lazy: bool) -> None:
        ways = (fork + 1, len(self._steps))
        self._steps[fork] = _Step("split", None, *(ways[::-1] if lazy else ways))

    def _run(self, text: str, start: int, whole: bool) -> list[int | None] | None:
        steps, found = self._steps, None
        threads: list[tuple[int, list[int | None]]] = []
        empty: list[int | None] = [None] * (2 * self.groups + 2)
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            ahead: list[tuple[int, list[int | None]]] = []
            for step, saved in threads:
                self._follow(ahead, seen, step, saved, text, at)
            if found is None and (at == start or not whole):
                self._follow(ahead, seen, 0, empty, text, at)
            letter = text[at : at + 1]
            threads = []
            for step, saved in ahead:
                if steps[step].kind == "match":
                    if whole and at < len(text):
                        continue
                    found = saved
                    break  # what comes later is worth less
                if letter and steps[step].test(letter):
                    threads.append((step + 1, saved))
            if not threads and (found is not None or whole):
                break
        return found

    def _follow(self, ahead: Any, seen: set[int], step: int, saved: list[int | None], text: str, at: int) -> None:
        """Add what a thread at `step` comes to without reading: characters to test, and the match."""
        pending = [(step, saved)]
        while pending:
            step, saved = pending.pop()
            if step in seen:
                continue
            seen.add(step)
            kind, test, first, second = self._steps[step]
            if kind == "jump":
                pending.append((first, saved))
            elif kind == "split":
                pending += [(second, saved), (first, saved)]
            elif kind == "save":
                pending.append((step + 1, [*saved[:first], at, *saved[first + 1 :]]))
            elif kind == "assert":
                if _holds(test, text, at):
                    pending.append((step + 1, saved))
            else:
                ahead.append((step, saved))


def _holds(what: str, text: str, at: int) -> bool:
    if what == "start":
        return at == 0
    if what == "end":
        return at == len(text)
    if what == "line start":
        return at == 0 or text[at - 1] == "\n"
    if what == "line end":
        return at == len(text) or text[at] == "\n"
    edge = (at > 0 and text[at - 1] in WORD) != (at < len(text) and text[at] in WORD)
    return edge == (what == "word edge")

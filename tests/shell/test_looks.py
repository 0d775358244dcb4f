"""The colours of an entry, and the lines below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document

from tensorsh.language import highlighting
from tensorsh.session import Session
from tensorsh.shell.editing import margin_by_tab, submits
from tensorsh.shell.hints import hint
from tensorsh.shell.looks import COLORS, Colors, StyledText, styled_lines
from tensorsh.shell.pairs import closed_by, is_empty_pair, types_over


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it, from #rrggbb."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("color", COLORS.values())
def test_a_colour_is_legible_on_black_and_on_white(color: str) -> None:
    assert min(1.05 / (luminance(color) + 0.05), (luminance(color) + 0.05) / 0.05) >= 4
    assert all(int(color[i : i + 2], 16) in (0, 95, 135, 175, 215, 255, 0x76) for i in (1, 3, 5))  # of the 256


def test_each_word_has_the_style_of_its_role() -> None:
    assert styled_lines("if x:\n  tf", {"tf"}) == [
        [("class:role.keyword", "if"), ("class:role.blank", " "), ("class:role.name", "x"),
         ("class:role.operator", ":")],
        [("class:role.blank", "  "), ("class:role.library", "tf")],
    ]  # fmt: skip


def test_only_the_lines_in_the_window_are_styled(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    styled = StyledText("\n".join(f"x = {i}" for i in range(1000)))
    monkeypatch.setattr(highlighting, "pieces_of", lambda part, *_: read.append(part) or [])
    for number in (500, 501, 500):
        styled.line(number)
    assert read == ["x = 500", "x = 501"]


def test_strings_and_joined_lines_go_on_over_lines() -> None:
    text = "x = '''a\n[b\n''' + 'c'\ny = \\\n  'd\\\ne'\n# '''\nif"
    assert [[style.rpartition(".")[2] for style, part in line if part.strip()] for line in styled_lines(text)] == [
        ["name", "operator", "string"], ["string"], ["string", "operator", "string"], ["name", "operator", "blank"],
        ["string"], ["string"], ["comment"], ["keyword"],
    ]  # fmt: skip


def test_a_mistake_is_underlined_inside_a_word_too() -> None:
    (line,) = styled_lines("a b c")
    assert [text for style, text in line if "mistake" in style] == ["b"]


@pytest.mark.parametrize("text", [":stats x y", "matmul?", "x = ", "?x"])
def test_nothing_is_underlined_where_nothing_is_wrong(text: str) -> None:
    assert not [style for line in styled_lines(text) for style, _ in line if "mistake" in style]


def test_while_the_session_loads_an_entry_is_plain() -> None:
    library: list[set[str]] = []
    colors = Colors(lambda: library[0] if library else None)
    before = colors.invalidation_hash()
    assert colors.lex_document(Document("if x"))(0) == [("", "if x")]
    library.append(set())
    assert colors.lex_document(Document("if x"))(0)[0] == ("class:role.keyword", "if")
    assert colors.invalidation_hash() != before


def shown(text: str, session: Session, width: int = 80, offered: str = "") -> str:
    return "".join(part for _, part in hint(text, len(text), session.visible_names(), width, offered))


def test_the_call_is_shown_with_its_active_parameter_and_what_it_does(session: Session) -> None:
    fragments = hint("square(", 7, {}, 80)
    assert fragments[:3] == [("", "square("), ("class:bottom-toolbar.active", "x"), ("", ", name=None)")]
    assert shown("square(", session) == "square(x, name=None)\nx * x"


def test_a_mistake_is_told(session: Session) -> None:
    assert shown("1 +* 2 ", session) == "an expression is missing between '+' and '*'"


def test_what_is_offered_goes_first_and_all_fits_the_window(session: Session) -> None:
    assert shown("square(", session, offered="float32 (2,)") == "float32 (2,)"
    for text in ("tf.nn.conv2d(", "1 +* 2 ", "reduce_sum(x, axis="):
        assert max(map(len, shown(text, session, width=30).split("\n"))) <= 30


@given(st.text(alphabet=st.sampled_from("xf.([{,= '\"\n:|#1)]}?\\$é"), max_size=30), st.data())
def test_whatever_is_typed_is_shown(text: str, data: st.DataObject) -> None:
    """No text makes a colour, a hint or a key fail."""
    cursor = data.draw(st.integers(0, len(text)))
    lines = ["".join(part for _, part in line) for line in styled_lines(text)]
    assert "\n".join(lines) == text
    hint(text, cursor, {"x": 1, "f": len}, 40)
    submits(text, cursor)
    above, _, line = text[:cursor].rpartition("\n")
    margin_by_tab(above, line, len(line))
    for key in "([{)]}'\"":
        closed_by(text[:cursor], text[cursor:], key)
        types_over(text[:cursor], text[cursor:], key)
    is_empty_pair(text[:cursor], text[cursor:])


@pytest.mark.parametrize("text", ["", "x = 1", ":vars", "(1, "])
def test_often_there_is_nothing_to_say(text: str, session: Session) -> None:
    assert shown(text, session) == ""

"""What the keys do in the editor: a binding moves text about as `editing`, `pairs` and `paste` decide."""

from __future__ import annotations

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import (
    Condition,
    Filter,
    completion_is_selected,
    emacs_insert_mode,
    has_completions,
    has_focus,
    has_selection,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from ..settings import Settings
from . import editing, pairs, paste


def key_bindings(settings: Settings) -> KeyBindings:
    """The shell's own bindings, to be laid over the editor's."""
    keys = KeyBindings()
    focused = has_focus(DEFAULT_BUFFER)
    inserting = focused & (emacs_insert_mode | vi_insert_mode)

    @keys.add("enter", filter=focused & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None  # what was selected is in the text already

    @keys.add("enter", filter=focused & ~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if editing.submits(buffer.text, buffer.cursor_position):
            # What stays on the screen and goes to the history ends with the block, not with the blank line.
            buffer.document = Document(buffer.text.rstrip())
            buffer.validate_and_handle()
        else:
            _begin_line(buffer)

    @keys.add("escape", "enter", filter=focused)
    def _(event: KeyPressEvent) -> None:
        _begin_line(event.current_buffer)

    @keys.add("backspace", filter=inserting & ~has_selection, save_before=lambda event: not event.is_repeat)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        document = buffer.document
        if settings.pairs and pairs.is_empty_pair(document.text_before_cursor, document.text_after_cursor):
            buffer.delete()
        count = editing.erased_by_backspace(document.current_line_before_cursor)
        buffer.delete_before_cursor(max(count, event.arg))

    @keys.add("tab", filter=inserting & _at_line_start)
    def _(event: KeyPressEvent) -> None:
        margin = _margin_by_tab(event.current_buffer.document)
        if margin is not None:
            _indent(event.current_buffer, margin)

    @keys.add("tab", filter=inserting & ~_at_line_start)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None:
            buffer.complete_next()
        else:
            buffer.start_completion(insert_common_part=True)

    @keys.add("s-tab", filter=inserting & ~has_completions)
    def _(event: KeyPressEvent) -> None:
        document = event.current_buffer.document
        _indent(event.current_buffer, editing.margin_by_backtab(document.current_line))

    @keys.add(Keys.BracketedPaste, filter=focused)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(paste.cleaned(event.data))

    _bind_pairs(keys, inserting & ~has_selection & Condition(lambda: settings.pairs))
    return keys


def _bind_pairs(keys: KeyBindings, when: Filter) -> None:
    def typed(event: KeyPressEvent) -> None:
        buffer, key = event.current_buffer, event.data
        before, after = buffer.document.text_before_cursor, buffer.document.text_after_cursor
        if key not in pairs.OPENING and pairs.types_over(before, after, key):
            buffer.cursor_right()
            return
        closing = pairs.closed_by(before, after, key) if key not in pairs.CLOSING else ""
        buffer.insert_text(key)
        if closing:
            buffer.insert_text(closing, move_cursor=False)

    for key in pairs.OPENING + pairs.CLOSING + pairs.QUOTES:
        keys.add(key, filter=when)(typed)


@Condition
def _at_line_start() -> bool:
    return _margin_by_tab(get_app().current_buffer.document) is not None


def _margin_by_tab(document: Document) -> str | None:
    above = document.text_before_cursor.rpartition("\n")[0]
    return editing.margin_by_tab(above, document.current_line, document.cursor_position_col)


def _indent(buffer: Buffer, margin: str) -> None:
    """Let the cursor's line begin with those blanks; the cursor stays where it is in its text, or goes to its start."""
    document = buffer.document
    line = document.current_line
    old = len(line) - len(line.lstrip(" \t"))
    start = document.cursor_position - document.cursor_position_col
    cursor = start + len(margin) + max(document.cursor_position_col - old, 0)
    buffer.document = Document(document.text[:start] + margin + document.text[start + old :], cursor)


def _begin_line(buffer: Buffer) -> None:
    buffer.cursor_position = editing.line_break(buffer.text, buffer.cursor_position)
    buffer.insert_text("\n" + editing.indentation(buffer.document.text_before_cursor))

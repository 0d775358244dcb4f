"""What the keys do in the editor: a binding moves text about as `editing` and `paste` decide."""

from __future__ import annotations

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus, has_selection
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from . import editing, paste


def key_bindings() -> KeyBindings:
    """The shell's own bindings, to be laid over the editor's."""
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if editing.submits(buffer.text, buffer.cursor_position):
            # What stays on the screen and goes to the history ends with the block, not with the blank line.
            buffer.document = Document(buffer.text.rstrip())
            buffer.validate_and_handle()
        else:
            _begin_line(buffer)

    @keys.add("escape", "enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        _begin_line(event.current_buffer)

    @keys.add("backspace", filter=typing & ~has_selection, save_before=lambda event: not event.is_repeat)
    def _(event: KeyPressEvent) -> None:
        document = event.current_buffer.document
        count = editing.erased_by_backspace(document.current_line_before_cursor)
        event.current_buffer.delete_before_cursor(max(count, event.arg))

    @keys.add("tab", filter=typing & _at_line_start)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        buffer.insert_text(editing.inserted_by_tab(buffer.document.current_line_before_cursor) or "")

    @keys.add(Keys.BracketedPaste, filter=typing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(paste.cleaned(event.data))

    return keys


@Condition
def _at_line_start() -> bool:
    line = get_app().current_buffer.document.current_line_before_cursor
    return editing.inserted_by_tab(line) is not None


def _begin_line(buffer: Buffer) -> None:
    buffer.insert_text("\n" + editing.indentation(buffer.document.text_before_cursor))

"""The editor: prompt_toolkit's, with the shell's keys, completion, colours and hints."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory, ConditionalAutoSuggest
from prompt_toolkit.cursor_shapes import DynamicCursorShapeConfig, ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.output import ColorDepth, Output

from ..settings import Settings
from .completer import Names, Offers, Shown
from .hints import hint
from .keys import key_bindings
from .looks import STYLE, Colors

_VI_CURSOR = ModalCursorShapeConfig()
PROMPT, CONTINUATION = "tsh> ", " ... "


class Editor:
    """A reader of entries of many lines.

    names: what the session has bound; None while it is still loading, when there are no completions, colours and
    hints, and keys are taken all the same.
    """

    def __init__(
        self,
        history: History,
        names: Names,
        settings: Settings,
        color: Callable[[], bool] = lambda: True,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._names = names
        self._settings = settings
        self._color = color
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)],
            multiline=True,
            prompt_continuation=_continuation,
            key_bindings=key_bindings(settings),
            lexer=Colors(lambda: _library() if names() is not None else None),
            completer=Offers(names),
            complete_while_typing=False,
            auto_suggest=ConditionalAutoSuggest(AutoSuggestFromHistory(), Condition(lambda: settings.suggestions)),
            enable_history_search=True,
            input_processors=[HighlightMatchingBracketProcessor(chars="[](){}")],
            history=history,
            style=STYLE,
            cursor=DynamicCursorShapeConfig(lambda: _VI_CURSOR if settings.vi else None),
            enable_suspend=True,
            enable_open_in_editor=True,
            tempfile_suffix=".tsh",
            input=input,
            output=output,
        )
        self._session.app.before_render += lambda _: self._show_hint()

    def __call__(self) -> str:
        """Read one entry."""
        self._session.editing_mode = EditingMode.VI if self._settings.vi else EditingMode.EMACS
        self._session.color_depth = _depth(self._color(), self._session.output)
        return self._session.prompt()

    def refresh(self) -> None:
        """Show the entry anew, as the session has loaded. May be called from any thread."""
        self._session.app.invalidate()

    def _show_hint(self) -> None:
        """Where there is nothing to say, there is no line below the entry."""
        names = self._names()
        buffer = self._session.default_buffer
        self._session.bottom_toolbar = None
        if names is None or not self._settings.hints:
            return
        state = buffer.complete_state
        selected = state.current_completion if state is not None else None
        told = selected.offer.detail if isinstance(selected, Shown) else ""
        width = self._session.output.get_size().columns
        shown: Any = hint(buffer.text, buffer.cursor_position, names, width, told)
        self._session.bottom_toolbar = shown or None


def _continuation(width: int, line: int, wrapped: int) -> AnyFormattedText:
    return [("class:continuation", " " * width if wrapped else CONTINUATION)]


def _depth(color: bool, output: Output) -> ColorDepth:
    """As many colours as the terminal has, or none."""
    if not color:
        return ColorDepth.DEPTH_1_BIT
    depth = output.get_default_color_depth()
    return ColorDepth.DEPTH_8_BIT if depth is ColorDepth.DEPTH_1_BIT else depth  # NO_COLOR, overridden


@cache
def _library() -> Collection[str]:
    """The names that are coloured as the language's own."""
    from ..completion.catalog import catalog
    from ..ops.namespace import MODULES

    return {name for name in catalog() if "." not in name} | set(MODULES.values())

"""Something that takes its time, made on a thread while the user can already type."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Loading(Generic[T]):
    """Makes a value at once, in the background; calling it waits for the value."""

    def __init__(self, make: Callable[[], T], afterwards: Callable[[T], None] = lambda value: None) -> None:
        """`afterwards` is called on the same thread, with the value, which is there for others by then."""
        self._make = make
        self._afterwards = afterwards
        self._made: list[T] = []
        self._error: BaseException | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __call__(self) -> T:
        """The value. Raises what making it raised."""
        self._over.wait()
        if self._error is not None:
            raise self._error
        return self._made[0]

    @property
    def is_ready(self) -> bool:
        """Whether the value is there."""
        return bool(self._made)

    def finish(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join()

    @property
    def is_busy(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._made.append(self._make())
        except BaseException as error:
            self._error = error
        finally:
            self._over.set()
        if self._made:
            self._afterwards(self._made[0])

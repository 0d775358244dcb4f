"""What the user can choose about the editor. It is looked at anew for every key: a change shows at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Preferences:
    """The choices, each with what holds unless the user says otherwise."""

    vi: bool = False  # vi's keys instead of Emacs's
    suggestions: bool = True  # the rest of an earlier entry is shown behind the cursor
    pairs: bool = True  # a bracket or quote is closed as it is opened
    hints: bool = True  # the signature of the call, and what is wrong, below the entry

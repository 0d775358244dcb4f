"""What could stand at the cursor, and the call that it is inside of: for the shell, and for other programs' editors.

Everything is a function of (text, cursor, names); nothing here runs any of a program's code, or knows a terminal.

place.py       where the cursor stands, by the words of the text alone
values.py      what expressions and attributes are, without running them
signatures.py  what functions are called with
catalog.py     what is told of the library's names, kept in the cache
matching.py    which names may be meant by what is typed
offers.py      `complete`: what could stand there
calls.py       `call_at`: the call that the cursor is inside of
"""

from .calls import Hint, call_at
from .offers import Offer, complete

__all__ = ["Hint", "Offer", "call_at", "complete"]

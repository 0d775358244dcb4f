"""`:recover`: the entries of a session that was not left."""

from __future__ import annotations

from .commands import CommandError, Desk, command


@command("[show|drop]")
def recover(desk: Desk, argument: str) -> None:
    """Run the entries of the session that was lost last.

    `show` only lists them, `drop` forgets them.
    """
    lost = desk.lost
    if not lost:
        raise CommandError("no session was lost")
    if argument not in ("", "show", "drop"):
        raise CommandError(f":recover takes show or drop, not {argument!r}")
    session = lost[0]
    if argument == "show":
        desk.write(
            "\n".join([*session.entries, *([f"# not ended: {session.unfinished}"] if session.unfinished else [])])
        )
        return
    try:
        kept = session.path.read_bytes()
        session.path.unlink()
    except FileNotFoundError:
        raise CommandError("another shell has recovered it") from None
    finally:
        del lost[0]
    if argument == "drop":
        return
    try:
        for number, entry in enumerate(session.entries, 1):
            desk.run_again(entry, f"recovered {number}")
    except BaseException:  # interrupted, so that what it has bound is gone
        desk.lost.insert(0, session)
        session.path.write_bytes(kept)
        raise
    if session.unfinished:
        desk.write(f"This was running when the session ended, and is not run again:\n{session.unfinished}")

"""How far work is, as those tell who do it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from tensorsh.ops import registry
from tensorsh.runtime import threads, work


def fraction() -> float | None:
    assert work.current is not None
    return work.current.fraction()


def test_the_items_that_are_done_count() -> None:
    seen = []
    for item in work.over("abcd"):
        seen.append((item, fraction()))
    assert seen == [("a", 0.0), ("b", 0.25), ("c", 0.5), ("d", 0.75)]
    assert work.current is None


def test_the_outermost_work_tells() -> None:
    for _ in work.over(range(2)):
        before = fraction()
        for _ in work.over(range(10)):
            assert fraction() == before


def test_an_error_ends_the_work() -> None:
    try:
        with work.Extent(lambda: 0.5):
            raise ValueError
    except ValueError:
        assert work.current is None


def test_shared_work_tells_how_many_blocks_are_done() -> None:
    seen = []

    def take(queue: object) -> None:
        for _ in queue:  # type: ignore[attr-defined]
            seen.append(fraction())

    threads.share(take, range(64), 64)
    assert len(seen) == 64 and max(part for part in seen if part is not None) > 0.9
    assert work.current is None


def test_reading_tells_the_place_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1 << 20))
    for file in (path.open("rb"), io.BytesIO(path.read_bytes())):
        with file, work.reading(file):
            assert fraction() == 0
            file.read(1 << 19)
            assert 0.5 <= (fraction() or 0) < 0.6


def test_ops_with_a_function_for_each_row_tell_how_many_are_done() -> None:
    seen: list[float | None] = []

    def note(*values: object) -> object:
        seen.append(fraction())
        return values[0]

    rows = np.arange(4, dtype=np.float32)
    for name in ("map_fn", "scan", "foldl", "foldr"):
        seen.clear()
        registry.resolve(name)(note, rows, *([] if name == "map_fn" else [0.0]))
        assert seen == [0.0, 0.25, 0.5, 0.75], name
    seen.clear()
    registry.resolve("while_loop")(lambda i: True, lambda i: [note(i)], [0], maximum_iterations=4)
    assert seen == [0.0, 0.25, 0.5, 0.75]

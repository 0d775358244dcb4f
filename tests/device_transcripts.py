"""The golden sessions on the stand-in for CuPy: `test_transcripts.py` runs this file in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorsh.runtime import backend
from tests import strict_xp, transcripts
from tests.test_transcripts import FILES, check


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "functions"], ids=lambda path: path.stem)
def test_prints_the_same_on_a_device(path: Path) -> None:
    """On the stand-in for CuPy, all but where a tensor is, and what a factorisation leaves to its library.

    `functions` is left out: functions of arrays on a device are not traced, but run.
    """

    def is_the_same_there(statement: transcripts.Statement) -> bool:
        # A pseudoinverse has its last digits from singular vectors. NumPy takes no device's memory.
        if statement.floats == "normwise" or "pinv" in statement.source or "dlpack" in statement.source:
            return False
        return "device:CPU" not in "".join(statement.expected)

    with backend.using(strict_xp):
        check(path, is_the_same_there)

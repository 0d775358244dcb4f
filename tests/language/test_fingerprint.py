"""What stands for the package's files in the keys of the cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tensorsh.language.fingerprint import stamp


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in ("a.py", "b.py", "c.lark", "d.txt"):
        (tmp_path / name).write_text("x = 1\n")
    return tmp_path


@pytest.mark.parametrize("name", ["a.py", "c.lark"])
def test_an_edited_file_makes_another_stamp(package: Path, name: str) -> None:
    before, path = stamp(str(package)), package / name
    path.write_text("x = 2\n")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 10**9))  # even where clocks are coarse
    assert stamp(str(package)) != before


def test_so_does_one_that_is_new_gone_or_of_another_name(package: Path) -> None:
    stamps = [stamp(str(package))]
    (package / "e.py").write_text("")
    stamps.append(stamp(str(package)))
    (package / "e.py").rename(package / "f.py")
    stamps.append(stamp(str(package)))
    (package / "a.py").unlink()
    stamps.append(stamp(str(package)))
    assert len(set(stamps)) == len(stamps)


def test_other_files_and_a_folder_that_is_not_there_do_not_count(package: Path) -> None:
    before = stamp(str(package))
    (package / "d.txt").write_text("y\n")
    assert stamp(str(package), str(package / "none")) == before

"""The socket: nobody else can reach it, and nobody's place is taken."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from tensorsh.serve.listening import CannotListen, listen, unlink_own


def test_it_is_its_users_alone_from_the_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    replace = os.replace

    def watched(source: str, target: str) -> None:
        seen.append(stat.S_IMODE(os.lstat(source).st_mode))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    before = os.umask(0)
    try:
        listener = listen(str(tmp_path / "s"))
    finally:
        assert os.umask(before) == 0  # it is set back
    assert seen == [0o600] and stat.S_IMODE(os.lstat(tmp_path / "s").st_mode) == 0o600
    assert os.listdir(tmp_path) == ["s"]
    listener.close()


def test_one_that_a_server_left_behind_is_replaced(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    listen(path).close()
    second = listen(path)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
    second.close()


def test_one_that_lives_is_not(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    first = listen(path)
    with pytest.raises(CannotListen, match="a server listens at"):
        listen(path)
    first.close()


def test_nothing_but_a_socket_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "s")
    for name in ("s", "link"):
        with pytest.raises(CannotListen, match="no socket of yours"):
            listen(str(tmp_path / name))
    assert (tmp_path / "s").read_text() == "precious"


def test_folders_that_will_not_do(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(CannotListen, match="others can write in the folder"):
        listen(str(shared / "s"))
    with pytest.raises(CannotListen, match="No such file"):
        listen(str(tmp_path / "none" / "s"))
    with pytest.raises(CannotListen, match="too long for a socket"):
        listen(str(tmp_path / ("long" * 60)))
    assert sorted(os.listdir(tmp_path)) == ["shared"]


def test_anothers_socket_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "s"
    first = listen(str(path))
    status = os.lstat(path)
    path.unlink()
    second = listen(str(path))
    unlink_own(str(path), first, status)
    assert path.exists()
    unlink_own(str(path), second, os.lstat(path))
    assert not path.exists()

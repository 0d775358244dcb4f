"""A process that is killed while it saves leaves the old file or the new one, always whole."""

from __future__ import annotations

import os
import random
import signal
import time
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from tensorsh.data.files import load, save
from tensorsh.runtime.tensor import wrap

SIZE = 3000


@pytest.mark.parametrize("name", ["x.npy", "x.csv", "x.npy.gz"])
def test_a_killed_save_leaves_a_whole_file(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    save(path, wrap(np.zeros(SIZE, np.int32)))
    moments = random.Random(name)
    for _ in range(10):
        before = os.stat(path).st_ino
        child = os.fork()
        if not child:
            for number in count(1):
                save(path, wrap(np.full(SIZE, number, np.int32)))
        while os.stat(path).st_ino == before:  # until it is at work
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = load(path).numpy()
        assert found.shape == (SIZE,) and found[0] > 0 and (found == found[0]).all()

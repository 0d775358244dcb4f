"""scripts/examples/*.tsh, run on small data whose answers are known."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "scripts" / "examples"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def tensorsh(*arguments: str, stdin: str = "") -> str:
    command = [sys.executable, "-m", "tensorsh", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_regression_finds_a_line(folder: Path) -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 60)) * 10 + 3
    target = 2 * a - 3 * b + 5
    (folder / "X.csv").write_text("a,b\n" + "".join(f"{u},{v}\n" for u, v in zip(a, b)))
    (folder / "y.csv").write_text("".join(f"{t}\n" for t in target))
    said = tensorsh("-d", "X=X.csv", "-d", "y=y.csv", "-O", "out.csv", str(EXAMPLES / "regression.tsh"), "300")
    assert said.startswith("300 steps, loss 0.0000, R2 1.0000")
    out = np.loadtxt("out.csv", delimiter=",", skiprows=1)
    assert Path("out.csv").read_text().startswith("target,prediction\n")
    np.testing.assert_allclose(out[:, 1], target, atol=1e-3)


def test_classification_tells_two_clouds_apart(folder: Path) -> None:
    rng = np.random.default_rng(2)
    label = np.arange(80) % 2
    data = np.column_stack([rng.normal(size=(80, 2)) + 4 * label[:, None], label])
    np.savetxt("data.csv", data, delimiter=",")
    said = tensorsh("-d", "data=data.csv", "-O", "out.csv", str(EXAMPLES / "classification.tsh"))
    assert float(said.split("accuracy ")[1]) > 0.95
    out = np.loadtxt("out.csv", delimiter=",", skiprows=1)
    assert ((out[:, 1] > 0.5) == label).mean() > 0.95


def test_running_moments_end_as_numpys() -> None:
    rows = np.random.default_rng(3).normal(size=(50, 3))
    lines = "".join(" ".join(map(str, row)) + "\n" for row in rows.tolist())
    out = tensorsh("-p", "-I", "plain,dtype=float64", "-o", "csv", str(EXAMPLES / "running.tsh"), stdin=lines)
    last = np.array(out.splitlines()[-1].split(","), float)
    np.testing.assert_allclose(last, [*rows.mean(axis=0), *rows.std(axis=0)])


def test_every_example_is_run_here() -> None:
    text = Path(__file__).read_text()
    for name in os.listdir(EXAMPLES):
        assert f'"{name}"' in text, name

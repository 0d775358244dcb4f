"""Tensors print as TensorFlow prints them: `str` and `repr` through NumPy, `tf.print` its own way.

printing_tf.json is TensorFlow's output, made by printing_tf.py.
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tensorsh.ops.namespace import Namespace
from tensorsh.runtime.printing import kernel_text

TENSORFLOW = json.loads(Path(__file__).with_name("printing_tf.json").read_text())
tf: Any = Namespace("tf")
np: Any = Namespace("np")


@pytest.mark.parametrize("expression", TENSORFLOW["cases"])
def test_every_dtype_rank_and_size(expression: str) -> None:
    said = TENSORFLOW["cases"][expression]
    tensor = eval(expression, {"tf": tf})
    assert str(tensor) == said["str"]
    assert repr(tensor) == said["repr"]
    for summarize, text in said["kernel"].items():
        assert kernel_text(tensor._array, int(summarize)) == text


@pytest.mark.parametrize("call", TENSORFLOW["printed"])
def test_tf_print(call: str) -> None:
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        eval(call, {"tf": tf, "np": np})
    assert errors.getvalue() == TENSORFLOW["printed"][call]


def test_tf_print_to_standard_output() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        tf.print(tf.constant([1.5]), output_stream="stdout")
    assert output.getvalue() == "[1.5]\n"


def test_tf_print_writes_no_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Unsupported output stream"):
        tf.print(1, output_stream=f"file://{tmp_path}/x")
    assert list(tmp_path.iterdir()) == []

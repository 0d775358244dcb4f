"""Pasted text: prompts and output go, everything else stays."""

from __future__ import annotations

import pytest

from tensorsh.shell.paste import cleaned


@pytest.mark.parametrize(
    ("pasted", "entry"),
    [
        ("x = 1", "x = 1"),
        ("x = 1\n", "x = 1"),
        (">>> x = 1\n>>> x\n1\n", "x = 1\nx\n"),
        (">>> for i in y:\n...     print(i)\n...\n0\n1", "for i in y:\n    print(i)"),
        ("tsh> for i in y:\n ...     print(i)\n0", "for i in y:\n    print(i)"),
        ("In [1]: x = 1\n   ...: y = 2\n\nIn [2]: x\nOut[2]: 1", "x = 1\ny = 2\nx"),
        ("In [1]: f(\n   ...:     2)\nOut[1]: \narray([[1, 2],\n       ...,\n       [3, 4]])\n", "f(\n    2)\n"),
        ("tsh> x\n<tf.Tensor: shape=(), numpy=1>\ntsh> y\nInterrupted\n", "x\ny\n"),
        ("array([1., 2.]) here\n>>> x = 1\n... 3\n", "x = 1\n3\n"),  # the end of an output before it
        (">>> x\n... y\nz\n... output\n", "x\ny\n"),  # dots below an output are no prompt
        ('"""\n>>> f(1)\n"""\n', '"""\n>>> f(1)\n"""\n'),  # a docstring, not a transcript
        ("    >>> x = 1\n    >>> x\n    1\n", "x = 1\nx\n"),
        ("    a = 1\n    if a:\n        b\n", "a = 1\nif a:\n    b\n"),
        ("a\r\nb\r", "a\nb\n"),
        ("x[...]\n...", "x[...]\n..."),  # an ellipsis is a prompt only below a prompt
        ("x >>> y", "x >>> y"),
        ("", ""),
    ],
)
def test_cleaned(pasted: str, entry: str) -> None:
    assert cleaned(pasted) == entry

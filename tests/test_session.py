"""Sessions: names, echo, failure, imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tensorsh.language.source import TensorshSyntaxError
from tensorsh.session import Session

Shown = Callable[[str], str]


def test_a_top_level_expression_shows_its_repr(shown: Shown) -> None:
    assert shown("1 + 1") == "2\n"
    assert shown("'text'") == "'text'\n"
    assert shown("constant(3.)") == "<tf.Tensor: shape=(), dtype=float32, numpy=3.0>\n"


def test_none_and_a_trailing_semicolon_show_nothing(shown: Shown) -> None:
    assert shown("None") == ""
    assert shown("1 + 1;") == ""
    assert shown("1; 2;") == "1\n"


def test_a_semicolon_between_expressions_only_separates_them(shown: Shown) -> None:
    assert shown("1; 2") == "1\n2\n"


def test_an_expression_inside_a_block_shows_nothing(shown: Shown) -> None:
    assert shown("for i in range(3):\n    i\nif True: 5") == ""


def test_underscore_is_the_last_value_shown(shown: Shown) -> None:
    assert shown("6 * 7\n_ + 1\n_ = 0\n5\n_") == "42\n43\n5\n0\n"


def test_a_failed_statement_binds_nothing(session: Session) -> None:
    session.run("kept = 1", "a")
    with pytest.raises(ZeroDivisionError):
        session.run("for kept in [2, 3]:\n    new = kept\n    kept / 0", "b")
    assert session.visible_names() == {"kept": 1}


def test_a_class_of_another_file_is_a_base(session: Session, shown: Shown, tmp_path: Path) -> None:
    text = "class Shape:\n    sides = 0\n    def f(self): return self.sides, self._h\n    _h = 1\n"
    (tmp_path / "shapes.tsh").write_text(text)
    session.folder = str(tmp_path)
    session.run("import shapes\nclass Square(shapes.Shape):\n    sides = 4\n    _h = 2", "a")
    assert shown("Square().f(), Square") == "((4, 2), <class '__main__.Square'>)\n"


def test_what_a_failed_statement_deletes_or_binds_through_a_function_is_as_before(
    session: Session, shown: Shown
) -> None:
    session.run("x, y = 1, 2\ndef f():\n    global x, made\n    x = made = 5\n", "s")
    session.run("def g(): f(); del_y()\ndef del_y():\n    global y\n    del y\n", "s")
    for text in ("f(); 1 / 0", "g(); 1 / 0", "for x in [7]: 1 / 0", "import math as y; 1 / 0"):
        with pytest.raises(ZeroDivisionError):
            session.run(text, "s")
        assert shown("x, y, 'made' in argv") == "(1, 2, False)\n"
        assert "made" not in session.names


def test_a_class_that_fails_binds_nothing(session: Session) -> None:
    session.run("class A:\n    n = 1", "a")
    with pytest.raises(ZeroDivisionError):
        session.run("class A:\n    n = 1 / 0", "b")
    assert session.names["A"].n == 1


def test_what_stands_before_a_failure_has_run(session: Session) -> None:
    with pytest.raises(NameError):
        session.run("a = 1\nb = missing\nc = 2", "t")
    assert session.visible_names() == {"a": 1}


def test_a_program_with_a_syntax_error_does_not_compile(session: Session) -> None:
    with pytest.raises(TensorshSyntaxError):
        session.compile("a = 1\nb = (", "t")
    assert session.visible_names() == {}


def test_a_failure_inside_a_tape_leaves_no_tape_open(session: Session, shown: Shown) -> None:
    with pytest.raises(ZeroDivisionError):
        session.run("with tape:\n    1 / 0", "t")
    assert shown("x = Variable(2.)\nwith tape: y = x * x\ngrad(y, x).numpy()") == "np.float32(4.0)\n"


def test_user_names_shadow_the_library(shown: Shown) -> None:
    assert shown("zeros = 5\nzeros\ndel zeros\nzeros(1)") == (
        "5\n<tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.], dtype=float32)>\n"
    )


def test_functions_see_later_names(shown: Shown) -> None:
    assert shown("def f(): return later\nlater = 3\nf()") == "3\n"


@pytest.mark.parametrize(
    "statement",
    [
        "import tensorflow as tf",
        "import tensorflow",
        "import numpy as np",
        "import math",
        "from tensorflow import math as m",
        "from math import sqrt, pi as p",
        "import tensorflow.math",
        "import tensorflow.nn as nn",
        "from __future__ import annotations",
    ],
)
def test_the_namespaces_can_be_imported(session: Session, statement: str) -> None:
    session.run(statement, "t")


def test_the_namespaces_are_there_without_an_import(shown: Shown) -> None:
    assert shown("tf.math.add(1, 2).numpy()\nmath.sqrt(4)") == "np.int32(3)\n2.0\n"


def test_a_missing_module_says_what_there_is(session: Session) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'os'") as caught:
        session.run("import os", "t")
    assert "numpy, random, string, sys, tensorflow, time" in caught.value.hint  # type: ignore[attr-defined]


@pytest.mark.parametrize(("module", "way"), [("matplotlib.pyplot", "plot(x, y)"), ("pandas", "load(")])
def test_a_missing_module_says_what_does_its_work_here(session: Session, module: str, way: str) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        session.run(f"import {module} as m", "t")
    assert way in caught.value.hint  # type: ignore[attr-defined]


def test_a_tsh_file_is_a_module(tmp_path: Path) -> None:
    (tmp_path / "helper.tsh").write_text("scale = 3\ndef times(x): return x * scale\n_hidden = 1\n")
    session = Session(folder=str(tmp_path))
    session.run("import helper\nfrom helper import times as t\na = helper.times(2)\nb = t(5)", "main")
    assert (session.names["a"], session.names["b"]) == (6, 15)
    with pytest.raises(AttributeError):
        session.run("getattr(helper, '_hidden')", "main 2")


def test_a_module_that_cannot_be_read_is_an_import_error(tmp_path: Path) -> None:
    (tmp_path / "latin.tsh").write_bytes(b'x = "\xe9"\n')
    (tmp_path / "folder.tsh").mkdir()
    session = Session(folder=str(tmp_path))
    for module, why in (("latin", "it is not UTF-8 text"), ("folder", "Is a directory")):
        with pytest.raises(ImportError, match=why):
            session.run(f"import {module}", "main")


def test_modules_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "util.tsh").write_text("where = 'top'\n")
    (tmp_path / "sub" / "util.tsh").write_text("where = 'sub'\n")
    (tmp_path / "sub" / "model.tsh").write_text("import util\nwhere = util.where\n")
    session = Session(folder=str(tmp_path))
    session.run("from sub.model import where as inner\nimport util\nouter = util.where", "main")
    assert (session.names["inner"], session.names["outer"]) == ("sub", "top")


def test_an_import_leaves_the_seed_and_the_open_tape_alone(tmp_path: Path) -> None:
    (tmp_path / "helper.tsh").write_text("a = 1\n")
    session = Session(folder=str(tmp_path))
    session.run("tf.random.set_seed(1); expected = normal(2); normal(2)", "without")
    session.run("tf.random.set_seed(1); import helper; drawn = normal(2)", "with")
    session.run("x = Variable(3.)\nwith GradientTape() as t:\n    import helper\n    y = x * x", "tape")
    session.run("same = bool(reduce_all(drawn == expected)); slope = float(t.gradient(y, x))", "look")
    assert session.names["same"] and session.names["slope"] == 6.0


def test_an_unknown_name_in_a_namespace_suggests_another(session: Session) -> None:
    with pytest.raises(AttributeError, match="module 'tensorflow' has no attribute 'sigmiod'"):
        session.run("tf.sigmiod(1.)", "t")
    with pytest.raises(AttributeError) as caught:
        session.run("tf.matvec", "t")
    assert caught.value.hint == "did you mean tf.linalg.matvec?"  # type: ignore[attr-defined]


def test_notebook_lines_do_no_harm(shown: Shown) -> None:
    assert shown("!pip install something\n%matplotlib inline\n1 + 1") == "2\n"


def test_a_main_guard_runs(shown: Shown) -> None:
    assert shown("if __name__ == '__main__':\n    print('run')") == "run\n"


@pytest.mark.parametrize(
    ("program", "hint"),
    [
        ("zeros(2).shap", "did you mean 'shape'?"),
        ("Variable(1.).asign", "did you mean 'assign'?"),
        ("[].apend(1)", "did you mean 'append'?"),
        ("tf.math.sigmiod(1.)", "did you mean tf.math.sigmoid?"),
        ("zeros(2).T", "write transpose(x)"),
    ],
)
def test_a_misspelt_attribute_suggests_another(session: Session, program: str, hint: str) -> None:
    with pytest.raises(AttributeError) as caught:
        session.run(program, "t")
    assert caught.value.hint == hint  # type: ignore[attr-defined]

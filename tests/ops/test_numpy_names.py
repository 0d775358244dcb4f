"""`np` and `math`: what is there is NumPy's, and what could reach files, memory or objects is not there."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from tensorsh.ops.namespace import Namespace, namespace_names
from tensorsh.ops.registry import PATHS, at_path, index
from tensorsh.session import Session

Shown = Callable[[str], str]
names = Namespace("np")

#: Files, memory, code, objects, state of the process.
REFUSED = """
    load save savez savez_compressed loadtxt savetxt genfromtxt fromfile fromregex fromstring frombuffer
    memmap lib ctypeslib core _core f2py frompyfunc nditer nested_iters void object_ record
    recarray rec datetime64 bmat matrix asmatrix source info lookfor show_config get_include seterr
    setbufsize seterrcall array2string set_string_function char strings emath copyto testing.rundocs
    testing.measure random.BitGenerator random.Generator random.get_state random.set_state
"""


@pytest.mark.parametrize("name", REFUSED.split())
def test_what_is_dangerous_is_not_there(name: str) -> None:
    assert "np." + name not in index().paths and "np." + name not in namespace_names()


def test_most_are_numpys_own_functions() -> None:
    for name in ("sin", "add", "mean", "einsum", "float32", "pi", "where", "linalg.inv", "random.normal"):
        own = np
        for part in name.split("."):
            own = getattr(own, part)
        exported = at_path("np." + name)
        assert exported is own or exported.__wrapped__ is own


def test_every_path_is_there() -> None:
    for path in [p for p in index().paths if p.startswith(("np.", "math."))]:
        at_path(path)
    assert PATHS["math.sqrt"] is math.sqrt


@pytest.mark.parametrize(
    "call",
    [
        lambda: names.array([1, object()]),
        lambda: names.zeros(3, dtype=object),
        lambda: names.full(2, 1, dtype="O"),
        lambda: names.asarray([[1], "a", None], dtype=object),
        lambda: names.zeros(2, dtype="V8"),
        lambda: names.zeros(2, dtype=[("a", "i4"), ("b", "O")]),
        lambda: names.concatenate([[1], [2]], dtype=object),
        lambda: names.empty(2, object),
        lambda: names.dtype("O"),
        lambda: names.dtype([("a", "f4")]),
        lambda: names.ndarray((1,), object, b"12345678"),
        lambda: names.set_printoptions(formatter={"all": str}),
        lambda: names.set_printoptions(legacy="1.13"),
    ],
)
def test_neither_objects_nor_memory(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        call()


def test_string_tensors_arrays_pass() -> None:
    tensor = Namespace("tf").constant(["a", "b"])
    assert names.array(tensor.numpy()).tolist() == [b"a", b"b"]


def test_empty_shows_no_memory() -> None:
    for _ in range(20):
        np.full(1000, 7.0)
        assert not names.empty(1000).any() and not names.empty_like(np.ones((3, 3))).any()


MASKED = {
    "np.add([1., 2.], [3., 4.], where=[True, False])": "array([4., 0.])",
    "np.sqrt(4., where=False)": "np.float64(0.0)",
    "np.exp(np.zeros(2), out=None, where=[[True], [False]])": "array([[1., 1.],\n       [0., 0.]])",
    "np.divmod([5, 6], 4, where=[True, False])": "(array([1, 0]), array([1, 0]))",
    "np.multiply.outer([1, 2], [3, 4], where=[True, False])": "array([[3, 0],\n       [6, 0]])",
    "np.add([1., 2.], 1., np.array([7., 7.]), where=[True, False])": "array([2., 7.])",
    "np.add([1., 2.], 1., out=np.array([7., 7.]), where=[True, False])": "array([2., 7.])",
    "np.add.reduce([1., 2., 4.], where=[True, False, True])": "np.float64(5.0)",
    "np.pad([1.], 2, 'empty')": "array([0., 0., 1., 0., 0.])",
    "np.pad([1., 2.], 1, mode='edge')": "array([1., 1., 2., 2.])",
    "np.clip([1., 5.], 2., 3.), np.array([1, 5]).clip(max=3)": "(array([2., 3.]), array([1, 3]))",
}


@pytest.mark.parametrize(("program", "result"), MASKED.items())
def test_what_is_left_out_shows_no_memory(shown: Shown, program: str, result: str) -> None:
    assert shown(f"import numpy as np\n{program}\n") == result + "\n"


@pytest.mark.parametrize(
    "program",
    [
        "np.clip([1.], 0., 2., where=False)",
        "np.ones(2).clip(0., 2., where=False)",
        "np.divmod([5], 4, out=(np.zeros(1), None), where=False)",
        "class A:\n    def __hash__(self): return hash('empty')\n    def __eq__(self, o): return o == 'empty'\n"
        "np.pad([1.], 2, A())",
    ],
)
def test_where_memory_would_show_there_is_an_error(shown: Shown, program: str) -> None:
    with pytest.raises(TypeError):
        shown(f"import numpy as np\n{program}\n")


def test_ndarray_is_a_name_for_checks_only() -> None:
    assert isinstance(np.ones(2), names.ndarray) and not isinstance(1, names.ndarray)
    assert repr(names.ndarray) == "<class 'numpy.ndarray'>" and names.ndarray == np.ndarray


def test_in_programs(shown: Shown) -> None:
    shown("import numpy as np, math\nfrom numpy import random as r\n")
    assert shown("np.array([1, 2]) * 2\n") == "array([2, 4])\n"
    assert shown("np.mean(constant([1., 3.]))\n") == "np.float32(2.0)\n"
    assert shown("constant(np.arange(3)).dtype, math.sqrt(constant(4.)), np.testing.assert_allclose([1.], 1.)\n") == (
        "(tf.int64, 2.0, None)\n"
    )
    said = shown("np.random.seed(0)\nnp.random.rand(2), r.randint(5)\n")
    np.random.seed(0)
    assert said == repr((np.random.rand(2), np.random.randint(5))) + "\n"
    assert shown("np.random.RandomState(1).normal(), np.random.default_rng(2).random()\n") == (
        repr((np.random.RandomState(1).normal(), np.random.default_rng(2).random())) + "\n"
    )
    assert shown("np.fft.fft([1., 0.]).real.tolist(), np.linalg.det([[2., 0.], [0., 3.]])\n").startswith("([1.0, 1.0]")
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        shown("np.testing.assert_allclose([1.], 2.)\n")


def test_each_session_draws_from_a_generator_of_its_own(session: Session) -> None:
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()  # type: ignore[index]
    session.run("import numpy as np\nnp.random.seed(1); a = np.random.rand()", "t")
    Session().run("import numpy as np\nnp.random.seed(2); tf.keras.utils.set_random_seed(3); np.random.rand()", "t")
    session.run("b = np.random.rand(); np.random.seed(1); c = np.random.rand(), np.random.rand()", "t")
    assert session.names["c"] == (session.names["a"], session.names["b"])
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]


def test_costly_parts_are_loaded_when_named() -> None:
    program = (
        "import sys; from tensorsh.ops.numpy_names import PATHS\n"
        "print(*(m for m in ('numpy.random', 'numpy.testing', 'numpy.fft') if m in sys.modules))\n"
    ).replace("PATHS", "export")
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""


def test_a_vectorized_function_takes_arrays_that_broadcast() -> None:
    together = names.vectorize(lambda a, b: 10 * a + b)
    assert together([[1], [2]], [3, 4]).tolist() == [[13, 14], [23, 24]]
    assert names.vectorize(lambda a: a, otypes=[np.float32])([1, 2]).dtype == np.float32


@pytest.mark.parametrize(
    "call", [lambda: names.vectorize(lambda a: {})([1]), lambda: names.r_["r", 1], lambda: names.r_[{}]]
)
def test_what_joins_and_maps_makes_numbers_only(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        call()


def test_errstate_takes_the_kinds_of_error_and_nothing_to_call() -> None:
    with names.errstate(divide="ignore"):
        assert np.log(np.zeros(1))[0] == -np.inf
    with pytest.raises(TypeError, match="unknown kind"):
        names.errstate(call=print)
    with pytest.raises(ValueError, match="not 'call'"):
        names.errstate(divide="call")

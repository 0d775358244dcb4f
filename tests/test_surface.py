"""The allowlist itself: what is reachable by following allowed attributes, and that plain loads are sound."""

from __future__ import annotations

import collections
import contextlib
import functools
import itertools
import types
from collections import Counter, deque
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from tensorsh import surface
from tensorsh.ops import registry
from tensorsh.runtime.session_classes import is_session_class
from tensorsh.runtime.tensor import Tensor
from tensorsh.session import Session, _plain, prepare_library

FORBIDDEN = (
    types.ModuleType,
    types.CodeType,
    types.FrameType,
    types.TracebackType,
    types.MappingProxyType,
    memoryview,
)


def start_values() -> list[Any]:
    """Everything a program is given by name, and a value of every foreign type that operations give it."""
    prepare_library()
    for path in list(registry.index().paths):
        registry.at_path(path)
    array = np.ones((2, 2), np.float32)
    values = [array, array[0, 0], array.dtype, np.random.RandomState(0), np.random.default_rng(0)]
    values += ["", b"", 1, 1.5, 1j, True, None, ..., [], (), {}, set(), frozenset(), range(3), slice(1)]
    values += [ValueError("x"), KeyError("x"), StopIteration(1), (x for x in ()), {}.keys(), {}.items(), iter([])]
    values += [np.finfo(np.float32), np.iinfo(np.int32), lambda: 0, [].append, len, enumerate([])]
    ops = registry.ops
    x = ops.constant([[1.0, 2.0], [3.0, 4.0]])
    values += [
        next(itertools.groupby([1]))[1],
        functools.cache(len),
        functools.cmp_to_key(max)(1),
        collections.Counter("a"),
    ]
    values += [
        functools.cache(len).cache_info(),
        contextlib.nullcontext(1),
        collections.deque(),
        collections.defaultdict(list),
        collections.OrderedDict(a=1),
    ]
    values += [x, x.shape, x.dtype, ops.Variable(x), ops.Variable(x)[0], ops.top_k([1.0, 2.0]), x.ref()]
    return values + list(registry.PATHS.values()) + list(registry.SHORT.values()) + values_of_classes()


def values_of_classes() -> list[Any]:
    """Classes of a program's, objects of theirs, and whatever can be had of them."""
    session = Session()
    session.run(
        """
class A:
    n = 0
    _m = 1
    def __init__(self): self.x, self._y = [], ()
    @property
    def p(self): return self
    @p.setter
    def p(self, value): pass
    @classmethod
    def c(cls): return cls
    @staticmethod
    def s(): pass
    @function
    def g(self): return 1
    def f(self): return super()
    def __iter__(self): yield 1
class B(A):
    def f(self): return super()
class E(OSError): pass
class F(tf.errors.InvalidArgumentError):
    def f(self): return super()
class L(tf.Module):
    def f(self): return super()
class K(tf.keras.losses.Loss):
    def f(self): return super()
class Q(tf.keras.metrics.Mean):
    def f(self): return super()
class W(tf.keras.optimizers.schedules.LearningRateSchedule): pass
class I(tf.keras.initializers.Initializer): pass
values = [A, A(), B, B(), A().f(), B().f(), E, E(1, "x"), F, F("x"), F("x").f(), L, L(), L().f(), tf.Module(), A.p, A.s,
          B().c, B().g, B().f, iter(A()), L().name_scope, property(), staticmethod(len), classmethod(len)]
from contextlib import contextmanager, suppress
from functools import cache, partial, wraps
from collections import Counter, deque, namedtuple
P = namedtuple("P", "x y")
l = L(); l.list, l.dict, l.tuple = [L()], {"a": L()}, (L(), 1)
@contextmanager
def m(): yield 1
values += [P, P(1, 2), P.x, l, l.list, l.dict, l.tuple, partial(lambda x: x, 1), wraps(m)(lambda: 0), m, m(),
          suppress(ValueError), Counter, Counter("a"), deque, deque("a"), cache(lambda: 0)]
values += [K, K(), K().f(), Q, Q(), Q().f(), W, W(), I, I()]
""",
        "classes",
    )
    return session.names["values"]


# Foreign types that surface.py does not speak of, so that they show nothing: NumPy's functions and what makes its
# grids, and a property that is kept once computed, where the class itself is asked for it.
UNSPOKEN = {
    *map(type, (np.angle, np.s_, np.mgrid, np.ogrid, np.random.default_rng)),
    cached_property,
}


def test_no_chain_of_allowed_attributes_leads_inside() -> None:
    queue = deque((value, 0) for value in start_values())
    seen: dict[int, Any] = {}  # kept alive, so that no other value gets the id of one of them
    kinds: Counter[type] = Counter()
    while queue:
        value, steps = queue.popleft()
        kind = type(value)
        if id(value) in seen or steps and kind is not type and kinds[kind] >= 20:
            continue  # attributes are allowed by the type: an array's array's array shows nothing new
        seen[id(value)] = value
        kinds[kind] += 1
        assert not isinstance(value, FORBIDDEN), f"a {kind.__name__} is reachable: {value!r}"
        for name in surface.public_names(value):
            try:
                queue.append((surface.lookup(value, name), steps + 1))
            except Exception:  # a property that does not apply to this value
                continue
    known = {k for k in kinds if surface.is_own(k) or surface.is_random(k) or is_session_class(k)}
    unknown = kinds.keys() - known - set(surface.CLOSED)
    unknown = {k for k in unknown if not any(base in surface.ALLOWED for base in k.__mro__)}
    enums = {k for k in unknown if issubclass(k, type)}
    assert unknown - enums == UNSPOKEN, "types that surface.py does not speak of"


@pytest.mark.parametrize(
    "kind", [*surface.ALLOWED, *surface.CLOSED, np.random.RandomState, np.random.Generator], ids=lambda k: k.__name__
)
def test_a_plain_load_reaches_nothing_that_lookup_refuses(kind: type) -> None:
    prepare_library()
    allowed = surface._allowed_on(kind)
    exposed = [n for n in dir(kind) if n in _plain and n not in allowed]
    assert exposed == []


def test_a_name_with_an_underscore_is_never_plain() -> None:
    assert "__class__" not in _plain
    assert "_array" not in _plain


def test_the_names_of_hot_loops_are_plain() -> None:
    for name in ("shape", "dtype", "numpy", "assign", "assign_sub", "gradient", "watch", "append", "math", "square"):
        assert name in _plain, name


def test_a_refused_attribute_says_what_python_has() -> None:
    with pytest.raises(AttributeError) as caught:
        surface.lookup(np.ones(2), "tofile")
    assert "not open to programs" in caught.value.hint  # type: ignore[attr-defined]


def test_format_reaches_public_attributes() -> None:
    prepare_library()
    x = registry.ops.constant([1.0, 2.0])
    assert surface.lookup("{0.shape} {0.dtype.name} {1[a]:>4}", "format")(x, {"a": 7}) == "(2,) float32    7"


def test_the_names_of_a_programs_object_are_told_without_running_it() -> None:
    session = Session()
    session.run("class A:\n    @property\n    def p(self): return 1 / 0\n    _h = 2\na = A(); a.x = 1; a._y = 2", "t")
    assert surface.public_names(session.names["a"]) == ["p", "x"]
    session.run("class E(OSError):\n    code = 3\ne = E(1, 'x')", "t")
    assert surface.public_names(session.names["e"]) == ["args", "code"]


def test_what_a_program_knows_of_an_object_of_its_own() -> None:
    session = Session()
    session.run("class A:\n    n = 1\n    def f(self): pass\na = A(); a._y = 2", "t")
    session.run("has = [hasattr(a, k) for k in ('n', 'f', '_y', 'x', '_z', '__dict__', '__init__', '@_y')]", "t")
    assert session.names["has"] == [True, True, True, False, False, False, False, False]


@pytest.mark.parametrize("name", ["T", "reshape", "graph", "assign"])
def test_what_a_tensor_refuses_by_name_is_in_no_list(name: str) -> None:
    prepare_library()
    x = registry.ops.constant([1.0, 2.0])
    with pytest.raises(AttributeError):
        surface.lookup(x, name)
    with pytest.raises(AttributeError, match="type object .* has no attribute"):
        surface.lookup(type(x), name)
    assert name not in dir(x)
    assert name not in surface.public_names(x) + surface.public_names(type(x)) + surface.public_names_of_kind(type(x))


def test_tensors_are_read_at_full_speed() -> None:
    # With a `__getattr__` on it, CPython specialises no attribute of a class: each op took a fifth longer.
    assert not hasattr(Tensor, "__getattr__")


@pytest.mark.parametrize("thing", ["A()", "tf.zeros(2)", "[]"])
def test_no_hint_is_sought_for_an_error_that_nobody_sees(thing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []
    monkeypatch.setattr(surface, "_suggest", lambda error, obj, name: sought.append(name))
    session = Session()
    session.run(f"class A: pass\nx = {thing}\nfound = hasattr(x, 'shap'), getattr(x, 'shap', 7)", "t")
    assert session.names["found"] == (False, 7) and sought == []
    with pytest.raises(AttributeError):
        session.run("x.shap", "t")
    assert sought == ["shap"]

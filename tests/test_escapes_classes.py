"""Programs that try to reach Python's internals, or tensorsh's, by way of classes.

As in test_escapes.py: what is under REFUSED_TEXT must not compile, what is under REFUSED_RUN must fail when it
runs, and `loot` must stay unbound. Below are the attacks of which something may run, but nothing may come.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest

from tensorsh import classes
from tensorsh.language.source import TensorshSyntaxError
from tensorsh.language.special_methods import READABLE, RECEIVING, SPECIAL_METHODS
from tensorsh.ops import optimizers
from tensorsh.runtime.open_classes import ClassName
from tensorsh.session import Session

SETTING = """
class A:
    n = 1
    def __init__(self): self.x = 1; self._y = 2
    def f(self): return self
    def _g(self): return self
    @property
    def p(self): return self.x
    @classmethod
    def c(cls): return cls
    @staticmethod
    def s(): return 1
    def parent(self): return super()
class B(A):
    def parent(self): return super()
class E(ValueError): pass
class L(tf.Module):
    def __init__(self): super().__init__(); self.w = tf.Variable(1.)
    def parent(self): return super()
a, b, e, l = A(), B(), E("x"), L()
"""

HOOKS = """
    __new__ __del__ __getattr__ __getattribute__ __setattr__ __delattr__ __dir__ __get__ __set__ __delete__
    __set_name__ __init_subclass__ __class_getitem__ __subclasshook__ __instancecheck__ __subclasscheck__
    __prepare__ __mro_entries__ __reduce__ __reduce_ex__ __getstate__ __setstate__ __copy__ __deepcopy__
    __sizeof__ __missing__ __array__ __array_ufunc__ __array_function__ __array_interface__ __array_wrap__
    __array_finalize__ __buffer__ __await__ __aiter__ __anext__ __aenter__ __aexit__ __fspath__ __call
    __length_hint__ __build_class__ __import__ __divmod
"""
CLOSED_CLASSES = """
    int float bool complex str bytes list tuple dict set frozenset range slice property staticmethod classmethod map
    filter zip enumerate reversed KeyboardInterrupt tf.Variable tf.Tensor tf.TensorShape tf.DType tf.GradientTape
    tf.name_scope tf.IndexedSlices np.ndarray np.float32 np.random.RandomState np.dtype
"""

REFUSED_TEXT = {
    **{f"def {name}": f"class loot:\n    def {name}(self, *a): return 1" for name in HOOKS.split()},
    **{
        f"{name} in a class": f"class loot:\n    {name} = 1"
        for name in (*HOOKS.split(), "__slots__", "__dict__", "__class__")
    },
    **{f"{name} assigned": f"class loot:\n    {name} = 1" for name in sorted(SPECIAL_METHODS)},
    **{f"{name} read": f"loot = a.{name}" for name in sorted(SPECIAL_METHODS - READABLE)},
    **{f"{name} called on super()": f"loot = super().{name}(1)" for name in sorted(SPECIAL_METHODS - {"__init__"})},
    "a metaclass": "class loot(metaclass=type): pass",
    "a class keyword": "class loot(A, x=1): pass",
    "class keywords": "class loot(**{'metaclass': type}): pass",
    "several bases": "class loot(A, E): pass",
    "several bases by star": "class loot(*[A, E]): pass",
    "class of self": "class loot:\n    def f(self): return self.__class__",
    "dict of self": "loot = a.__dict__",
    "dict set": "a.__dict__ = {}",
    "class set": "a.__class__ = B",
    "class set in a tuple": "a.x, a.__class__ = 1, B",
    "class set by a loop": "for a.__class__ in [B]: pass",
    "class set by with": "with tape as a.__class__: pass",
    "class augmented": "a.__class__ += 1",
    "class deleted": "del a.__class__",
    "bases": "loot = B.__bases__",
    "mro": "loot = A.__mro__",
    "subclasses": "loot = A.__subclasses__()",
    "name set": "A.__name__ = 'x'",
    "module set": "A.__module__ = 'tensorsh'",
    "module in a class": "class loot:\n    __module__ = 'tensorsh'",
    "qualname in a class": "class loot:\n    __qualname__ = 'x'",
    "annotation in a class": "class loot:\n    __slots__: tuple = ()",
    "function of a method": "loot = a.f.__func__",
    "self of a method": "loot = a.f.__self__",
    "globals of a method": "loot = A.f.__globals__",
    "self of super()": "class loot(A):\n    def f(self): return super().__self__",
    "class of super()": "class loot(A):\n    def f(self): return super().__thisclass__",
    "init of super() kept": "class loot(A):\n    def f(self): return super().__init__",
    "init of super() in a list": "class loot(A):\n    def f(self): return [super().__init__]",
    "init of another object": "loot = a.__init__()",
    "init set": "class loot(A):\n    def f(self): super().__init__ = 1",
    "init piped": "class loot(A):\n    def f(self): 1 |> super().__init__",
    "super itself": "loot = super",
    "super in a default": "def loot(s=super): pass",
    "super in an f-string": "loot = f'{super}'",
    "super in an annotation": "loot: super = 1",
    "super of one argument": "loot = super(A)",
    "super of one argument by pipe": "loot = A |> super()",
    "super of three arguments by pipe": "loot = A |> super(A, a)",
    "super of starred arguments": "loot = super(*[A])",
    "super by keywords": "loot = super(**{})",
    "super assigned": "super = 1",
    "super by another spelling": "loot = \u017fuper",
    "super as a parameter": "def loot(super): super.__init__",
    "the cell of the class": "class loot:\n    def f(self): return __class__",
    "the cell of the class, nonlocal": "class loot:\n    def f(self):\n        nonlocal __class__",
    "a special method outside a class": "def __eq__(loot, other): return other",
    "a special method inside a method": "class loot:\n    def f(self):\n        def __eq__(self, o): pass",
    "a special method under if": "class loot:\n    if 1:\n        def __eq__(self, o): pass",
    "a private name": "class loot:\n    def f(self): self.__x = 1",
    "fullwidth underscores": "class loot:\n    def \uff3f_new__(cls): pass",
    "a class's own dunder name": "class __loot__: pass",
    "global dunder": "class loot:\n    def f(self):\n        global __builtins__",
}

REFUSED_RUN = {
    **{f"from {base}": f"class loot({base}): pass" for base in CLOSED_CLASSES.split()},
    "from type": "class loot(type): pass",
    "from type of a type": "class loot(type(int)): pass",
    "from the class of a tensor": "class loot(type(zeros(2))): pass",
    "from the class of a function": "class loot(type(len)): pass",
    "from the class of a namespace": "class loot(type(tf)): pass",
    "from the class of a property": "class loot(type(A.p)): pass",
    "from the class of super()": "class loot(type(b.parent())): pass",
    "from an object": "class loot(a): pass",
    "from a function": "class loot(len): pass",
    "from a string": "class loot('A'): pass",
    "from nothing at all": "class loot(None): pass",
    "a decorated operator": "def d(f): return len\nclass loot:\n    @d\n    def __eq__(self, o): pass",
    "a static operator": "class loot:\n    @staticmethod\n    def __eq__(o): pass",
    "a compiled operator": "class loot:\n    @tf.function\n    def __add__(self, o): pass",
    "a decorated iterator": "class loot:\n    @property\n    def __iter__(self): pass",
    "a decorated exit": "class loot:\n    @tf.function\n    def __exit__(self, *a): pass",
    "with_traceback of one's own error": "loot = e.with_traceback",
    "add_note of one's own error": "loot = e.add_note",
    "with_traceback of the error's class": "loot = E.with_traceback",
    "with_traceback of super()": "class X(E):\n    def f(self): return super().with_traceback\nloot = X().f()",
    "with_traceback defined": "class loot(E):\n    def with_traceback(self, tb): return tb",
    "with_traceback as an attribute": "class loot(E):\n    with_traceback = 1",
    "with_traceback set": "e.with_traceback = 1\nloot = 1",
    "with_traceback set on the class": "E.with_traceback = 1\nloot = 1",
    "with_traceback deleted": "del E.with_traceback\nloot = 1",
    "obj of an attribute error": "class X(AttributeError): pass\nloot = X().obj",
    "obj set": "class X(AttributeError): pass\nX().obj = 1\nloot = 1",
    "obj defined": "class loot(AttributeError):\n    obj = 1",
    "errno": "class X(OSError): pass\nloot = X(1, 'x').errno",
    "mro of a class": "loot = A.mro()",
    "mro of the class of an object": "loot = type(a).mro",
    "mro by getattr": "loot = getattr(A, 'mro')",
    "mro deleted": "del A.mro\nloot = 1",
    "dict by getattr": "loot = getattr(a, '__dict__')",
    "class by getattr": "loot = getattr(a, '__class__')",
    "init by getattr": "loot = getattr(a, '__init__')",
    "a private key by getattr": "loot = getattr(a, '@_y')",
    "a private key of the class by getattr": "loot = getattr(A, '@_g')",
    "the class's mark": "loot = getattr(A, '@closed')",
    "the object's mark": "loot = getattr(a, '@closed')",
    "a private name of another object": "loot = zeros(2)._array",
    "a private name of a variable": "loot = tf.Variable(1.)._value",
    "a private name set on a tensor": "zeros(2)._array = 1\nloot = 1",
    "a private name set on a variable": "v = tf.Variable(1.)\nv._value = 1\nloot = 1",
    "a private name deleted": "v = tf.Variable(1.)\ndel v._value\nloot = 1",
    "a private name augmented": "v = tf.Variable(1.)\nv._value += 1\nloot = 1",
    "a private name of a module's own": "loot = l._name",
    "a private name of a bare module": "loot = tf.Module()._name",
    **{f"{name} read": f"loot = a.{name}" for name in sorted(READABLE)},
    **{f"{name} of a class read": f"loot = A.{name}" for name in sorted(READABLE)},
    **{f"{name} read by super()": f"loot = a.parent().{name}" for name in sorted(READABLE)},
    "a private name set on a bare module": "tf.Module()._name = 'x'\nloot = 1",
    "a private name of a namespace": "loot = tf._path",
    "a private name of a class": "loot = tf.Variable._read",
    "a private name of a function": "loot = len._x",
    "a private name by format": "loot = '{0._array}'.format(zeros(2))",
    "dict by format": "loot = '{0.__dict__}'.format(a)",
    "class by format": "loot = '{0.__class__}'.format(a)",
    "a class's mro by format": "loot = '{0.mro}'.format(A)",
    "getter of a property": "loot = A.p.fget",
    "getter of a library's property": "loot = tf.Variable.shape.fget",
    "setter of a library's property": "loot = optimizers.Optimizer.learning_rate.fset",
    "getter by getattr": "loot = getattr(A.p, 'fget')",
    "an attribute of a tensor": "zeros(2).x = 1\nloot = 1",
    "an attribute of a function": "def f(): pass\nf.x = 1\nloot = 1",
    "an attribute of a method": "a.f.x = 1\nloot = 1",
    "an attribute of a built-in": "len.x = 1\nloot = 1",
    "an attribute of a namespace": "tf.add = 1\nloot = 1",
    "an attribute deleted from a namespace": "del tf.add\nloot = 1",
    "an attribute of a library class": "tf.Variable.assign = 1\nloot = 1",
    "an attribute of tf.Module": "tf.Module.variables = 1\nloot = 1",
    "an attribute deleted from tf.Module": "del tf.Module.variables\nloot = 1",
    "an attribute of a Python class": "int.x = 1\nloot = 1",
    "an attribute of Exception": "Exception.x = 1\nloot = 1",
    "an attribute of an error": "ValueError('x').x = 1\nloot = 1",
    "an attribute of a list": "[].x = 1\nloot = 1",
    "an attribute of None": "None.x = 1\nloot = 1",
    "an attribute of an array": "zeros(2).numpy().shape = (1, 2)\nloot = 1",
    "an attribute of an array's dtype": "zeros(2).numpy().dtype.names = ('a',)\nloot = 1",
    "an attribute of a generator": "g = (x for x in [1])\ng.x = 1\nloot = 1",
    "an attribute of super()": "b.parent().x = 1\nloot = 1",
    "an attribute of super() augmented": "b.parent().n += 1\nloot = 1",
    "an attribute of a class's name": "type(zeros(2)).x = 1\nloot = 1",
    "an attribute of a dtype": "float32.name = 'x'\nloot = 1",
    "a read-only attribute of a module": "l.variables = 1\nloot = 1",
    "a private name of super()": "loot = b.parent()._nothing",
    "a module's private name by super()": "loot = l.parent()._name",
    "self_class of super() by getattr": "loot = getattr(b.parent(), '__self_class__')",
    "mro by super()": "loot = b.parent().mro",
    "super of a library class": "loot = super(tf.Module, l)",
    "super of a Python class": "loot = super(int, True)",
    "super of an error's class": "loot = super(ValueError, e)",
    "super of another's object": "loot = super(B, a)",
    "super of no class": "loot = super(1, 2)",
    "super of type": "loot = super(type(A), A)",
    "type of a class": "loot = type(A)('X', (), {})",
    "type's attributes": "loot = type(A).mro",
    "gi_frame of a generator method": "class X:\n    def __iter__(self): yield 1\nloot = iter(X()).gi_frame",
    "a tensor's method on an object": """
class X:
    def __init__(self): self._value = self._array = len
loot = tf.Variable.numpy(X())
""",
    "a tensor's property in a class": """
class X:
    shape = tf.Variable.shape
    def __init__(self): self._value = len
loot = X().shape
""",
    "a C property in a class": "class X:\n    real = int.real\nloot = X().real",
    "a C method in a class": "class X:\n    up = str.upper\nloot = X().up()",
    "arrays of objects": "import numpy as np\nloot = np.array([a])",
    "arrays of objects by a class": "import numpy as np\nloot = np.zeros(2, dtype=A)",
    "arrays of objects by astype": "import numpy as np\nloot = np.zeros(2).astype(A)",
    "a dtype from a class": "import numpy as np\nloot = np.dtype(A)",
    "a dtype that changes its mind": """
import numpy as np
class D:
    n = 0
    @property
    def dtype(self):
        self.n += 1
        return np.dtype("f4") if self.n == 1 else A
loot = np.zeros(2).astype(D()).astype(D())
loot2 = loot.dtype.kind
loot = None
del loot
assert loot2 == "f"
raise ValueError
""",
    "a mapping for format": """
class M:
    def __getitem__(self, key): return ()
    def keys(self): return ["x"]
loot = "{x.__class__}".format_map(M())
""",
}


@pytest.fixture
def attacked(session: Session) -> Session:
    session.run(SETTING, "setting")
    return session


@pytest.mark.parametrize("program", REFUSED_TEXT.values(), ids=REFUSED_TEXT)
def test_is_refused_before_it_runs(attacked: Session, program: str) -> None:
    with pytest.raises(TensorshSyntaxError):
        attacked.compile(program, "attack")


@pytest.mark.parametrize("program", REFUSED_RUN.values(), ids=REFUSED_RUN)
def test_fails_when_it_runs(attacked: Session, program: str) -> None:
    with pytest.raises((AttributeError, NameError, TypeError, ValueError, LookupError)) as caught:
        attacked.run(program, "attack")
    assert not isinstance(caught.value, TensorshSyntaxError)
    assert "loot" not in attacked.names


@pytest.mark.parametrize(
    "program", ["loot = super()", "class X:\n    @staticmethod\n    def f(): return super()\nloot = X.f()"]
)
def test_super_outside_a_method_finds_nothing(attacked: Session, program: str) -> None:
    with pytest.raises(RuntimeError, match="super"):
        attacked.run(program, "attack")
    assert "loot" not in attacked.names


# What an operator's method is given

STRANGERS: dict[str, Any] = {
    "a module": types,
    "a frame's code": (lambda: 0).__code__,
    "a traceback": None,
    "a view of a class's names": vars(type),
    "a function of the library's inside": classes.build_class,
    "a method of such an object": Session().execute,
    "an inside in a tuple": (types, types),
    "a built-in that is not given out": eval,
    "a class's method": type.mro,
    "a memory view": memoryview(b""),
}
try:
    raise ValueError
except ValueError as _error:
    STRANGERS["a traceback"] = _error.__traceback__


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("method", sorted(RECEIVING))
def test_an_operators_method_is_given_nothing_from_inside(session: Session, method: str, stranger: Any) -> None:
    session.run(f"class X:\n    def {method}(self, *given): seen.append(given); return 'x'\nseen = []\nx = X()", "t")
    x = session.names["x"]
    getattr(type(x), method)(x, stranger)
    (given,) = session.names["seen"]
    nothing = (None, None) if isinstance(stranger, tuple) else None
    assert given == (nothing,) or (stranger is type.mro and given == (stranger,))


@pytest.mark.parametrize("kind", [np.ndarray, type, object, property, types.ModuleType, ClassName, memoryview])
def test_an_operators_method_is_given_the_name_of_a_class(session: Session, kind: type) -> None:
    session.run("class X:\n    def __eq__(self, other): seen.append(other); return False\nseen = []\nx = X()", "t")
    assert session.names["x"] != kind
    assert [type(value) for value in session.names["seen"]] == [ClassName]


def test_an_operators_method_is_given_what_a_program_may_have(session: Session) -> None:
    session.run(
        """
class X:
    def __eq__(self, other): seen.append(other); return False
def f(): pass
seen, x, t = [], X(), constant([1.])
given = [1, 2.5, "s", None, ..., [1], (1, t), {}, t, f, len, square, lambda: 0, x, X, int, ValueError,
         ValueError("x"), Variable(1.), t.numpy(), (i for i in [1]), tf, float32, t.shape, zip([1]), [].append]
found = [x == value for value in given]
same = [a is b or a == b for a, b in zip(given[:3] + given[8:14], seen[:3] + seen[8:14])]
""",
        "t",
    )
    given, seen = session.names["given"], session.names["seen"][: len(session.names["given"])]
    different = [value for value, got in zip(given, seen) if got is not value and not isinstance(value, tuple)]
    assert different == [given[-1]]  # a built-in method of a value: rather too little than too much


def test_no_code_of_ours_reads_a_programs_private_names(attacked: Session) -> None:
    attacked.run("a._array = a._value = a._read = len", "t")
    names = vars(attacked.names["a"])
    assert {name for name in names if name.startswith("_")} == set()
    assert not hasattr(attacked.names["a"], "_read")
    attacked.run("assert a._read is len and a._array(a._value.__name__) == 3", "t")


def test_leaving_a_context_shows_no_traceback_and_holds_back_no_interrupt(session: Session) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    session.names["interrupt"] = interrupt
    session.run(
        """
class C:
    def __enter__(self): pass
    def __exit__(self, *given): seen.append(given); return True
seen = []
""",
        "t",
    )
    session.run("with C(): 1 / 0", "t")
    assert session.names["seen"][0][2] is None
    with pytest.raises(KeyboardInterrupt):
        session.run("with C(): interrupt()", "t")
    assert len(session.names["seen"]) == 2


def test_a_class_is_of_the_programs_module_whatever_its_text(attacked: Session) -> None:
    for name in ("A", "B", "E", "L"):
        assert attacked.names[name].__module__ == "__main__"
        assert type(attacked.names[name]) is type


def test_the_builder_takes_no_class_that_the_compiler_would_not_make() -> None:
    def body() -> None: ...

    for bases, keywords in (((int,), {}), ((type,), {}), ((ValueError, KeyError), {}), ((), {"metaclass": type})):
        with pytest.raises(TypeError):
            classes.build_class(body, "A", *bases, **keywords)
    for key in ("__slots__", "__new__", "__getattribute__", "__class__", "__init_subclass__", "__del__"):
        with pytest.raises(TypeError):
            classes._make("A", (), {key: len})


def test_no_key_that_is_not_a_programs_can_be_set(attacked: Session) -> None:
    attributes = classes.Attributes()
    for name in ("__class__", "__dict__", "__name__", "__x"):
        for obj in (attacked.names["a"], attacked.names["A"], attacked.names["l"], attacked.names["e"]):
            with pytest.raises(AttributeError):
                attributes[obj, name] = 1
            with pytest.raises(AttributeError):
                del attributes[obj, name]


def test_what_a_class_declares_assignable_can_be_set(session: Session) -> None:
    session.names["o"] = optimizers.SGD(0.5) if hasattr(optimizers, "SGD") else optimizers.Optimizer(0.5)
    session.run("o.learning_rate = 0.25; rate = float(o.learning_rate)", "t")
    assert session.names["rate"] == 0.25
    with pytest.raises(AttributeError, match="cannot set attribute 'iterations'"):
        session.run("o.iterations = 3", "t")


def test_an_error_may_carry_anything_and_is_still_shown(session: Session) -> None:
    from tensorsh.language.diagnostics import diagnose, render

    session.run(
        """
class Odd(ValueError):
    operands = [1, (2,)]
    def __init__(self): self.hint = 3; self.summary = ["x"]
    def __str__(self): return 1 / 0
class Odder(ValueError):
    @property
    def hint(self): return 1 / 0
    @property
    def operands(self): return [1][2]
    @property
    def summary(self): return None.x
""",
        "t",
    )
    for name, shown in (("Odd", "(its message cannot be shown)"), ("Odder", "x")):
        with pytest.raises(ValueError) as caught:
            session.run(f"raise {name}({'' if name == 'Odd' else repr('x')})", "u")
        assert render(diagnose(caught.value, session.sources)).startswith(f"error[{name}]: {shown}")

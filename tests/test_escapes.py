"""Programs that try to reach Python's internals. Each must fail before it gets anything.

A program here is an attack as someone would write it. Where an attack has to be stopped by the compiler it is under
REFUSED_TEXT, which must not even compile; the others run, and must end in one of the errors that a program may see.
What an attack manages to bind to `loot` is inspected: it must stay unbound.
"""

from __future__ import annotations

import pytest

from tensorsh import surface
from tensorsh.language.source import TensorshSyntaxError
from tensorsh.language.special_methods import READABLE
from tensorsh.runtime.open_classes import ClassName
from tensorsh.session import Session

REFUSED_TEXT = {
    "class of a value": "loot = ().__class__",
    "dunder on a name": "loot = __builtins__",
    "dunder import": "loot = __import__('os')",
    "globals of a function": "def f(): pass\nloot = f.__globals__",
    "closure of a function": "def f(): pass\nloot = f.__closure__",
    "code of a lambda": "loot = (lambda: 0).__code__",
    "self of a bound method": "loot = [].append.__self__",
    "subclasses": "loot = int.__base__.__subclasses__()",
    "mro by dunder": "loot = int.__mro__",
    "private attribute": "loot = zeros(2)._array",
    "private attribute in an f-string": "loot = f'{zeros(2)._array}'",
    "dunder in an f-string": "loot = f'{().__class__}'",
    "dunder in a nested format spec": "loot = f'{1:{().__class__}}'",
    "dunder assignment": "__builtins__ = {}",
    "dunder function name": "def __getattr__(): pass",
    "dunder parameter": "def f(__class__): pass",
    "dunder keyword": "dict(__class__=1)",
    "dunder in del": "del __builtins__",
    "dunder in global": "def f():\n    global __builtins__",
    "dunder loop variable": "for __builtins__ in [1]: pass",
    "dunder with target": "with tape as __builtins__: pass",
    "dunder import alias": "import math as __builtins__",
    "dunder exception alias": "try:\n    1/0\nexcept Exception as __builtins__:\n    pass",
    "dunder in a comprehension": "[__builtins__ for __builtins__ in [1]]",
    "dunder decorator": "@().__class__\ndef f(): pass",
    "dunder in a default": "loot = lambda x=().__class__: x",
    "dunder in a pipe": "loot = 1 |> ().__class__",
    "traceback by dunder": "try:\n    1/0\nexcept Exception as e:\n    loot = e.__traceback__",
    "context by dunder": "try:\n    1/0\nexcept Exception as e:\n    loot = e.__context__",
    "attribute assignment": "zeros(2).shape = 1",
    "attribute as a loop's target": "for zeros(2).shape in [1]: pass",
    "attribute in an unpacking": "(zeros(2).shape, y) = 1, 2",
    "attribute deleted": "x = zeros(2)\ndel x.shape",
    "attribute as an import's alias": "import math as tf.math",
    "dunder imported under another name": "from math import __loader__ as loot",
    "dunder below a module": "import tensorflow.__class__ as loot",
    "dunder of a decorated function": "@tf.function\ndef f(x): return x\nloot = f.__wrapped__",
    "a method's function": "loot = zeros(2).__add__.__func__",
    "a special method's class": "loot = zeros(2).__len__.__class__",
    "a tensor's construction": "loot = zeros(2).__init__",
    "a tensor's slots": "loot = zeros(2).__slots__",
    "a tensor's dictionary": "loot = tf.Module().__dict__",
    "a tensor's lookup": "loot = zeros(2).__getattribute__",
    "a tensor's pickling": "loot = zeros(2).__reduce__()",
    "a special method set": "zeros(2).__add__ = 1",
    "a special method deleted": "del Variable(1.).__add__",
    "exec statement": "import math\nmath.__loader__",
    "await": "await zeros(2)",
    "walrus": "(loot := 1)",
    "star import": "from math import *",
}

REFUSED_RUN = {
    "eval": "loot = eval('1')",
    "exec": "exec('1')",
    "compile": "loot = compile('1', '', 'eval')",
    "open": "loot = open('/etc/passwd')",
    "globals": "loot = globals()",
    "locals": "loot = locals()",
    "vars": "loot = vars()",
    "breakpoint": "breakpoint()",
    "memoryview": "loot = memoryview(b'')",
    "object": "loot = object()",
    "setattr": "setattr(zeros(2), '_array', 1)",
    "delattr": "delattr(zeros(2), '_array')",
    "type with three arguments": "loot = type('X', (), {})",
    "mro": "loot = int.mro()",
    "mro of a tensor's class": "loot = type(zeros(2)).mro()",
    "getattr": "loot = getattr((), '__class__')",
    "getattr with a default": "loot = getattr(zeros(2), '_array')",
    "getattr of a method's self": "loot = getattr([].append, '__self__')",
    "getattr mapped": "loot = list(map(getattr, [()], ['__class__']))",
    "a built-in's self": "loot = getattr(len, '__self__')",
    "str.format": "loot = '{0.__class__}'.format(())",
    "str.format by index": "loot = '{0[0].__class__}'.format([()])",
    "str.format by keyword": "loot = '{x.__class__}'.format(x=())",
    "str.format_map": "loot = '{x.__class__}'.format_map({'x': ()})",
    "str.format with a nested field": "loot = '{0:{1.__class__}}'.format(1, ())",
    "str.format of a private attribute": "loot = '{0._array}'.format(zeros(2))",
    "str.format unbound": "loot = str.format('{0.__class__}', ())",
    "str.format through getattr": "loot = getattr(str, 'format')('{0.__class__}', ())",
    "str.format through map": "loot = list(map('{0.__class__}'.format, [()]))",
    "generator frame": "loot = (x for x in [1]).gi_frame",
    "generator code": "loot = (x for x in [1]).gi_code",
    "generator function's frame": "def g():\n    yield 1\nloot = g().gi_frame",
    "generator's running generator": "def g():\n    yield from [1]\nloot = g().gi_yieldfrom",
    "traceback": "try:\n    1/0\nexcept Exception as e:\n    loot = e.tb_frame",
    "with_traceback": "loot = ValueError('x').with_traceback",
    "add_note": "loot = ValueError('x').add_note",
    "object of an attribute error": "try:\n    zeros(2).nope\nexcept AttributeError as e:\n    loot = e.obj",
    "function attribute": "def f(): pass\nloot = f.func_globals",
    "partial's function": "loot = Variable([1.])[0].assign.func",
    "array to a file": "loot = zeros(2).numpy().tofile('/tmp/loot')",
    "array dump": "zeros(2).numpy().dump('/tmp/loot')",
    "array dumps": "loot = zeros(2).numpy().dumps()",
    "array buffer": "loot = zeros(2).numpy().data",
    "array base": "loot = zeros(2).numpy().base",
    "array ctypes": "loot = zeros(2).numpy().ctypes",
    "array view as objects": "loot = zeros(2).numpy().view(object)",
    "array flags": "loot = zeros(2).numpy().flags",
    "array setflags": "zeros(2).numpy().setflags(write=True)",
    "array getfield": "loot = zeros(2).numpy().getfield",
    "numpy object arrays": "import numpy as np\nloot = np.array([len], dtype=object)",
    "numpy objects by letter": "import numpy as np\nloot = np.array([len], dtype='O')",
    "numpy objects by astype": "import numpy as np\nloot = np.arange(3).astype('O')",
    "object dtype by result_type": "import numpy as np\nloot = np.result_type('O')",
    "record dtype by result_type": "import numpy as np\nloot = np.result_type('O,O')",
    "raw memory by result_type": "import numpy as np\nloot = np.result_type('V8').type",
    "object dtype by promotion": "import tensorflow.experimental.numpy as tnp\nloot = tnp.promote_types('O', 'O')",
    "object dtype by promoting texts": "loot = tf.experimental.numpy.promote_types('U3', 'U3')",
    "object dtype by promoting dtypes": "loot = tf.experimental.numpy.promote_types(tf.string, tf.string)",
    "object array by the class of a dtype": "loot = tf.constant(['a']).numpy().dtype.type([len, print])",
    "object array by the class, by getattr": "loot = getattr(tf.constant(['a']).numpy().dtype, 'type')([len])",
    "an object by the class of texts": "loot = tf.string.as_numpy_dtype()",
    "object array by where": "import numpy as np\nloot = np.where([True], len, print)",
    "object array by append": "import numpy as np\nloot = np.append([len], print)",
    "numpy load": "import numpy as np\nloot = np.load('x.npy', allow_pickle=True)",
    "numpy save": "import numpy as np\nnp.save('/tmp/loot', np.zeros(2))",
    "numpy fromfile": "import numpy as np\nloot = np.fromfile('/etc/passwd')",
    "numpy loadtxt": "import numpy as np\nloot = np.loadtxt('/etc/passwd')",
    "numpy genfromtxt": "import numpy as np\nloot = np.genfromtxt('/etc/passwd')",
    "numpy memmap": "import numpy as np\nloot = np.memmap('/etc/passwd')",
    "numpy frompyfunc": "import numpy as np\nloot = np.frompyfunc",
    "numpy's modules": "import numpy as np\nloot = np.lib",
    "numpy's os": "import numpy as np\nloot = np.os",
    "numpy's sys": "import numpy as np\nloot = np.sys",
    "numpy ctypeslib": "import numpy as np\nloot = np.ctypeslib",
    "numpy f2py": "import numpy.f2py",
    "numpy testing runstring": "import numpy as np\nloot = np.testing.runstring",
    "random bit generator": "import numpy as np\nloot = np.random.default_rng(0).bit_generator",
    "numpy's formatter hook": "import numpy as np\nnp.set_printoptions(formatter={'all': len})",
    "numpy's error hook": "import numpy as np\nloot = np.errstate(call=len)",
    "numpy arrays by a class found": "import numpy as np\nloot = type(np.zeros(2))((1000,))",
    "a fancy string as a name": "import numpy as np\nloot = getattr((), np.array(['__class__'])[0])",
    "a file through tf.print": "tf.print('x', output_stream='file:///tmp/loot')\nloot = 1",
    "a file through print": "print('x', file='/tmp/loot')\nloot = 1",
    "throwing into a generator": "def g():\n    yield 1\nloot = g().throw",
    "a codec by a path": "loot = 'x'.encode('../../os')",
    "holding back all by suppress": "import contextlib\nloot = contextlib.suppress(tf.string.as_numpy_dtype)",
    "holding back interrupts by suppress": "import contextlib\nloot = contextlib.suppress(KeyboardInterrupt)",
    "a manager of what is no generator": """
from contextlib import contextmanager
class C:
    def __iter__(self): return self
    def __next__(self): return 1
    def throw(self, *given): raise StopIteration()
loot = contextmanager(C)()
""",
    "a manager's generator": "import contextlib\n@contextlib.contextmanager\ndef f(): yield 1\nloot = f()._steps",
    "import os": "import os",
    "import sys": "import sys\nloot = sys.modules",
    "a stream's file": "import sys\nloot = sys.stdout.buffer",
    "import builtins": "import builtins",
    "from os": "from os import system",
    "import importlib": "import importlib",
    "from tensorsh": "from tensorsh import session",
    "import through a path": "import tests.conftest",
    "tf's python": "loot = tf.python",
    "tf's private module": "import tensorflow as tf\nloot = tf.compat.v1.os",
    "namespace internals": "loot = getattr(tf, '_path')",
    "dtype's numpy": "loot = getattr(float32, '_numpy')",
    "numpy scalar type's constructor tricks": "loot = float32.as_numpy_dtype.mro",
    "percent format cannot walk": "loot = '%(x.__class__)s' % {'y': ()}",
    "type of a type": "loot = type(type(1))('X', (), {})",
    "a special method of a list": "loot = [].__len__",
    "a special method of a function": "loot = tf.add.__call__",
    "a special method of a number": "loot = (1).__add__",
    "a special method of an array": "loot = zeros(2).numpy().__array__",
    "a special method of a class of Python's": "loot = str.__add__",
    "a special method of a special method": "loot = zeros(2).__add__.__call__",
    "a special method of a namespace": "loot = tf.__str__",
    "a special method of an exception": "loot = ValueError('x').__str__",
    "a special method of a program's class": "class A:\n    def __len__(self): return 1\nloot = A().__len__",
    "a special method of a program's class itself": "class A:\n    def __len__(self): return 1\nloot = A.__len__",
    "a special method by super": "class A(tf.Module):\n    def f(self): return super().__eq__\nloot = A().f()",
    "a program's loss called by name": "class A(tf.Module):\n    def __call__(self): return 1\nloot = A().__call__",
    "a bound method's function": "loot = getattr(zeros(2).__add__, '__func__')",
    "a bound method's self": "loot = getattr(zeros(2).__add__, '__self__')",
    "what a special method stands for": "loot = tf.Tensor.__add__.func",
    "a tensor's length of a list": "loot = tf.Tensor.__len__([1])",
    "a special method with an impostor": "class A: pass\nloot = tf.Variable.__iadd__(A(), 1)",
    "an array of objects by a special method": "loot = zeros(2).__array__('O')",
    "what a capsule holds": "loot = zeros(2).__dlpack__().pointer",
    "an array that borrows from an object of one's own": "class A: pass\nloot = np.from_dlpack(A())",
    "handing on an error": "try:\n    zeros(2).no\nexcept AttributeError as e:\n    loot = e.with_traceback(None)",
}


@pytest.mark.parametrize("program", REFUSED_TEXT.values(), ids=REFUSED_TEXT)
def test_is_refused_before_it_runs(session: Session, program: str) -> None:
    with pytest.raises((TensorshSyntaxError, AttributeError)):
        session.run(program, "attack")
    assert "loot" not in session.names


@pytest.mark.parametrize("program", REFUSED_RUN.values(), ids=REFUSED_RUN)
def test_fails_when_it_runs(session: Session, program: str) -> None:
    with pytest.raises(
        (TensorshSyntaxError, AttributeError, NameError, ImportError, TypeError, ValueError, LookupError)
    ):
        session.run(program, "attack")
    assert "loot" not in session.names


def test_what_a_special_method_gives_offers_nothing(session: Session) -> None:
    session.run("found = [zeros(2).__add__, tf.Tensor.__add__, Variable(1.).__float__, tf.float32.__int__]", "attack")
    assert [surface.public_names(method) for method in session.names["found"]] == [[], [], [], []]


def test_the_special_methods_that_may_be_named_are_those_that_some_class_opens() -> None:
    assert surface._SPECIAL_NAMES == READABLE


def test_a_bare_except_cannot_swallow_an_interrupt(session: Session) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    session.names["interrupt"] = interrupt
    with pytest.raises(KeyboardInterrupt):
        session.run("try:\n    interrupt()\nexcept:\n    pass", "attack")


def test_the_table_of_builtins_is_out_of_reach(session: Session) -> None:
    session.run("x = [1, 2, 3]", "first")
    assert not any(value is session.names["__builtins__"] for value in session.visible_names().values())


def test_a_decorator_renames_no_function_of_the_library(session: Session) -> None:
    session.run(
        "import functools\ndef f():\n    'doc'\nfunctools.wraps(f)(tf.reduce_sum)\nfunctools.wraps(f)(sum)", "a"
    )
    session.run("g = functools.wraps(f)(lambda: 0)\nnames = [tf.reduce_sum.__name__, sum.__name__, g.__name__]", "a")
    assert session.names["names"] == ["reduce_sum", "sum", "f"]


def test_the_arguments_of_an_error_hold_no_class_that_is_not_open(session: Session) -> None:
    def fails() -> None:
        raise KeyError(type, (type, int), [1])  # as a look-up of a value's class inside may

    session.names["fails"] = fails
    session.run(
        "try: fails()\nexcept KeyError as e: a, b, c = e.args, getattr(e, 'args'), '{0.args[0]}'.format(e)", "a"
    )
    for args in (session.names["a"], session.names["b"]):
        assert [type(args[0]), type(args[1][0]), *args[1:]] == [ClassName, ClassName, (args[0], int), [1]]
    assert session.names["c"] == "<class 'type'>"


class Interrupt(BaseException):
    """Stands for a limit, or for Ctrl-C."""


DELEGATE = """
from contextlib import contextmanager, suppress
seen = []
class C:
    def __iter__(self): return self
    def __next__(self): return 1
    def close(self): raise ValueError("from close")
    def throw(self, *given):
        seen.append(given)
        raise StopIteration()
"""
HOLDING_BACK = {
    "return in finally": "@contextmanager\ndef g():\n    try: yield\n    finally: return",
    "an error in finally": "@contextmanager\ndef g():\n    try: yield\n    finally: raise ValueError",
    "a yield in finally": "@contextmanager\ndef g():\n    try: yield\n    finally: yield",
    "an object that closes": "@contextmanager\ndef g(): yield from C()",
    "a generator that was begun": "@contextmanager\ndef g():\n    yield from C()\n    yield",
    "two managers": "@contextmanager\ndef f(): yield from C()\n@contextmanager\ndef g():\n    with f(): yield",
    "a decorated function": "@contextmanager\ndef f(): yield from C()\n@f()\ndef h(): interrupt()\nh()",
    "suppress": "def g(): return suppress(Exception, ValueError)",
    "an error in exit": "class g:\n    def __enter__(self): pass\n    def __exit__(self, *given): raise ValueError",
}


@pytest.mark.parametrize("program", HOLDING_BACK.values(), ids=HOLDING_BACK)
def test_no_manager_holds_back_an_interrupt(session: Session, program: str) -> None:
    def interrupt() -> None:
        raise Interrupt

    session.names["interrupt"] = interrupt
    with pytest.raises(Interrupt):
        session.run(f"{DELEGATE}{program}\nwith g(): interrupt()", "attack")
    assert session.names["seen"] == []


def test_a_manager_shows_an_error_and_no_traceback(session: Session) -> None:
    session.run(f"{DELEGATE}@contextmanager\ndef g(): yield from C()\nwith g(): raise ValueError('x')", "attack")
    ((error,),) = session.names["seen"]
    assert type(error) is ValueError

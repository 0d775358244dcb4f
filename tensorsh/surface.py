"""What a program may reach: the allowlist of attributes, in this one place.

A program's text never names an attribute that begins with two underscores, which the compiler refuses, but for
`__name__` of a class or function, `__version__`, and the operators and conversions that SPECIAL opens on some classes
of the library's (`x.__add__(y)`). Of the rest:

- the classes of tensorsh itself show every public name that they (not their foreign bases) define;
- the classes that programs make (`classes.py` does it for them) show every public name, save what they have from
  foreign bases; and every name of theirs with one underscore, which is kept under another key (`private_key`);
- foreign types (Python's and NumPy's) show the names listed in ALLOWED and nothing else;
- any other type shows nothing.

Compiled programs look attributes up with `lookup`, except for the names in `plain_names`: those are harmless on
every foreign type, so an ordinary attribute load is as safe and costs nothing. Code that runs before a name is
looked up dynamically (`getattr`, `"{0.x}".format`) goes through `lookup` as well.
"""

from __future__ import annotations

import collections
import contextlib
import enum
import functools
import itertools
import types
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from .runtime.entrywise import clip
from .runtime.open_classes import open_class, opened
from .runtime.session_classes import CLOSED_NAMES, is_session_class, private_key


def _public(kind: type, *without: str) -> frozenset[str]:
    return frozenset(n for n in dir(kind) if not n.startswith("_")) - frozenset(without)


_ARRAY = frozenset(
    "T all any argmax argmin argsort conj conjugate copy cumprod cumsum diagonal dot dtype fill flatten imag item "
    "itemsize max mean min nbytes ndim nonzero prod ravel real repeat reshape round searchsorted shape size sort "
    "squeeze std strides sum swapaxes take tolist trace transpose var".split()
)
_RANDOM = frozenset(
    "beta binomial bytes chisquare choice dirichlet exponential f gamma geometric gumbel hypergeometric integers "
    "laplace logistic lognormal logseries multinomial multivariate_normal normal pareto permutation permuted poisson "
    "power rand randint randn random random_integers random_sample rayleigh seed shuffle standard_cauchy "
    "standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull "
    "zipf".split()
)
_NUMBER = frozenset(
    "as_integer_ratio bit_count bit_length conjugate denominator from_bytes fromhex hex imag is_integer numerator real "
    "to_bytes".split()
)

_CACHED = type(functools.cache(iter))
_CACHE_INFO = type(functools.cache(iter).cache_info())

#: Foreign types and what is allowed on their values (and on the classes themselves: `str.upper`).
ALLOWED: dict[type, frozenset[str]] = {
    str: _public(str, "format", "format_map"),  # these two walk attributes; `lookup` has its own
    bytes: _public(bytes),
    int: _NUMBER,
    bool: _NUMBER,
    float: _NUMBER,
    complex: _NUMBER,
    list: _public(list),
    tuple: _public(tuple),
    dict: _public(dict),
    set: _public(set),
    frozenset: _public(frozenset),
    collections.Counter: frozenset({"elements", "most_common", "subtract", "total"}),
    collections.OrderedDict: frozenset({"move_to_end"}),
    collections.defaultdict: frozenset({"default_factory"}),
    collections.deque: _public(collections.deque),
    range: _public(range),
    slice: _public(slice),
    _CACHED: frozenset({"cache_clear", "cache_info"}),
    _CACHE_INFO: frozenset({"currsize", "hits", "maxsize", "misses"}),
    type({}.keys()): frozenset({"isdisjoint"}),
    type({}.items()): frozenset({"isdisjoint"}),
    types.GeneratorType: frozenset({"close", "send"}),
    BaseException: frozenset({"args", "value"}),
    enum.Enum: frozenset({"name", "value"}),
    property: frozenset({"deleter", "getter", "setter"}),
    np.ndarray: _ARRAY,
    np.generic: _ARRAY,
    np.dtype: frozenset({"itemsize", "kind", "name", "shape"}),
    np.finfo: frozenset("bits dtype eps epsneg max min resolution smallest_normal smallest_subnormal tiny".split()),
    np.iinfo: frozenset({"bits", "dtype", "max", "min"}),
}
#: Foreign types that a value may have without showing anything.
CLOSED: tuple[type, ...] = (
    type,
    object,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.ModuleType,
    types.CodeType,
    types.FrameType,
    types.TracebackType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.MappingProxyType,
    types.SimpleNamespace,
    types.NoneType,
    types.EllipsisType,
    types.NotImplementedType,
    partial,
    staticmethod,
    classmethod,
    super,
    enumerate,
    zip,
    map,
    filter,
    reversed,
    type(iter([])),
    type(iter(())),
    type(iter("")),
    type(iter({})),
    type(iter(range(0))),
    type({}.values()),
    type(np.ones(1).flat),
    type(_CACHE_INFO.hits),  # what reads an item of a named tuple, where the class itself is asked
    contextlib.nullcontext,
    type(functools.cmp_to_key(max)),
    type(next(itertools.groupby([1]))[1]),
    type(np.ones(1).__dlpack__()),  # of a tensor it holds a copy, and only NumPy opens it
)
_OPERATORS = frozenset(
    f"__{name}__"
    for name in """
    abs add and array array_priority bool complex copy deepcopy eq float floordiv format ge getitem gt hash index int
    invert iter le len lt matmul mod mul ne neg or pow radd rand repr rfloordiv rmatmul rmod rmul ror round rpow rsub
    rtruediv rxor str sub truediv xor
    """.split()
)
#: Special methods that programs may name on values of these classes of ours (and on the classes), by their names.
SPECIAL: dict[str, frozenset[str]] = {
    "EagerTensor": _OPERATORS.union({"__dlpack__", "__dlpack_device__"}),
    "ResourceVariable": _OPERATORS.union("__iadd__ __imul__ __ipow__ __isub__ __itruediv__".split()),
    "TensorShape": frozenset(
        "__add__ __bool__ __concat__ __eq__ __getitem__ __hash__ __iter__ __len__ __radd__ __repr__ __str__".split()
    ),
    "DType": frozenset({"__eq__", "__hash__", "__int__", "__repr__", "__str__"}),
    "IndexedSlices": frozenset({"__neg__", "__str__"}),
    "GradientTape": frozenset({"__enter__", "__exit__"}),
    "Loss": frozenset({"__call__"}),
    "Metric": frozenset({"__call__"}),
}
_SPECIAL_NAMES = frozenset().union(*SPECIAL.values())
_OWN_MODULES = ("tensorsh", "tensorflow", "keras")
_EVERYTHING_OWN = frozenset({"<own>"})
_by_type: dict[type, frozenset[str]] = {}


def lookup(obj: Any, name: str, hints: bool = True) -> Any:
    """`obj.name` for a program. Raises AttributeError for what it must not, or cannot, reach.

    hints: whether the error is for a person, and names what may have been meant: to look for that takes its time.
    """
    kind = type(obj)
    allowed = _by_type.get(kind)
    if allowed is None:
        closed = kind.__dict__.get(CLOSED_NAMES)
        if closed is not None:
            if name not in closed and name[:1] not in ("_", "@"):
                return _or_suggested(obj, name) if hints else getattr(obj, name)
            return _private_of_session(obj, name)
        allowed = _by_type[kind] = _allowed_on(kind)
    if name in allowed:
        return getattr(obj, name) if name != "args" else opened(obj.args)
    if kind is super:
        return _above(obj, name)
    if kind is type and is_session_class(obj) and name != "__name__":
        return _of_session_class(obj, name)
    if type(name) is str and not name.startswith("_"):
        if allowed is _EVERYTHING_OWN and _defined_by_us(kind, obj, name):
            return _or_suggested(obj, name) if hints else getattr(obj, name)
        if isinstance(obj, type) and _on_class(obj, name):
            return getattr(obj, name)
        for bases, replaced, ours in _REPLACED:
            if name == replaced and isinstance(obj, bases):
                return ours(obj)
    elif type(name) is str and name in _SPECIAL_NAMES and _opens(kind, obj, name):
        return _special_method(kind, obj, name)
    if name == "__name__" and (isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType)) or is_own(kind)):
        return obj.__name__
    if name == "__version__" and is_own(kind):
        return obj.__version__
    raise _refusal(obj, name, hints)


def _or_suggested(obj: Any, name: str) -> Any:
    """`obj.name`; where there is none, the error hints at what may have been meant."""
    try:
        return getattr(obj, name)
    except AttributeError as error:
        is_raised_here = error.__traceback__ is None or error.__traceback__.tb_next is None
        if is_raised_here or is_own(type(obj)):  # else a property of the program's may tell of another value
            _suggest(error, obj, name)
        if is_raised_here:
            raise error.with_traceback(None) from None
        raise


def _opens(kind: type, obj: Any, name: str) -> bool:
    """Whether SPECIAL opens the special method: on the class that defines it, of a value or the class itself."""
    for base in (obj if kind is type else kind).__mro__:
        if name in vars(base):
            return is_own(base) and name in SPECIAL.get(base.__qualname__, ())
    return False


def _special_method(kind: type, obj: Any, name: str) -> Any:
    if kind is type and callable(getattr(obj, name)):
        return partial(_unbound, obj, name)
    return partial(_array, obj) if name == "__array__" else getattr(obj, name)


def _unbound(cls: type, name: str, obj: Any, /, *args: Any) -> Any:
    """A class's special method, called with a value of the class."""
    if not issubclass(type(obj), cls):
        raise TypeError(f"{cls.__qualname__}.{name} wants a {cls.__qualname__}, not a {type(obj).__name__!r} object")
    return lookup(obj, name)(*args)


def _array(obj: Any, dtype: Any = None) -> Any:
    """`__array__` of a tensor or variable; not to an array of objects."""
    array = np.asarray(obj.numpy())
    return array if dtype is None else _astype(array, dtype)


def has(obj: Any, name: str) -> bool:
    """`hasattr` for a program."""
    try:
        lookup(obj, name, hints=False)
    except AttributeError:
        return False
    return True


_MISSING = object()


def get(obj: Any, name: str, default: Any = _MISSING) -> Any:
    """`getattr` for a program."""
    if type(name) is not str:
        raise TypeError("attribute name must be string, not " + repr(type(name).__name__))
    if default is _MISSING:
        return lookup(obj, name)
    try:
        return lookup(obj, name, hints=False)
    except AttributeError:
        return default


def public_names(obj: Any) -> list[str]:
    """The attributes of `obj` that a program may name."""
    kind = type(obj)
    names = {n for n in dir(obj) if n.isidentifier() and not n.startswith("_")}
    closed = vars(kind).get(CLOSED_NAMES)
    if closed is not None:  # to look whether a name is there would run the program's own properties
        return sorted(names - closed)
    allowed = _allowed_on(kind)

    def open_to_programs(name: str) -> bool:
        if isinstance(obj, type) and is_session_class(obj):
            return has(obj, name)
        if name in allowed or allowed is _EVERYTHING_OWN and _defined_by_us(kind, obj, name):
            return True
        return isinstance(obj, type) and _on_class(obj, name)

    return sorted(n for n in names if open_to_programs(n))


def public_names_of_kind(kind: type) -> list[str]:
    """The attributes that a program may name of any value of that class, besides what a value has of its own."""
    names = {n for n in dir(kind) if n.isidentifier() and not n.startswith("_") and hasattr(kind, n)}
    closed = vars(kind).get(CLOSED_NAMES)
    if closed is not None:
        return sorted(names - closed)
    allowed = _allowed_on(kind)
    return sorted(n for n in names if n in allowed or allowed is _EVERYTHING_OWN and _defined_by_us(kind, None, n))


def plain_names(known: Iterable[str]) -> frozenset[str]:
    """Of the known attribute names, those that are harmless on every foreign type."""
    blocked: set[str] = set()
    for kind in (*ALLOWED, *CLOSED, np.random.RandomState, np.random.Generator, *_foreign_exceptions()):
        blocked.update(n for n in dir(kind) if n not in _allowed_on(kind))
    names = set(known).union(*ALLOWED.values())
    return frozenset(n for n in names if not n.startswith("_") and n not in blocked)


def is_own(kind: type) -> bool:
    """Whether a class is tensorsh's. Some carry TensorFlow's module name, since their `repr` shows it."""
    return kind.__module__.partition(".")[0] in _OWN_MODULES


def _allowed_on(kind: type) -> frozenset[str]:
    if is_own(kind):
        return _EVERYTHING_OWN
    if is_random(kind):
        return _RANDOM
    found: frozenset[str] = frozenset()
    for base in kind.__mro__:
        found = found | ALLOWED.get(base, frozenset())
    return found


def closed_names(base: type) -> frozenset[str]:
    """The public names that a class made from `base` has from foreign classes, and that are not open."""
    foreign = [kind for kind in base.__mro__ if not (is_own(kind) or is_session_class(kind))]
    names = {n for kind in foreign for n in vars(kind) if not n.startswith("_")}
    return frozenset(n for n in names if not any(n in ALLOWED.get(kind, ()) for kind in foreign))


def _private_of_session(obj: Any, name: str) -> Any:
    """An attribute with one underscore, of an object whose class the program made."""
    key = private_key(name)
    own = getattr(obj, "__dict__", {})  # a named tuple has none
    if key in own:
        return own[key]
    if key is None or not any(key in vars(base) for base in type(obj).__mro__):
        raise _refusal(obj, name)
    return getattr(obj, key)


def _of_session_class(cls: type, name: str) -> Any:
    """An attribute of a class that the program made: what it or a base of it defines."""
    return getattr(cls, _key_in(cls.__mro__, cls, name))


def _above(parent: Any, name: str) -> Any:
    """An attribute of what `super()` gives: what the bases define."""
    mro = parent.__self_class__.__mro__
    return getattr(parent, _key_in(mro[mro.index(parent.__thisclass__) + 1 :], parent, name))


def _key_in(bases: tuple[type, ...], obj: Any, name: str) -> str:
    """The key under which the first of the classes that has the name keeps it, if it is open there."""
    key = private_key(name) or name
    readable = type(name) is str and name.isidentifier() and not key.startswith("_")
    for base in bases if readable else ():
        if key in vars(base):
            if is_session_class(base) or is_own(base) or name in ALLOWED.get(base, ()):
                return key
            break
    raise _refusal(obj, name)


def is_random(kind: type) -> bool:
    return kind.__module__.startswith("numpy.random") and kind.__name__ in ("RandomState", "Generator")


def _defined_by_us(kind: type, obj: Any, name: str) -> bool:
    for base in kind.__mro__:
        if is_own(base):
            if name in vars(base):
                return True
        elif name in vars(base):
            return name in ALLOWED.get(base, frozenset())
    return name in getattr(obj, "__dict__", ()) or any("__getattr__" in vars(b) for b in kind.__mro__ if is_own(b))


def _on_class(cls: type, name: str) -> bool:
    if is_own(cls):
        return hasattr(cls, name) and any(name in vars(base) for base in cls.__mro__ if is_own(base))
    return any(name in ALLOWED.get(base, frozenset()) and name in vars(base) for base in cls.__mro__)


def _foreign_exceptions() -> list[type]:
    found: list[type] = []
    queue: list[type] = [BaseException]
    while queue:
        kind = queue.pop()
        if not is_own(kind):
            found.append(kind)
            queue.extend(kind.__subclasses__())
    return found


def _refusal(obj: Any, name: str, hints: bool = True) -> AttributeError:
    if isinstance(obj, type):
        text = f"type object {obj.__name__!r} has no attribute {name!r}"
    elif isinstance(obj, types.ModuleType):
        text = f"module has no attribute {name!r}"
    elif isinstance(obj, super):
        return AttributeError(f"'super' object has no attribute {name!r}")
    else:
        kind = type(obj)
        known = f"{kind.__module__}.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__
        text = f"{known!r} object has no attribute {name!r}"
    error: Any = AttributeError(text)
    if name.startswith("_"):
        error.hint = "names that begin with '_' are out of reach"
    elif type(obj) is dict and name in obj:
        error.hint = f"what a dictionary holds is written [{name!r}]"
    elif hasattr(obj, name):
        error.hint = f"Python has {name!r} there, but it is not open to programs here"
    elif hints:
        _suggest(error, obj, name)
    return error


def _suggest(error: Any, obj: Any, name: str) -> None:
    """Hint at the attribute that may have been meant, where the error has no hint yet."""
    import difflib

    close = difflib.get_close_matches(name, public_names(obj), n=1)
    if close and getattr(error, "hint", None) is None:
        error.hint = f"did you mean {close[0]!r}?"


def _format(text: str, /, *args: Any, **fields: Any) -> str:
    """`str.format` whose fields reach only what programs may."""
    return _formatter().vformat(text, args, fields)


def _format_map(text: str, mapping: Any) -> str:
    return _formatter().vformat(text, (), mapping)


def _astype(array: Any, dtype: Any, *, copy: bool = True) -> Any:
    """`ndarray.astype`, but to numbers, bools and text only: an array of objects would call their methods."""
    wanted = np.dtype(dtype)  # asked once: an object of the program's may say something else each time
    if wanted.kind not in "biufcSUV" or wanted.fields:
        raise TypeError(f"astype: {dtype!r} is not a dtype of numbers")
    return array.astype(wanted, copy=copy)


def _scalar_class(dtype: np.dtype) -> Any:
    """`dtype.type`; of Python objects only by name, since calling it makes an array of them."""
    return open_class(dtype.type)


#: What programs get in a checked form of ours, and the function that gives it of a value.
_REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (str, "format", partial(partial, _format)),
    (str, "format_map", partial(partial, _format_map)),
    ((np.ndarray, np.generic), "astype", partial(partial, _astype)),
    ((np.ndarray, np.generic), "clip", partial(partial, clip)),
    (np.dtype, "type", _scalar_class),
)


def _formatter() -> Any:
    import string
    from _string import formatter_field_name_split  # what string.Formatter itself uses

    class Checked(string.Formatter):
        def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
            first, rest = formatter_field_name_split(field_name)
            value = self.get_value(first, args, kwargs)
            for is_attribute, key in rest:
                value = lookup(value, key) if is_attribute else value[key]
            return value, first

    return Checked()

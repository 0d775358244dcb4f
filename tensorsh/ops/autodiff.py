"""Derivatives for programs: tapes, and functions that make functions' derivatives.

TensorFlow's interfaces are here under its names. The short forms `tape`, `grad`, `jacobian` ... are
tensorsh's own: given tensors they ask the tape whose block was entered or left last, given a function they
return one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime import gradient_tape, nest
from ..runtime import tape as tapes
from ..runtime.errors import describe, explain
from ..runtime.forward import ForwardAccumulator
from ..runtime.gradient_tape import GradientTape, UnconnectedGradients, jacobians
from ..runtime.notices import note
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ..runtime.variable import Variable
from .registry import export, op, ops

for _path in ("tf.GradientTape", "tf.autodiff.GradientTape"):
    export(_path, GradientTape, "GradientTape", "autodiff")
export("tf.UnconnectedGradients", UnconnectedGradients, "UnconnectedGradients", "autodiff")
export("tf.autodiff.ForwardAccumulator", ForwardAccumulator, "ForwardAccumulator", "autodiff")


# ---------------------------------------------------------------- the tape asked last

_last: GradientTape | None = None


def _remember(touched: GradientTape) -> None:
    global _last
    _last = touched


gradient_tape.set_touched(_remember)


def last_tape() -> GradientTape | None:
    """The tape whose block was entered or left last."""
    return _last


class TapeOpener:
    """`with tape:` opens a fresh tape that may be asked again; `with tape(x, w):` also watches x and w."""

    __slots__ = ("_open", "_watched")

    def __init__(self, watched: tuple = ()) -> None:
        self._watched = watched
        self._open: list[GradientTape] = []

    def __call__(self, *watched: Any) -> TapeOpener:
        return TapeOpener(watched)

    def __enter__(self) -> GradientTape:
        opened = GradientTape(persistent=True).__enter__()
        self._open.append(opened)
        if self._watched:
            opened.watch(self._watched)
        return opened

    def __exit__(self, *exc: Any) -> None:
        self._open.pop().__exit__()

    def __repr__(self) -> str:
        return "<tape: `with tape:` records, `grad(y, x)` asks>"


export("tensorsh.tape", TapeOpener(), "tape", "autodiff")


@op("")
def grad(
    target: Any, sources: Any = 0, output_gradients: Any = None, unconnected_gradients: Any = UnconnectedGradients.NONE
) -> Any:
    """The gradient of `target` by `sources`, from the tape used last; or the gradient of a function.

    `grad(y, x)`: x may be a tensor, a variable, or a structure of them. Where it is None, a note says why.
    `grad(f)`, `grad(f, 1)`, `grad(f, (0, 1))`: a function that takes f's arguments and returns the gradient
    of f's (summed) result with regard to the argument, or the arguments, at that position.

    output_gradients: the upstream cotangents, of the targets' shapes; None: ones.

    >>> x = Variable(3.)
    >>> with tape: y = x ** 2
    >>> grad(y, x)
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    >>> grad(lambda x: x ** 3)(2.)
    <tf.Tensor: shape=(), dtype=float32, numpy=12.0>
    """
    if type(target) is not Tensor and _is_function(target):
        both = value_and_grad(target, sources)
        return _named("grad", target, lambda *args, **options: both(*args, **options)[1])
    asked = _last_tape("grad")
    answer = asked.gradient(target, sources, output_gradients, unconnected_gradients)
    if answer is None or type(answer) is not Tensor and any(g is None for g in nest.flatten(answer)):
        _say_why(asked, nest.flatten(target), nest.flatten(sources), nest.flatten(answer))
    return answer


@op("")
def value_and_grad(f: Callable[..., Any], argnum: Any = 0) -> Callable[..., Any]:
    """A function that takes f's arguments and returns (f's result, its gradient), as `grad(f)` gives it.

    argnum: an int, or a tuple of ints: by which arguments it is differentiated.

    >>> value_and_grad(lambda x: x ** 3)(2.)
    (<tf.Tensor: shape=(), dtype=float32, numpy=8.0>, <tf.Tensor: shape=(), dtype=float32, numpy=12.0>)
    """
    _check_function("value_and_grad", f)

    def both(*args: Any, **options: Any) -> Any:
        record, value, chosen = _run_recorded("grad", f, argnum, args, options)
        targets = [as_tensor(y) for y in nest.flatten(value)]
        leaves = nest.flatten(chosen)
        grads = tapes.backward(record, targets, [ops.ones_like(t) for t in targets], leaves)
        if None in map(type_or_none, grads):
            _say_why(record, targets, leaves, grads)
        return value, nest.pack_as(chosen, [None if g is None else tapes.dense(g) for g in grads])

    return _named("value_and_grad", f, both)


@op("")
def jacobian(target: Any, sources: Any = 0, unconnected_gradients: Any = UnconnectedGradients.NONE) -> Any:
    """d target / d sources, of shape target.shape + source.shape; of a function, the function that gives it.

    >>> jacobian(lambda x: x ** 2)([1., 2.])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 0.],
           [0., 4.]], dtype=float32)>
    """
    if not _is_function(target):
        return _last_tape("jacobian").jacobian(target, sources, unconnected_gradients)

    def matrix(*args: Any, **options: Any) -> Any:
        record, value, chosen = _run_recorded("jacobian", target, sources, args, options)
        leaves = nest.flatten(chosen)
        return nest.map_leaves(lambda y: nest.pack_as(chosen, jacobians(record, as_tensor(y), leaves, True)), value)

    return _named("jacobian", target, matrix)


@op("")
def hessian(f: Callable[..., Any], argnum: Any = 0) -> Callable[..., Any]:
    """The second derivatives of f: the Jacobian of its Jacobian, of shape f's + twice the argument's.

    argnum: an int: which argument is differentiated.

    >>> hessian(lambda x: reduce_sum(x ** 3))([1., 2.])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 6.,  0.],
           [ 0., 12.]], dtype=float32)>
    """
    _check_function("hessian", f)
    return _named("hessian", f, jacobian(jacobian(f, argnum), argnum))


@op("")
def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """(f's result, its derivative in the direction `tangents`) at `primals`, computed forward.

    primals, tangents: f's one argument, or a tuple or list of its arguments, and the same for the direction.
    Raises ValueError unless there are as many tangents as primals.

    >>> jvp(lambda x: x ** 2, 3., 1.)
    (<tf.Tensor: shape=(), dtype=float32, numpy=9.0>, <tf.Tensor: shape=(), dtype=float32, numpy=6.0>)
    """
    _check_function("jvp", f)
    several = isinstance(primals, (list, tuple))
    if several and len(primals) != len(tangents):
        raise explain(
            ValueError(f"jvp: there are {len(primals)} primals, but {len(tangents)} tangents"),
            hint="give one tangent for each primal",
        )
    at = tuple(_as_own_tensors(primal) for primal in (primals if several else [primals]))
    along = tuple(
        as_tensor(t, p.dtype) if is_tensor(p) else nest.map_leaves(as_tensor, t)
        for p, t in zip(at, tangents if several else [tangents])
    )
    with ForwardAccumulator(at, along) as accumulator:
        value = nest.map_leaves(as_tensor, f(*at))
    return value, accumulator.jvp(value, UnconnectedGradients.ZERO)


@op("")
def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(f's result, a function that pulls a cotangent of it back to the arguments).

    The function gives one gradient if f has one argument, else a tuple; without a cotangent it takes ones.

    primals: the arguments of the function.

    >>> y, back = vjp(lambda x: x ** 2, [1., 2.])
    >>> back([1., 10.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., 40.], dtype=float32)>
    """
    _check_function("vjp", f)
    record, value, chosen = _run_recorded("vjp", f, tuple(range(len(primals))), primals, {})
    targets, leaves = [as_tensor(y) for y in nest.flatten(value)], nest.flatten(chosen)

    def back(cotangent: Any = None) -> Any:
        if cotangent is None:
            seeds = [ops.ones_like(t) for t in targets]
        elif nest.is_nested(value):
            nest.assert_same(value, cotangent)
            seeds = [as_tensor(u, t.dtype) for u, t in zip(nest.flatten(cotangent), targets)]
        else:
            seeds = [as_tensor(cotangent, targets[0].dtype)]
        grads = tapes.backward(record, targets, seeds, leaves)
        full = [tapes.zeros_like(as_tensor(x)) if g is None else tapes.dense(g) for g, x in zip(grads, leaves)]
        pulled = nest.pack_as(chosen, full)
        return pulled[0] if len(primals) == 1 else pulled

    return value, back


def _run_recorded(
    who: str, f: Callable[..., Any], argnum: Any, args: tuple, options: dict[str, Any]
) -> tuple[tapes.Tape, Any, Any]:
    """Call f under a tape of its own: the tape, f's result, and the arguments chosen by `argnum`."""
    positions = list(argnum) if isinstance(argnum, (list, tuple)) else [argnum]
    for i in positions:
        if not isinstance(i, int) or not -len(args) <= i < len(args):
            raise explain(
                TypeError(f"{who}: argument {i} is wanted, but the function was called with {len(args)}"),
                hint="the second argument of grad, jacobian ... is f's argument by position, from 0",
            )
    own = list(args)
    for i in positions:
        own[i] = _as_own_tensors(own[i])
    record = tapes.Tape(watch_accessed=False)
    for leaf in nest.flatten([own[i] for i in positions]):
        record._watch(leaf)
    with tapes.also(record):
        value = f(*own, **options)
    chosen = tuple(own[i] for i in positions) if isinstance(argnum, (list, tuple)) else own[argnum]
    return record, value, chosen


def _as_own_tensors(argument: Any) -> Any:
    """The argument, each leaf a tensor of its own; whole numbers become floats."""

    def own(leaf: Any) -> Any:
        if is_tensor(leaf):
            return ops.identity(leaf)  # also of a variable, which the function may use apart from its argument
        t = as_tensor(leaf)
        return ops.cast(t, "float32") if t.dtype.is_integer else t

    # A list of numbers is a tensor, a list of tensors a structure.
    if nest.is_nested(argument) and not isinstance(argument, dict) and not any(map(is_tensor, nest.flatten(argument))):
        return own(argument)
    return nest.map_leaves(own, argument)


def _last_tape(who: str) -> GradientTape:
    if _last is None:
        raise explain(
            RuntimeError(f"{who}: no tape has been opened"),
            hint="compute the target in a tape's block first: `with tape: y = ...`, or give a function",
        )
    return _last


def _is_function(value: Any) -> bool:
    return callable(value) and not is_tensor(value)


def _check_function(who: str, f: Any) -> None:
    if not _is_function(f):
        raise explain(
            TypeError(f"{who}: a function is wanted, not {describe(f)}"),
            hint=f"write {who}(lambda x: ...)",
        )


def _named(who: str, f: Callable[..., Any], made: Callable[..., Any]) -> Callable[..., Any]:
    made.__name__ = made.__qualname__ = f"{who}({getattr(f, '__name__', 'f')})"
    return made


def type_or_none(g: Any) -> Any:
    """None for None, else the type: `in` would compare tensors element by element."""
    return None if g is None else type(g)


def _say_why(record: tapes.Tape, targets: list[Any], sources: list[Any], grads: list[Any]) -> None:
    """A note for each reason for which a gradient is None."""
    reasons = dict.fromkeys(_reason(record, targets, x) for x, g in zip(sources, grads) if g is None)
    for reason in reasons:
        note("the gradient is None: " + reason)


def _reason(record: tapes.Tape, targets: list[Any], source: Any) -> str:
    x, name = as_tensor(source), _name_of(source)
    if x._array.dtype.kind not in "fcV":
        return f"{name} is {x.dtype.name}, and only floating-point numbers have gradients: write 3. for 3"
    for y in targets:
        if as_tensor(y)._array.dtype.kind not in "fcV":
            return f"the target is {as_tensor(y).dtype.name}, and only floating-point numbers have gradients"
    if isinstance(source, Variable):
        if not record._reads.get(id(getattr(source, "_cell", source))):
            why = "was not read" if source.trainable else "is not trainable, and was not watched"
            return f"{name} {why} in the tape's block; compute the target from it in `with tape(v):`"
    elif id(source) not in record._watched:
        return (
            f"{name} was not watched when the target was computed; watch it with `with tape(x):`, or make it a Variable"
        )
    if not any(id(as_tensor(y)) in record._watched for y in targets):
        return "the target was not computed in the tape's block from anything that it watches"
    return f"the target does not depend on {name} by operations that have a gradient"


def _name_of(source: Any) -> str:
    return f"the {'variable' if isinstance(source, Variable) else 'tensor'} ({describe(source)})"


@op("stop_gradient")
def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """The same values as a constant, through which no gradient passes.

    >>> grad(lambda x: stop_gradient(x) * x)(3.)
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    """
    return wrap(as_tensor(input)._array)

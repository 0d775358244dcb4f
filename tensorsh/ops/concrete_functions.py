"""A `function` for one kind of arguments: what `get_concrete_function` returns, and how signatures are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..runtime import nest
from ..runtime.errors import InvalidArgumentError, explain
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, is_tensor, resolve_op
from ..runtime.variable import Variable
from .function_signatures import Call

if TYPE_CHECKING:
    from .functions import Function


class ConcreteFunction:
    """A function for tensors of given shapes and dtypes, whose other arguments are fixed."""

    __module__ = "tensorflow.python.eager.polymorphic_function.concrete_function"

    def __init__(self, function: Function, args: tuple, options: dict[str, Any]) -> None:
        self._function, self._args, self._options = function, args, options

    name = property(lambda self: f"__inference_{self._function.name}".encode())
    structured_input_signature = property(lambda self: (self._named(), self._options))
    structured_outputs = property(lambda self: self._shown()[1])

    @property
    def output_shapes(self) -> Any:
        return nest.map_leaves(lambda spec: spec if spec is None else spec.shape, self.structured_outputs)

    @property
    def output_dtypes(self) -> Any:
        return nest.map_leaves(lambda spec: spec if spec is None else spec.dtype, self.structured_outputs)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that the function reads or assigns."""
        return tuple(self._shown()[2])

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.variables if v.trainable)

    def pretty_printed_signature(self, verbose: bool = True) -> str:
        """What the function takes and returns."""
        return told(self._shown(), self._function) if verbose else self._summary()

    def __call__(self, *args: Any, **options: Any) -> Any:
        names = self._function._parameters.positional
        given = {**dict(zip(names, self._args)), **self._options}
        free = [name for name, value in given.items() if any(map(_is_open, nest.flatten(value)))]
        places = names if len(args) > len(free) else free
        if len(args) > len(places):
            raise self._refusal("too many positional arguments", args, options)
        for name, value in [*zip(places, args), *options.items()]:
            if name not in given:
                raise self._refusal(f"got an unexpected keyword argument {name!r}", args, options)
            self._check(given[name], value, args, options)
            given[name] = value
        missing = next((n for n in free if any(type(v) is TensorSpec for v in nest.flatten(given[n]))), None)
        if missing is not None:
            raise self._refusal(f"missing a required argument: {missing!r}", args, options)
        positional = [given.pop(name) for name in names[: len(self._args)]]
        return self._function(*positional, *self._args[len(names) :], **given)

    def _check(self, wanted: Any, given: Any, args: tuple, options: dict[str, Any]) -> None:
        for spec, value in zip(nest.flatten(wanted), nest.flatten(given)):
            if type(spec) is not TensorSpec:
                continue
            if not is_tensor(value):
                raise self._refusal(f"a Tensor is expected, got {type(value).__name__} ({value!r})", args, options)
            if value.dtype != spec.dtype:
                kernel = self.name.decode()
                raise explain(
                    InvalidArgumentError(
                        f"cannot compute {kernel} as input #0(zero-based) was expected to be a "
                        f"{spec.dtype.kernel_name} tensor but is a {value.dtype.kernel_name} tensor [Op:{kernel}]"
                    ),
                    summary=f"this concrete function takes {spec.dtype.name} there",
                    operands=[("given", as_tensor(value))],
                )

    def _refusal(self, why: str, args: tuple, options: dict[str, Any]) -> TypeError:
        return TypeError(
            f"Binding inputs to tf.function failed due to `{why}`. Received args: {args} and kwargs: {options} for "
            f"signature: {self._summary()}."
        )

    def _named(self) -> tuple:
        names = self._function._parameters.positional

        def named(name: str) -> Any:
            return lambda v: TensorSpec(v.shape, v.dtype, v.name or name) if type(v) is TensorSpec else v

        pairs = zip([*names, *names[-1:] * len(self._args)], self._args)
        return tuple(nest.map_leaves(named(name), value) for name, value in pairs)

    def _shown(self) -> Any:
        """(arguments, results, variables) of the traced run; the results are unknown where sizes are open."""
        specs = nest.flatten((self._args, self._options))
        if all(spec.shape.is_fully_defined() for spec in specs if type(spec) is TensorSpec):
            call = Call(_filled((self._args, self._options)), self._function._is_relaxed)
            shown = self._function._signature_of(call).shown
            if shown is not None:
                return ((*self._args, self._options) if self._options else self._args, *shown[1:])
        return (self._args, None, ())

    def _summary(self) -> str:
        given, results, _ = self._shown()
        parts = ", ".join(f"{name}: {kind}" for name, _, kind in _parameters(given, self._function))
        return f"({parts}) -> {_type_text(results)}"

    def __repr__(self) -> str:
        return f"<ConcreteFunction {self._summary()} at {hex(id(self))}>"

    def __str__(self) -> str:
        return f"ConcreteFunction {self.pretty_printed_signature()}"


def concrete_function(function: Function, args: tuple, options: dict[str, Any]) -> ConcreteFunction:
    """The function for arguments of this kind, traced if it has not been; TensorSpecs stand for tensors of any value.

    A run that is traced for specs is one on zeros, of which nothing is left but the graph.
    """
    if function.input_signature is not None and not args and not options:
        args = function.input_signature
        bound: tuple[tuple, dict[str, Any]] = (tuple(args), {})
    elif function.input_signature is not None:
        bound = (tuple(function.input_signature), {})
    else:
        bound = function._parameters.bound(args, options)
    leaves = nest.flatten(bound)
    if all(leaf.shape.is_fully_defined() for leaf in leaves if type(leaf) is TensorSpec):
        call = Call(_filled(bound), function._is_relaxed)
        function._signature_of(call).prepare(call, is_real=not any(type(leaf) is TensorSpec for leaf in leaves))

    def spec(value: Any) -> Any:
        return TensorSpec.from_tensor(value) if type(value) is Tensor else value

    return ConcreteFunction(function, *nest.map_leaves(spec, bound))


def _filled(structure: Any) -> Any:
    """The structure with zeros in the place of TensorSpecs."""
    zeros = resolve_op("zeros")
    return nest.map_leaves(lambda x: zeros(x.shape, x.dtype) if type(x) is TensorSpec else x, structure)


def _is_open(value: Any) -> bool:
    return type(value) is TensorSpec


def told(shown: Any, function: Function) -> str:
    """A traced signature in TensorFlow's words: (arguments, results, variables)."""
    given, results, variables = shown
    lines = ["Input Parameters:"]
    lines += [f"  {name} ({kind}): {text}" for name, kind, text in _parameters(given, function)] or ["  None"]
    lines += ["Output Type:", f"  {_type_text(results)}", "Captures:"]
    lines += [f"  {id(v)}: TensorSpec(shape=(), dtype=tf.resource, name=None)" for v in variables] or ["  None"]
    return "\n".join(lines)


def _parameters(given: tuple, function: Function) -> Iterator[tuple[str, str, str]]:
    """The name, kind and type of each parameter."""
    parameters = function._parameters
    aliases: dict[int, int] = {}
    positional = given[: parameters.count_positional(given)]
    kind = "POSITIONAL_ONLY" if len(positional) > len(parameters.positional) else "POSITIONAL_OR_KEYWORD"
    for i, value in enumerate(positional):
        yield parameters.name_at(i), kind, _type_text(value, aliases)
    for options in given[len(positional) :]:
        for name, value in options.items():
            yield name, "KEYWORD_ONLY", _type_text(value, aliases)


def _type_text(value: Any, aliases: dict[int, int] | None = None) -> str:
    """TensorFlow's text for the type of a traced value."""
    if type(value) is TensorSpec:
        return f"TensorSpec(shape={value.shape}, dtype={value.dtype!r}, name={value.name!r})"
    if isinstance(value, Variable):
        alias = {} if aliases is None else aliases
        number = alias.setdefault(id(value), len(alias))
        return (
            f"VariableSpec(shape={value.shape}, dtype={value.dtype!r}, trainable={value.trainable}, alias_id={number})"
        )
    if isinstance(value, (tuple, list)):
        kind = "List" if isinstance(value, list) else "Tuple"
        return f"{kind}[{', '.join(_type_text(v, aliases) for v in value)}]"
    if isinstance(value, dict):
        return f"Dict[{', '.join(f'[{k!r}, {_type_text(v, aliases)}]' for k, v in value.items())}]"
    return f"Literal[{value!r}]"

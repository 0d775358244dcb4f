"""TensorFlow's error classes, and how the runtime words an error.

An error's `str` is TensorFlow's own message, since pasted programs print it. What a person reads at
a terminal comes from three optional extras that `diagnostics` shows instead:

    summary    one line in tensorsh's voice: op, what is wrong, the values
    operands   [(parameter name, description)], such as ("a", "float32 (2, 3)")
    hint       the way out

    Exception
      OpError                     has .message, .error_code, .op, .node_def
        InvalidArgumentError      a value or a shape does not fit
        UnimplementedError        TensorFlow has no kernel for these dtypes
        ResourceExhaustedError    memory
        ...                       the rest of TensorFlow's status codes
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class OpError(Exception):
    """An error that an operation raises while it runs; the base of TensorFlow's error classes."""

    error_code = 2

    def __init__(self, node_def: Any = None, op: Any = None, message: Any = None, *args: Any) -> None:
        # Programs also raise with a message alone.
        super().__init__()
        if message is None and op is None:
            node_def, message = None, node_def
        self.node_def, self.op = node_def, op
        self._message = "" if message is None else str(message)

    @property
    def message(self) -> str:
        """TensorFlow's text: what a kernel says comes with the node before it that ran the kernel."""
        said, found, tail = self._message.rpartition(" [Op:")
        kernel = tail.partition("]")[0]
        if not found or said.startswith(_BEFORE_A_NODE) or kernel in _COUNTING:
            return self._message
        return f"{{{{function_node __wrapped__{kernel}_device_{_CPU}}}}} {self._message}"

    @message.setter
    def message(self, text: Any) -> None:
        self._message = str(text)

    def __str__(self) -> str:
        return self.message


_CPU = "/job:localhost/replica:0/task:0/device:CPU:0"
#: How messages begin in which a call is refused before there is a node.
_BEFORE_A_NODE = (
    "{{function_node", "cannot compute", "Value for attr", "Could not find device", "NodeDef", "OpKernel",
)  # fmt: skip
#: Kernels whose nodes' names tell how many operands or results there are, which messages do not know.
_COUNTING = frozenset("AddN ConcatV2 DynamicStitch Einsum IdentityN Pack ParallelDynamicStitch Split Unpack".split())


#: The classes by their status codes.
STATUS_CLASSES: dict[int, type[OpError]] = {}


def _status(name: str, code: int, doc: str) -> type[OpError]:
    """One class for one of TensorFlow's status codes; `type(e)` prints as TensorFlow's does."""
    made = type(name, (OpError,), {"__doc__": doc, "__module__": _TF_MODULE, "error_code": code})
    STATUS_CLASSES[code] = made
    return made


_TF_MODULE = "tensorflow.python.framework.errors_impl"
OpError.__module__ = _TF_MODULE

CancelledError = _status("CancelledError", 1, "The operation was cancelled.")
UnknownError = _status("UnknownError", 2, "An unknown error.")
InvalidArgumentError = _status("InvalidArgumentError", 3, "An operation was given an argument that does not fit.")
DeadlineExceededError = _status("DeadlineExceededError", 4, "A deadline passed.")
NotFoundError = _status("NotFoundError", 5, "A requested thing, or a kernel for these dtypes, does not exist.")
AlreadyExistsError = _status("AlreadyExistsError", 6, "The thing to be created exists.")
PermissionDeniedError = _status("PermissionDeniedError", 7, "Not permitted.")
ResourceExhaustedError = _status("ResourceExhaustedError", 8, "Out of memory or of another resource.")
FailedPreconditionError = _status("FailedPreconditionError", 9, "The state does not allow it.")
AbortedError = _status("AbortedError", 10, "The operation was aborted.")
OutOfRangeError = _status("OutOfRangeError", 11, "Past the end of the input.")
UnimplementedError = _status("UnimplementedError", 12, "No kernel for these dtypes.")
InternalError = _status("InternalError", 13, "A kernel failed in a way it should not.")
UnavailableError = _status("UnavailableError", 14, "Not available now.")
DataLossError = _status("DataLossError", 15, "Data is lost or corrupt.")
UnauthenticatedError = _status("UnauthenticatedError", 16, "Not authenticated.")


class OperatorNotAllowedInGraphError(TypeError):
    """An operator that needs a value was used on a symbolic tensor; never raised eagerly."""

    __module__ = _TF_MODULE


def explain(
    error: Any,
    summary: str | None = None,
    operands: Iterable[tuple[str, Any]] = (),
    hint: str | None = None,
) -> Any:
    """The same error with what a person should read beside TensorFlow's message.

    `operands` pairs parameter names with tensors (or with ready descriptions).
    """
    error.summary = summary
    error.operands = [(name, describe(value)) for name, value in operands]
    error.hint = hint
    return error


def invalid(
    kernel: str,
    message: str,
    summary: str | None = None,
    operands: Iterable[tuple[str, Any]] = (),
    hint: str | None = None,
    name: str | None = "",
) -> Any:
    """An InvalidArgumentError worded as TensorFlow's kernel `kernel` words it.

    `name` is what follows ` name: ` in TensorFlow's text; None leaves that part out, as TensorFlow does
    for kernels that its Python wrappers call without a name.
    """
    tail = "" if name is None else f" name: {name}"
    return explain(InvalidArgumentError(f"{message} [Op:{kernel}]{tail}"), summary, operands, hint)


def describe(value: Any) -> str:
    """A tensor as errors name it: `float32 (2, 3)`; anything else by its text."""
    if isinstance(value, str):
        return value
    dtype, shape = getattr(value, "dtype", None), getattr(value, "shape", None)
    if dtype is None or shape is None:
        return f"{type(value).__name__} {value!r}"[:60]
    return f"{getattr(dtype, 'name', dtype)} {shape}" if len(shape) else f"{getattr(dtype, 'name', dtype)} scalar"


def bracketed(shape: Iterable[Any]) -> str:
    """A shape as TensorFlow's kernels write it: `[2,3]`."""
    return "[" + ",".join(map(str, shape)) + "]"


def subscript(position: tuple[int, ...]) -> str:
    """Where in a tensor something is, as TensorFlow's kernels write it: `[2,3]`, and nothing of a scalar."""
    return bracketed(position) if position else ""

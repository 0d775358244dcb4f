"""`tf.keras.utils`: sequences padded to one length, data packed for training, images as arrays; names for a program's
own classes, as `tf.keras.saving` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...runtime import local
from ..registry import export, op
from .config import layout, standard_dtype


@op("keras.utils.pad_sequences keras.preprocessing.sequence.pad_sequences", short=False)
def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> Any:
    """Sequences as the rows of an array: filled up with `value`, or cut off, at the beginning ("pre") or end ("post").

    sequences: a list of lists, of numbers or of rows of one shape. maxlen: the length of the rows; the longest
    sequence's by default. padding: where it is filled up. truncating: where it is cut off. value: a number. Raises
    ValueError for what are no sequences of one kind.

    >>> tf.keras.utils.pad_sequences([[1], [2, 3], [4, 5, 6]])
    array([[0, 0, 1],
           [0, 2, 3],
           [4, 5, 6]], dtype=int32)
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    for each in sequences:
        if not hasattr(each, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {each}")
    for name, side in (("Padding", padding), ("Truncating", truncating)):
        if side not in ("pre", "post"):
            raise ValueError(f'{name} type "{side}" not understood')
    inner = next((np.asarray(each).shape[1:] for each in sequences if len(each)), ())
    count = max(map(len, sequences)) if maxlen is None else maxlen
    rows = np.full((len(sequences), count, *inner), value, dtype=dtype)
    for i, each in enumerate(sequences):
        if not len(each):
            continue
        kept = np.asarray(each[-count:] if truncating == "pre" else each[:count], dtype=dtype)
        if kept.shape[1:] != inner:
            raise ValueError(
                f"Shape of sample {kept.shape[1:]} of sequence at position {i} is different from expected shape {inner}"
            )
        rows[i, slice(0, len(kept)) if padding == "post" else slice(count - len(kept), None)] = kept
    return rows


@op("keras.utils.pack_x_y_sample_weight", short=False)
def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """(x, y, sample_weight), as many of them as are given; x by itself alone.

    >>> tf.keras.utils.pack_x_y_sample_weight(1, 2)
    (1, 2)
    """
    if y is None:
        return (x,) if isinstance(x, (tuple, list)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


@op("keras.utils.unpack_x_y_sample_weight", short=False)
def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """x, y and sample weight of packed data, None for what is not there. Raises ValueError for more than three.

    data: a tensor, or a tuple of one to three.

    >>> tf.keras.utils.unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    parts = tuple(data) if isinstance(data, (list, tuple)) else (data,)
    if len(parts) not in (1, 2, 3):
        raise ValueError(
            f"Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, found: {parts}"
        )
    x, y, weight = (*parts, None, None)[:3]
    return x, y, weight


@op("keras.utils.img_to_array keras.preprocessing.image.img_to_array", short=False)
def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> Any:
    """An image (height, width) or (height, width, channels) as an array with channels. Raises ValueError for others.

    img: an array, a tensor, or nested lists.

    >>> tf.keras.utils.img_to_array([[1, 2]]).shape
    (1, 2, 1)
    """
    x = np.asarray(img, dtype=standard_dtype(dtype).name)
    first = layout(data_format) == "channels_first"
    if x.ndim == 3:
        return x.transpose(2, 0, 1) if first else x
    if x.ndim == 2:
        return x.reshape((1, *x.shape) if first else (*x.shape, 1))
    raise ValueError(f"Unsupported image shape: {x.shape}")


# ---------------------------------------------------------------- a program's own classes


@op("keras.saving.get_custom_objects keras.utils.get_custom_objects", short=False)
def get_custom_objects() -> dict[str, Any]:
    """The program's own classes and functions by the names under which they are registered.

    >>> tf.keras.utils.get_custom_objects()
    {}
    """
    return local.current.setdefault("custom_objects", {})


@op("keras.saving.register_keras_serializable keras.utils.register_keras_serializable", short=False)
def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Decorate a class or function: it is registered as "package>name", with its own name by default.

    package: a str that stands before the name. name: a str; None: the class's or function's own.

    >>> @tf.keras.utils.register_keras_serializable("mine")
    ... def double(x): return 2 * x
    >>> tf.keras.utils.get_registered_name(double)
    'mine>double'
    """

    def decorate(given: Any) -> Any:
        get_custom_objects()[f"{package}>{name or given.__name__}"] = given
        return given

    return decorate


@op("keras.saving.get_registered_name keras.utils.get_registered_name", short=False)
def get_registered_name(obj: Any) -> str:
    """The name under which a class or function is registered, or else its own.

    obj: a class or a function.

    >>> tf.keras.utils.get_registered_name(tf.keras.regularizers.L2)
    'L2'
    """
    return next((name for name, value in get_custom_objects().items() if value is obj), obj.__name__)


@op("keras.saving.get_registered_object keras.utils.get_registered_object", short=False)
def get_registered_object(name: str, custom_objects: Any = None, module_objects: Any = None) -> Any:
    """What is registered under a name, or None.

    name: a str. module_objects: a dictionary in which it is looked for last.

    >>> tf.keras.utils.get_registered_object("mine>unknown")
    """
    for known in (
        local.current.get("custom_scope", {}),
        get_custom_objects(),
        custom_objects or {},
        module_objects or {},
    ):
        if name in known:
            return known[name]
    return None


class CustomObjectScope:
    """A context in which `get_registered_object` finds more names.

    >>> with tf.keras.utils.CustomObjectScope({"twice": lambda x: 2 * x}):
    ...     print(tf.keras.utils.get_registered_object("twice")(4))
    8
    """

    __module__ = "keras.src.saving.object_registration"

    def __init__(self, custom_objects: dict[str, Any]) -> None:
        self.custom_objects = custom_objects or {}
        self._before: dict[str, Any] = {}

    def __enter__(self) -> CustomObjectScope:
        self._before = local.current.get("custom_scope", {})
        local.current["custom_scope"] = {**self._before, **self.custom_objects}
        return self

    def __exit__(self, *_: object) -> None:
        local.current["custom_scope"] = self._before


for _path in ("utils.CustomObjectScope", "utils.custom_object_scope", "saving.CustomObjectScope"):
    export(f"tf.keras.{_path}", CustomObjectScope, None, "keras.data")
export("tf.keras.saving.custom_object_scope", CustomObjectScope, None, "keras.data")

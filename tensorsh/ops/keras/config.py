"""`tf.keras.config` and `tf.keras.backend`: what Keras takes for granted, and its rules about dtypes.

The settings belong to the session. Those without effect on eager numbers are kept and told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...runtime import local
from ...runtime.dtypes import DTYPES, DType
from ..registry import op

_DEFAULTS: dict[str, Any] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "max_epochs": None,
    "max_steps_per_epoch": None,
    "flash_attention": None,
    "interactive_logging": True,
    "traceback_filtering": True,
    "nnx": False,
}
_FLOATX = ("bfloat16", "float16", "float32", "float64")
_LAYOUTS = ("channels_first", "channels_last")
_PYTHON = {bool: "bool", int: "int64", float: "float32", str: "string"}
_NOT_KERAS = ("resource", "variant", "qint8", "quint8", "qint32", "qint16", "quint16")


def setting(name: str) -> Any:
    """A setting of this session's."""
    return local.current.get("keras", {}).get(name, _DEFAULTS[name])


def _set(name: str, value: Any) -> None:
    local.current.setdefault("keras", {})[name] = value


def standard_dtype(dtype: Any) -> DType:
    """The dtype that Keras is asked for: a name, a dtype of TensorFlow or NumPy, a Python type; None is `floatx`.

    Unlike in TensorFlow, `int` is int64. Raises ValueError for anything else.
    """
    if dtype is None:
        dtype = setting("floatx")
    elif isinstance(dtype, type) and dtype in _PYTHON:
        dtype = _PYTHON[dtype]
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype
    if not isinstance(name, str) or name not in DTYPES or name in _NOT_KERAS:
        raise ValueError(f"Invalid dtype: {name}")
    return DTYPES[name]


def layout(given: str | None) -> str:
    """The layout of images asked for, or else the session's. Raises ValueError if there is no such layout."""
    if given is None:
        return setting("image_data_format")
    given = str(given).lower()
    if given not in _LAYOUTS:
        raise ValueError(
            "The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
            f"Received: data_format={given}"
        )
    return given


@op("keras.config.floatx keras.backend.floatx", short=False)
def floatx() -> str:
    """The dtype that Keras gives to what has none.

    >>> tf.keras.config.floatx()
    'float32'
    """
    return setting("floatx")


@op("keras.config.set_floatx keras.backend.set_floatx", short=False)
def set_floatx(value: str) -> None:
    """Set `floatx`: bfloat16, float16, float32 or float64. Raises ValueError for anything else.

    value: the name of a dtype.

    >>> tf.keras.config.set_floatx("float64"); tf.keras.config.floatx()
    'float64'
    """
    if value not in _FLOATX:
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {set(_FLOATX)}")
    _set("floatx", str(value))


@op("keras.config.epsilon keras.backend.epsilon", short=False)
def epsilon() -> float:
    """What Keras adds to divisors and clips probabilities by.

    >>> tf.keras.config.epsilon()
    1e-07
    """
    return setting("epsilon")


@op("keras.config.set_epsilon keras.backend.set_epsilon", short=False)
def set_epsilon(value: float) -> None:
    """Set `epsilon`.

    value: a float.

    >>> tf.keras.config.set_epsilon(1e-5); tf.keras.config.epsilon()
    1e-05
    """
    _set("epsilon", value)


@op("keras.config.image_data_format keras.backend.image_data_format", short=False)
def image_data_format() -> str:
    """Where the channels of an image are: "channels_last" or "channels_first".

    >>> tf.keras.config.image_data_format()
    'channels_last'
    """
    return setting("image_data_format")


@op("keras.config.set_image_data_format keras.backend.set_image_data_format", short=False)
def set_image_data_format(data_format: str) -> None:
    """Set where the channels of an image are. Raises ValueError if there is no such layout.

    >>> tf.keras.config.set_image_data_format("channels_first"); tf.keras.config.image_data_format()
    'channels_first'
    """
    _set("image_data_format", layout(data_format))


@op("keras.config.backend keras.backend.backend", short=False)
def backend() -> str:
    """The framework whose numbers Keras computes.

    >>> tf.keras.config.backend()
    'tensorflow'
    """
    return "tensorflow"


@op("keras.version", short=False)
def version() -> str:
    """The version of Keras whose behaviour is followed.

    >>> tf.keras.version()
    '3.15.1'
    """
    return "3.15.1"


#: Settings that change nothing here: what tells them, and what sets them to what.
_TELLING = {
    "max_epochs": "max_epochs",
    "max_steps_per_epoch": "max_steps_per_epoch",
    "is_flash_attention_enabled": "flash_attention",
    "is_interactive_logging_enabled": "interactive_logging",
    "is_traceback_filtering_enabled": "traceback_filtering",
    "is_nnx_enabled": "nnx",
}
_SWITCHES = {
    "enable_flash_attention": ("flash_attention", None),
    "disable_flash_attention": ("flash_attention", False),
    "enable_interactive_logging": ("interactive_logging", True),
    "disable_interactive_logging": ("interactive_logging", False),
    "enable_traceback_filtering": ("traceback_filtering", True),
    "disable_traceback_filtering": ("traceback_filtering", False),
}


def _register(function: Callable[..., Any], name: str, summary: str, example: str) -> None:
    function.__name__ = name
    function.__doc__ = f"{summary}, which changes nothing here.\n\n>>> {example}"
    utils = f" keras.utils.{name}" * name.endswith(("interactive_logging", "interactive_logging_enabled"))
    op(f"keras.config.{name}{utils}", short=False, prefix="config_")(function)


def _telling(key: str) -> Callable[[], Any]:
    return lambda: setting(key)


def _setting(key: str, value: Any) -> Callable[[], None]:
    return lambda: _set(key, value)


for _name, _key in _TELLING.items():
    _register(_telling(_key), _name, f"The setting {_key!r}", f"tf.keras.config.{_name}();")
for _name, (_key, _value) in _SWITCHES.items():
    _register(_setting(_key, _value), _name, f"Set {_key!r}", f"tf.keras.config.{_name}()")


@op("keras.config.set_max_epochs", short=False)
def set_max_epochs(max_epochs: int | None) -> None:
    """Set for how many epochs `fit` runs at most; there is no `fit` here.

    max_epochs: an int; None: no limit.

    >>> tf.keras.config.set_max_epochs(2); tf.keras.config.max_epochs()
    2
    """
    _set("max_epochs", max_epochs)


@op("keras.config.set_max_steps_per_epoch", short=False)
def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Set how many steps an epoch of `fit` has at most; there is no `fit` here.

    max_steps_per_epoch: an int; None: no limit.

    >>> tf.keras.config.set_max_steps_per_epoch(2); tf.keras.config.max_steps_per_epoch()
    2
    """
    _set("max_steps_per_epoch", max_steps_per_epoch)


@op("keras.backend.standardize_dtype keras.utils.standardize_dtype", short=False)
def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype; of None, `floatx`. Raises ValueError for what is no dtype.

    >>> tf.keras.backend.standardize_dtype(int)
    'int64'
    """
    return standard_dtype(dtype).name


@op("keras.backend.is_float_dtype", short=False)
def is_float_dtype(dtype: Any) -> bool:
    """Whether a dtype is of floats.

    >>> tf.keras.backend.is_float_dtype("bfloat16")
    True
    """
    return standard_dtype(dtype).is_floating


@op("keras.backend.is_int_dtype", short=False)
def is_int_dtype(dtype: Any) -> bool:
    """Whether a dtype is of integers.

    >>> tf.keras.backend.is_int_dtype("bool")
    False
    """
    return standard_dtype(dtype).is_integer


@op("keras.backend.is_keras_tensor keras.utils.is_keras_tensor", short=False)
def is_keras_tensor(x: Any) -> bool:
    """Whether x is a symbolic tensor of a model's: never, as there are none here.

    >>> tf.keras.utils.is_keras_tensor(tf.constant(1.))
    False
    """
    return False


@op("keras.backend.result_type", short=False)
def result_type_(*dtypes: Any) -> str:
    """The dtype in which dtypes meet; `int`, `float` for Python numbers.

    dtypes: dtypes or their names; `int` or `float` for what bends to the others. Without any the result is `floatx`.

    >>> tf.keras.backend.result_type("int32", float)
    'float32'
    """
    from ..keras_ops.dtypes import result_type

    if not dtypes:
        return standardize_dtype(None)
    return result_type(*(d if d in (int, float, complex) else standardize_dtype(d) for d in dtypes))


@op("keras.backend.get_uid", short=False)
def get_uid(prefix: str = "") -> int:
    """1, 2, 3 ...: a number for each call with that prefix.

    prefix: a str.

    >>> [tf.keras.backend.get_uid("dense"), tf.keras.backend.get_uid("dense")]
    [1, 2]
    """
    counts = local.current.setdefault("uids", {})
    counts[prefix] = counts.get(prefix, 0) + 1
    return counts[prefix]


@op("keras.utils.clear_session keras.backend.clear_session", short=False)
def clear_session(free_memory: bool = True) -> None:
    """Forget the names given so far, so that objects are named from the start again.

    free_memory: taken as Keras takes it; it changes nothing here.

    >>> tf.keras.utils.clear_session(); tf.keras.metrics.Mean().name
    'mean'
    """
    for key in ("names", "uids", "seeds"):
        local.current.pop(key, None)

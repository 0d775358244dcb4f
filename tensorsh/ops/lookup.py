"""tf.lookup: tables from keys to values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime import effects
from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import DType, as_dtype, int64, string
from ..runtime.errors import FailedPreconditionError, InvalidArgumentError, bracketed
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .composites import is_composite, of_each_value
from .creation import host_constant
from .fingerprints import fingerprint
from .registry import export, ops

_MODULE = "tensorflow.python.ops.lookup_ops"


class KeyValueTensorInitializer:
    """What a table is made of: keys, and the value of each.

    keys, values: vectors of one length. key_dtype, value_dtype: their dtypes, where they are no tensors.
    """

    __slots__ = ("_keys", "_values")
    __module__ = _MODULE

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self._keys, self._values = as_tensor(keys, key_dtype), as_tensor(values, value_dtype)

    key_dtype = property(lambda self: self._keys.dtype)
    value_dtype = property(lambda self: self._values.dtype)


class _Table:
    """What the tables share. Entries are kept on the host, by the Python value of their key."""

    __slots__ = ("_default", "_entries", "_key_dtype", "_name", "_value_dtype")
    __module__ = _MODULE

    lookup: Any  # each class says which keys it takes, and with what default

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, name: str | None) -> None:
        self._key_dtype, self._value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)
        self._default = as_tensor(default_value, None if is_tensor(default_value) else self._value_dtype)
        self._entries: dict[Any, Any] = {}
        self._name = name

    key_dtype = property(lambda self: self._key_dtype)
    value_dtype = property(lambda self: self._value_dtype)
    name = property(lambda self: self._name)

    def size(self, name: str | None = None) -> Tensor:
        """The number of entries."""
        effects.impure("a table is looked into")
        return host_constant(len(self._entries), int64)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys, and the value of each."""
        effects.impure("a table is looked into")
        keys = ops.constant(list(self._entries), self._key_dtype, shape=[len(self._entries)])
        shape = [len(self._entries), *self._default._array.shape]
        found = np.empty(shape, self._value_dtype._numpy)
        for i, value in enumerate(self._entries.values()):
            found[i] = value
        return keys, wrap(from_host(found))

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def _found(self, keys: Any, default: Tensor) -> Any:
        if is_composite(keys):
            return of_each_value(lambda keys: self._found(keys, default), keys)
        effects.impure("a table is looked into")
        host, each = to_host(keys._array), default._array.shape
        found = np.empty((host.size, *self._default._array.shape), self._value_dtype._numpy)
        otherwise = to_host(default._array)
        if len(each) > self._default._array.ndim:  # a default of its own for each key
            otherwise = otherwise.reshape(found.shape)
        else:
            otherwise = np.broadcast_to(otherwise, found.shape)
        for i, key in enumerate(host.reshape(-1).tolist()):
            found[i] = self._entries.get(key, otherwise[i])
        return wrap(from_host(found.reshape(host.shape + self._default._array.shape)))

    def _put(self, keys: Tensor, values: Tensor) -> None:
        shape = (*keys._array.shape, *self._default._array.shape)
        if values._array.shape != shape:
            raise InvalidArgumentError(
                f"Expected shape {bracketed(shape)} for value, got {bracketed(values._array.shape)}"
            )
        effects.impure("a table is changed")
        rows = to_host(values._array).reshape(-1, *self._default._array.shape)
        for key, value in zip(to_host(keys._array).reshape(-1).tolist(), rows):
            self._enter(key, value)

    def _enter(self, key: Any, value: Any) -> None:
        self._entries[key] = value


class StaticHashTable(_Table):
    """A table that is made once. default_value: that of keys that it does not have.

    initializer: a KeyValueTensorInitializer. experimental_is_anonymous: changes nothing here.
    """

    __slots__ = ()
    __module__ = _MODULE

    def __init__(
        self,
        initializer: KeyValueTensorInitializer,
        default_value: Any,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(initializer.key_dtype, initializer.value_dtype, default_value, name)
        self._put(initializer._keys, initializer._values)

    default_value = property(lambda self: self._default)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The value of each key; the default value of those that the table does not have."""
        return self._found(_of_dtype(keys, self._key_dtype), self._default)

    def _enter(self, key: Any, value: Any) -> None:
        before = self._entries.setdefault(key, value)
        if before != value:
            told = [f"{x:g}" if isinstance(x, np.floating) else x for x in (before, value)]
            raise FailedPreconditionError(
                f"HashTable has different value for same key. Key {key} has {told[0]} and trying to add value {told[1]}"
            )


class StaticVocabularyTable:
    """Words to their numbers; words that it does not have to one of num_oov_buckets numbers behind, by a hash.

    initializer: a KeyValueTensorInitializer with int64 values, or None. num_oov_buckets: an int, 1 or more.
    lookup_key_dtype: the dtype of keys that are looked up; None: the initializer's.
    experimental_is_anonymous: changes nothing here.
    """

    __slots__ = ("_buckets", "_key_dtype", "_name", "_table")
    __module__ = _MODULE

    def __init__(
        self,
        initializer: KeyValueTensorInitializer | None,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable.")
        if initializer is not None and initializer.value_dtype is not int64:
            raise TypeError(f"Invalid `value_dtype`, expected {int64!s} but got {initializer.value_dtype!s}.")
        self._table = None if initializer is None else StaticHashTable(initializer, -1)
        known = string if initializer is None else initializer.key_dtype
        self._key_dtype: DType = known if lookup_key_dtype is None else as_dtype(lookup_key_dtype)
        self._buckets, self._name = num_oov_buckets, name

    key_dtype = property(lambda self: self._key_dtype)
    value_dtype = property(lambda self: int64)
    name = property(lambda self: self._name)

    def size(self, name: str | None = None) -> Tensor:
        """The number of words, those of the buckets with them."""
        return host_constant(self._words + self._buckets, int64)

    @property
    def _words(self) -> int:
        return 0 if self._table is None else len(self._table._entries)

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The number of each word."""
        keys = _of_dtype(keys, self._key_dtype)
        if is_composite(keys):
            return of_each_value(self.lookup, keys)
        effects.impure("a table is looked into")
        entries = {} if self._table is None else self._table._entries
        host = to_host(keys._array)
        found = [entries.get(key, None) for key in host.reshape(-1).tolist()]
        numbers = [
            self._words + fingerprint(key if isinstance(key, bytes) else str(key).encode()) % self._buckets
            if number is None
            else int(number)
            for key, number in zip(host.reshape(-1).tolist(), found)
        ]
        return host_constant(np.array(numbers, np.int64).reshape(host.shape), int64)


class MutableHashTable(_Table):
    """A table that changes. default_value: that of keys that it does not have, a scalar or as long as a value.

    key_dtype, value_dtype: dtypes. checkpoint, experimental_is_anonymous: change nothing here.
    """

    __slots__ = ()
    __module__ = _MODULE

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(key_dtype, value_dtype, default_value, name)

    def lookup(self, keys: Any, dynamic_default_values: Any = None, name: str | None = None) -> Any:
        """The value of each key. dynamic_default_values: those of keys that it does not have: for each, or for all."""
        keys = self._checked(keys)
        if dynamic_default_values is None:
            return self._found(keys, self._default)
        return self._found(keys, as_tensor(dynamic_default_values, self._value_dtype))

    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Enter values under keys, in the place of those that are there."""
        self._put(self._checked(keys), _converted("values", values, self._value_dtype))

    def remove(self, keys: Any, name: str | None = None) -> None:
        """Take keys out, as far as they are there."""
        effects.impure("a table is changed")
        for key in to_host(self._checked(keys)._array).reshape(-1).tolist():
            self._entries.pop(key, None)

    def _checked(self, keys: Any) -> Any:
        return _converted("keys", keys, self._key_dtype)


class DenseHashTable(MutableHashTable):
    """A table that changes, with two keys that it never has: empty_key and deleted_key.

    key_dtype, value_dtype: dtypes. default_value: the value of keys that it does not have.
    initial_num_buckets, checkpoint, experimental_is_anonymous: change nothing here.
    """

    __slots__ = ("_never",)
    __module__ = _MODULE

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(key_dtype, value_dtype, default_value, name)
        empty, deleted = (to_host(self._checked(key)._array).item() for key in (empty_key, deleted_key))
        if empty == deleted:
            raise InvalidArgumentError("Empty and deleted keys cannot be equal")
        self._never = {empty: "empty_key", deleted: "deleted_key"}

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Enter values under keys, in the place of those that are there."""
        self.insert(keys, values)

    def erase(self, keys: Any, name: str | None = None) -> None:
        """Take keys out, as far as they are there."""
        self.remove(keys)

    def _enter(self, key: Any, value: Any) -> None:
        if key in self._never:
            raise InvalidArgumentError(f"Using the {self._never[key]} as a table key is not allowed")
        super()._enter(key, value)


def _of_dtype(keys: Any, dtype: DType) -> Any:
    """Keys as they are, or as a tensor, if they are of that dtype."""
    keys = keys if is_composite(keys) else as_tensor(keys, hint=dtype)
    if keys.dtype is not dtype:
        raise TypeError(f"Dtype of argument `keys` must be {dtype!s}, received: {keys.dtype!s}")
    return keys


def _converted(arg: str, value: Any, dtype: DType) -> Any:
    if is_composite(value):
        return value
    try:
        return as_tensor(value, dtype)
    except ValueError as error:
        raise ValueError(f"{arg}: {error}") from None


export("tf.lookup.KeyValueTensorInitializer", KeyValueTensorInitializer, None, "lookup")
export("tf.lookup.StaticHashTable", StaticHashTable, None, "lookup")
export("tf.lookup.StaticVocabularyTable", StaticVocabularyTable, None, "lookup")
export("tf.lookup.experimental.MutableHashTable", MutableHashTable, None, "lookup")
export("tf.lookup.experimental.DenseHashTable", DenseHashTable, None, "lookup")

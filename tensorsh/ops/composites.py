"""Functions of tensors that take ragged and sparse ones as well: which these are, and where it is written what they do.

The rules make their ops so from the start. An op named here is tried as it is, and where it refuses its arguments,
and one of them is ragged or sparse, the version for these is called instead: tensors pay one call more for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

#: Ops of each element of their first argument, whatever else they take, that no rule makes.
_OF_EACH = frozenset(
    "abs angle as_string bitcast bytes_split cast check_numerics clip_by_value conj decode_raw dropout erfcinv gelu "
    "identity imag leaky_relu log_sigmoid logical_not lower one_hot ones_like real reciprocal_no_nan regex_full_match "
    "regex_replace round saturate_cast silu stop_gradient string_length string_split strip substr to_hash_bucket "
    "to_hash_bucket_fast to_hash_bucket_strong to_number unicode_decode unicode_decode_with_offsets unicode_script "
    "unicode_split unicode_split_with_offsets unicode_transcode upper zeros_like".split()
)
#: Those of them, and of the rules', that take sparse tensors: what is 0 stays 0.
_OF_SPARSE = frozenset(
    "abs asin asinh atan atanh bessel_i0e bessel_i1e cast erf identity negative sign sin sqrt square stop_gradient tan "
    "tanh".split()
)
#: Ops of two operands, element by element, that no rule makes.
_OF_PAIRS = frozenset(
    "complex divide_no_nan logical_and logical_or logical_xor multiply_no_nan polygamma truncatemod zeta".split()
)
#: Others, and the file in `ragged/` that has a version of that name.
_VERSIONS = {
    name: family
    for family, names in {
        "joining": "concat stack",
        "gathering": "gather gather_nd embedding_lookup split",
        "reducing": "reduce_all reduce_any reduce_variance reduce_std "
        "unsorted_segment_sum unsorted_segment_mean unsorted_segment_max unsorted_segment_min "
        "unsorted_segment_prod unsorted_segment_sqrt_n softmax reduce_join",
        "rearranging": "tile expand_dims squeeze reverse",
        "shapes": "rank size shape",
        "elementwise": "where join add_n",
        "texts": "ngrams bincount",
    }.items()
    for name in names.split()
}


def taking_composites(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The op of that name, for ragged and sparse tensors too if it is one of those."""
    if name not in _OF_EACH | _OF_PAIRS and name not in _VERSIONS:
        return function

    @functools.wraps(function)
    def public(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError, AttributeError):
            version = _version(name, function, (*args, *kwargs.values()))
            if version is None:
                raise
        return version(*args, **kwargs)

    return public


def is_ragged(x: Any) -> bool:
    """Whether x is a RaggedTensor, or the spec of one; asks nothing that imports them."""
    return getattr(type(x), "_is_ragged", False)


def is_composite(x: Any) -> bool:
    """Whether x is a ragged or sparse tensor."""
    return getattr(type(x), "_is_composite", False)


def of_each_value(function: Callable[..., Any], x: Any) -> Any:
    """function of the values of a ragged or sparse tensor, in their places."""
    return x.with_flat_values(function(x.flat_values)) if is_ragged(x) else x.with_values(function(x.values))


def of_values(name: str, function: Callable[..., Any], x: Any) -> Any:
    """function of each value of a ragged or sparse tensor; None if it is not one for sparse tensors."""
    return of_each_value(function, x) if is_ragged(x) or name in _OF_SPARSE else None


def _version(name: str, function: Callable[..., Any], values: tuple[Any, ...]) -> Callable[..., Any] | None:
    """What is called with these arguments in the place of an op that has refused them."""
    found = [x for value in values for x in (value if isinstance(value, (list, tuple)) else [value]) if is_composite(x)]
    if not found or not any(map(is_ragged, found)) and name not in _OF_SPARSE and _VERSIONS.get(name) != "shapes":
        return None
    if name in _OF_EACH:
        return functools.partial(_of_each, function)
    if name in _OF_PAIRS:
        elementwise: Any = import_module(".ragged.elementwise", __package__)
        return lambda x, y, *_, **__: elementwise.ragged_elementwise(function, x, y)
    version: Callable[..., Any] = getattr(import_module(f".ragged.{_VERSIONS[name]}", __package__), f"ragged_{name}")
    return version


def _of_each(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    def flat(x: Any) -> Any:
        return x.flat_values if is_ragged(x) else x.values if is_composite(x) else x

    whole = next(x for x in (*args, *kwargs.values()) if is_composite(x))
    back = whole.with_flat_values if is_ragged(whole) else whole.with_values
    found = function(*map(flat, args), **{name: flat(x) for name, x in kwargs.items()})
    return tuple(map(back, found)) if isinstance(found, tuple) else back(found)

"""The inputs with which the gradients of the rules' ops are checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def unary_samples(domain: tuple[float, float]) -> Callable[..., Any]:
    return lambda s: [s.call(s(2, 3, within=domain)), s.call(s(within=domain))]


def binary_samples(domain: tuple[float, float], domain2: tuple[float, float]) -> Callable[..., Any]:
    def samples(s: Any) -> Any:
        for a, b in (((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2,))):
            yield s.call(s(*a, within=domain), s(*b, within=domain2))

    return samples


def reduction_samples(domain: tuple[float, float]) -> Callable[..., Any]:
    def samples(s: Any) -> Any:
        for axis, keepdims in ((None, False), (0, False), (-1, True), ([0, 2], False), (None, True)):
            yield s.call(s(2, 3, 2, within=domain), axis=axis, keepdims=keepdims)

    return samples

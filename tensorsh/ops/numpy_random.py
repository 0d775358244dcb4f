"""`np.random`: NumPy's own generators, so that a program's seeded data are NumPy's. A family of its own,
since loading it takes longer than all the rest of NumPy's names.

Its functions draw from one generator, as in NumPy; but each session has its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import local
from .registry import export

_FUNCTIONS = """
    beta binomial bytes chisquare choice dirichlet exponential gamma geometric gumbel hypergeometric laplace logistic
    lognormal logseries multinomial multivariate_normal normal pareto permutation poisson power rand randint randn
    random random_integers random_sample ranf rayleigh sample seed shuffle standard_cauchy standard_exponential
    standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull zipf
"""
_SAME = {"ranf": "random_sample", "sample": "random_sample"}


def _drawing(name: str) -> Callable[..., Any]:
    method = _SAME.get(name, name)

    @functools.wraps(getattr(np.random, name))
    def function(*args: Any, **options: Any) -> Any:
        if "np.random" not in local.current:
            local.current["np.random"] = np.random.RandomState()
        return getattr(local.current["np.random"], method)(*args, **options)

    return function


for _name in _FUNCTIONS.split():
    export("np.random." + _name, _drawing(_name), None, "numpy_random")
for _name in ("default_rng", "RandomState"):
    export("np.random." + _name, getattr(np.random, _name), None, "numpy_random")

"""`np.random`: NumPy's own generators, so that a program's seeded data are NumPy's. A family of its own,
since loading it takes longer than all the rest of NumPy's names.
"""

from __future__ import annotations

import numpy as np

from .registry import export

_NAMES = """
    beta binomial bytes chisquare choice default_rng dirichlet exponential gamma geometric gumbel
    hypergeometric laplace logistic lognormal logseries multinomial multivariate_normal normal pareto
    permutation poisson power rand randint randn random random_integers random_sample ranf rayleigh sample
    seed shuffle standard_cauchy standard_exponential standard_gamma standard_normal standard_t triangular
    uniform vonmises wald weibull zipf RandomState
"""

for _name in _NAMES.split():
    export("np.random." + _name, getattr(np.random, _name), None, "numpy_random")

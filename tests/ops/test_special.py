"""The special functions in float64: against exact values, against the identities they obey, and where branches meet.

The exact values were computed with mpmath in forty digits; arguments stand on both sides of every branch.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tensorsh.ops.registry import ops
from tensorsh.runtime.tensor import Tensor, as_tensor

# fmt: off
EXACT = {  # name: [(arguments ..., value)]
    "bessel_i0": [
        (0.3, 1.022626879351597),
        (1.9, 2.127740194053888),
        (2.1, 2.4462831294361824),
        (7.9, 389.406283282158),
        (8.1, 469.5006067101215),
        (40.0, 1.48947747934199e+16),
    ],
    "bessel_i0e": [
        (0.3, 0.7575806251825479),
        (1.9, 0.31824316288914156),
        (2.1, 0.2995630945262819),
        (7.9, 0.14436986414104191),
        (8.1, 0.14251180948829528),
        (40.0, 0.06327827987523534),
    ],
    "bessel_i1": [
        (0.3, 0.15169384000359276),
        (1.9, 1.4482443730548888),
        (2.1, 1.7454998088361062),
        (7.9, 363.8539440845084),
        (8.1, 439.48430891035844),
        (40.0, 1.4707396163259352e+16),
    ],
    "bessel_i1e": [
        (0.3, 0.1123775606398388),
        (1.9, 0.21661191117477052),
        (2.1, 0.21374767210633228),
        (7.9, 0.13489649943989376),
        (8.1, 0.13340068832583662),
        (40.0, 0.062482229074442064),
    ],
    "bessel_j0": [
        (0.3, 0.9776262465382961),
        (1.9, 0.28181855937438555),
        (2.1, 0.16660698033199028),
        (7.9, 0.19436184484127825),
        (8.1, 0.14751745404437766),
        (40.0, 0.00736689058423729),
    ],
    "bessel_j1": [
        (0.3, 0.148318816273104),
        (1.9, 0.5811570727134341),
        (2.1, 0.5682921357570386),
        (7.9, 0.2191793999217512),
        (8.1, 0.24760776698159287),
        (40.0, 0.126038318037585),
    ],
    "bessel_k0": [
        (0.3, 1.3724600605442974),
        (1.9, 0.1288459792760475),
        (2.1, 0.10078374088996693),
        (7.9, 0.0001628676676876532),
        (8.1, 0.00013173427864935836),
        (40.0, 8.392861100099567e-19),
    ],
    "bessel_k0e": [
        (0.3, 1.8526273007720142),
        (1.9, 0.8614506167517558),
        (2.1, 0.8230171525316621),
        (7.9, 0.4393000819002152),
        (8.1, 0.4339943754308567),
        (40.0, 0.19755558495729816),
    ],
    "bessel_k1": [
        (0.3, 3.055992033457325),
        (1.9, 0.15966015303266762),
        (2.1, 0.12274641153350789),
        (7.9, 0.00017288430649238984),
        (8.1, 0.00013964122894503082),
        (40.0, 8.497131954861039e-19),
    ],
    "bessel_k1e": [
        (0.3, 4.12515776224447),
        (1.9, 1.0674709298145701),
        (2.1, 1.0023680527405792),
        (7.9, 0.4663177847368799),
        (8.1, 0.4600435707528057),
        (40.0, 0.20000996725443349),
    ],
    "bessel_y0": [
        (0.3, -0.8072735778045195),
        (1.9, 0.4968199712838202),
        (2.1, 0.5182937375137607),
        (7.9, 0.20652094814437577),
        (8.1, 0.23809132870223482),
        (40.0, 0.12593641705826092),
    ],
    "bessel_y1": [
        (0.3, -2.2931051383885293),
        (1.9, -0.1644057723315953),
        (2.1, -0.05167861213042353),
        (7.9, -0.18172107728057313),
        (8.1, -0.13314879595249593),
        (40.0, -0.005793505821549633),
    ],
    "betainc": [
        (0.5, 0.5, 0.2, 0.2951672353008666),
        (2.0, 3.0, 0.9, 0.9963),
        (10.0, 30.0, 0.1, 0.004164720867681863),
        (0.1, 5.0, 0.7, 0.999922777868705),
    ],
    "dawsn": [
        (0.2, 0.19475103336802807),
        (3.9, 0.13292729108108928),
        (4.1, 0.12596465843434615),
        (30.0, 0.016675941401059175),
        (-1.5, -0.4282490710853986),
    ],
    "digamma": [
        (1e-05, -100000.57719921567),
        (0.4, -2.561384544585116),
        (0.9, -0.7549269499470513),
        (1.46, -0.0015805619870834522),
        (2.3, 0.6000398803639695),
        (5.5, 1.6110931485817512),
        (7.9, 2.002238487563571),
        (8.1, 2.0288674570805814),
        (150.5, 5.010637145933704),
        (-0.4, 0.9593807861068093),
        (-3.7, -0.8450768588704194),
    ],
    "erf": [
        (0.1, 0.1124629160182849),
        (0.9, 0.7969082124228322),
        (1.1, 0.8802050695740817),
        (3.0, 0.9999779095030014),
        (-2.0, -0.9953222650189527),
    ],
    "erfc": [
        (0.3, 0.6713732405408726),
        (0.6, 0.3961439091520741),
        (2.0, 0.004677734981047266),
        (10.0, 2.088487583762545e-45),
        (-1.5, 1.9661051464753108),
        (26.0, 5.663192408856143e-296),
    ],
    "erfinv": [
        (1e-10, 8.862269254527581e-11),
        (0.3, 0.2724627147267543),
        (0.999999, 3.458910737275499),
        (-0.7, -0.7328690779592167),
    ],
    "expint": [
        (0.1, -1.6228128139692766),
        (0.5, 0.4542199048631736),
        (5.9, 79.5381901448876),
        (6.1, 93.00200998696366),
        (11.9, 13663.534616776056),
        (12.1, 16379.946403918353),
        (25.0, 3005950906.5255485),
        (100.0, 2.71555274485388e+41),
    ],
    "fresnel_cos": [
        (0.3, 0.2994009760520472),
        (1.5, 0.4452611760398215),
        (1.7, 0.32382687600390025),
        (5.2, 0.4388874742277423),
        (-2.2, -0.6362860449033195),
    ],
    "fresnel_sin": [
        (0.3, 0.014116998006576583),
        (1.5, 0.6975049600820931),
        (1.7, 0.5491959403215686),
        (5.2, 0.4968756558601041),
        (-2.2, -0.45570461212465707),
    ],
    "igamma": [
        (0.5, 0.1, 0.345279153981423),
        (0.5, 3.0, 0.9856941215645704),
        (2.0, 1.9, 0.5662510042543584),
        (10.0, 12.0, 0.7576078383294876),
        (50.0, 30.0, 0.0005188914625480343),
        (0.01, 5.0, 0.9999882464805873),
    ],
    "igammac": [
        (0.5, 0.1, 0.654720846018577),
        (0.5, 3.0, 0.01430587843542964),
        (2.0, 1.9, 0.4337489957456417),
        (10.0, 12.0, 0.24239216167051233),
        (50.0, 30.0, 0.999481108537452),
        (0.01, 5.0, 1.175351941275085e-05),
    ],
    "lgamma": [
        (1e-05, 11.512919692895826),
        (0.4, 0.7966778177017837),
        (0.9, 0.06637623973474295),
        (1.2, -0.08537409000331583),
        (2.3, 0.15418945495963046),
        (4.5, 2.4537365708424423),
        (6.9, 6.3927444564055955),
        (7.1, 6.7672934793847705),
        (150.5, 602.5139548705854),
        (10000000000.0, 220258509288.81058),
        (-0.5, 1.2655121234846454),
        (-3.7, -1.3797399049658245),
    ],
    "ndtri": [
        (1e-200, -30.20559417957964),
        (0.01, -2.326347874040841),
        (0.3, -0.5244005127080408),
        (0.9, 1.2815515655446006),
    ],
    "polygamma": [
        (1.0, 0.1, 101.43329915079275),
        (2.0, 1.0, -2.4041138063191885),
        (5.0, 2.5, 0.5785691785671835),
        (1.0, 30.0, 0.033895060357739946),
    ],
    "spence": [
        (0.0, 1.6449340668482264),
        (0.2, 1.0747946000082484),
        (0.7, 0.32612951007547614),
        (1.3, -0.28007433375958296),
        (1.9, -0.7521631792172615),
        (2.1, -0.8908380902622827),
        (50.0, -9.197761709530997),
    ],
    "zeta": [
        (1.5, 0.1, 34.0529755150756),
        (2.0, 1.0, 1.6449340668482264),
        (3.5, 12.0, 0.0008894529418800161),
        (30.0, 1.5, 5.215096203815732e-06),
        (4.0, -2.5, 32.4579793698646),
    ],
}
# fmt: on


def double(values: object) -> Tensor:
    return as_tensor(np.asarray(values, np.float64))


def value(name: str, *args: object) -> np.ndarray:
    return np.asarray(getattr(ops, name)(*map(double, args)))


@pytest.mark.parametrize("name", EXACT)
def test_exact_values(name):
    *args, exact = map(np.array, zip(*EXACT[name]))
    np.testing.assert_allclose(value(name, *args), exact, rtol=2e-13, atol=2e-16)


@pytest.mark.parametrize("name", EXACT)
def test_float32_is_rounded_from_float64(name):
    *args, _ = map(np.array, zip(*EXACT[name]))
    narrow = [as_tensor(a.astype(np.float32)) for a in args]
    wide = value(name, *(a.astype(np.float32) for a in args))
    found = np.asarray(getattr(ops, name)(*narrow))
    assert found.dtype == np.float32
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(found, wide.astype(np.float32), rtol=4e-7)


def spread(low: float, high: float, count: int = 2000) -> np.ndarray:
    """Numbers over the whole range, most of them near its lower end."""
    return np.concatenate([np.geomspace(low, high, count), np.linspace(low, high, count)])


def test_erfc_of_many_float32_numbers_is_good_to_their_last_digits():
    """Within eight units in the last place of the true value, and exactly 1, 0 and 2 where it is."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-9, 9, 6000), rng.normal(size=6000), [0.0, -0.0, 30.0, np.inf, -np.inf, np.nan]])
    x = x.astype(np.float32)
    found = ops.erfc(x).numpy()
    true = np.array([math.erfc(v) for v in x.tolist()])
    assert (np.abs(found - true)[:-6] <= 8 * np.spacing(true.astype(np.float32))[:-6]).all()
    np.testing.assert_array_equal(found[-6:], [1, 1, 0, 0, 2, np.nan])


def test_the_bessel_functions_wronskians():
    x = spread(0.01, 300.0)
    j0, j1, y0, y1 = (value("bessel_" + name, x) for name in ("j0", "j1", "y0", "y1"))
    np.testing.assert_allclose((j1 * y0 - j0 * y1) * math.pi * x / 2, 1.0, rtol=2e-13)
    i0, i1, k0, k1 = (value("bessel_" + name, x) for name in ("i0e", "i1e", "k0e", "k1e"))
    np.testing.assert_allclose((i0 * k1 + i1 * k0) * x, 1.0, rtol=1e-13)


def test_gamma_recurrences():
    x = spread(0.01, 100.0)
    scale = np.maximum(1.0, np.abs(value("lgamma", x)))
    np.testing.assert_allclose((value("lgamma", x + 1) - value("lgamma", x) - np.log(x)) / scale, 0.0, atol=1e-14)
    np.testing.assert_allclose(value("digamma", x + 1) - value("digamma", x), 1 / x, rtol=1e-12)
    for order in (2.0, 3.5, 10.0):
        terms = value("zeta", order, x) - value("zeta", order, x + 1)
        np.testing.assert_allclose(terms, x**-order, rtol=1e-12, atol=1e-14)


def test_reflections_below_zero():
    x = np.linspace(-9.95, -0.05, 400)
    gammas = value("lgamma", x) + value("lgamma", 1 - x)
    np.testing.assert_allclose(gammas, np.log(math.pi / np.abs(np.sin(math.pi * x))), atol=1e-11)
    difference = value("digamma", 1 - x) - value("digamma", x)
    np.testing.assert_allclose(difference, math.pi / np.tan(math.pi * x), rtol=1e-11, atol=1e-11)


def test_inverses():
    x = np.linspace(-2.0, 5.0, 501)
    np.testing.assert_allclose(value("erfcinv", value("erfc", x)), x, rtol=1e-12, atol=1e-14)
    p = np.concatenate([np.geomspace(1e-300, 0.5, 500), np.linspace(0.001, 0.999, 500)])
    np.testing.assert_allclose(value("erfc", -value("ndtri", p) / math.sqrt(2)) / 2, p, rtol=1e-12)


def test_the_incomplete_functions_parts_are_a_whole():
    a, x = np.meshgrid(np.geomspace(0.01, 1e4, 60), np.geomspace(0.01, 1e4, 60))
    lower, upper = value("igamma", a, x), value("igammac", a, x)
    np.testing.assert_allclose(lower + upper, 1.0, rtol=1e-12)
    assert (np.diff(lower, axis=0) >= -1e-15).all()  # it rises with x
    b, t = np.meshgrid(np.geomspace(0.1, 100.0, 40), np.linspace(0.01, 0.99, 40))
    np.testing.assert_allclose(value("betainc", b, 2.0, t) + value("betainc", 2.0, b, 1 - t), 1.0, rtol=1e-12)


def test_fresnel_and_dawson_far_out():
    x = np.geomspace(1e3, 1e7, 50)
    np.testing.assert_allclose(value("dawsn", x) * 2 * x, 1 + 1 / (2 * x * x), rtol=1e-12)
    np.testing.assert_allclose(value("fresnel_cos", x), 0.5, atol=4e-4)
    np.testing.assert_allclose(value("fresnel_sin", x), 0.5, atol=4e-4)

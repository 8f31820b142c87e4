"""How sure a figure is: intervals for proportions and counts as public health practice uses them.

Wilson for proportions; exact Poisson for counts below ten and Byar's approximation from ten on (Public
Health England technical guide; Wilson 1927; Breslow and Day 1987).
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, fsum, inf, lgamma, log, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
EXACT_BELOW = 10

Interval = tuple[float, float]


def wilson(successes: float, cases: float, confidence: float = CONFIDENCE) -> Interval:
    """The Wilson interval of a proportion, as shares between 0 and 1.

    Raises ValueError without cases, or with more successes than cases.
    """
    if cases <= 0 or not 0 <= successes <= cases:
        raise ValueError(f"expected 0 <= successes <= cases and cases above 0, found {successes} of {cases}")
    z = _z(confidence)
    centre, spread = 2 * successes + z * z, z * sqrt(z * z + 4 * successes * (1 - successes / cases))
    whole = 2 * (cases + z * z)
    lower = 0.0 if successes == 0 else (centre - spread) / whole
    upper = 1.0 if successes == cases else (centre + spread) / whole
    return lower, upper


def byar(count: float, confidence: float = CONFIDENCE) -> Interval:
    """Byar's approximate interval of a Poisson count; its lower limit of no cases is 0."""
    _require_count(count)
    return (_byar_limit(count, -_z(confidence)) if count else 0.0), _byar_limit(count + 1, _z(confidence))


def _byar_limit(count: float, z: float) -> float:
    # At one or two cases and a high confidence the cube root falls below 0, which no count can.
    return count * max(1 - 1 / (9 * count) + z / (3 * sqrt(count)), 0.0) ** 3


def exact_poisson(count: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact (Garwood) interval of a Poisson count: each tail holds half of what is left out."""
    _require_count(count)
    tail = (1 - confidence) / 2
    start = byar(count, confidence)
    lower = (
        0.0 if count == 0 else _root(lambda mean: 1 - _at_most(count - 1, mean) - tail, 0.0, start[0] + count)
    )
    return lower, _root(lambda mean: tail - _at_most(count, mean), start[1] / 2, 2 * start[1] + 1)


def poisson(count: int, confidence: float = CONFIDENCE) -> Interval:
    """The interval of a count: exact below ten cases, Byar from ten on."""
    return exact_poisson(count, confidence) if count < EXACT_BELOW else byar(count, confidence)


def rate_interval(
    count: int, exposure: float, factor: float, confidence: float = CONFIDENCE
) -> Interval | None:
    """The interval of factor x count / exposure, such as complaints per 10 000; None without exposure."""
    if exposure <= 0:
        return None
    lower, upper = poisson(count, confidence)
    return factor * lower / exposure, factor * upper / exposure


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, found {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _require_count(count: float) -> None:
    if not 0 <= count < inf:
        raise ValueError(f"a count is 0 or more, found {count}")


def _at_most(count: int, mean: float) -> float:
    """The chance of at most ``count`` events where ``mean`` are expected."""
    if mean == 0:
        return 1.0
    logarithm = log(mean)
    return fsum(exp(i * logarithm - mean - lgamma(i + 1)) for i in range(count + 1))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero between two bounds, halved until no number lies between."""
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)

"""Funnel: which units lie further from their parent than chance would carry them.

Control limits around the parent's value, wider for smaller units (Spiegelhalter, Statistics in Medicine
2005; PHEindicatormethods): for proportions p +- z * sqrt(p (1 - p) / n), for rates Poisson quantiles of
the expected count. The 95 % limits say what chance alone does; where units differ more than that anyway, the
99.8 % limits widen by the square root of phi.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, lgamma, log, sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np

from metrics.exact import JUDGED
from metrics.intervals import Interval
from metrics.kpi import Kpi
from metrics.uncertainty import Evidence, evidence, interval_of, spread_of

Position = Literal["inside", "low", "very_low", "high", "very_high"]
Row = Mapping[str, object]

TAILS = (0.025, 0.001)
"""What each limit leaves out on its side: an alert, and an alarm (z = 1.95996 and 3.0902)."""

FEWEST_UNITS = 3
WINSORISED = 0.1
CURVE_POINTS = 60


@dataclass(frozen=True, kw_only=True)
class FunnelLimits:
    """The limits at one exposure (cases of a proportion, denominator of a rate), in the KPI's unit."""

    exposure: float
    lower95: float
    upper95: float
    lower998: float
    upper998: float


@dataclass(frozen=True, kw_only=True)
class FunnelPoint:
    """A unit in the funnel, with the limits at its own ``exposure``, the funnel's x.

    ``position`` is ``inside`` as long as the unit's own 95 % interval holds the centre, so that no other word
    stands beside it; then ``low`` or ``high``, and beyond the 99.8 % limits ``very_low`` or ``very_high``.
    What is good is said by ``certainty``, where ``has_target`` or a direction judges at all.
    """

    unit_code: str
    value: float
    cases: float
    exposure: float
    lower95: float
    upper95: float
    lower998: float
    upper998: float
    position: Position
    has_target: bool = False


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Units around their parent's value ``centre``.

    ``phi`` is the mean squared distance from it in standard errors: about 1 where chance alone is at work.
    """

    centre: float
    phi: float
    points: tuple[FunnelPoint, ...]

    @property
    def inflated(self) -> bool:
        """Whether the 99.8 % limits are widened by sqrt(phi), units differing more than chance allows."""
        return self.phi > 1


def funnel(kpi: Kpi, rows: Sequence[Row]) -> Funnel | None:
    """The funnel of one KPI's rows of ``query.table``, of one level and period.

    The centre is the ratio of the rows' sums: their parent's value, where they are all of its children.
    Rows of too few cases count in it and are no points. None where chance says nothing, the KPI has no denominator, or fewer than three
    units can be judged.
    """
    if kpi.denominator is None or spread_of(kpi) == "none":
        return None
    known = [(row, found) for row in rows if (found := evidence(kpi, row)) is not None]
    judged = [(row, found) for row, found in known if row["status"] in JUDGED]
    if len(judged) < FEWEST_UNITS:
        return None
    numerator, denominator = (sum(row[part] for row, _ in known) for part in ("numerator", "denominator"))
    mean = numerator / denominator
    phi = dispersion([_distance(found, mean) for _, found in judged])
    centre = kpi.factor * numerator / denominator
    points = tuple(_point(kpi, row, found, centre, phi) for row, found in judged)
    return Funnel(centre=centre, phi=phi, points=points)


def limits_at(kpi: Kpi, exposure: float, *, centre: float, phi: float = 1.0) -> FunnelLimits:
    """The limits around ``centre`` (in the KPI's unit) for a unit of this exposure.

    ``phi`` above 1 multiplies the distance of the 99.8 % limits from the centre by sqrt(phi). Clipped to 0
    and, for proportions, to the whole.
    """
    mean, widenings = centre / kpi.factor, (1.0, 1.0, *(sqrt(max(phi, 1.0)),) * 2)
    proportion = spread_of(kpi) == "proportion"
    of_tail = _proportion_limits if proportion else _rate_limits
    highest = float(kpi.factor) if proportion else float("inf")
    found = [
        min(max(centre + kpi.factor * widening * (limit - mean), 0.0), highest)
        for widening, limit in zip(widenings, of_tail(mean, exposure), strict=True)
    ]
    return FunnelLimits(
        exposure=exposure, lower95=found[0], upper95=found[1], lower998=found[2], upper998=found[3]
    )


def curve(kpi: Kpi, drawn: Funnel, points: int = CURVE_POINTS) -> tuple[FunnelLimits, ...]:
    """The limits between the smallest and the largest exposure, evenly spaced in proportion, for drawing."""
    exposures = [point.exposure for point in drawn.points]
    return tuple(
        limits_at(kpi, float(exposure), centre=drawn.centre, phi=drawn.phi)
        for exposure in np.geomspace(min(exposures), max(exposures), points)
    )


def dispersion(distances: Sequence[float]) -> float:
    """phi: the mean square of distances in standard errors, the outer 10 % on each side drawn in.

    Winsorised at the 10th and 90th percentile, so that the units a funnel is to find do not hide themselves.
    """
    low, high = np.quantile(distances, (WINSORISED, 1 - WINSORISED))
    return float(np.mean(np.clip(distances, low, high) ** 2))


def _distance(found: Evidence, mean: float) -> float:
    """How far a unit lies from the mean, in standard errors; 0 where the mean leaves no room to scatter."""
    expected = found.exposure * mean
    variance = expected * (1 - mean) if found.spread == "proportion" else expected
    return (found.count - expected) / sqrt(variance) if variance > 0 else 0.0


def _point(kpi: Kpi, row: Row, found: Evidence, centre: float, phi: float) -> FunnelPoint:
    limits = limits_at(kpi, found.exposure, centre=centre, phi=phi)
    return FunnelPoint(
        unit_code=row["unit_code"],
        value=row["value"],
        cases=row["cases"],
        position=_position(row["value"], interval_of(kpi, row), centre, limits),
        has_target=row.get("target") is not None,
        **vars(limits),
    )


def _position(value: float, interval: Interval, centre: float, limits: FunnelLimits) -> Position:
    low, high = interval
    if high < centre:
        return "very_low" if value < limits.lower998 else "low"
    if low > centre:
        return "very_high" if value > limits.upper998 else "high"
    return "inside"


def _proportion_limits(mean: float, cases: float) -> list[float]:
    spread = sqrt(mean * (1 - mean) / cases)
    return [mean + side * NormalDist().inv_cdf(1 - tail) * spread for tail in TAILS for side in (-1, 1)]


def _rate_limits(mean: float, exposure: float) -> list[float]:
    """Poisson quantiles of the expected count over the exposure: lower and upper for each tail.

    Interpolated between whole counts, so that the curve has no steps; a count lies outside exactly when it
    lies outside the whole-number quantiles.
    """
    expected = mean * exposure
    if expected == 0:
        return [0.0] * 4
    first, chances = _poisson_chances(expected)
    last = first + len(chances) - 1
    return [
        limit / exposure
        for tail in TAILS
        for limit in (first + _tail_end(chances, tail), last - _tail_end(chances[::-1], tail))
    ]


def _poisson_chances(expected: float) -> tuple[int, np.ndarray]:
    """The chances of the counts around a mean, and the first of them; what is left out is below 1e-15."""
    reach = 10 * sqrt(expected) + 30
    first = max(floor(expected - reach), 0)
    counts = np.arange(first, ceil(expected + reach) + 1)
    log_factorials = lgamma(first + 1) + np.concatenate(([0.0], np.cumsum(np.log(counts[1:]))))
    chances = np.exp(counts * log(expected) - expected - log_factorials)
    return first, chances / chances.sum()


def _tail_end(chances: np.ndarray, tail: float) -> float:
    """Where the chances added up from the first on reach a tail, between two places where need be."""
    reached = np.cumsum(chances)
    place = int(np.searchsorted(reached, tail))
    return place - float((reached[place] - tail) / chances[place])

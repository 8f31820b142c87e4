"""What a figure is held against: the period before, or of a survey the wave before; and last year's; like for like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dashboard import format
from dashboard.components.notation import Row
from dashboard.i18n import deferred, listed, t
from metrics.kpi import Kpi
from metrics.period import PeriodKind

COMPARED_SHARE = Fraction(1, 2)
"""Of the reporting units that could be compared, so many must be: fewer are no statement about the whole (设定值)."""

NAMES: dict[PeriodKind, tuple[str, str]] = {
    "quarter": (deferred("较上季度同期"), deferred("较去年同期")),
    "year": (deferred("较上年同期"), deferred("较去年同期")),
}
"""What sums over a kind of period are held against, before and last year: as many months of that period."""
NAMES_OF_STOCKS: dict[PeriodKind, tuple[str, str]] = {
    "quarter": (deferred("较上季度末"), deferred("较去年同季度末")),
    "year": (deferred("较上年末"), deferred("较上年末")),
}
BY_MONTH = (deferred("较上月"), deferred("较去年同月"))
"""A month, and periods that end with the month: year to date, twelve months."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A figure and an earlier one, both over the units that stand behind both.

    ``name`` says what it is held against (较上月). ``value`` and ``before`` are None without a comparable base.
    ``compared`` of the units behind the figure ``now`` and behind the one ``then``; ``whom`` what they are
    called. ``counts`` are the numerators on these units.
    """

    name: str
    value: float | None
    before: float | None
    compared: int
    now: int
    then: int
    whom: str = ""
    counts: tuple[float | None, float | None] = (None, None)

    @property
    def compares(self) -> bool:
        """Whether there is a difference to tell."""
        return self.value is not None and self.before is not None

    def beside(self, value: float | None) -> float | None:
        """Where the earlier figure stands beside a value: as far from it as the two differ on the same units."""
        return value - (self.value - self.before) if self.compares and value is not None else None

    @property
    def on_same_units(self) -> str:
        """That fewer units are compared than stand behind either figure: 同口径15个州(市); else empty."""
        if not self.compares or self.compared == self.now == self.then:
            return ""
        return t("同口径{count}个{level}", count=self.compared, level=self.whom)


def names(kpi: Kpi, kind: PeriodKind) -> tuple[str, str]:
    """What a KPI's figure of a kind of period is held against: the one before (of a survey the wave), last year's."""
    before, last_year = (NAMES_OF_STOCKS if kpi.over_time == "last" else NAMES).get(kind, BY_MONTH)
    return (deferred("较上次") if kpi.over_time == "last_wave" else before), last_year


def earlier(
    kpi: Kpi, before: Row | None, last_year: Row | None, whom: str, kind: PeriodKind = "month"
) -> list[Earlier]:
    """What one unit's figure is held against; rows of queries.comparisons.changes, ``whom`` its reporting units."""
    wave = kpi.over_time == "last_wave"
    # The units surveyed may be of any level.
    called = t("被评单位") if wave else whom
    return [
        _of_row(row, name, called) for row, name in zip((before, last_year), names(kpi, kind), strict=True)
    ]


def _of_row(row: Mapping[str, object] | None, name: str, whom: str) -> Earlier:
    if row is None or row["units_compared"] < COMPARED_SHARE * row["units"]:
        return Earlier(name=name, value=None, before=None, compared=0, now=0, then=0)
    return Earlier(
        name=name,
        value=row["value"],
        before=row["value_before"],
        compared=row["units_compared"],
        now=row["units_now"],
        then=row["units_before"],
        whom=whom,
        counts=(row["numerator"], row["numerator_before"]),
    )


def changes(kpi: Kpi, earlier: Sequence[Earlier], *, is_known: bool = True) -> list[str]:
    """Each difference with what it is measured against; the unit is said once, so are the units, a missing base too.

    ``is_known``: whether there is a figure for which a missing base is worth telling.
    """
    told, missing = [], []
    notes = [each.on_same_units for each in earlier if each.compares]
    together = len(notes) > 1 and len(set(notes)) == 1
    for each in earlier:
        difference = format.change(kpi, each.value, each.before, with_unit=not told)
        if difference:
            note = "" if together else each.on_same_units
            told.append(" ".join(part for part in (difference, t(each.name), note) if part))
        elif is_known:
            missing.append(t(each.name).removeprefix(t("较")))
    told += [notes[0]] if together and notes[0] else []
    return [*told, t("{bases}无可比基期", bases=listed(missing))] if missing else told

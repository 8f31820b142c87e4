"""The second statement of a change, from its definition alone: what stands behind both periods is compared.

Like ``oracle``, on which it stands: plain loops, exact fractions, slow and obvious on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from etl import calendar
from etl.campaign import Unit
from tests.metrics import oracle
from tests.metrics.oracle import (
    COLLECTORS,
    COUNTS,
    EVENTS,
    FACTORS,
    POPULATION,
    QUARTERLY,
    STOCKS,
    Asked,
    Sums,
)

ON_TIME = "reports_on_time_rate"
BACK = {"month": 1, "quarter": 3, "ytd": 1, "year": 12, "rolling12": 1}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One cell of the table of changes; what does not exist is None."""

    value: Fraction | None = None
    value_before: Fraction | None = None
    units_compared: int = 0
    units_now: int = 0
    units_before: int = 0

    @property
    def difference(self) -> Fraction | None:
        return None if None in (self.value, self.value_before) else self.value - self.value_before


def before(asked: Asked, against: str) -> Asked | None:
    """The base period, whether or not it compares; None where the campaign has no month of it."""
    back = 12 if against == "last_year" else BACK[asked.kind]
    found = replace(asked, month=calendar.add_months(asked.month, -back))
    return found if oracle.months(found) else None


def is_base(asked: Asked, earlier: Asked, key: str) -> bool:
    """Whether the base has a counterpart for each month a sum stands on; one month or wave always has."""
    first = first_reported(asked)
    if key in COLLECTORS:
        return True
    if not any(month >= first for month in oracle.months(earlier)):
        return False
    if key in STOCKS:
        return True
    owed, owed_before = owed_months(asked, key), owed_months(earlier, key)
    apart = months_apart(asked.month, earlier.month)
    if asked.kind in ("ytd", "rolling12") and apart == 1:
        january = asked.kind == "ytd" and asked.month.endswith("-01")
        both = [month for month in owed if month in owed_before and reckoned(asked, key, month)]
        return not january and (bool(both) or not [month for month in owed if reckoned(asked, key, month)])
    counterparts = [calendar.add_months(month, -apart) for month in owed if reckoned(asked, key, month)]
    return all(month in owed_before and month >= first for month in counterparts)


def reckoned(asked: Asked, key: str, month: str) -> bool:
    """Whether a month counts in a change: where missing counts, not from before anything came."""
    return key != ON_TIME or month >= first_reported(asked)


def first_reported(asked: Asked) -> str:
    """The first month of which anything came; nobody owed the months before it."""
    came = [each.period for each in asked.handed if each.state != "returned"]
    return min(came, default=asked.campaign.periods[0])


def change(asked: Asked, key: str, unit: Unit, earlier: Asked | None) -> Change:
    """One KPI of one unit in two periods, over what stands behind both."""
    if key in COLLECTORS:
        return of_survey(asked, key, unit, earlier)
    if not applies(asked, key, unit):
        return Change()
    reporters = oracle.reporters(asked, unit)
    pairs = [compared(asked, key, unit, reporter, earlier) for reporter in reporters]
    found = [pair for pair in pairs if pair is not None]
    return Change(
        value=value_of(key, oracle.add([now for now, _ in found])),
        value_before=value_of(key, oracle.add([then for _, then in found])),
        units_compared=len(found),
        units_now=sum(behind(asked, key, unit, each) is not None for each in reporters),
        units_before=0
        if earlier is None
        else sum(behind(earlier, key, unit, each) is not None for each in reporters),
    )


def applies(asked: Asked, key: str, unit: Unit) -> bool:
    if key == ON_TIME:
        return unit.level != asked.campaign.leaf_level
    if unit.own_office and (key in oracle.ALL_COMPLAINTS or key == "training_months_rate"):
        return False
    return key not in POPULATION or oracle.has_population(asked, unit, asked.campaign.last_period)


def compared(
    asked: Asked, key: str, unit: Unit, reporter: Unit, earlier: Asked | None
) -> tuple[Sums, Sums] | None:
    """What one reporting unit adds on either side; None where it does not stand behind both."""
    if earlier is None or not is_base(asked, earlier, key):
        return None
    owed, owed_before = (
        [month for month in owed_months(each, key) if reckoned(asked, key, month)]
        for each in (asked, earlier)
    )
    came = {month for month in owed if has_come(asked, key, reporter, month)}
    came_before = {month for month in owed_before if has_come(earlier, key, reporter, month)}
    shared = set(owed) & set(owed_before)
    if shared:
        # What the periods share is the same on either side; what sets them apart must be there.
        if not (set(owed) - shared <= came and set(owed_before) - shared <= came_before):
            return None
        now, then = asked, earlier
        if key == ON_TIME and owed and owed_before:
            now, then = replace(asked, only=frozenset(owed)), replace(earlier, only=frozenset(owed_before))
    elif key in STOCKS:
        if not (came and came_before):
            return None
        now, then = asked, earlier
    else:
        apart = months_apart(asked.month, earlier.month)
        both = [month for month in came if calendar.add_months(month, -apart) in came_before]
        now = replace(asked, only=frozenset(both))
        then = replace(earlier, only=frozenset(calendar.add_months(month, -apart) for month in both))
        if not both:
            return None
    sides = behind(now, key, unit, reporter), behind(then, key, unit, reporter)
    return None if None in sides else sides


def months_apart(later: str, earlier: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:]) - int(earlier[5:])


def owed_months(asked: Asked, key: str) -> list[str]:
    """The months whose reports a figure asks for."""
    if not all(map(asked.campaign.collected, oracle.sheets_of(key))):
        return []
    found = [month for month in oracle.months_due(asked, key) if month in oracle.begun(asked)]
    return [month for month in found if key not in QUARTERLY or month[5:] in ("03", "06", "09", "12")]


def has_come(asked: Asked, key: str, reporter: Unit, month: str) -> bool:
    """Whether a month's report is there; of reports themselves, whether it is owed."""
    if key == ON_TIME:
        return oracle.is_expected(asked, reporter, month)
    by = asked.campaign.top if key in EVENTS else reporter
    return all(oracle.answered(asked, by.code, month, sheet) for sheet in oracle.sheets_of(key))


def behind(asked: Asked, key: str, unit: Unit, reporter: Unit) -> Sums | None:
    """What a reporting unit adds to a unit's figure of a period; None where it does not stand behind it."""
    owed = owed_months(asked, key)
    if not any(has_come(asked, key, reporter, month) for month in owed):
        return None
    if key == ON_TIME:
        on_time, _, expected = oracle.on_time_of(asked, reporter)
        return Fraction(on_time), Fraction(expected)
    if key in EVENTS:
        return Fraction(oracle.events_of(asked, key, unit, reporter)), None
    return oracle.sums_of_reporter(asked, key, unit, reporter)


def value_of(key: str, total: Sums | None) -> Fraction | None:
    if total is None:
        return None
    if key in COUNTS:
        return total[0]
    return FACTORS.get(key, 100) * total[0] / total[1] if total[1] else None


def of_survey(asked: Asked, key: str, unit: Unit, earlier: Asked | None) -> Change:
    """Satisfaction over the units whose own last waves stand behind both figures."""
    if not asked.campaign.collected("surveys"):
        return Change()
    now = surveyed(asked, key, unit)
    then = surveyed(earlier, key, unit) if earlier else {}
    both = now.keys() & then.keys()
    return Change(
        value=satisfied([now[code] for code in both]),
        value_before=satisfied([then[code] for code in both]),
        units_compared=len(both),
        units_now=len(now),
        units_before=len(then),
    )


def surveyed(asked: Asked, key: str, unit: Unit) -> dict[str, oracle.Surveyed]:
    """The units whose own waves a unit's figure is made of."""
    if unit.own_office:
        return {}
    own = oracle.own_wave(asked, key, unit)
    if own:
        return {f"{unit.level} {unit.code}": own}
    found = {}
    for child in asked.campaign.children(unit):
        wave = None if child.own_office else oracle.own_wave(asked, key, child)
        if wave is None or wave.adds_above:
            found |= surveyed(asked, key, child)
    return found


def satisfied(waves: list[oracle.Surveyed]) -> Fraction | None:
    if not waves:
        return None
    return 100 * sum(each.numerator for each in waves) / sum(each.denominator for each in waves)

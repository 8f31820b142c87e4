"""The units of the map as a table, the way in for keyboards and phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components import marks
from dashboard.components.earlier import Earlier
from dashboard.components.links import going
from dashboard.components.map_words import in_order
from dashboard.components.notation import Row, shown
from dashboard.components.ranking_words import rank_marks
from dashboard.i18n import deferred, t
from dashboard.queries.maps import Place
from metrics.kpi import Kpi

LONG = 20
"""From here on a list scrolls in its own frame."""


@dataclass(frozen=True, kw_only=True)
class UnitList:
    """The rows of a KPI with what stands beside them, by unit: what it is held against, rank, names of groups."""

    kpi: Kpi
    level: str
    rows: Sequence[Row]
    names: Mapping[str, str]
    before: Mapping[str, Earlier]
    places: Mapping[str, Place]
    groups: Mapping[str, str]
    picked: str | None


def order(kpi: Kpi) -> str:
    """How the rows are ordered, in words."""
    return t("数值高的在前") if kpi.direction == "context" else t("需要关注的在前")


def body(units: UnitList) -> str:
    """A row a unit, those that need attention first; a row picks its unit, again lets it go."""
    heads = [
        f'<th scope="col" class="unit">{escape(units.level)}</th>',
        *(
            f'<th scope="col" class="number">{escape(head)}</th>'
            for head in (t("数值（{unit}）", unit=format.unit(units.kpi)), t(_against(units)), "n")
        ),
        f'<th scope="col">{escape(t("名次（组）"))}</th>',
    ]
    lines = "".join(_line(units, row) for row in in_order(units.kpi, units.rows))
    return (
        f'<div class="map-list{" long" if len(units.rows) > LONG else ""}" tabindex="0"><table><thead><tr>'
        f"{''.join(heads)}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _against(units: UnitList) -> str:
    """What all the figures are held against: 较上月, of a survey 较上次."""
    return next((each.name for each in units.before.values()), deferred("较上月"))


def _line(units: UnitList, row: Row) -> str:
    code = str(row["unit_code"])
    picked = code == units.picked
    before = units.before[code]
    moved = format.change(units.kpi, before.value, before.before, with_unit=False)
    n = "" if row["cases"] is None else format.whole(row["cases"])
    mark = marks.html(marks.STATUS[str(row["status"])])
    return (
        f'<tr data-key="list-{code}" tabindex="0" role="link" {going(unit="" if picked else code)}'
        f"{' class=picked aria-current=true' if picked else ''}>"
        f'<td class="unit">{escape(units.names[code])}</td>'
        f'<td class="number"><span class="nb">{escape(shown(units.kpi, row))} <span class="sign">{mark}</span></span></td>'
        f'<td class="number">{escape(moved or format.MISSING)}</td>'
        f'<td class="number">{escape(n)}</td><td>{escape(_place(units, code))}</td></tr>'
    )


def _place(units: UnitList, code: str) -> str:
    place = units.places.get(code)
    if place is None or place.ranked == 1:
        return format.MISSING
    shown_place = f"{place.rank}/{place.ranked} {units.groups.get(place.group, '')}"
    told = t("并列{place}", place=shown_place) if place.sharing > 1 else shown_place
    return " ".join([told, *rank_marks(vars(place), units.kpi)])

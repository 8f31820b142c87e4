"""The contents of one planned workbook: its cover, and the rows of every sheet it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from etl.sheets import COVER, SHEETS
from etl.simulation.complaints import complaints
from etl.simulation.habits import doubtful, mistaken, untidy
from etl.simulation.issues import issues
from etl.simulation.plan import PlannedWorkbook
from etl.simulation.profile import chance
from etl.simulation.progress import progress
from etl.simulation.register import events, surveys
from etl.simulation.staff import basics, monthly, quarterly
from etl.simulation.trainings import trainings
from etl.template_sheets import sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Rows = dict[str, list[dict[str, object]]]

PREPARED, REVIEWED, APPROVED = "模拟填报员", "模拟审核员", "模拟负责人"
"""The signatures on every simulated cover; they say what it is."""

_SOURCES: Mapping[str, Callable[[Campaign, Unit, str, int], list[dict[str, object]]]] = {
    "progress": lambda campaign, unit, period, seed: progress(unit, period, seed),
    "basics": basics,
    "monthly": monthly,
    "quarterly": quarterly,
    "complaints": complaints,
    "trainings": trainings,
    "issues": issues,
    "events": lambda campaign, unit, period, seed: events(campaign, period, seed),
}


def contents(
    campaign: Campaign, planned: PlannedWorkbook, *, seed: int, first: str
) -> tuple[dict[str, object], Rows]:
    """Cover values and rows by sheet key; ``first`` is the first simulated month."""
    unit = campaign.unit(planned.unit_code)
    tables = sheets_for(campaign, unit, planned.period)[1:]
    rows: Rows = {}
    for table in tables:
        key = table.sheet.key
        if key in planned.zero_reports or (planned.basics_unchanged and table.sheet.unchanged):
            continue
        collected = {column.name for column in table.columns}
        rows[key] = [
            {name: value for name, value in row.items() if name in collected}
            for row in _rows(campaign, unit, planned.period, key, seed, first)
        ]
    return _cover(planned, rows, [table.sheet.key for table in tables]), _typed(
        campaign, unit, planned, rows, seed
    )


def _rows(
    campaign: Campaign, unit: Unit, period: str, key: str, seed: int, first: str
) -> list[dict[str, object]]:
    if key == "surveys":
        return surveys(campaign, period, seed, first=first)
    return _SOURCES[key](campaign, unit, period, seed)


def _cover(planned: PlannedWorkbook, rows: Rows, keys: list[str]) -> dict[str, object]:
    """Signatures and declarations; a log that turned out empty is declared so."""
    cover: dict[str, object] = {
        "prepared_by": PREPARED,
        "reviewed_by": REVIEWED,
        "approved_by": APPROVED,
        "prepared_on": planned.received_at.date(),
    }
    for key in keys:
        flag = SHEETS[key].zero_report
        if flag is not None and not rows.get(key):
            cover[flag] = True
    if planned.basics_unchanged:
        cover["basics_unchanged"] = True
    return {name: value for name, value in cover.items() if COVER.column(name)}


def _typed(campaign: Campaign, unit: Unit, planned: PlannedWorkbook, rows: Rows, seed: int) -> Rows:
    """The rows with the unit's ways of typing, and with what a first try got wrong."""
    draw = chance(seed, "typing", planned.unit_code, planned.period, planned.kind)
    if planned.kind == "refused":
        return mistaken(rows, draw)
    if planned.doubtful:
        rows = doubtful(rows, draw)
    if planned.untidy:
        rows = untidy(rows, campaign, unit, draw)
    return _corrected(rows) if planned.kind == "correction" else rows


def _corrected(rows: Rows) -> Rows:
    """A correction differs from what was handed in before in one figure or one case."""
    changed = {key: [dict(row) for row in sheet_rows] for key, sheet_rows in rows.items()}
    if changed.get("monthly"):
        changed["monthly"][0]["disposals"] = int(changed["monthly"][0]["disposals"]) + 3
    elif changed.get("complaints"):
        changed["complaints"][-1]["street"] = "更正"
    return changed

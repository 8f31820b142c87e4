"""The cover: signatures and days that all workbooks agree on, and what is declared of empty sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl.conflicts import Conflict
from etl.merging.contents import Form
from etl.merging.settle import in_order, settled
from etl.schema import Column
from etl.sheets import COVER, SHEETS

FROM_TEMPLATE = ("template_version", "unit_code", "unit_name", "period")
ZERO_REPORTS = {sheet.zero_report: key for key, sheet in SHEETS.items() if sheet.zero_report}
UNCHANGED = {sheet.unchanged: key for key, sheet in SHEETS.items() if sheet.unchanged}


def merge_cover(
    columns: Sequence[Column], forms: Sequence[Form], filled: Mapping[str, bool]
) -> tuple[dict[str, object], list[Conflict]]:
    """The cover's values, and what the workbooks do not agree on; ``filled`` says which sheets hold anything."""
    values: dict[str, object] = {}
    conflicts = []
    for column in columns:
        if column.name in FROM_TEMPLATE:
            continue
        value, conflict = _declared(column, forms, filled)
        if conflict is not None:
            conflicts.append(conflict)
        if conflict is not None or value is not None:
            values[column.name] = value
    return values, conflicts


def _declared(
    column: Column, forms: Sequence[Form], filled: Mapping[str, bool]
) -> tuple[object, Conflict | None]:
    """A value of the cover. A declaration about a sheet holds if every workbook makes it.

    Rows in one workbook outweigh 零报告 in another. 无变化 beside rows is told: those who declared it have
    handed in no figures.
    """
    said = [form.values.get(column.name) for form in forms]
    sheet = ZERO_REPORTS.get(column.name) or UNCHANGED.get(column.name)
    if sheet is None or True not in said:
        value, places = settled(column, forms)
        if not places:
            return value, None
        return None, Conflict(kind="values_differ", sheet=COVER.title_zh, places=places)
    if filled.get(sheet, False) and column.name in ZERO_REPORTS:
        return None, None
    if all(value is True for value in said) and not filled.get(sheet, False):
        return True, None
    places = in_order(form.place(column) for form in forms)
    return None, Conflict(kind="declared_in_some", sheet=COVER.title_zh, places=places)

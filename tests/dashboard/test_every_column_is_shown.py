"""What liaisons are asked to fill in is read somewhere: no column of any sheet is collected and shown nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.components import review_page
from dashboard.components.unit_categories import TOPICS
from etl import narratives
from etl.campaign import load_campaign
from etl.deciding_cells import READ_FROM, SAID_OF
from etl.provenance import NEVER_LISTED
from etl.sheets import COVER, SHEETS
from metrics.counted import measures
from metrics.kpis import KPIS
from tests.etl.stores import REPOSITORY

CATEGORIES_FROM = {
    "complaint_matter": "matter",
    "complaint_channel": "channel",
    "training_category": "category",
    "training_level": "organiser_level",
    "training_provider": "provider",
    "training_mode": "mode",
}
"""The column of a topic's sheet whose values are its categories."""
NOT_SHOWN = {
    ("cover", "template_version"): "says how the workbook is read",
    ("cover", "unit_code"): "identifies the report",
    ("cover", "unit_name"): "identifies the report",
    ("cover", "period"): "identifies the report",
    ("cover", "basics_unchanged"): "stands on 进度 as how the sheet was reported",
    ("cover", "complaints_zero_report"): "stands on 进度 as how the sheet was reported",
    ("cover", "trainings_zero_report"): "stands on 进度 as how the sheet was reported",
    ("cover", "issues_zero_report"): "stands on 进度 as how the sheet was reported",
    ("basics", "unit_name"): "the unit's name stands for its code",
    ("monthly", "unit_name"): "the unit's name stands for its code",
    ("quarterly", "unit_name"): "the unit's name stands for its code",
    ("complaints", "summary"): "no campaign collects it; it may name persons",
    ("events", "event_id"): "events are only counted: their rows lead to persons",
    ("events", "unit"): "events are only counted: their rows lead to persons",
    ("events", "occurred_on"): "events are only counted: their rows lead to persons",
    ("events", "decided_by"): "events are only counted: their rows lead to persons",
    ("events", "document_no"): "events are only counted: their rows lead to persons",
}
"""The columns that no page shows as such, and why."""
ALL = [(sheet.key, column.name) for sheet in (COVER, *SHEETS.values()) for column in sheet.columns]


def shown() -> Iterator[tuple[str, str]]:
    """Every column by what shows it: rows behind figures, figures, categories, narratives, the review."""
    asked = {measure for kpi in KPIS.values() for measure in measures(kpi)}
    for sheet, of_measure in READ_FROM.items():
        yield from ((sheet, name) for measure in asked & of_measure.keys() for name in of_measure[measure])
        if sheet not in NEVER_LISTED:
            keys = [column for column in SHEETS[sheet].columns if column.kind == "key"]
            yield from ((sheet, each.name) for each in keys if each.type != "text" or each.carried_key)
    yield from ((sheet, name) for sheet, names in SAID_OF.items() for name in names)
    yield from ((topic.sheet, CATEGORIES_FROM[topic.key]) for topic in TOPICS)
    yield from (("progress", name) for name in narratives.COLUMNS)
    yield from (("cover", name) for name in review_page.SIGNED)


@pytest.mark.parametrize(("sheet", "column"), ALL, ids=[".".join(each) for each in ALL])
def test_a_column_that_is_collected_is_shown_or_said_not_to_be(sheet, column):
    assert ((sheet, column) in set(shown())) != ((sheet, column) in NOT_SHOWN)


def test_what_is_not_shown_for_want_of_collection_is_collected_by_no_campaign():
    for folder in (REPOSITORY / "data" / "campaigns").iterdir():
        sheet = load_campaign(folder).collected("complaints")
        assert sheet is None or "summary" in sheet.without


@pytest.mark.parametrize("sheet", SAID_OF)
def test_what_is_said_of_a_row_are_columns_of_its_sheet(sheet):
    assert set(SAID_OF[sheet]) <= {column.name for column in SHEETS[sheet].columns}

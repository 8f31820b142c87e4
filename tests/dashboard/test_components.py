"""Drawings and tables as HTML: classes, outlines, marks, and that no text becomes markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import area_map, hand_in_findings, strokes
from dashboard.components.geometry import WIDTH, shapes_of
from dashboard.components.hand_in_page import declared
from dashboard.components.scale import CLASSES, classes
from etl.findings import Words, finding
from metrics.kpis import KPIS

ROOT = Path(__file__).parents[2]
UP, DOWN = KPIS["complaints_on_time_rate"], KPIS["complaints_repeat_rate"]


def _rows(values: list[float], target: float | None, up: bool) -> list[dict[str, object]]:
    def status(value: float) -> str:
        return (
            "no_target"
            if target is None
            else "met"
            if (value >= target) == up or value == target
            else "missed"
        )

    return [
        {"unit_code": str(place), "value": value, "target": target, "status": status(value)}
        for place, value in enumerate(values)
    ]


@pytest.mark.parametrize("kpi", [UP, DOWN])
@given(
    values=st.lists(st.floats(min_value=0, max_value=100), max_size=20),
    target=st.none() | st.sampled_from([5.0, 50.0, 95.0]),
)
def test_every_unit_has_one_class_and_none_is_on_the_wrong_side(kpi, values, target):
    rows = _rows(values, target, kpi is UP)
    found = classes(kpi, rows, target)
    assert sorted(code for each in found for code in each.codes) == sorted(
        str(row["unit_code"]) for row in rows
    )
    assert len(found) <= CLASSES
    met = {str(row["unit_code"]) for row in rows if row["status"] == "met"}
    sides = [code in met for each in found for code in each.codes]
    assert sides == sorted(sides, reverse=kpi is DOWN) or target is None


@pytest.mark.parametrize("kpi", [UP, DOWN])
def test_darker_is_always_worse_and_a_break_stands_at_the_target(kpi):
    found = classes(kpi, _rows([70, 80, 85, 90, 94, 96, 99], 95.0, kpi is UP), 95.0)
    shades = [each.shade for each in found]
    assert shades == sorted(shades, reverse=kpi is UP)
    assert 95.0 in [each.high for each in found]


def test_outlines_share_their_borders_and_labels_lie_inside_the_drawing():
    path = ROOT / "data" / "campaigns" / "yunnan-2025" / "boundaries.geojson"
    shapes = shapes_of(path.read_bytes(), "prefecture")
    assert len(shapes) == 16
    assert all(0 < shape.label_x < WIDTH and 0 < shape.label_y < shape.height for shape in shapes)
    assert all(shape.label_width > 60 for shape in shapes)
    assert sum(len(shape.path) for shape in shapes) < 40_000
    assert shapes_of(path.read_bytes(), "street") == ()


def test_a_gap_in_the_months_stays_open_in_the_sparkline():
    assert strokes.sparkline([1, 2, None, 3, 4], None, "met", label="").count("<polyline") == 2
    assert strokes.sparkline([None, 4], None, "met", label="") == ""
    assert "<circle" not in strokes.sparkline([1, 2, None], None, "not_reported", label="")


def test_a_name_never_becomes_markup():
    row = {"unit_code": "1", "value": 1.0, "target": 5.0, "status": "met", "cases": 40.0}
    drawn = area_map.AreaMap(
        kpi=DOWN, rows=[row], shapes=(), names={"1": "<img src=x onerror=alert(1)>"}, picked=None
    )
    tiles = area_map.drawing(drawn, "")
    assert "<img" not in tiles
    assert "&lt;img" in tiles


def test_who_signs_reads_which_sheets_are_declared_empty_or_unchanged():
    told = declared(
        {"complaints": "zero_report", "trainings": "zero_report", "basics": "unchanged", "issues": "reported"}
    )
    assert told == "零报告（本月确无此事）：投诉台账、培训台账；与上月无变化：基础情况"
    assert declared({"complaints": "reported"}) == "各表均有填报，没有零报告和无变化的声明。"


def test_what_is_missing_is_one_line_that_names_it_all_and_no_finding_with_a_cell_is_drawn_together():
    rule = Words(zh="继续列出", en="listed again")
    absent = [
        finding("issue_missing", sheet="问题整改台账", column="问题编号", rule=rule, before=f"WT-{number:02}")
        for number in range(30)
    ]
    there = [
        finding("jump", sheet="问题整改台账", cell=f"C{row}", column="人数", rule=rule, before="3")
        for row in (3, 4)
    ]
    rows = [finding("missing_row", sheet="问题整改台账", missing=name) for name in ("甲", "乙")]
    told = hand_in_findings.table([*absent, *there, *rows], "a.xlsx")
    assert told.count("<tr>") - told.count("<thead>") == 1 + 2 + 2
    assert "WT-00" in told
    assert "等30处" in told
    assert "甲" in told
    assert "乙" in told

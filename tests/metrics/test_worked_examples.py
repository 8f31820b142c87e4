"""Every KPI has a small example worked by hand, and both the product and its oracle agree with it.

A file of ``worked_examples`` is named after its KPI: rows of sheets with the columns that matter, then what
is expected of some units. ``month`` (2026-03 unless a row says otherwise) is the month of the row's
workbook, ``times`` repeats a row, ``period`` widens the question. A unit hands in a workbook for each month
in which it has a row or an entry of ``workbooks``; its logs without rows are zero reports, its other sheets
without rows not reported, and units missing from a sheet are 不适用.
"""

import tomllib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from etl import calendar
from etl.campaign import load_campaign
from etl.schema import Sheet
from etl.sheets import SHEETS
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.metrics.oracle import Asked, Handed, figure
from tests.metrics.random_rows import blank
from tests.metrics.random_store import DataSet, closed_issues, stored

EXAMPLES = Path(__file__).parent / "worked_examples"
MONTH = "2026-03"
CAMPAIGN = load_campaign(EXAMPLES / "campaign")
UNITS = {unit.name: unit for unit in CAMPAIGN.units}
NUMBERS = ("numerator", "denominator", "value", "cases", "target")
SERIAL = {"complaints": "complaint_id", "trainings": "session_id", "issues": "issue_id", "events": "event_id"}


@dataclass(frozen=True, kw_only=True)
class Example:
    """A worked example as written."""

    period: str
    data: DataSet
    expect: list[dict]


def usual(sheet: str, month: str, serial: str) -> dict:
    """What a row says where the example does not."""
    day = calendar.first_day(month).replace(day=15)
    return {
        "complaints": {
            "complaint_id": serial,
            "received_at": datetime.combine(day, time()),
            "complaint_kind": "城市管理问题诉求",
            "excluded_reason": "无",
        },
        "trainings": {"session_id": serial, "hours": Decimal(1), "expected": 1, "auxiliaries_attended": 0}
        | {"officers_attended": 0},
        "issues": {"issue_id": serial, "found_on": calendar.first_day("2026-01"), "status": "整改中"}
        | {"due_on": calendar.last_day("2026-12")},
        "surveys": {"wave": "第1批", "collector": "第三方", "ended_on": day}
        | {column.name: 0 for column in SHEETS["surveys"].columns if column.name.startswith("n_")},
        "events": {"event_id": serial, "occurred_on": day, "decided_on": day},
    }.get(sheet, {})


def reporter(sheet: str, unit_name: str) -> str:
    """The code of the unit whose workbook holds a row."""
    unit = UNITS[unit_name]
    if sheet in ("surveys", "events"):
        return CAMPAIGN.top.code
    return unit.parent if unit.level == CAMPAIGN.leaf_level else unit.code


def read_example(path: Path) -> Example:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    workbooks: dict[tuple[str, str], dict[str, list[dict]]] = {}
    received: dict[tuple[str, str], datetime] = {}
    serial = 0
    for sheet in ("workbooks", *SHEETS):
        for entry in written.get(sheet, []):
            row = dict(entry)
            unit, month = row.pop("unit"), row.pop("month", MONTH)
            place = reporter(sheet, unit), month
            rows = workbooks.setdefault(place, {})
            if sheet == "workbooks":
                received[place] = row["received_at"]
                continue
            for _ in range(row.pop("times", 1)):
                serial += 1
                rows.setdefault(sheet, []).append(typed(sheet, row, UNITS[unit].code, month, str(serial)))
    handed = [
        hand_in(code, month, rows, received.get((code, month), CAMPAIGN.due_at(month) - timedelta(seconds=1)))
        for (code, month), rows in sorted(workbooks.items())
    ]
    data = DataSet(campaign=CAMPAIGN, handed=tuple(handed), today=CAMPAIGN.due_at(MONTH))
    return Example(period=written.get("period", "month"), data=data, expect=written["expect"])


def typed(sheet: str, row: dict, code: str, month: str, serial: str) -> dict:
    named = {"unit_code": code, "unit_name": code} if SHEETS[sheet].rows == "units" else {"unit": code}
    exact = {name: Decimal(str(value)) if name == "hours" else value for name, value in row.items()}
    return blank(sheet, **usual(sheet, month, serial) | named | exact)


def hand_in(code: str, month: str, rows: dict[str, list[dict]], received_at: datetime) -> Handed:
    of_top = code == CAMPAIGN.top.code
    collected = [each for each in CAMPAIGN.sheets if (each.reported_by == "top") == of_top]
    return Handed(
        unit_code=code,
        period=month,
        revision=1,
        received_at=received_at,
        data_to=calendar.last_day(month),
        state="received",
        sheets={
            each.sheet: content(SHEETS[each.sheet], code, rows.get(each.sheet, [])) for each in collected
        },
    )


def content(sheet: Sheet, code: str, rows: list[dict]) -> tuple[str, list[dict]]:
    if not rows:
        return ("zero_report" if sheet.rows == "log" else "not_reported"), []
    if sheet.rows == "units":
        given = {row["unit_code"] for row in rows}
        missing = [leaf.code for leaf in CAMPAIGN.leaves(code) if leaf.code not in given]
        rows = rows + [blank(sheet.key, unit_code=each, unit_name=each) for each in missing]
    return "reported", rows


def agree(found, expected) -> bool:
    if isinstance(expected, str) and "/" in expected:
        expected = float(Fraction(expected))
    if isinstance(expected, str):
        return found == expected
    return found is not None and float(found) == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("key", KPIS)
def test_worked_example(key, tmp_path):
    example = read_example(EXAMPLES / f"{key}.toml")
    store = stored(example.data, tmp_path)
    asked = Asked(
        campaign=CAMPAIGN,
        handed=example.data.handed,
        month=MONTH,
        kind=example.period,
        as_of=example.data.today,
        closed=closed_issues(store),
    )
    with closing(open_build(current_build(store.folder))) as connection:
        run = runner(connection)
        found = table(
            run,
            read_dimensions(run),
            [KPIS[key]],
            month=calendar.first_day(MONTH),
            kind=example.period,
            as_of=asked.as_of,
        )
    rows = {row["unit_name"]: row for row in found.to_dicts()}
    assert example.expect
    for expected in example.expect:
        unit = expected.pop("unit")
        by_oracle = vars(figure(asked, key, UNITS[unit]))
        for name, number in expected.items():
            assert agree(by_oracle[name], number), f"oracle, {unit}: {name} is {by_oracle[name]}"
            assert agree(rows[unit][name], number), f"{unit}: {name} is {rows[unit][name]}"
        for name in set(NUMBERS[:1] + NUMBERS[2:3]) - set(expected):
            assert rows[unit][name] is None, f"{unit}: {name} is {rows[unit][name]}, expected none"


def test_every_kpi_has_an_example_and_every_example_a_kpi():
    assert {path.stem for path in EXAMPLES.glob("*.toml")} == set(KPIS)

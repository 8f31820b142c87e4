"""Simulated reporting: repeatable, marked as such, never mixed with real data, and of every kind."""

import hashlib
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from etl.campaign import load_campaign
from etl.closures import closures
from etl.completeness import completeness
from etl.demo import FEW_WORKBOOKS, NothingReceivedError, latest_due, make_demo, workbook_bytes
from etl.findings import blocks
from etl.journal import Journal, StoreConflictError, current, frozen_months
from etl.load import check_file, load
from etl.read import WorkbookReader
from etl.review import locks, reviews
from etl.simulation.plan import plan
from etl.simulation.samples import GOOD, TO_MEND, samples
from etl.simulation.typed_in import type_in
from etl.simulation.workbook import contents
from etl.store import Store
from etl.template import build_workbook
from etl.template_sheets import sheets_for
from tests.etl.stores import write_workbook

DATA = Path(__file__).parents[2] / "data"
NAMES = ("pingshan-2018", "yunnan-2025")
CAMPAIGNS = {name: load_campaign(DATA / "campaigns" / name) for name in NAMES}
YUNNAN, PINGSHAN = CAMPAIGNS["yunnan-2025"], CAMPAIGNS["pingshan-2018"]
NOW = datetime(2026, 11, 10, 9)
YEAR = plan(YUNNAN, months=13, until="2026-10", seed=1)


def made(
    folder: Path, campaign=PINGSHAN, *, months=2, until="2018-08", seed=1, now=NOW
) -> tuple[Store, Journal, str]:
    store = Store(folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(store.journal_url)
    told = make_demo(store, journal, campaign, months=months, until=until, seed=seed, now=now)
    return store, journal, told


def received(journal: Journal) -> list[tuple]:
    return [(each.unit_code, each.period, each.sha256, each.received_at) for each in journal.submissions()]


def test_equal_arguments_give_equal_bytes_and_moments(tmp_path):
    first, second, other = (
        made(tmp_path / name, seed=seed)[1] for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert received(first) == received(second)
    assert received(first) != received(other)
    for journal in (first, second, other):
        journal.close()


def test_the_store_and_every_cover_say_that_they_are_simulated(tmp_path):
    store, journal, told = made(tmp_path)
    assert journal.is_simulated() is True
    assert all(each.cover["prepared_by"].startswith("模拟") for each in journal.submissions())
    assert "模拟" in told
    assert "imulated" in told
    assert (store.warehouse / "CURRENT").exists()
    journal.close()


def test_real_workbooks_do_not_enter_a_simulated_store(tmp_path):
    store, journal, _ = made(tmp_path)
    real = write_workbook(tmp_path / "real.xlsx", PINGSHAN, PINGSHAN.reporting_units[0], "2018-03")
    with pytest.raises(StoreConflictError):
        load([real], store, journal, PINGSHAN, received_by="李", simulated=False, now=lambda: NOW)
    journal.close()


def test_simulated_workbooks_do_not_enter_a_real_store(tmp_path):
    journal = Journal(Store(folder=tmp_path).journal_url)
    journal.claim(PINGSHAN.name, simulated=False, now=NOW)
    with pytest.raises(StoreConflictError):
        made(tmp_path)
    assert journal.submissions() == []
    journal.close()


def test_a_province_is_loaded_whole(tmp_path):
    _, journal, told = made(tmp_path, YUNNAN, months=2, until="2026-10")
    planned = [each for each in plan(YUNNAN, months=2, until="2026-10", seed=1) if each.received_at <= NOW]
    assert len(planned) > FEW_WORKBOOKS  # so that several processes take part
    wanted = Counter((each.unit_code, each.period) for each in planned if each.kind != "refused")
    assert Counter((each.unit_code, each.period) for each in journal.submissions()) == wanted
    refused = sum(each.kind == "refused" for each in planned)
    assert refused
    assert f"退回修改{refused}份" in told
    assert {each.unit_code for each in journal.submissions()} >= {YUNNAN.top.code}
    matrix = completeness(YUNNAN, journal.submissions(), "2026-10", NOW)
    assert set(matrix["content"]) >= {"已报", "未报", "不适用"}
    assert set(matrix["timing"]) - {""} == {"按时", "迟报"}
    assert_reviewed_by_now(journal)
    told = {each["kind"] for held in journal.submissions() for each in held.findings}
    assert not told & {"same_as_before", "session_counted", "session_before_data_from", "after_month"}
    journal.close()


def assert_reviewed_by_now(journal: Journal) -> None:
    """Nothing has happened after now; the earlier month is passed and frozen, the last is under review."""
    states = {(each.period, each.state) for each in current(journal.submissions()).values()}
    assert {state for period, state in states if period == "2026-09"} == {"frozen"}
    assert {state for period, state in states if period == "2026-10"} == {"received", "passed"}
    closed = closures(journal)
    with journal.reading() as connection:
        ids = [each.submission_id for each in journal.submissions()]
        decided = [row["decided_at"] for rows in reviews(connection, ids).values() for row in rows]
        decided += [row["decided_at"] for row in locks(connection)]
        assert frozen_months(connection) == {"2026-09"}
    assert closed
    moments = [each.received_at for each in journal.submissions()] + [each.closed_at for each in closed]
    assert max(moments + decided) <= NOW


def test_the_first_noon_of_december_holds_no_report_of_the_fourth(tmp_path):
    planned = plan(PINGSHAN, months=2, until="2018-08", seed=1)
    now = planned[-1].received_at - timedelta(seconds=1)
    _, journal, _ = made(tmp_path, now=now)
    came = [each for each in planned if each.kind != "refused" and each.received_at <= now]
    assert sorted(each.received_at for each in journal.submissions()) == sorted(e.received_at for e in came)
    journal.close()


def test_where_nothing_can_have_come_yet_nothing_is_written(tmp_path):
    with pytest.raises(NothingReceivedError, match=r"--until.* / .*--until"):
        made(tmp_path, now=datetime(2018, 7, 1))
    with closing(Journal(Store(folder=tmp_path).journal_url)) as journal:
        assert journal.is_simulated() is None


def test_made_twice_nothing_changes(tmp_path):
    _, journal, _ = made(tmp_path)
    first = [(each.submission_id, each.state) for each in journal.submissions()]
    journal.close()
    _, journal, _ = made(tmp_path)
    assert [(each.submission_id, each.state) for each in journal.submissions()] == first
    journal.close()


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_year_shows_every_kind_of_handing_in(seed):
    planned = plan(YUNNAN, months=13, until="2026-10", seed=seed)
    periods = sorted({each.period for each in planned})
    assert len(periods) == 13
    firsts = {(each.unit_code, each.period): each for each in planned if each.kind == "ordinary"}
    late = {key for key, each in firsts.items() if each.received_at >= YUNNAN.due_at(each.period)}
    everyone = {(unit.code, period) for unit in YUNNAN.reporting_units for period in periods}
    missing = everyone - firsts.keys()
    last = {(unit.code, periods[-1]) for unit in YUNNAN.reporting_units}
    assert len(late & last) == len(missing & last) == 1
    assert late - last
    assert missing - last
    assert sum(each.kind == "refused" for each in planned) == 2
    for mark in ("basics_unchanged", "zero_reports", "untidy", "doubtful"):
        assert any(getattr(each, mark) for each in planned), mark
    assert any(each.kind == "correction" for each in planned)
    quarterly = {
        "quarterly" in {table.sheet.key for table in sheets_for(YUNNAN, YUNNAN.unit(code), period)}
        for code, period in firsts
    }
    assert quarterly == {True, False}


def test_a_single_unit_has_late_and_missing_months():
    planned = plan(PINGSHAN, months=12, until="2018-12", seed=1)
    periods = {each.period for each in planned}
    assert "2018-12" in periods
    assert 0 < 12 - len(periods) < 4
    assert any(
        each.received_at >= PINGSHAN.due_at(each.period) for each in planned if each.kind == "ordinary"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_correction_follows_and_a_refused_try_precedes(name):
    campaign = CAMPAIGNS[name]
    planned = plan(campaign, months=13, until=campaign.periods[-1], seed=3)
    ordinary = {(each.unit_code, each.period): each for each in planned if each.kind == "ordinary"}
    for each in planned:
        same = ordinary[each.unit_code, each.period]
        assert (each.received_at > same.received_at) == (each.kind == "correction")
        assert (each.received_at < same.received_at) == (each.kind == "refused")
    places = [(each.unit_code, each.period, each.attempt) for each in planned]
    assert len(set(places)) == len(places)


def test_unchanged_basics_follow_a_month_that_was_handed_in():
    handed_in = {(each.unit_code, each.period) for each in YEAR}
    for each in YEAR:
        if each.basics_unchanged:
            year, month = map(int, each.period.split("-"))
            assert month != 1
            assert (each.unit_code, f"{year}-{month - 1:02d}") in handed_in


@pytest.mark.parametrize("kind", ["ordinary", "untidy", "doubtful", "correction"])
def test_what_is_meant_to_be_accepted_is(kind, tmp_path):
    some = next(each for each in YEAR if each.unit_code == "533400" and each.period == "2025-12")
    changes = {
        "untidy": {"untidy": True},
        "doubtful": {"doubtful": True},
        "correction": {"kind": "correction"},
    }
    plain = {
        "untidy": False,
        "doubtful": False,
        "basics_unchanged": False,
        "zero_reports": (),
        "kind": "ordinary",
    }
    file = _checked(replace(some, **plain | changes.get(kind, {})), tmp_path)
    assert not blocks(file.findings)
    severities = {each.severity for each in file.findings}
    assert ("verify" in severities) == (kind == "doubtful")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_meant_to_be_refused_is(name, tmp_path):
    campaign = CAMPAIGNS[name]
    some = replace(plan(campaign, months=1, until=campaign.periods[3], seed=1)[0], kind="refused")
    some = replace(some, unit_code=campaign.reporting_units[-1].code, basics_unchanged=False, zero_reports=())
    file = _checked(some, tmp_path, campaign)
    assert sum(each.severity == "must" for each in file.findings) >= 3


def _checked(planned, folder, campaign=YUNNAN):
    path = folder / planned.file_name
    path.write_bytes(workbook_bytes(campaign, planned, seed=1, first=planned.period))
    with WorkbookReader() as reader:
        return check_file(path, reader, campaign, now=planned.received_at, history=lambda *_: None)


@pytest.mark.parametrize(
    ("unit", "built", "typed"), [("533300", "2025-12", "2026-09"), ("530000", "2026-05", "2026-06")]
)
def test_typing_into_a_template_equals_building_the_workbook(unit, built, typed):
    for period in (built, typed):
        some = replace(YEAR[0], unit_code=unit, period=period, untidy=unit != "530000")
        cover, rows = contents(YUNNAN, some, seed=1, first=period)
        arguments = {"cover": cover, "rows": rows, "created": some.received_at}
        reporting = YUNNAN.unit(unit)
        assert _everything(type_in(YUNNAN, reporting, period, **arguments)) == _everything(
            build_workbook(YUNNAN, reporting, period, simulated=True, **arguments)
        )


def _everything(content: bytes) -> dict:
    workbook = load_workbook(BytesIO(content), rich_text=True)
    seen: dict = {"title": workbook.properties.title, "created": workbook.properties.created}
    for worksheet in workbook:
        seen[worksheet.title] = (
            worksheet.dimensions,
            worksheet.protection.sheet,
            worksheet.auto_filter.ref,
            {row: each.height for row, each in worksheet.row_dimensions.items()},
            [
                (str(each.sqref), each.type, each.formula1)
                for each in worksheet.data_validations.dataValidation
            ],
            {
                cell.coordinate: (
                    cell.value,
                    cell.number_format,
                    cell.font.name,
                    cell.fill.fgColor.rgb,
                    cell.protection.locked,
                    cell.comment and cell.comment.text,
                )
                for row in worksheet.iter_rows()
                for cell in row
                if cell.value is not None
            },
        )
    return seen


def test_open_cases_are_carried_on_and_never_closed_before_their_month_ends():
    months = [plan(YUNNAN, months=1, until=period, seed=1)[0] for period in ("2026-07", "2026-08")]
    july, august = (
        {
            row["complaint_id"]: row
            for row in contents(
                YUNNAN,
                replace(each, unit_code="530100", untidy=False, doubtful=False),
                seed=1,
                first="2026-07",
            )[1]["complaints"]
        }
        for each in months
    )
    still_open = {
        key for key, row in july.items() if row["closed_at"] is None and row["excluded_reason"] == "无"
    }
    assert still_open
    assert still_open <= august.keys()
    assert all(row["closed_at"] is None or row["closed_at"] < datetime(2026, 8, 1) for row in july.values())
    assert all(august[key]["received_at"] == july[key]["received_at"] for key in still_open)


def test_the_default_month_is_the_latest_fallen_due():
    due = YUNNAN.due_at("2026-10")
    assert latest_due(YUNNAN, due) == "2026-10"
    assert latest_due(YUNNAN, due - timedelta(seconds=1)) == "2026-09"
    assert latest_due(YUNNAN, datetime(2020, 1, 1)) == YUNNAN.first_period
    assert latest_due(YUNNAN, datetime(2030, 1, 1)) == YUNNAN.last_period


def test_the_samples_are_those_of_the_generator():
    for name, content in samples(YUNNAN).items():
        stored = (DATA / "samples" / name).read_bytes()
        assert len(stored) < 60_000
        assert hashlib.sha256(stored).hexdigest() == hashlib.sha256(content).hexdigest(), name


def test_the_good_sample_is_clean_and_the_other_shows_ten_mistakes():
    with WorkbookReader() as reader:
        good, to_mend = (
            check_file(DATA / "samples" / name, reader, YUNNAN, now=NOW, history=lambda *_: None)
            for name in (GOOD, TO_MEND)
        )
    assert good.findings == ()
    assert len({each.kind for each in to_mend.findings}) == len(to_mend.findings) == 10

"""Extensions: what may be granted, whose due moment moves by it, and how it reaches the build."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta

import duckdb
import pytest

from etl.build import build
from etl.calendar import first_day
from etl.completeness import COLUMNS, REASON, as_text, completeness
from etl.extensions import NO_EXTENSIONS, ExtensionError, due_at, grant, granted, in_force
from etl.journal import FrozenMonthError, Journal
from etl.review import freeze
from etl.store import Store
from tests.etl.stores import assert_equal_builds, build_tables, load_into, write_workbook, yunnan

CAMPAIGN = yunnan()
MONTH, OTHER_MONTH = "2026-09", "2026-10"
UNITS = [unit.code for unit in CAMPAIGN.reporting_units]
DIQING, KUNMING = "533400", "530100"
DUE_DAY = CAMPAIGN.due_day(MONTH)
NOW = datetime(2026, 9, 28, 10)
DAY = timedelta(days=1)


@pytest.fixture
def journal(tmp_path):
    with closing(Journal(Store(folder=tmp_path).journal_url)) as opened:
        yield opened


def extend(journal, unit=DIQING, period=MONTH, *, days=10, reason="停电，数据系统无法登录", now=NOW):
    """Grant a unit so many days beyond the campaign's due day."""
    with journal.writing() as connection:
        last_day = CAMPAIGN.due_day(period) + days * DAY
        grant(connection, CAMPAIGN, unit, period, last_day=last_day, reason=reason, by="王芳", now=now)


def extensions_of(journal):
    with journal.reading() as connection:
        return in_force(connection, CAMPAIGN)


# What may be granted


def test_an_extension_ends_at_midnight_of_its_day(journal):
    extend(journal)
    (held,) = extensions_of(journal).values()
    assert held.due_at == datetime.combine(DUE_DAY + 11 * DAY, datetime.min.time())
    assert (held.last_day, held.reason, held.granted_by) == (
        DUE_DAY + 10 * DAY,
        "停电，数据系统无法登录",
        "王芳",
    )


@pytest.mark.parametrize(
    ("days", "reason", "why"),
    [
        (10, " \n", "理由.* / .*reason|理由.* / say why"),
        (0, "停电", "延期须晚于这一天 / "),
        (-1, "停电", "须晚于原定截止日.* / .*must lie after"),
    ],
)
def test_what_does_not_fit_is_refused_in_both_languages_and_leaves_nothing(journal, days, reason, why):
    with pytest.raises(ExtensionError, match=why):
        extend(journal, days=days, reason=reason)
    with journal.reading() as connection:
        assert granted(connection) == []


def test_what_is_granted_last_counts_earlier_or_later(journal):
    for days in (10, 20, 5):
        extend(journal, days=days)
    assert extensions_of(journal)[DIQING, MONTH].last_day == DUE_DAY + 5 * DAY
    with journal.reading() as connection:
        assert [each.last_day for each in granted(connection, MONTH)] == [
            DUE_DAY + days * DAY for days in (10, 20, 5)
        ]
        assert granted(connection, OTHER_MONTH) == []


def test_the_campaigns_own_due_day_takes_an_extension_back_once(journal):
    extend(journal)
    with pytest.raises(ExtensionError, match="理由"):
        extend(journal, days=0, reason="")
    extend(journal, days=0, reason="误批")
    assert extensions_of(journal) == {}
    with pytest.raises(ExtensionError, match="延期须晚于这一天"):
        extend(journal, days=0)


def test_a_frozen_month_takes_no_extension(journal):
    with journal.writing() as connection:
        freeze(connection, MONTH, reason="", by="王芳", now=NOW)
    with pytest.raises(FrozenMonthError, match="已冻结，不能再准予延期"):
        extend(journal)
    extend(journal, period=OTHER_MONTH)
    assert set(extensions_of(journal)) == {(DIQING, OTHER_MONTH)}


def test_personal_numbers_in_a_reason_are_masked(journal):
    extend(journal, reason="请联系13987654321")
    assert "13987654321" not in extensions_of(journal)[DIQING, MONTH].reason


# Whose due moment moves


@pytest.mark.parametrize("period", [MONTH, OTHER_MONTH])
@pytest.mark.parametrize("unit", [*UNITS, CAMPAIGN.top.code])
def test_an_extension_moves_the_due_moment_of_its_unit_and_month_and_no_other(journal, unit, period):
    extend(journal)
    moved = due_at(CAMPAIGN, extensions_of(journal), unit, period) - CAMPAIGN.due_at(period)
    assert moved == (10 * DAY if (unit, period) == (DIQING, MONTH) else 0 * DAY)


@pytest.mark.parametrize("after", [0, 3, 10, 11, 30])
def test_an_extension_changes_the_timing_of_its_own_unit_alone(journal, after):
    extend(journal)
    now = datetime.combine(DUE_DAY + after * DAY, datetime.min.time()) + timedelta(hours=12)
    plain = completeness(CAMPAIGN, [], MONTH, now)
    found = completeness(CAMPAIGN, [], MONTH, now, extensions_of(journal))
    others = [frame.filter(frame["unit_code"] != DIQING) for frame in (plain, found)]
    assert others[0].equals(others[1])
    own = found.filter((found["unit_code"] == DIQING) & (found["timing"] != "")).to_dicts()
    expected = ("迟报", after - 10) if after > 10 else ("未到期", 0)
    assert {(row["timing"], row["days_late"]) for row in own} == {expected}
    assert {(row["due_on"], row["extended_to"], row["extension_reason"]) for row in own} == {
        (DUE_DAY.isoformat(), (DUE_DAY + 10 * DAY).isoformat(), "停电，数据系统无法登录")
    }


def test_the_matrix_in_a_terminal_names_the_extended_day_and_the_first_one(journal):
    extend(journal)
    found = completeness(CAMPAIGN, [], MONTH, NOW, extensions_of(journal))
    (line,) = [each for each in as_text(found, "").splitlines() if "延期" in each]
    assert f"延期至{DUE_DAY + 10 * DAY}（原定{DUE_DAY}）" in line
    assert "迪庆" in line
    assert list(found.columns) == [*COLUMNS, REASON]
    assert "延期" not in as_text(completeness(CAMPAIGN, [], MONTH, NOW, NO_EXTENSIONS), "")


# Into the build


def report_of(path, unit):
    with duckdb.connect(str(path), read_only=True) as connection:
        sql = "select due_at, reported_on_time from mart_report_month where reporting_code = ? and month = ?"
        return connection.execute(sql, [unit, first_day(MONTH)]).fetchone()


def test_an_extension_reaches_the_next_build_which_equals_one_from_scratch(tmp_path):
    received = datetime.combine(date(2026, 10, 5), datetime.min.time())
    for code in (DIQING, KUNMING):
        unit = CAMPAIGN.unit(code, CAMPAIGN.reporting_level)
        path = write_workbook(tmp_path / f"{code}.xlsx", CAMPAIGN, unit, MONTH)
        load_into(tmp_path / "store", [path], CAMPAIGN, now=received)
    store = Store(folder=tmp_path / "store")
    with closing(Journal(store.journal_url)) as journal:
        for days, on_time in ((10, 1), (2, 0), (30, 1), (0, 0)):
            extend(journal, days=days, now=received)
            built = build(store, journal, CAMPAIGN, now=received)
            assert (built.is_new, built.computed_units) == (True, (DIQING,))
            due = CAMPAIGN.due_at(MONTH) + days * DAY
            assert report_of(built.path, DIQING) == (due, on_time)
            assert report_of(built.path, KUNMING) == (CAMPAIGN.due_at(MONTH), 0)
            full = build(store, journal, CAMPAIGN, now=received, full=True)
            assert_equal_builds(built.path, full.path)
        assert build(store, journal, CAMPAIGN, now=received).is_new is False


def test_a_reason_is_the_journal_s_and_no_build_holds_it(tmp_path):
    unit = CAMPAIGN.unit(DIQING, CAMPAIGN.reporting_level)
    path = write_workbook(tmp_path / "report.xlsx", CAMPAIGN, unit, MONTH)
    load_into(tmp_path / "store", [path], CAMPAIGN)
    store, reason = Store(folder=tmp_path / "store"), "经办人李明住院"
    with closing(Journal(store.journal_url)) as journal:
        extend(journal, reason=reason)
        extend(journal, KUNMING, reason=reason)
        built = build(store, journal, CAMPAIGN, now=NOW)
        with journal.reading() as connection:
            assert [each.reason for each in granted(connection)] == [reason] * 2
    tables = build_tables(built.path)
    assert tables["dim_extension"].height == 2
    assert [name for name, frame in tables.items() if reason in str(frame.rows())] == []

"""With one unit missing, no page says that a figure got worse where it got better on the same units."""

import random
import re
from datetime import date, timedelta

import pytest

from dashboard.components import (
    cards,
    comparing,
    headline,
    indicator_exhibits,
    indicator_page,
    indicator_words,
    map_panel,
    overview_page,
    unit_exhibits,
    unit_page,
    unit_table,
)
from dashboard.i18n import LANGUAGE, t
from dashboard.queries import builds, figures, reports, units
from metrics.kpis import KPIS
from tests.dashboard import sample_store
from tests.dashboard.chosen_filters import chosen

MAY, JUNE, LATER = date(2025, 5, 1), date(2025, 6, 1), date(2025, 12, 1)
MISSING = 0
"""The place of the unit that is missing in June: in May it had most officers and did everything right."""
PROVINCE = "530000"
TRAPS = (
    "officers_per_10k",
    "complaints_on_time_rate",
    "two_recorder_rate",
    "training_attendance_rate",
    "certified_rate",
    "issues_rectified_rate",
)
"""KPIs whose tables say that the province got worse."""


def is_missing(campaign, unit) -> bool:
    return unit == campaign.reporting_units[MISSING]


def step(period: str) -> int:
    """0 in May, 1 in June, in which everybody does a little better."""
    return int(period == "2025-06")


def basics(campaign, unit, period, chance, rate):
    rows = sample_store.ROWS["basics"](campaign, unit, period, chance, rate)
    for row in rows:
        officers = 2000 if is_missing(campaign, unit) else 40 + step(period)
        certified = officers if is_missing(campaign, unit) else 30 + 2 * step(period)
        row |= {"officers": officers, "certified_officers": certified, "frontline_officers": certified}
        row |= {
            "posts": 3000,
            "posts_filled": officers,
            "auxiliaries": officers,
            "officers_trained_ytd": certified,
        }
    return rows


def monthly(campaign, unit, period, chance, rate):
    rows = sample_store.ROWS["monthly"](campaign, unit, period, chance, rate)
    for row in rows:
        right = 1000 if is_missing(campaign, unit) else 70 + step(period)
        whole = 1000 if is_missing(campaign, unit) else 100
        for part, all_ in (
            ("actions_two_recorders", "actions"),
            ("major_decisions_reviewed", "major_decisions"),
            ("penalties_published", "penalties_due"),
            ("disposals_non_coercive", "disposals"),
            ("communities_served", "communities"),
        ):
            row |= {part: right, all_: whole}
    return rows


def complaints(campaign, unit, period, chance, rate):
    rows = []
    for leaf in campaign.leaves(unit.code):
        best = is_missing(campaign, unit)
        count = 0 if leaf.own_office else 60 if best else 20
        for place in range(count):
            good = best or place >= 6 - step(period)
            found = sample_store._complaint(
                f"{leaf.code}-{period}-{place}", leaf, period, random.Random(1), 1.0
            )
            closed = found["received_at"] + timedelta(days=5 if good else 8)
            found |= {
                "complaint_kind": "执法行为投诉",
                "finding": "不属实" if good else "属实",
                "closed_at": closed,
            }
            found |= {"confirmed": "解决" if good else "未解决", "callback": "满意" if good else "不满意"}
            rows.append(found | {"repeat_of": None if good else "原件"})
    return rows


def trainings(campaign, unit, period, chance, rate):
    rows = sample_store.ROWS["trainings"](campaign, unit, period, chance, rate)
    for row in rows:
        attended = 1000 if is_missing(campaign, unit) else 20 + step(period)
        row |= {
            "expected": 1000 if is_missing(campaign, unit) else 40,
            "officers_attended": attended,
            "hours": 8,
        }
    return rows


def issues(campaign, unit, period, chance, rate):
    """A ledger of ten issues a leaf found in May, of which more are rectified in June; the missing unit has done all."""
    rows = []
    for leaf in campaign.leaves(unit.code):
        for place in range(60 if is_missing(campaign, unit) else 10):
            closed = is_missing(campaign, unit) or place < 4 + step(period)
            found = sample_store._issue(f"{leaf.code}-{place}", leaf, date(2025, 5, 2), None)
            done = date(2025, 5, 20) if is_missing(campaign, unit) or place < 4 else date(2025, 6, 10)
            closing = {"status": "已整改", "closed_on": done} if closed else {}
            rows.append(found | {"due_on": date(2025, 12, 31)} | closing)
    return rows


ROWS = {
    "basics": basics,
    "monthly": monthly,
    "complaints": complaints,
    "trainings": trainings,
    "issues": issues,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("improving")
    absence = sample_store.Absence(late=frozenset(), missing=frozenset({MISSING}))
    return sample_store.make_store(
        folder, "yunnan-2025", ("2025-05", "2025-06"), absence=absence, rows=ROWS
    ).folder


@pytest.fixture
def build(store, monkeypatch):
    monkeypatch.setenv("STORE_DIR", str(store))
    return builds.build()


@pytest.fixture(params=["zh", "en"])
def language(request):
    token = LANGUAGE.set(request.param)
    yield request.param
    LANGUAGE.reset(token)


def filters(build, kpi="officers_per_10k", **more):
    return chosen(build, JUNE, kpi, **more)


def overview(build) -> str:
    names = builds.unit_names(build, "prefecture", short=True)
    asked, shown = overview_page.asked(build), filters(build)
    history = figures.history(build, JUNE, asked, "province", LATER, None)
    changes = overview_page.compared(shown, LATER)
    facts = overview_page.cards(shown, LATER, history, changes)
    handed_in = reports.hand_in(build, JUNE, LATER).to_dicts()
    said = headline.sentence(handed_in, facts, names, level=t("州（市）"), top=PROVINCE)
    return " ".join(
        [
            said,
            *map(cards.figure_card, facts),
            *overview_page.issues_card(shown, LATER, history, changes, names),
        ]
    )


def unit(build) -> str:
    picked = units.unit(build, PROVINCE)
    lines = unit_page.lines(build, picked, JUNE, LATER, None, compares=True)
    table = unit_page.table(build, picked, lines, JUNE, None, compares=True)
    notes = unit_exhibits.reading(table, below_level="", chosen=None)
    return " ".join([unit_page.sentence(build, picked, lines, JUNE, LATER), unit_table.body(table), *notes])


def indicator(build) -> str:
    shown = indicator_page.facts(filters(build), LATER)
    return indicator_words.sentence(shown) + indicator_exhibits._reading_of_trend(shown, explored=False)


def panel(build) -> str:
    return map_panel.body(map_panel.panel_of(build, KPIS["officers_per_10k"], JUNE, LATER, None, PROVINCE))


def worse(kpi, difference) -> bool:
    return difference * (1 if kpi.direction == "up" else -1) < 0 and kpi.direction != "context"


def test_the_tables_say_that_the_province_got_worse(build):
    by_month = [
        {
            row["kpi"]: row["value"]
            for row in figures.table(build, each, TRAPS, "province", LATER, "month").to_dicts()
        }
        for each in (MAY, JUNE)
    ]
    fell = [key for key in TRAPS if worse(KPIS[key], by_month[1][key] - by_month[0][key])]
    assert fell == list(TRAPS)


def test_no_figure_of_the_province_is_said_to_be_worse(build):
    kinds = units.periods(build, "province", None)
    held = comparing.of_unit(build, JUNE, kinds, "province", PROVINCE, LATER)
    told = {key: found[0] for key, found in held.items() if found[0].compares}
    assert set(TRAPS) <= told.keys()
    # The missing unit's late report is the one thing that did get worse, and it owes that report like everybody.
    got_worse = [key for key, each in told.items() if worse(KPIS[key], each.value - each.before)]
    assert got_worse == ["reports_on_time_rate"]
    assert {told[key].compared for key in TRAPS} == {15}


@pytest.mark.parametrize("page", [overview, unit, indicator, panel])
def test_no_page_says_so_and_each_names_the_units_it_compares(build, language, page):
    shown = re.sub(r"<svg.*?</svg>", "", page(build), flags=re.S)
    assert "退步" not in shown
    assert "worse" not in shown
    assert ("同口径15个州（市）" if language == "zh" else "same 15 prefectures") in shown


def test_the_first_sentence_says_what_improved_and_on_which_units(build):
    assert "较上月（同口径15个州（市））" in overview(build)
    sentence = overview(build).partition("<section")[0]
    assert re.search("较上月（同口径15个州\\（市\\））.*万人执法人员配备.*改善", sentence)


def test_the_ledger_grows_and_names_whose_is_missing(build):
    text = re.sub("<[^>]*>", "", overview(build))
    grown = sum(
        len(builds.campaign(build).leaves(unit.code))
        for unit in builds.campaign(build).reporting_units[MISSING + 1 :]
    )
    assert f"↑{grown} 较上月 同口径15个州（市）" in text
    assert "不含昆明" in text


def test_months_on_other_units_are_drawn_hollow(build):
    (card,) = (
        each for each in overview(build).split("<section") if "<h2>" in each and "officers_per_10k" in each
    )
    assert card.count('r="1.8"') == 1
    assert comparing.other_units(
        build,
        {"reports_on_time_rate": "month", "satisfaction_rate": "month"},
        "province",
        PROVINCE,
        [MAY, JUNE],
        LATER,
    ) == {"reports_on_time_rate": (False, False), "satisfaction_rate": (True, False)}


def test_the_dotted_line_stands_on_the_units_of_all_months(build):
    shown = indicator_page.facts(filters(build), LATER)
    count, values = shown.same_units
    (change,) = (each for each in shown.earlier if each.name == "较上月")
    assert (count, values) == (15, (change.before, change.value))
    assert shown.same_units[1][-1] == shown.row["value"]

"""The page of one unit: how it stands, what is missing to its targets, whom it is held against, what it reported."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from dashboard.access.principal import Principal
from dashboard.components import unit_head, unit_page, unit_table
from dashboard.components.unit_categories import TOPICS, senior_text, shares
from dashboard.components.unit_lines import UnitLine, missed, missing, short_of
from dashboard.queries import builds, figures, people, rankings, unit_reports, units
from etl.campaign import load_campaign
from etl.sheets import SHEETS
from metrics.kpis import KPIS
from tests.dashboard.browsing import NARROW, WIDE, opened, settled, text_of

JUNE, MAY, TODAY = date(2025, 6, 1), date(2025, 5, 1), date(2025, 8, 1)
KUNMING, YUXI, WUHUA = "530100", "530400", "530102"


@pytest.fixture
def build(monkeypatch, stores):
    """The build of a store of a name."""

    def of(name: str) -> str:
        monkeypatch.setenv("STORE_DIR", str(stores(name)))
        return builds.build()

    return of


def line(key: str, value: float, target: float, status: str = "missed", **more: object) -> UnitLine:
    row = {"month": JUNE, "value": value, "target": target, "status": status, "numerator": None}
    row |= {"denominator": None, "cases": None} | more
    return UnitLine(
        kpi=KPIS[key], kind="month", held=None, months=[row], earlier=[], median=None, peers=0, above=None
    )


STATUSES = ("met", "missed", "too_few_cases", "not_reported", "not_applicable")


def test_what_the_sentence_says_of_last_month_adds_up_with_both_pages():
    """Each line stands for a pair of judgements, the pair at place n for n + 1 targets."""
    pairs = list(product(STATUSES, STATUSES))
    lines = []
    for count, (before, now) in enumerate(pairs, start=1):
        one = line("complaints_on_time_rate", 90.0, 95.0, now)
        lines += [replace(one, months=[one.row | {"status": before}, one.row])] * count
    met, met_before = (sum(each.months[at]["status"] == "met" for each in lines) for at in (1, 0))
    told = unit_head.sentence(lines, code=KUNMING, red_lines=(), report="", month_before="")
    said = re.search(
        r"上月(\d+)项达标，本月(\d+)项转为达标、(\d+)项转为未达标、(\d+)项\D+、(\d+)项\D+。", told
    )
    before, gained, lost, appeared, gone = map(int, said.groups())
    assert (before, before + gained - lost + appeared - gone) == (met_before, met)
    assert f"{met}项达标" in told


def test_the_first_month_is_held_against_none():
    told = unit_head.sentence(
        [line("complaints_on_time_rate", 97.0, 95.0, "met")],
        code=KUNMING,
        red_lines=(),
        report="",
        month_before="",
    )
    assert "上月" not in told


def test_what_is_missing_is_told_in_what_the_numerator_counts():
    late = line("complaints_on_time_rate", 90.0, 95.0, numerator=90.0, denominator=100.0, cases=100.0)
    few = line("officers_per_10k", 4.0, 5.0, numerator=400.0, denominator=1_000_000.0, cases=400.0)
    repeated = line("complaints_repeat_rate", 8.0, 5.0, numerator=8.0, denominator=100.0, cases=100.0)
    met = line("complaints_on_time_rate", 97.0, 95.0, "met", numerator=97.0, denominator=100.0, cases=100.0)
    assert [missing(each) for each in (late, few, repeated, met)] == ["差5件", "差100人", "多3件", ""]


def test_a_difference_is_never_rounded_to_nothing_and_percentages_differ_by_points():
    assert short_of(line("complaints_on_time_rate", 92.0, 95.0)) == "差3.0个百分点"
    assert short_of(line("complaints_on_time_rate", 94.99, 95.0)) == "差<0.1个百分点"
    assert short_of(line("complaints_repeat_rate", 8.0, 5.0)) == "超3.0个百分点"
    assert short_of(line("training_hours_per_officer", 51.3, 67.5)) == "差16.2学时/人"


def test_red_lines_come_first_then_the_furthest_from_its_target_then_counts():
    found = [
        line("issues_overdue", 9.0, 0.0),
        line("complaints_on_time_rate", 90.0, 95.0),
        line("training_hours_per_officer", 30.0, 60.0),
        line("violations", 1.0, 0.0),
        line("certified_rate", 100.0, 100.0, "met"),
    ]
    order = [each.kpi.key for each in missed(found, ("violations",))]
    assert order == ["violations", "training_hours_per_officer", "complaints_on_time_rate", "issues_overdue"]


def test_without_a_unit_asked_for_the_whole_is_shown(build):
    assert units.unit(build("full"), None)["unit_name"] == "云南省"
    assert units.unit(build("district"), None)["unit_name"] == "坪山区"


def test_the_way_up_ends_with_the_unit_and_begins_with_the_whole(build):
    county = units.unit(build("full"), WUHUA)
    assert [each["unit_name"] for each in units.way_up(build("full"), county)] == [
        "云南省",
        "昆明市",
        "五华区",
    ]


def test_a_unit_is_held_against_its_group_a_county_against_its_neighbours_a_lone_one_against_nobody(build):
    full, district = build("full"), build("district")
    kunming, wuhua, whole = (units.unit(full, code) for code in (KUNMING, WUHUA, "530000"))
    groups = builds.dimensions(full).peer_group_of
    assert {groups[code] for code in units.peers(full, kunming)} == {"first"}
    assert units.peers(full, wuhua) == units.below(full, kunming)
    assert units.peers(full, whole) == []
    assert units.peers(district, units.unit(district, None)) == []
    assert len(units.peers(district, units.unit(district, "440310901"))) == 6


def test_the_months_of_a_unit_end_with_the_figures_every_other_page_shows(build):
    full = build("full")
    for code, level, period in ((KUNMING, "prefecture", None), (WUHUA, "county", "rolling12")):
        key = ("complaints_on_time_rate",)
        (shown,) = (
            figures.table(full, JUNE, key, level, TODAY, period)
            .filter(unit_code=code, level=level)
            .to_dicts()
        )
        months = units.history(full, level, code, JUNE, TODAY, None).filter(kpi=key[0]).to_dicts()
        assert months[-1] == shown | {"month": JUNE}
        assert [row["month"] for row in months] == [MAY, JUNE]


def test_counties_open_on_twelve_months_but_what_is_judged_in_the_year_stays_there(build):
    kinds = units.periods(build("full"), "county", None)
    assert kinds["complaints_on_time_rate"] == "rolling12"
    assert kinds["training_hours_per_officer"] == "ytd"
    assert set(units.periods(build("full"), "county", "month").values()) == {"month"}


def test_the_categories_of_a_topic_add_up_to_the_complaints_of_the_unit(build):
    full = build("full")
    found = unit_reports.categories(full, "prefecture", KUNMING, JUNE)
    rows = units.history(full, "prefecture", KUNMING, JUNE, TODAY, "rolling12")
    (cases,) = rows.filter(kpi="complaints_per_10k", month=JUNE)["cases"]
    for topic in ("complaint_matter", "complaint_channel"):
        assert found.filter(topic=topic)["year_cases"].sum() == cases > 0


def test_shares_add_up_and_a_month_without_report_has_none(build):
    half = build("half")
    topic = TOPICS[0]
    for code in (KUNMING, "530300"):
        found = unit_reports.categories(half, "prefecture", code, JUNE).filter(topic=topic.key).to_dicts()
        known = shares(topic, found, month_is_known=True)
        assert sum(each.of_year for each in known) == pytest.approx(1)
        assert sum(each.of_month for each in known) == pytest.approx(1)
        unknown = shares(topic, found, month_is_known=False)
        assert {(each.month, each.of_month) for each in unknown} == {(None, None)}


def test_the_narratives_are_those_of_the_month_else_of_the_latest_before_it(build):
    half = build("half")
    found, names = unit_page.narratives(half, units.unit(half, "530000"), JUNE)
    assert set(found) == set(names) == set(builds.dimensions(half).reporting_codes)
    assert (found[KUNMING].month, found[YUXI].month) == (JUNE, MAY)
    assert [topic for topic, _ in found[YUXI].texts] == list(SHEETS["progress"].column("topic").choices)
    own, names = unit_page.narratives(half, units.unit(half, KUNMING), JUNE)
    assert set(own) == set(names) == {KUNMING}
    # A county's are its prefecture's, and stand there.
    assert unit_page.narratives(half, units.unit(half, WUHUA), JUNE)[0] == {}


def test_the_topics_of_training_add_up_to_its_hours_and_say_who_was_senior(build):
    full = build("full")
    found = unit_reports.categories(full, "prefecture", KUNMING, JUNE)
    rows = units.history(full, "prefecture", KUNMING, JUNE, TODAY, "rolling12")
    (hours,) = rows.filter(kpi="training_hours_per_officer", month=JUNE)["numerator"]
    trainings = [topic for topic in TOPICS if topic.sheet == "trainings"]
    assert len(trainings) == 4
    for topic in trainings:
        of_topic = found.filter(topic=topic.key)
        assert of_topic["year_hours"].sum() == hours > 0
        assert of_topic["year_senior"].to_list() == [0]
        assert "科级以上0人次" in senior_text(shares(topic, of_topic.to_dicts(), month_is_known=True))
    complaints = shares(TOPICS[0], found.filter(topic=TOPICS[0].key).to_dicts(), month_is_known=True)
    assert senior_text(complaints) == ""


def test_reports_that_came_are_counted_against_those_expected(build):
    half = build("half")
    assert unit_reports.reported(half, units.unit(half, KUNMING), "complaints", JUNE) == (1, 2, 2)
    assert unit_reports.reported(half, units.unit(half, "530000"), "complaints", JUNE)[0] == 9
    assert unit_reports.reported(half, units.unit(half, YUXI), "complaints", JUNE)[0] == 0


def test_the_first_screen_says_how_the_unit_stands_and_what_it_misses(browser, address):
    with opened(browser, f"{address('full')}/unit?unit={KUNMING}", WIDE) as (page, seen):
        text = text_of(page)
        judged = page.locator(".unit-table tbody").nth(0).locator("tr")
        bottoms = judged.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
        cells = page.locator(".unit-table tbody").nth(0).locator("td.gap").all_inner_texts()
    assert re.search(r"\d+项有目标的指标中\d+项达标；离目标最远：", text)
    assert re.search(r"第\d名 / \d （第一组）", text)
    assert "按时" in text
    assert max(bottoms) <= WIDE["height"]
    assert all(re.match("差|多|缺", cell) for cell in cells)
    assert seen.failures == []


def test_a_county_is_reached_from_its_prefecture_and_says_why_it_shows_twelve_months(browser, address):
    with opened(browser, f"{address('full')}/unit?unit={KUNMING}", WIDE) as (page, seen):
        page.locator(f'.unit-below [data-key="below-{WUHUA}"]').press("Enter")
        page.wait_for_url(f"**unit={WUHUA}*")
        page.wait_for_selector(".head h1:has-text('五华区')")
        settled(page)
        text = text_of(page)
        page.locator(".unit-way a", has_text="昆明市").click()
        page.wait_for_selector(".head h1:has-text('昆明市')")
    assert "五华区 · 全部指标 · 近12个月" in text
    assert "一个月的案件大多太少" in text
    assert "由昆明市填报" in text
    assert seen.failures == []


def test_a_unit_that_has_not_reported_says_so_and_shows_no_zero_for_the_month(browser, address):
    with opened(browser, f"{address('half')}/unit?unit={YUXI}&month=2025-06", WIDE) as (page, _):
        text = text_of(page)
        values = page.locator(".unit-table td.value").all_inner_texts()
        parts = page.locator(".unit-table tr.part").all_inner_texts()
    assert "本月未报" in text
    assert "未报，不排名" in text
    assert sum("未报" in value for value in values) > 20
    # What is wanting stands apart from what is there and not judged.
    assert [re.sub(r"\d+", "#", part.split("项")[0]) for part in parts][-2:] == ["✕ 未报#", "不作判断#"]
    assert "未触及（按认定事项；本单位月报未报）" in text


def test_places_gained_are_those_of_the_ranking(build):
    full = build("full")
    moved = rankings.moves(*(rankings.ranking(full, month, None, TODAY) for month in (JUNE, MAY)))
    assert moved
    assert {code: units.standing(full, code, JUNE, TODAY)["moved"] for code in moved} == moved


def test_officers_short_of_the_standard_say_how_they_are_counted_for_the_whole(build):
    full, keys = build("full"), ("officers_per_10k", "officers_gap")

    def told(code: str) -> list[str]:
        picked = units.unit(full, code)
        lines = unit_page.lines(full, picked, JUNE, TODAY, None, compares=True)
        table = unit_table.table(unit_page.table(full, picked, lines, JUNE, None, compares=True))
        rows = {row["指标"]: row for row in table.to_dicts()}
        return [rows[KPIS[key].title_zh]["离目标的算法"] for key in keys]

    assert told("530000") == ["合计与标准相比", "各单位缺口相加"]
    assert told(KUNMING) == ["", ""]


def test_a_month_not_yet_due_is_told_from_one_not_reported(build):
    half, july = build("half"), date(2025, 7, 1)
    kunming = units.unit(half, KUNMING)
    for today, told in ((date(2025, 7, 2), "本月未到期"), (date(2025, 9, 2), "本月未报")):
        lines = unit_page.lines(half, kunming, july, today, None, compares=True)
        assert unit_page.sentence(half, kunming, lines, july, today).startswith(told)


def test_the_page_fits_a_phone_with_every_line_of_the_table_in_it(browser, address):
    with opened(browser, f"{address('full')}/unit?unit={KUNMING}", NARROW) as (page, seen):
        width = page.evaluate("document.documentElement.scrollWidth")
        rights = page.locator(".unit-table td, .unit-below svg, .unit-shares").evaluate_all(
            "cells => cells.map(cell => cell.getBoundingClientRect().right)"
        )
    assert width <= NARROW["width"]
    assert max(rights) <= NARROW["width"]
    assert seen.failures == []


def test_the_whole_and_an_address_that_makes_no_sense_have_their_page_too(browser, address):
    with opened(browser, f"{address('half')}/unit?unit=530000", WIDE) as (page, seen):
        text = text_of(page)
        assert "9/16个州（市）已报" in text
        assert page.locator(".unit-below svg").count() == 16
    with opened(browser, f"{address('full')}/unit?unit=<script>alert(1)</script>", WIDE) as (page, seen):
        assert "云南省" in page.locator("h1").inner_text()
    assert seen.failures == []


def test_a_district_with_one_report_is_compared_with_nobody_its_streets_with_one_another(browser, address):
    with opened(browser, f"{address('district')}/unit", WIDE) as (page, _):
        alone = text_of(page)
        page.locator(".unit-way li a").first.click()
        page.wait_for_selector(".head h1:has-text('坪山街道')")
        settled(page)
        street = text_of(page)
    assert "同组没有可比单位，不排名" in alone
    assert "同组中位数" not in alone
    assert "坪山区的6个街道" in street


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_liaison_sees_her_own_unit_its_draft_score_and_nothing_of_others(browser, address, stores, size):
    campaign = builds.CAMPAIGNS / "yunnan-2025"
    others = [unit for unit in load_campaign(campaign).units if KUNMING not in (unit.code, unit.parent)]
    with opened(browser, address("full") + "/unit?month=2025-05", size, visit=f"liaison.{KUNMING}") as (
        page,
        seen,
    ):
        own = told(page)
        page.goto(f"{address('full')}/unit?month=2025-05&unit={YUXI}")
        page.wait_for_selector(".unit-table")
        settled(page)
        asked_for_another = told(page)
        options = page.get_by_role("combobox", name="单位").first
        options.click()
        offered = page.get_by_role("option").all_inner_texts()
    assert asked_for_another == own
    assert "昆明市 · 2025年5月" in own
    assert "昆明市 · 预评分" in own
    assert re.search(r"\d+\.\d分", own)
    assert [unit.name for unit in others if unit.name in own or unit.name in offered] == []
    assert [word for word in ("名次 ", "同组", "上级(", "第1名", "并列") if word in own] == []
    assert seen.failures == []


@pytest.mark.parametrize(
    ("roles", "own", "seen"),
    [
        ({"viewer"}, set(), None),
        ({"admin"}, set(), None),
        ({"liaison", "reviewer"}, {KUNMING}, None),
        ({"liaison"}, {"530000"}, frozenset()),
        ({"liaison"}, {"999999"}, frozenset()),
        ({"liaison"}, set(), frozenset()),
    ],
)
def test_who_keeps_the_register_of_all_is_not_shown_all(build, roles, own, seen):
    person = Principal(account_id="a", name="甲", roles=frozenset(roles), units=frozenset(own))
    assert people.sight(build("full"), person) == seen


def test_a_liaison_s_sight_is_her_own_unit_and_its_counties(build):
    person = Principal(
        account_id="a", name="甲", roles=frozenset({"liaison"}), units=frozenset({KUNMING, "530000"})
    )
    campaign = load_campaign(builds.CAMPAIGNS / "yunnan-2025")
    counties = {unit.code for unit in campaign.units if unit.parent == KUNMING}
    assert people.sight(build("full"), person) == counties | {KUNMING}


def test_two_liaisons_of_one_server_never_see_each_other(browser, address):
    """What is kept for one reader is never shown to another, whoever came first."""
    names = {KUNMING: ("昆明市", "五华区"), YUXI: ("玉溪市", "红塔区")}
    for code, other in ((KUNMING, YUXI), (YUXI, KUNMING), (KUNMING, YUXI)):
        for view in ("unit", "hand_in"):
            with opened(browser, f"{address('full')}/{view}?month=2025-06", visit=f"liaison.{code}") as (
                page,
                _,
            ):
                text = told(page)
            assert names[code][0][:2] in text
            assert [name for name in names[other] if name in text] == []


def test_who_answers_for_no_unit_with_figures_is_shown_none(browser, address):
    with opened(browser, address("full") + f"/unit?unit={KUNMING}", visit="liaison.530000") as (page, seen):
        text = told(page)
        assert "这里看的是填报单位自己的指标" in text
        assert "昆明" not in text
        assert page.locator(".unit-table").count() == 0
    assert seen.failures == []


def test_an_administrator_sees_what_has_come_and_neither_what_it_holds_nor_figures(browser, address):
    with opened(browser, f"{address('full')}/review?month=2025-06&unit={YUXI}", visit="admin") as (
        page,
        seen,
    ):
        assert "玉溪" in page.locator(".review-queue").inner_text()
        assert page.locator(".review-case, .unit-table, .closing").count() == 0
    with opened(browser, f"{address('full')}/review?month=2025-06&unit={YUXI}", visit="reviewer") as (
        page,
        seen,
    ):
        page.get_by_text("本单位全部指标").click()
        page.locator(".unit-table").wait_for()
        assert "以下是本版的数字。" in text_of(page)
    assert seen.failures == []


def told(page) -> str:
    """What the page tells, the choice of a role apart: it names every unit."""
    page.wait_for_selector(".person")
    page.evaluate("document.querySelector('.person').remove()")
    return " ".join(text_of(page).split())

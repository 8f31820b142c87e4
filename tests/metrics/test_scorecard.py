"""Scores: fixed goalposts, missing never helps, contributions add up exactly; the scorecards in force."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.campaign import CampaignError, load_campaign
from etl.dimensions import dimensions
from metrics.explain import explain, explain_change
from metrics.kpis import KPIS
from metrics.period import scope
from metrics.scorecard import (
    NEVER_SCORED,
    Scorecard,
    ScorecardError,
    ScorecardItem,
    goalposts,
    scorecard_in_force,
    scorecard_problems,
    scorecards_of,
)
from metrics.scoring import ItemScore, UnitScore
from tests.metrics.small_store import CAMPAIGNS

MAY = date(2026, 5, 1)
RULE = Fraction(2, 3)


def item(kpi="a", value=None, weight=1, status=None, floor=0, target=100):
    return ItemScore(
        kpi=kpi,
        status=status or ("not_reported" if value is None else "missed"),
        value=None if value is None else Fraction(value),
        floor=Fraction(floor),
        target=Fraction(target),
        weight=Fraction(weight),
    )


def unit(*items, handed_in=True, red_lines=()):
    return UnitScore(
        unit_code="1",
        unit_name="甲",
        group=None,
        items=items,
        coverage_rule=RULE,
        handed_in=handed_in,
        red_lines=red_lines,
    )


GOALPOSTS = st.sampled_from([(0, 100), (80, 95), (50, 0), (Fraction(15, 2), 90)])
FIGURES = st.one_of(
    st.fractions(min_value=-20, max_value=150, max_denominator=60),
    st.sampled_from(["not_reported", "not_applicable", "too_few_cases"]),
)


@st.composite
def items(draw, kpi="a"):
    figure, (floor, target) = draw(FIGURES), draw(GOALPOSTS)
    facts = {"weight": draw(st.integers(1, 20)), "floor": floor, "target": target}
    if isinstance(figure, str):
        return item(kpi, status=figure, **facts)
    return item(kpi, figure, **facts)


@st.composite
def units(draw):
    return unit(*(draw(items(kpi=f"k{number}")) for number in range(draw(st.integers(1, 8)))))


# A score


def test_points_run_from_floor_to_target_and_stop_there():
    values = (70, 80, Fraction(175, 2), 95, 99)
    points = [item(value=value, weight=10, floor=80, target=95).points for value in values]
    assert points == [0, 0, 5, 10, 10]


def test_points_of_a_kpi_that_is_good_when_low():
    assert [item(value=v, weight=4, floor=20, target=0).points for v in (30, 20, 5, 0)] == [0, 0, 3, 4]


def test_a_score_by_hand():
    # 10 x (85 - 80) / (95 - 80) + 30 x 1 of 10 + 30 + 20 = 60 weights that count
    scored = unit(
        item("on_time", 85, 10, floor=80, target=95),
        item("reviewed", 100, 30),
        item("hours", None, 20),
        item("files", None, 40, status="too_few_cases"),
    )
    assert scored.score == Fraction(100 * (Fraction(10, 3) + 30), 60)
    assert scored.coverage == Fraction(40, 100)
    assert scored.status == "below_coverage"


@settings(deadline=None)
@given(units())
def test_contributions_add_up_exactly_to_the_score(scored):
    if scored.score is None:
        assert scored.contributions == {}
    else:
        assert sum(scored.contributions.values()) == scored.score
        assert 0 <= scored.score <= 100
        assert sum(each.full for each in explain(scored)) == 100


@settings(deadline=None)
@given(units(), st.data())
def test_missing_never_helps(scored, data):
    place = data.draw(st.integers(0, len(scored.items) - 1))
    if scored.items[place].value is None:
        return
    missing = list(scored.items)
    missing[place] = replace(missing[place], value=None, status="not_reported")
    worse = unit(*missing)
    assert worse.score <= scored.score
    assert worse.coverage < scored.coverage


@settings(deadline=None)
@given(units(), st.sampled_from(["not_applicable", "too_few_cases"]))
def test_an_item_that_cannot_be_judged_changes_no_score(scored, status):
    more = unit(*scored.items, item("more", None, 7, status=status))
    assert more.score == scored.score
    assert more.coverage <= scored.coverage


@settings(deadline=None)
@given(units(), st.data())
def test_a_better_figure_never_lowers_a_score(scored, data):
    place = data.draw(st.integers(0, len(scored.items) - 1))
    was = scored.items[place]
    if was.value is None:
        return
    step = data.draw(st.fractions(min_value=0, max_value=50)) * (1 if was.target > was.floor else -1)
    better = list(scored.items)
    better[place] = replace(was, value=was.value + step)
    assert unit(*better).score >= scored.score


def test_coverage_exactly_at_the_rule_is_ranked():
    two_of_three = unit(item("a", 50), item("b", 50), item("c"))
    assert two_of_three.coverage == RULE
    assert two_of_three.status == "ranked"


def test_a_unit_that_handed_in_nothing_has_no_score():
    silent = unit(item("survey", 95, 60), item("rest", None, 40), handed_in=False)
    assert (silent.status, silent.score) == ("not_reported", None)


def test_a_red_line_is_flagged_and_takes_nothing_off():
    assert unit(item("a", 80), red_lines=("violations",)).score == unit(item("a", 80)).score


# Why it moved


@settings(deadline=None)
@given(units(), units())
def test_moves_add_up_exactly_to_the_change_of_a_score(before, now):
    moves = explain_change(before, now)
    if before.score is None or now.score is None:
        assert moves == ()
    else:
        assert sum(move.difference for move in moves) == now.score - before.score


def test_causes_of_moves():
    before = unit(item("a", 50), item("b", 50), item("c", None), item("d", 50))
    now = unit(item("a", 60), item("b", None), item("c", 70), item("d", None, status="too_few_cases"))
    causes = {move.kpi: move.cause for move in explain_change(before, now)}
    assert causes == {"a": "value", "b": "not_reported", "c": "reported", "d": "left"}


def test_an_item_that_leaves_the_weights_moves_a_score_by_how_far_it_stood_from_the_rest():
    before = unit(item("a", 60), item("b", 60), item("good", 90), item("bad", 30))
    now = unit(*(item(k, 60) for k in "ab"), *(item(k, status="too_few_cases") for k in ("good", "bad")))
    moves = {move.kpi: (move.cause, move.difference) for move in explain_change(before, now)}
    assert (before.score, now.score) == (60, 60)
    assert moves["a"] == moves["b"] == ("unchanged", 0)
    assert moves["good"] == ("left", Fraction(-30, 4))
    assert moves["bad"] == ("left", Fraction(30, 4))


def test_an_owed_item_that_is_excused_gives_back_what_it_cost():
    before, now = (unit(item("a", 50), item("b", status=s)) for s in ("not_reported", "not_applicable"))
    moves = {move.kpi: (move.cause, move.difference) for move in explain_change(before, now)}
    assert moves == {"a": ("unchanged", 0), "b": ("left", 25)}


# The scorecard


def card(*entries, key="1", valid_from=MAY):
    return Scorecard(
        key=key, title_zh="表", title_en="card", valid_from=valid_from, coverage_rule=RULE, items=entries
    )


def entry(kpi="two_recorder_rate", floor="80", target="100", **more):
    return ScorecardItem(kpi=kpi, weight=Decimal(100), floor=Decimal(floor), target=Decimal(target), **more)


@pytest.mark.parametrize("name", ["yunnan-2025", "pingshan-2018"])
def test_the_scorecards_of_the_campaigns_can_be_used(name):
    campaign = load_campaign(CAMPAIGNS / name)
    tables = dimensions(campaign, [], [])
    cards = scorecards_of(tables["dim_scorecard"], tables["dim_scorecard_item"])
    assert len(cards) == len(campaign.scorecards) >= 1
    for each in cards:
        assert scorecard_problems(each, KPIS) == []
        assert sum(one.weight for one in each.items) == 100
        assert all(one.citation_zh and one.citation_en and one.reason_zh for one in each.items)
        assert not {one.kpi for one in each.items} & {*NEVER_SCORED, *each.red_lines}
    first = date.fromisoformat(f"{campaign.first_period}-01")
    assert scorecard_in_force(cards, KPIS, first) == cards[0]


def test_the_latest_scorecard_valid_in_the_month_is_in_force():
    old, new = card(entry(), key="old", valid_from=date(2026, 1, 1)), card(entry(), key="new")
    assert scorecard_in_force([old, new], KPIS, date(2026, 4, 1)) == old
    assert scorecard_in_force([old, new], KPIS, MAY) == new
    assert scorecard_in_force([old, new], KPIS, MAY, "old") == old
    with pytest.raises(ScorecardError, match="2025-12"):
        scorecard_in_force([old, new], KPIS, date(2025, 12, 1))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (entry(kpi="no_such_kpi"), "没有这个指标"),
        (entry(kpi="complaints_per_10k"), "不计分"),
        (entry(kpi="posts_filled_rate"), "不计分"),
        (entry(floor="100", target="80"), "应小于"),
        (entry(kpi="issues_overdue", floor="0", target="5"), "应大于"),
        (entry(floor="80", target="80"), "不能相等"),
        (entry(kpi="training_hours_per_officer", rule="per_period_of_year"), "ytd"),
    ],
)
def test_an_unusable_entry_is_named_with_what_is_expected(wrong, words):
    with pytest.raises(ScorecardError, match=words) as caught:
        scorecard_in_force([card(wrong)], KPIS, MAY)
    assert wrong.kpi in str(caught.value)


def test_goalposts_follow_the_year():
    months = {date(2026, month, 1): datetime(2026, month, 28) for month in range(3, 13)}
    ytd = scope("ytd", date(2026, 6, 1), months, datetime(2026, 12, 31))
    month = scope("month", date(2026, 6, 1), months, datetime(2026, 12, 31))
    hours = entry(floor="0", target="7.5", rule="per_period_of_year", period="ytd")
    assert goalposts(hours, ytd) == (0, 30)
    assert goalposts(entry(floor="0", target="100", rule="month_share"), month) == (0, 50)
    assert goalposts(entry(), month) == (80, 100)


# Its file


@pytest.fixture
def campaign_copy(tmp_path):
    """A copy of the first campaign without its map, whose scorecard may be spoilt."""
    source, copy = CAMPAIGNS / "yunnan-2025", tmp_path / "yunnan-2025"
    for path in [*source.glob("*.toml"), *source.glob("*.csv"), *source.glob("scorecards/*.toml")]:
        target = copy / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return copy


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("weight = 15", "weight = 16", "weight 之和应为 100，现为 102"),
        ("floor = 70", "floor = 90", "不能相等"),
        ("floor = 70", 'floor = "70"', "floor 应为数字"),
        ('coverage_rule = "2/3"', 'coverage_rule = "4/3"', "coverage_rule 应为"),
        ('rule = "month_share"', 'rule = "monthly"', "rule 应为"),
        ('kpi = "files_passed_rate"', 'kpi = "legal_review_rate"', "列了 2 次"),
        ('reason_zh = "执法全', 'reason_zn = "执法全', "不认识 reason_zn"),
        ("[[items]]", "[[items", "TOML"),
    ],
)
def test_a_spoilt_scorecard_file_is_refused_by_file_and_key(campaign_copy, old, new, words):
    path = campaign_copy / "scorecards" / "2026-1.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        load_campaign(campaign_copy)
    assert words in str(caught.value)
    assert "scorecards/2026-1.toml" in str(caught.value)


def test_two_scorecards_of_one_month_are_refused(campaign_copy):
    path = campaign_copy / "scorecards" / "2026-1.toml"
    second = path.read_text(encoding="utf-8").replace('key = "2026-1"', 'key = "2026-2"')
    path.with_name("2026-2.toml").write_text(second, encoding="utf-8")
    with pytest.raises(CampaignError, match="valid_from 2025-04"):
        load_campaign(campaign_copy)


def test_a_campaign_may_have_no_scorecard(campaign_copy):
    (campaign_copy / "scorecards" / "2026-1.toml").unlink()
    campaign = load_campaign(campaign_copy)
    tables = dimensions(campaign, [], [])
    assert scorecards_of(tables["dim_scorecard"], tables["dim_scorecard_item"]) == ()
    with pytest.raises(ScorecardError, match="没有可用的评分表"):
        scorecard_in_force((), KPIS, MAY)

"""A score's change as it is written: parts, rest and sum agree, in sentence, table, file and formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.components import attention, score_items, slope
from dashboard.components.ranking_points import signed, written
from dashboard.components.ranking_words import rank_marks
from dashboard.components.score_change import CAUSES, score_change, sentence
from dashboard.i18n import CATALOGUES, LANGUAGE
from dashboard.queries import attention as attention_queries
from dashboard.queries import builds, rankings
from metrics.explain import explain
from metrics.kpis import KPIS
from metrics.rank_moves import rank_paths
from metrics.scoring import ItemScore, UnitScore

MAY, JUNE, LATER = date(2025, 5, 1), date(2025, 6, 1), date(2025, 8, 1)
KEYS = list(KPIS)[:8]
VALUES = st.one_of(
    st.fractions(min_value=0, max_value=100, max_denominator=400),
    st.sampled_from(["not_reported", "not_applicable", "too_few_cases"]),
)


@st.composite
def items(draw, key):
    value = draw(VALUES)
    floor, target = draw(st.sampled_from([(0, 100), (80, 95), (50, 0), (Fraction(15, 2), 90)]))
    return ItemScore(
        kpi=key,
        status=value if isinstance(value, str) else "missed",
        value=None if isinstance(value, str) else value,
        floor=Fraction(floor),
        target=Fraction(target),
        weight=Fraction(draw(st.integers(1, 20))),
    )


@st.composite
def scores(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    return UnitScore(
        unit_code="1",
        unit_name="甲",
        group=None,
        items=tuple(draw(items(key)) for key in keys),
        coverage_rule=Fraction(1, 3),
        handed_in=True,
    )


def by_hand(score: Fraction) -> UnitScore:
    """A unit of one item that brings just this score."""
    item = ItemScore(
        kpi=KEYS[0],
        status="missed",
        value=score,
        floor=Fraction(0),
        target=Fraction(100),
        weight=Fraction(100),
    )
    return UnitScore(
        unit_code="1",
        unit_name="甲",
        group=None,
        items=(item,),
        coverage_rule=Fraction(0),
        handed_in=True,
    )


@contextmanager
def language(key: str) -> Iterator[None]:
    """A text in another language."""
    token = LANGUAGE.set(key)
    try:
        yield
    finally:
        LANGUAGE.reset(token)


def numbers(text: str) -> list[Decimal]:
    return [Decimal(found.replace("−", "-")) for found in re.findall(r"[+−]\d+\.\d", text)]


@settings(max_examples=40)
@given(scores(), scores())
def test_the_parts_as_written_add_up_to_the_difference_of_the_scores_as_written(before, now):
    change = score_change(before, now)
    if before.score is None or now.score is None:
        assert change is None
        return
    assert sum(change.points.values()) == change.whole
    assert change.whole == written(float(now.score)) - written(float(before.score))
    for move in change.moves:
        exact = Decimal(move.difference.numerator) / Decimal(move.difference.denominator)
        assert abs(change.points[move.kpi] - exact) < Decimal("0.1000001")
        assert move.difference or not change.points[move.kpi]


@settings(max_examples=40)
@given(scores(), scores())
def test_a_sentence_names_three_parts_and_the_rest(before, now):
    change = score_change(before, now)
    told = numbers(sentence(change))
    if told:
        whole, *parts = told
        assert (sum(parts), len(parts) <= 4) == (whole, True)
    else:
        assert change is None or not any(change.points.values())


@settings(max_examples=40)
@given(scores(), scores())
def test_the_file_has_a_line_for_every_item_of_either_month_and_adds_up(before, now):
    change = score_change(before, now)
    table = score_items.taken_away(now, "甲", change, kinds={})
    if change is not None:
        held = {item.kpi for item in (*before.items, *now.items)}
        assert table.height == len(held)
        assert table["较上月（分）"].sum() == pytest.approx(float(now.score - before.score))


@settings(max_examples=40)
@given(scores(), scores())
def test_the_file_leaves_empty_what_has_no_weight_and_names_a_cause_in_words(before, now):
    change = score_change(before, now)
    with language("en"):
        table = score_items.taken_away(now, "甲", change, kinds={})
    for item, row in zip(now.items, table.to_dicts(), strict=False):
        counted = item.counts and now.score is not None
        assert (row["Score"] is not None, row["Full points"] is not None) == (counted, counted)
    causes = table["Cause of change"].to_list() if change else []
    assert set(causes) <= {"", *(CATALOGUES["en"][cause] for cause in CAUSES.values())}


def test_a_change_that_exact_figures_would_round_otherwise_says_so_below_the_table():
    now, before = by_hand(Fraction(8014, 100)), by_hand(Fraction(8886, 100))
    table = score_items.table(now, (), score_change(before, now), kinds={}, accent="")
    assert (signed(score_change(before, now).whole), "未取整的见CSV" in table) == ("−8.8", True)
    whole = by_hand(Fraction(889, 10))
    table = score_items.table(now, (), score_change(whole, now), kinds={}, accent="")
    assert "未取整的见CSV" not in table


@settings(max_examples=40)
@given(scores())
def test_a_formula_gives_the_points_it_says(now):
    if now.score is None:
        return
    for each in explain(now):
        told = score_items.formula(now, each)
        if "=" in told:
            left, right = told.replace("−", "-").replace("×", "*").replace("÷", "/").split("=")
            worth = sum(item.weight for item in now.items if item.counts)
            assert eval(left) == pytest.approx(float(right), abs=0.02 + 0.0005 * 100 * 20 / float(worth))
            assert float(right) == pytest.approx(float(each.contribution), abs=0.005001)
        else:
            assert each.contribution in (0, each.full)


def test_the_formula_of_an_item_by_hand():
    item = ItemScore(
        kpi="complaints_on_time_rate",
        status="missed",
        value=Fraction(9226, 100),
        floor=Fraction(80),
        target=Fraction(95),
        weight=Fraction(15),
    )
    rest = replace(item, kpi="certified_rate", weight=Fraction(85))
    unit = UnitScore(
        unit_code="1",
        unit_name="甲",
        group=None,
        items=(item, rest),
        coverage_rule=Fraction(0),
        handed_in=True,
    )
    assert score_items.formula(unit, explain(unit)[0]) == "(92.26−80)÷(95−80)×15=12.26"


@pytest.mark.parametrize(
    ("coverage", "red_lines", "by", "expected"),
    [
        (1.0, (), None, []),
        (0.75, (), None, ["◐已评75%"]),
        (0.9996, ("violations",), None, ["◐已评99%", "触及红线"]),
        (0.75, (), KPIS["certified_rate"], ["◐已报75%"]),
    ],
)
def test_what_stands_beside_a_rank(coverage, red_lines, by, expected):
    assert rank_marks({"rank": 1, "coverage": coverage, "red_lines": red_lines}, by) == expected
    assert rank_marks({"rank": None, "coverage": coverage, "red_lines": ()}, by) == []


# On a store in which seven units of one month are missing


@pytest.fixture
def half(monkeypatch, stores):
    monkeypatch.setenv("STORE_DIR", str(stores("half")))
    return builds.build()


def test_the_chart_of_months_moves_as_the_table_does_though_units_are_missing(half):
    now, before = (rankings.ranking(half, month, None, LATER) for month in (JUNE, MAY))
    moved = rankings.moves(now, before)
    raw = {row["unit_code"]: row["rank"] for row in before}
    today = {row["unit_code"]: row["rank"] for row in now}
    official = {code: raw[code] - today[code] for code in moved}
    # Ranks as published would tell of climbs that are none.
    assert any(official[code] != places for code, places in moved.items())
    for group in ("first", "second"):
        members = [row["unit_code"] for row in now if row["group"] == group]
        by_month = slope.ranks_of([(MAY, before), (JUNE, now)], members)
        paths = rank_paths([{code: by_month[code][at] for code in members} for at in range(2)])
        drawn = slope.Slope(
            months=[MAY, JUNE],
            ranks=by_month,
            paths=paths,
            names=dict(zip(members, members, strict=True)),
            reasons={},
            picked=None,
        )
        rows = {row["单位代码"]: row for row in slope.table(drawn).to_dicts()}
        for code in paths.compared:
            assert rows[code]["2025-05可比名次"] - rows[code]["2025-06可比名次"] == moved[code]
        out = set(members) - paths.compared
        assert out
        assert all(code in slope.left_out(drawn) for code in out)
        assert all(rows[code]["2025-06可比名次"] is None for code in out)
        assert all(rows[code]["2025-05当月名次"] == raw[code] for code in members)


def test_every_line_of_the_movers_adds_up_to_the_change_of_the_score(half):
    found = attention_queries.movers(half, JUNE, LATER)
    pairs = attention_queries.score_pairs(half, JUNE, LATER)
    lines = attention.movers(found, pairs, {code: f"unit {code}" for code in pairs}, "2025-06")
    named = [line for line in lines if "unit " in line]
    assert named
    for line in named:
        code = re.search(r"unit=(\d+)", line)[1]
        text = re.sub(r"<[^>]+>", "", line)
        told, _, beside = text.partition("得分共")
        size = Decimal(re.search(r"[↑↓](\d+\.\d)", told)[1]) * (1 if "↑" in told else -1)
        change = score_change(*pairs[code])
        other = re.search(r"(?:业务|报送)([+−]\d+\.\d)", told)
        assert size + (numbers(other[1])[0] if other else 0) == change.whole
        assert not beside or numbers(beside) == [change.whole]
        parts = numbers(told.split("；")[0].split("；")[0])
        assert not parts or sum(parts) == size

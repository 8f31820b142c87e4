"""排名: who leads each group and how surely, and why a unit stands where it does."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import ranking_explained, ranking_page, ranking_words
from dashboard.components.ranking_points import points
from dashboard.queries import builds, rankings
from metrics.kpis import KPIS
from tests.dashboard.browsing import NARROW, WIDE, opened, settled, text_of
from tests.dashboard.chosen_filters import chosen

JUNE, LATER = date(2025, 6, 1), date(2025, 8, 1)
PAGE = "/ranking?month=2025-06"


@given(
    parts=st.lists(
        st.tuples(st.floats(min_value=0, max_value=1), st.floats(min_value=0.01, max_value=1)), min_size=1
    )
)
def test_points_as_written_add_up_to_the_score_as_written(parts):
    weights = sum(weight for _, weight in parts)
    made = [
        (str(place), share * 100 * weight / weights, 100 * weight / weights)
        for place, (share, weight) in enumerate(parts)
    ]
    score = sum(part[1] for part in made)
    written = points(score, made)
    assert abs(sum(each.got for each in written) - Decimal(str(score))) <= Decimal("0.051")
    assert sum(each.full for each in written) == 100


def test_moves_are_counted_within_groups():
    def rows(ranks):
        return [{"unit_code": code, "group": code[0], "rank": rank} for code, rank in ranks.items()]

    before, now = rows({"g1": 1, "g2": 2, "g3": 3, "h1": 1}), rows({"g1": None, "g2": 2, "g3": 1, "h1": 1})
    assert rankings.moves(now, before) == {"g2": -1, "g3": 1, "h1": 0}


def test_a_band_contains_its_rank(monkeypatch, stores):
    monkeypatch.setenv("STORE_DIR", str(stores("full")))
    build = builds.build()
    bands = rankings.bands(build, JUNE, None, LATER)
    ranked = {
        row["unit_code"]: row["rank"] for row in rankings.ranking(build, JUNE, None, LATER) if row["rank"]
    }
    assert ranked
    assert ranked.keys() == bands.keys()
    assert all(bands[code][0] <= rank <= bands[code][1] for code, rank in ranked.items())


def test_a_row_picked_by_keyboard_is_explained_item_by_item(browser, address):
    with opened(browser, address("full") + PAGE, WIDE) as (page, seen):
        row = page.locator(".ranking-full tbody tr").first
        score = row.locator(".score").inner_text().strip()
        # Law: what a unit lost, cell by cell, is all that its score lacks to a hundred.
        lines = page.locator(".ranking-full tbody tr").evaluate_all(
            "rows => rows.map(row => [row.querySelector('.score').innerText,"
            " ...[...row.querySelectorAll('td.heat')].map(cell => cell.innerText)].map(text => text.trim()))"
        )
        for own, *cells in lines:
            assert sum(Decimal(cell) for cell in cells if cell != "–") == 100 - Decimal(own)
        bands = page.locator(".ranking-full .ranking-band").count()
        row.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".ranking-why table")
        settled(page)
        got = [
            cell.inner_text()
            for cell in page.locator(".ranking-why tbody td.got").all()
            if "/" in cell.inner_text()
        ]
        moved = page.locator(".ranking-why tbody td.moved").all_inner_texts()
        total = page.locator(".ranking-why tfoot td.moved").inner_text()
        told = page.locator(".ranking-facts").first.inner_text()
        formulas = page.locator(".ranking-formulas li").count()
        rows = page.locator(".ranking-why td.value a").first.get_attribute("data-go")
        page.locator(".ranking-formulas summary").click()
        assert page.locator(".ranking-formulas li").first.is_visible()
        assert f"{score}分" in page.locator(".ranking-facts").first.inner_text()
    assert sum(Decimal(cell.split("/")[0]) for cell in got) == Decimal(score)
    assert sum(Decimal(cell.split("/")[1]) for cell in got) == 100
    assert len(lines) == bands > 10
    assert formulas == len(moved)
    assert sum(Decimal(cell.replace("−", "-")) for cell in moved) == Decimal(total.replace("−", "-"))
    assert f"较上月{total}分" in told
    assert re.search("分不出高下|确有差别", told)
    # The way down keeps the unit.
    assert re.search(r"unit=(\d+).*rows=\1", rows)
    assert seen.failures == []


def test_an_item_says_its_period_where_it_is_not_the_month(monkeypatch, stores):
    monkeypatch.setenv("STORE_DIR", str(stores("full")))
    build = builds.build()
    filters = chosen(build, JUNE, "complaints_on_time_rate", unit="530100")
    ranks = ranking_page.facts(filters, LATER)
    unit = ranking_explained.picked(rankings.unit_score_list(build, JUNE, LATER), "530100")
    told = {row["指标"]: row["时段"] for row in ranking_explained.table(ranks, unit, None).to_dicts()}
    card = builds.scorecard(build, JUNE)
    words = {None: "当月", "ytd": "本年累计", "rolling12": "近12个月"}
    assert told == {KPIS[item.kpi].title_zh: words[item.period] for item in card.items}
    assert len(set(told.values())) == 3


def test_a_kpi_of_context_is_listed_and_not_ranked(browser, address):
    with opened(browser, address("full") + PAGE + "&by=kpi&kpi=posts_filled_rate", WIDE) as (page, seen):
        text = text_of(page)
        ranks = page.locator(".ranking-full td.rank").all_inner_texts()
    assert "只作参考，不分高低，不排名" in text
    assert set(ranks) == {"–"}
    assert seen.failures == []


def test_a_rank_on_part_of_the_weight_says_so_on_every_page_that_shows_it(
    browser, address, monkeypatch, stores
):
    monkeypatch.setenv("STORE_DIR", str(stores("full")))
    rows = rankings.ranking(builds.build(), JUNE, None, LATER)
    partly = {row["unit_code"]: row["coverage"] for row in rows if row["rank"] and row["coverage"] < 1}
    assert partly
    for path, table in (("/?month=2025-06&by=score", ".ranking"), (PAGE + "&by=score", ".ranking-full")):
        with opened(browser, address("full") + path, WIDE) as (page, _):
            said = {
                row.get_attribute("data-key"): row.locator("td.name").inner_text()
                for row in page.locator(f"{table} tbody tr").all()
            }
        marked = {code: re.search(r"◐已评(\d+)%", name) for code, name in said.items()}
        assert {code for code, mark in marked.items() if mark} == partly.keys()
        assert all(int(marked[code][1]) == round(100 * share) for code, share in partly.items())
    code = next(iter(partly))
    with opened(browser, f"{address('full')}/unit?unit={code}&month=2025-06", WIDE) as (page, _):
        facts = page.locator(".unit-facts").inner_text()
    assert "◐已评" in facts
    assert re.search("分不出高下|确有差别", facts)


def test_the_table_taken_away_has_points_earned_and_points_to_be_had(monkeypatch, stores):
    monkeypatch.setenv("STORE_DIR", str(stores("full")))
    build = builds.build()
    filters = chosen(build, JUNE, "certified_rate")
    ranks = ranking_page.facts(filters, LATER)
    rows = {row["单位代码"]: row for row in ranking_words.table(ranks).to_dicts()}
    uncounted = 0
    for unit in (unit for unit in rankings.unit_score_list(build, JUNE, LATER) if unit.score is not None):
        row, fulls = rows[unit.unit_code], []
        for item in unit.items:
            got, full = (row[f"{KPIS[item.kpi].title_zh} {part}"] for part in ("得分", "满分"))
            assert (got is not None, full is not None) == (item.counts, item.counts)
            fulls.append(full or 0)
            uncounted += not item.counts
        assert sum(fulls) == pytest.approx(100)
    assert uncounted


@pytest.mark.parametrize(("size", "language"), [(WIDE, "zh"), (NARROW, "en")])
def test_the_figures_of_a_kpi_are_read_whole(browser, address, size, language):
    for path in (PAGE, "/?month=2025-06"):
        query = f"&by=kpi&kpi=training_hours_per_officer&lang={language}"
        with opened(browser, address("full") + path + query, size) as (page, _):
            cells = page.locator(".ranking td.score")
            told = cells.all_inner_texts()
            cut = cells.evaluate_all(
                "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).length"
            )
        assert sum(bool(re.search(r"[▼●]\s*\d", text)) for text in told) > len(told) / 2
        assert cut == 0


def test_half_a_month_lists_who_has_no_rank_and_a_phone_shows_ranks_whole(browser, address):
    with opened(browser, address("half") + PAGE, NARROW) as (page, _):
        text = text_of(page)
        cut = page.eval_on_selector_all(
            ".ranking-full td.rank, .ranking-full td.score, .ranking-full td.band",
            "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).length",
        )
        width = page.evaluate("document.documentElement.scrollWidth")
    assert re.search(r"7个单位不排名：7个未报", text)
    assert (cut, width) == (0, NARROW["width"])


def test_on_a_phone_what_a_row_opens_begins_below_the_bar(browser, address):
    with opened(browser, address("full") + PAGE, NARROW) as (page, _):
        page.locator(".ranking-full tbody tr").last.click()
        page.wait_for_selector(".ranking-why table")
        settled(page)
        heading = page.locator(".st-key-ranking_why h2, .exhibit:has(.ranking-why) h2").first.bounding_box()
        bar = page.locator(".stAppHeader").bounding_box()
    assert bar["y"] + bar["height"] <= heading["y"] < NARROW["height"] / 2

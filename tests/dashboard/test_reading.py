"""What makes a page quick to read: headings that are true, figures in line, contents, and a dictionary to search."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import aligned, findings, kpi_choice, methods, ranking_page, synonyms
from dashboard.queries import builds, figures, reports
from metrics.kpis import KPIS
from tests.dashboard.browsing import WIDE, opened, settled, text_of
from tests.dashboard.chosen_filters import chosen

MAY, JUNE, TODAY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 8, 1)
WORDS = {
    "met": "达标",
    "missed": "未达标",
    "too_few_cases": "样本不足",
    "not_reported": "未报",
    "not_applicable": "不适用",
}


@pytest.fixture
def build(monkeypatch, stores):
    """The build of a store of a name."""

    def of(name: str) -> str:
        monkeypatch.setenv("STORE_DIR", str(stores(name)))
        return builds.build()

    return of


def rows_of(build: str, key: str) -> tuple[list[dict], dict[str, str]]:
    """A KPI's rows of June by reporting unit, and the units' names."""
    level = builds.dimensions(build).reporting_level
    return figures.table(build, JUNE, (key,), level, TODAY).to_dicts(), builds.unit_names(
        build, level, short=True
    )


@pytest.mark.parametrize("store", ["full", "half"])
def test_a_heading_counts_what_the_figures_say_or_names_who_is_at_either_end(build, store):
    counted, named = 0, 0
    for kpi in builds.collected(build(store)):
        rows, names = rows_of(build(store), kpi.key)
        said, statuses = findings.judged(kpi, rows, names), Counter(row["status"] for row in rows)
        if statuses["met"] or statuses["missed"]:
            told = {word: int(count) for count, word in re.findall(r"(\d+)个([^\d，]+)", said)}
            assert told == {WORDS[status]: count for status, count in statuses.items()}, kpi.key
            counted += 1
        elif said:
            known = sorted(
                (row["value"], names[row["unit_code"]]) for row in rows if row["status"] == "no_target"
            )
            high, low = said.split("，最低")
            assert known[-1][1] in high or re.search(r"最高\d+个", high), kpi.key
            assert known[0][1] in low or re.match(r"\d+个", low), kpi.key
            named += 1
    assert counted >= 15
    assert named >= 3


def test_who_is_furthest_from_the_target_is(build):
    kpi = KPIS["complaints_on_time_rate"]
    rows, names = rows_of(build("full"), kpi.key)
    missed = sorted((row["value"], names[row["unit_code"]]) for row in rows if row["status"] == "missed")
    said = findings.furthest(kpi, rows, names)
    assert re.findall(r"[：、]([^（]+)（", said) == [name for _, name in missed[:3]]
    assert findings.furthest(kpi, [row for row in rows if row["status"] != "missed"], names).endswith(
        "全部达标"
    )
    assert findings.furthest(kpi, [], names) == ""


def test_nothing_is_said_of_one_value_or_of_values_that_read_the_same():
    kpi = KPIS["posts_filled_rate"]
    rows = [
        {"unit_code": code, "value": value, "status": "no_target", "target": None}
        for code, value in (("a", 91.61), ("b", 91.64))
    ]
    assert findings.judged(kpi, rows, {"a": "甲", "b": "乙"}) == ""
    assert findings.judged(kpi, rows[:1], {"a": "甲"}) == ""


def test_the_items_said_to_cost_most_cost_most_and_the_leaders_lead(build):
    made = build("full")
    filters = chosen(made, JUNE, "complaints_on_time_rate")
    ranks = ranking_page.facts(filters, TODAY)
    lost = Counter()
    for row in ranks.rows:
        for kpi, got, full in row["parts"]:
            lost[KPIS[kpi].title_zh] += full - got
    codes = [row["unit_code"] for row in ranks.rows if row["rank"] is not None]
    said = findings.lost_most(ranks, codes)
    named = [
        (name, float(points))
        for name, points in re.findall(r"[：、]([^：、（]+(?:\([^)]*\))?)（([\d.]+)分）", said)
    ]
    # Points as written are rounded item by item: a sum of sixteen may be off by less than a tenth each.
    assert [name for name, _ in named] == [name for name, _ in lost.most_common(3)]
    assert all(abs(points - lost[name]) < 0.1 * len(codes) for name, points in named)
    first = {ranks.names[row["unit_code"]] for row in ranks.rows if row["rank"] == 1}
    assert all(name in findings.leaders(ranks) for name in first)
    assert not [
        name for name in ranks.names.values() if name not in first and name in findings.leaders(ranks)
    ]


def test_who_was_late_most_often_is_counted_over_all_months_shown(build):
    half = build("half")
    rows = reports.reports(half, (MAY, JUNE), TODAY)
    names = builds.unit_names(half)
    count = Counter(row["unit_code"] for row in rows if row["state"] in ("late", "not_reported"))
    assert findings.late_most(rows, names) == f"{len(count)}个单位有过未报、退回或迟报"
    one = [row for row in rows if row["unit_code"] == max(count, key=count.get)]
    assert findings.late_most(one, names).endswith(f"（{max(count.values())}次）")
    assert (
        findings.late_most([row for row in rows if row["state"] == "on_time"], names)
        == "没有未报、退回或迟报"
    )
    assert findings.late_most([], names) == ""


@given(
    number=st.decimals(min_value=0, max_value=10**7, places=3),
    decimals=st.integers(0, 3),
    arrow=st.sampled_from(["", "↑", "≥", "↓<"]),
)
def test_a_number_in_a_column_reads_as_written_and_its_decimals_have_their_place(number, decimals, arrow):
    text = f"{arrow}{number:,.{decimals}f}"
    drawn = aligned.number(text)
    assert unescape(re.sub("<[^>]*>", "", drawn)) == text
    assert re.search(r'<span class="decimals">(\.\d+)?</span>$', drawn)


def test_every_kpi_stands_once_under_the_heading_of_its_theme():
    shown = kpi_choice.options(list(KPIS.values()))
    headings = [key for key in shown if key.startswith(kpi_choice.HEADING)]
    assert len(headings) == 7
    assert sorted(key for key in shown if key not in headings) == sorted(KPIS)
    # A heading leads on to the KPI right under it: none stands last, or over another.
    keys = list(shown)
    assert all(keys[keys.index(each) + 1] in KPIS for each in headings)
    assert kpi_choice.options([KPIS["violations"]]) == {"violations": KPIS["violations"].title_zh}


def test_what_pages_speak_of_is_explained_with_the_numbers_in_force(build):
    told = dict(methods.rows(builds.scorecard(build("full"), JUNE)))
    assert "500次" in told["名次区间"]
    assert "±25%" in told["名次区间"]
    assert "连续3个月未达标" in told
    assert "99.8%" in told["单位之间的差别（漏斗图）"]
    assert not [text for text in told.values() if re.search(r"[{}]", text)]
    assert "得分" not in dict(methods.rows(None))
    assert all(len(line) > 1 and len(set(line)) == len(line) for line in synonyms.SYNONYMS)


def visible(page: object) -> str:
    """What the dictionary shows of its entries."""
    return page.locator(".defs").inner_text()


def test_the_dictionary_is_searched_as_one_types_and_leads_to_the_kpi_and_back(browser, address):
    with opened(browser, address("full") + "/dictionary", WIDE) as (page, seen):
        field = page.get_by_role("searchbox", name="查找")
        wanted = {
            "超期": ("问题整改按期率", "逾期未整改问题数", "投诉按期办结率"),
            "逾期": ("问题整改按期率", "逾期未整改问题数"),
            "名次区间 权重": ("重算500次",),
            "离目标": ("分母不变",),
            "连续3个月未达标": ("同一单位的同一指标",),
            "人手": ("万人执法人员配备",),
            "满意度": ("群众满意率（第三方调查）",),
            "统计截止日": ("统计截止日",),
        }
        for words, found in wanted.items():
            field.fill(words)
            shown = visible(page)
            assert [each for each in found if each not in shown] == [], words
            assert "参训率" not in shown, words
            assert page.evaluate("CSS.highlights.get('found').size") > 0, words
        field.fill("超期")
        assert "wanted=" in page.url
        assert re.fullmatch(r"找到\d+条", page.locator("[data-found]").inner_text())
        page.locator(".defs a", has_text="问题整改按期率").first.click()
        page.wait_for_selector(".head h1:has-text('问题整改按期率')")
        settled(page)
        assert "wanted=" not in page.url
        page.go_back()
        page.wait_for_selector(".dictionary")
        settled(page)
        assert page.get_by_role("searchbox", name="查找").input_value() == "超期"
        assert "参训率" not in visible(page)
        page.get_by_role("searchbox", name="查找").fill("没有这个词")
        assert "没有找到" in page.locator("[data-found]").inner_text()
        page.get_by_role("searchbox", name="查找").fill("")
        assert "参训率" in visible(page)
        # The contents: by keyboard, to a part that was folded, which stays beside the contents.
        page.locator(".dictionary-contents a", has_text="投诉台账").focus()
        page.keyboard.press("Enter")
        opened_part = page.locator("#sheet-complaints")
        assert opened_part.evaluate("part => part.open && part.contains(document.activeElement)")
        assert 0 <= opened_part.bounding_box()["y"] < 300
        assert 0 <= page.get_by_role("searchbox", name="查找").bounding_box()["y"] < 200
    assert seen.failures == []


def test_the_units_page_opens_on_the_whole_then_on_the_unit_last_seen_and_leads_down_by_its_contents(
    browser, address
):
    with opened(browser, address("full") + "/unit?month=2025-06", WIDE) as (page, seen):
        assert "云南省" in page.locator("h1").inner_text()
        assert "未选单位" not in text_of(page)
        before = page.url
        page.locator(".contents a", has_text="报送记录").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "H2"
        assert 0 <= page.locator(".st-key-unit_reports h2").bounding_box()["y"] < WIDE["height"]
        assert 0 <= page.locator(".contents").bounding_box()["y"] < 120
        assert page.url == before
        page.locator(".unit-way a", has_text="昆明").first.click()
        page.wait_for_selector("h1:has-text('昆明')")
        settled(page)
        page.get_by_role("link", name="进度").click()
        page.wait_for_selector(".progress-months")
        settled(page)
        page.get_by_role("link", name="单位").click()
        page.wait_for_selector(".unit-table")
        settled(page)
        assert "昆明" in page.locator("h1").inner_text()
    assert seen.failures == []


def test_month_and_edition_stand_in_the_head_alone_and_what_is_taken_away_says_them(browser, address):
    with opened(browser, address("full") + "/?month=2025-06", WIDE) as (page, seen):
        headings = page.locator(".exhibit figcaption").all_inner_texts()
        text = text_of(page)
        with page.expect_download() as taken:
            page.locator(".st-key-area_map [data-save=svg]").click()
        drawing = taken.value.path().read_text(encoding="utf-8")
        finding = page.locator(".st-key-area_map h2").inner_text()
        with page.expect_download() as taken:
            page.locator(".st-key-ranking [data-save=csv]").click()
        table = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [each for each in headings if re.search("2025年6月|实时数据|模拟数据", each)] == []
    assert text.count("实时数据") == 1
    plain = re.sub("<[^>]*>", "", drawing)
    for said in (*finding.split("，"), "2025年6月", "实时数据", "模拟数据", "云南省各州（市）", "底图来源"):
        assert said in plain, said
    assert table[0].endswith("表题,数据性质")
    assert all("2025年6月 · 实时数据,模拟数据" in line for line in table[1:])
    assert seen.failures == []

"""The English interface: its catalogue is whole, and no page falls back into Chinese."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from dashboard.components.choices import CHOICES
from dashboard.i18n import (
    DEFAULT,
    LANGUAGE,
    LANGUAGES,
    NAMES,
    clauses,
    listed,
    opening,
    sentences,
    t,
)
from dashboard.i18n.messages import messages, translations, update, write
from etl.sheets import SHEETS
from tests.dashboard.browsing import LEADERS_PAGES, NARROW, WIDE, opened, resized

DASHBOARD = Path(__file__).parents[2] / "dashboard"
CATALOGUES = {language: DASHBOARD / "i18n" / f"{language}.po" for language in NAMES if language != DEFAULT}
EVERY_CATALOGUE = pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES)
# Ideographs, and the punctuation that only Chinese sets.
CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]+")

# Where Chinese stays on an English page, marked with lang="zh" in its place, by the class around it.
STAYS_CHINESE = {
    "language",  # the switch, under the other language's own name
    "progress-text",  # reminders, sent to offices in China
    "defs",  # the dictionary: what is filled into a workbook
    "narrative",  # what units have written of their month
    "indicator-table",  # rows behind a figure: what stands in the workbooks
}


def _places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@EVERY_CATALOGUE
def test_a_catalogue_holds_every_text_of_the_sources_and_nothing_else(catalogue):
    known = translations(catalogue)
    assert set(known) == messages(DASHBOARD), "run python -m dashboard.i18n and translate what it names"
    assert [zh for zh, wording in known.items() if not wording] == []
    assert "fuzzy" not in catalogue.read_text(encoding="utf-8")


@EVERY_CATALOGUE
def test_a_translation_has_the_places_of_its_text_by_name(catalogue):
    known = translations(catalogue)
    assert [zh for zh, wording in known.items() if _places(zh) != _places(wording)] == []
    assert [zh for zh in known if not all(name.isidentifier() for name in _places(zh))] == []


@EVERY_CATALOGUE
def test_a_translation_holds_no_chinese(catalogue):
    assert [wording for wording in translations(catalogue).values() if CHINESE.search(wording)] == []


@EVERY_CATALOGUE
def test_a_catalogue_is_stored_as_the_update_writes_it(catalogue, tmp_path):
    again = tmp_path / catalogue.name
    write(again, translations(catalogue))
    assert again.read_text(encoding="utf-8") == catalogue.read_text(encoding="utf-8")


def test_an_update_adds_new_texts_empty_and_drops_unused_ones(tmp_path):
    source, catalogue = tmp_path / "page.py", tmp_path / "fr.po"
    source.write_text(
        'title = t("标题", of=t("总{n}", n=1))\nline = f"{linked(\'一行\')}"\n', encoding="utf-8"
    )
    write(catalogue, {"标题": "Titre", "旧的": "Ancien"})
    assert update(catalogue, tmp_path) == ["一行", "总{n}"]
    assert translations(catalogue) == {"标题": "Titre", "一行": "", "总{n}": ""}


def test_every_language_of_the_switch_has_its_catalogue():
    assert set(LANGUAGES) == set(NAMES)


@pytest.fixture
def in_english():
    """English for the length of a test."""
    token = LANGUAGE.set("en")
    yield
    LANGUAGE.reset(token)


@pytest.mark.usefixtures("in_english")
def test_english_sets_words_apart():
    assert listed(["Kunming", "Dali"]) == "Kunming, Dali"
    assert clauses(["met", "", "n=30"]) == "met; n=30"
    assert sentences(["One.", "", "Two."]) == "One. Two."
    assert opening("year to date") == "Year to date"
    assert t("{title}（{unit}）", title="Noise", unit="%") == "Noise (%)"
    # What has no translation is said in Chinese rather than not at all; the empty text stays empty.
    assert (t("没有译文"), t("")) == ("没有译文", "")


def test_chinese_sets_nothing_apart():
    assert listed(["昆明", "大理"]) == "昆明、大理"
    assert clauses(["达标", "", "n=30"]) == "达标；n=30"
    assert sentences(["甲。", "乙。"]) == "甲。乙。"


def _left_in_chinese(page: object) -> list[str]:
    """Chinese that an English reader meets, apart from what is marked as Chinese in its place."""
    # In one step: what is taken away comes back wherever the page draws a block again.
    seen = page.evaluate(
        "() => { document.querySelectorAll('[lang=zh]').forEach(each => each.remove());"
        " return [document.title, document.body.innerText, ...[...document.querySelectorAll('[title], [aria-label], [placeholder]')]"
        ".flatMap(each => ['title', 'aria-label', 'placeholder'].map(name => each.getAttribute(name) || ''))]; }"
    )
    return [line for text in seen for line in text.split("\n") if CHINESE.search(line)]


def _marked(page: object) -> set[str]:
    """Where Chinese is marked as such."""
    return set(
        page.eval_on_selector_all(
            "[lang=zh]",
            "all => all.map(each => each.closest('.language, .defs, .progress-text, .narrative, .indicator-table')?.className || each.outerHTML)",
        )
    )


@pytest.mark.parametrize("path", ["", *(each.key for each in LEADERS_PAGES[1:])])
@pytest.mark.parametrize("store", ["full", "half", "district", "none"])
def test_an_english_page_is_english_and_fits(browser, address, store, path):
    # A unit picked opens what explains it: the panel of the map, the score of the ranking. So do the rows.
    unit, top = ("440310901", "440310") if store == "district" else ("532500", "530000")
    url = f"{address(store)}/{path}?lang=en&unit={unit}&rows={top}"
    with opened(browser, url, WIDE) as (page, seen):
        marked = _marked(page)
        looks = {
            resized(page, size)["width"]: page.evaluate("document.documentElement.scrollWidth")
            for size in (NARROW, WIDE)
        }
        chinese = _left_in_chinese(page)
    assert (seen.outside, seen.failures) == ([], [])
    assert all(needed <= width for width, needed in looks.items())
    assert marked <= STAYS_CHINESE
    assert chinese == []


def test_the_switch_changes_the_language_and_keeps_the_view(browser, address):
    with opened(browser, f"{address('full')}/ranking?month=2025-05", WIDE) as (page, seen):
        page.get_by_text("English", exact=True).click()
        page.wait_for_url("**lang=en*")
        page.get_by_text("May 2025").first.wait_for()
        assert "month=2025-05" in page.url
        page.get_by_text("中文", exact=True).click()
        page.get_by_text("2025年5月").first.wait_for()
        page.wait_for_url(lambda url: "lang=" not in url)
    assert seen.failures == []


def test_every_choice_of_every_sheet_has_its_english():
    choices = {choice for sheet in SHEETS.values() for column in sheet.columns for choice in column.choices}
    assert choices <= CHOICES
    english = translations(CATALOGUES["en"])
    assert [each for each in sorted(choices) if not english.get(each)] == []

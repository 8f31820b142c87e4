"""The pages made ready in the background: whoever comes first after a new build asks nothing new."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import closing
from datetime import datetime
from threading import Event, Thread

import pytest
from streamlit.runtime.caching.cache_metrics import CACHE_LOOKUPS_FAMILY, get_cache_metrics
from streamlit.testing.v1 import AppTest

from dashboard import state, warming
from dashboard.access import visitors
from dashboard.queries import builds
from etl.build import build
from etl.campaign import load_campaign
from etl.journal import Journal
from etl.store import Store
from tests.dashboard.browsing import LEADERS_PAGES


@pytest.fixture
def store(monkeypatch, stores, tmp_path):
    """A copy of the full store, with a build nobody has looked at."""
    folder = tmp_path / "store"
    shutil.copytree(stores("full"), folder)
    monkeypatch.setenv("STORE_DIR", str(folder))
    return Store(folder=folder)


def _publish(store: Store) -> None:
    campaign = load_campaign(builds.CAMPAIGNS / "yunnan-2025")
    with closing(Journal(store.journal_url)) as journal:
        build(store, journal, campaign, now=datetime(2026, 10, 10), full=True)


def _asked_anew() -> Counter[str]:
    """How often each cached question has had no answer so far, as Streamlit counts it."""
    stats = get_cache_metrics().get_stats([CACHE_LOOKUPS_FAMILY])[CACHE_LOOKUPS_FAMILY]
    return Counter({each.labels["cache"]: each.value for each in stats if each.labels["result"] == "miss"})


def _visited(select: dict[str, str]) -> Counter[str]:
    """What a leader's walk through all pages has asked anew."""
    page = AppTest.from_file("../../dashboard/frame.py", default_timeout=30)
    page.user = {"session": visitors.visitor(None).session}
    before = _asked_anew()
    page.run()
    for shown in LEADERS_PAGES:
        page.switch_page(f"views/{shown.key}.py").run()
        for key, value in select.items():
            if key in shown.filters:
                page.selectbox(key=key).set_value(value).run()
                assert page.session_state[key] == value
        assert not page.exception
        assert not page.error
    return _asked_anew() - before


def test_the_first_view_of_a_new_build_asks_nothing_new(store):
    _publish(store)
    warm = Thread(target=warming.look, args=(None, Event(), 0))
    warm.start()
    warm.join()
    assert _visited({}) == Counter()
    assert _visited({state.UNIT: "533400"}) == Counter()
    assert _visited({state.MONTH: "2025-05"}) == Counter()


def test_a_new_build_is_made_ready_and_a_ready_one_is_left_alone(store):
    stop = Event()
    first = warming.look(None, stop, 0)
    asked = _asked_anew()
    assert warming.look(first, stop, 0) == first
    assert _asked_anew() == asked
    _publish(store)
    second = warming.look(first, stop, 0)
    assert second == (builds.build(), builds.today())
    assert second != first
    assert _asked_anew() - asked
    assert _visited({}) == Counter()


@pytest.mark.parametrize("name", ["bare", "district", "none"])
def test_a_store_without_the_usual_harms_nobody(monkeypatch, stores, caplog, name):
    monkeypatch.setenv("STORE_DIR", str(stores(name)))
    warming.look(None, Event(), 0)
    assert [record for record in caplog.records if record.name == warming.LOG.name] == []


def test_a_build_that_cannot_be_read_does_not_end_the_looking(store, caplog):
    current, stop, seen = store.warehouse / "CURRENT", Event(), []
    readable = current.read_bytes()
    current.write_bytes(b"\xff\xfe")

    def look_once(ready, stop):
        seen.append(ready)
        if len(seen) == 3:
            current.write_bytes(readable)
        if len(seen) == 5:
            stop.set()
        return warming.look(ready, stop, 0)

    thread = Thread(target=warming.keep_looking, args=(stop, look_once, 0))
    thread.start()
    thread.join()
    assert seen == [None, None, None, (builds.build(), builds.today()), seen[3]]
    # Two looks failed in the same way, which is told once.
    assert caplog.text.count("looking for a new build failed") == 1


def test_a_question_that_fails_is_logged_and_the_next_is_asked(caplog):
    answers = []
    asked = [lambda: answers[7], lambda: answers.append("asked")]
    warming.ask(asked, Event(), lambda: True)
    assert answers == ["asked"]
    assert "could not be made ready" in caplog.text


def test_nothing_more_is_asked_once_the_answers_are_not_wanted():
    answers = []
    warming.ask([lambda: answers.append("asked")] * 5, Event(), lambda: len(answers) < 2)
    assert len(answers) == 2

"""Every page on every store, run without a browser: no exception, plain session values, new builds seen."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.access import visitors
from dashboard.access.sessions import session_hash
from dashboard.queries import builds, reports
from etl.build import build
from etl.campaign import load_campaign
from etl.journal import Journal
from etl.store import Store
from metrics.kpis import KPIS
from tests.dashboard.browsing import LEADERS_PAGES
from tests.dashboard.conftest import leaders_session

STORES = ("full", "half", "bare", "district", "none")
VIEWS = [f"{page.key}.py" for page in LEADERS_PAGES]


@pytest.fixture
def app(monkeypatch, stores):
    """The dashboard on a store of a name."""

    def on(name: str) -> AppTest:
        monkeypatch.setenv("STORE_DIR", str(stores(name)))
        page = AppTest.from_file("../../dashboard/frame.py", default_timeout=30)
        secret = leaders_session(stores(name))
        # What the gate would say of the reader.
        page.user = {"session": session_hash(secret) if secret else visitors.visitor(None).session}
        return page

    return on


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("store", STORES)
def test_every_page_runs_on_every_store(app, store, view):
    page = app(store).run()
    page.switch_page(f"views/{view}").run()
    assert not page.exception
    assert not page.error
    assert page.get("html") or page.get("bidi_component")


def test_every_month_and_kpi_can_be_chosen(app):
    page = app("full").run()
    for key in (state.MONTH, state.PERIOD, state.KPI):
        for option in page.selectbox(key=key).options:
            page.selectbox(key=key).select(option).run()
            assert not page.exception, option
            assert not page.error, option
            # A heading chosen in the list of KPIs stands for the first under it.
            assert page.session_state[state.KPI] in KPIS


def test_the_session_holds_plain_texts_only(app):
    page = app("full").run()
    ours = {key: page.session_state[key] for key in (state.BUILD, *state.ADDRESS)}
    assert {type(value) for value in ours.values()} == {str}


def test_a_new_build_is_seen_without_a_restart(app, stores):
    page = app("full").run()
    before, store = page.session_state[state.BUILD], Store(folder=stores("full"))
    campaign = load_campaign(builds.CAMPAIGNS / "yunnan-2025")
    with closing(Journal(store.journal_url)) as journal:
        build(store, journal, campaign, now=datetime(2026, 10, 10), full=True)
    page.run()
    assert not page.exception
    assert not page.error
    assert page.session_state[state.BUILD] != before
    assert page.session_state[state.BUILD] == builds.build()


def test_a_build_can_reach_nothing_but_itself(app, stores):
    app("full")
    with pytest.raises(Exception, match="disabled"):
        builds.run(builds.build())("select * from read_csv('/etc/hostname')", {})


def test_the_strip_tells_content_and_timing(app):
    app("half")
    rows = reports.hand_in(builds.build(), date(2025, 6, 1), date(2025, 8, 1))
    assert rows["state"].value_counts().sort("state").rows() == [
        ("late", 1),
        ("not_reported", 7),
        ("on_time", 8),
    ]
    early = reports.hand_in(builds.build(), date(2025, 7, 1), date(2025, 7, 2))
    assert set(early["state"]) == {"not_due"}


def test_a_page_that_cannot_be_made_says_so_in_the_reader_s_words_and_the_log_has_the_rest(
    app, stores, tmp_path, monkeypatch, caplog
):
    broken = tmp_path / "store"
    shutil.copytree(stores("full"), broken, ignore=shutil.ignore_patterns("*.parquet"))
    page = app("full")
    monkeypatch.setenv("STORE_DIR", str(broken))
    page.user = {"session": visitors.visitor("reviewer").session}
    page.run()
    (told,) = page.error
    assert "数据没有受影响" in told.value
    assert "review failed" in caplog.text
    assert not page.exception

"""The frame of every page: the pages somebody may open, filters that span them, the banner. Run by app.py."""

import logging
from pathlib import Path

import streamlit as st

from dashboard import state
from dashboard.access.doors import doors
from dashboard.components import filters, page, person
from dashboard.components.links import WAYS, Ways
from dashboard.i18n import DEFAULT, LANGUAGES, t
from dashboard.memory import guard_memory
from dashboard.pages import PAGES, pages_of
from dashboard.queries import builds, people
from dashboard.services.publishing import prepare
from metrics.connection import NoBuildError, OtherLayoutError

state.arrive()
state.settle(state.LANG, list(LANGUAGES), DEFAULT)
state.speak()
# The icon is a local file: an icon given by name would be fetched from the internet.
st.set_page_config(
    page_title=t("城管执法专项行动考核"), page_icon=str(Path(__file__).with_name("icon.png")), layout="wide"
)
guard_memory()
page.style()

# The gate has let them in; which pages there are for them, their account says as it stands now.
principal = people.principal()
theirs, first = pages_of(principal)
if first is None:
    person.show(principal, {})
    page.nothing_allowed()
    st.stop()
WAYS.set(Ways(root=first.key, pages=frozenset(each.key for each in theirs)))
pages = {
    each.key: st.Page(
        f"views/{each.key}.py",
        title=t(each.title),
        url_path="first" if each is first else each.key,
        default=each is first,
    )
    for each in theirs
}
# A page that is not theirs says so in their language; without this Streamlit would, in English.
closed = [
    st.Page(page.not_theirs, title=t(each.title), url_path=each.key, visibility="hidden")
    for each in PAGES
    if each not in theirs
]

# Somebody's first page stands at the root; its own address, sent on by others, leads there too.
to_the_root = st.Page(
    lambda: st.switch_page(pages[first.key], query_params=st.query_params.to_dict()),
    title=t(first.title),
    url_path=first.key,
    visibility="hidden",
)
current = st.navigation([*pages.values(), to_the_root, *closed], position="top")
if current == to_the_root:
    current.run()
if current in closed:
    person.show(principal, people.unit_names())
    filters.language()
    current.run()
    st.stop()
try:
    build = builds.build()
    dimensions = builds.dimensions(build)
except OtherLayoutError:
    page.other_version()
    st.stop()
except NoBuildError:
    with st.container(horizontal=True, vertical_alignment="center", key="frame"):
        filters.language()
    if doors().has_journal():
        person.show(principal, {})
        # Accounts may come before any workbook: whoever hands in the first needs the campaign's months.
        prepare(doors())
        page.preparing()
    else:
        page.empty(str(doors().store.folder.resolve()))
    st.stop()

person.show(principal, people.unit_names(), simulated=dimensions.simulated)
shown, sight = next(each for each in theirs if pages[each.key] == current), people.sight(build, principal)
state.use((*shown.filters, *shown.picks))
filters.settle(build, builds.today(), sight, every_month=shown.every_month)
filters.show(shown.filters, build, builds.today(), sight, every_month=shown.every_month)
state.publish()
try:
    current.run()
except Exception:
    # A fault of ours: the operator gets it in full, the reader in a sentence of theirs.
    logging.getLogger(__name__).exception("the page %s failed", shown.key)
    page.failed()

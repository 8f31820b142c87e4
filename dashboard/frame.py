"""The frame of every page: the pages somebody may open, filters that span them, the banner. Run by app.py."""

from pathlib import Path

import streamlit as st

from dashboard import state
from dashboard.access.principal import may_somewhere
from dashboard.components import filters, page, person
from dashboard.i18n import DEFAULT, LANGUAGES, t
from dashboard.memory import guard_memory
from dashboard.pages import PAGES
from dashboard.queries import builds, people
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
theirs = [each for each in PAGES if may_somewhere(principal, f"page.{each.key}")]
if not theirs:
    person.show(principal, {})
    page.nothing_allowed()
    st.stop()
pages = {
    each.key: st.Page(
        f"views/{each.key}.py",
        title=t(each.title),
        url_path="first" if each is theirs[0] else each.key,
        default=each is theirs[0],
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
first = theirs[0].key
to_the_root = st.Page(
    lambda: st.switch_page(pages[first], query_params=st.query_params.to_dict()),
    title=t(theirs[0].title),
    url_path=first,
    visibility="hidden",
)
current = st.navigation([*pages.values(), to_the_root, *closed], position="top")
if current == to_the_root:
    current.run()
if current in closed:
    person.show(principal, {})
    current.run()
    st.stop()
try:
    build = builds.build()
    dimensions = builds.dimensions(build)
except OtherLayoutError:
    page.other_version()
    st.stop()
except NoBuildError:
    filters.language()
    person.show(principal, {})
    page.empty()
    st.stop()

person.show(principal, people.unit_names(), simulated=dimensions.simulated)
filters.settle(build, builds.today())
filters.show(next(each.filters for each in theirs if pages[each.key] == current), build, builds.today())
state.publish()
current.run()

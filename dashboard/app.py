"""The frame of every page: pages, filters that span them, the banner. Start: streamlit run dashboard/app.py."""

from pathlib import Path

import streamlit as st

from dashboard import state
from dashboard.components import filters, page
from dashboard.i18n import DEFAULT, LANGUAGES, t
from dashboard.memory import guard_memory
from dashboard.pages import PAGES
from dashboard.queries import builds
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

# Sign-in stands here once there is one: nothing below runs for somebody unknown, and PAGES become theirs.
pages = {
    each.key: st.Page(
        f"views/{each.key}.py", title=t(each.title), url_path=each.key, default=each is PAGES[0]
    )
    for each in PAGES
}
current = st.navigation(list(pages.values()), position="top")
try:
    build = builds.build()
    dimensions = builds.dimensions(build)
except OtherLayoutError:
    page.other_version()
    st.stop()
except NoBuildError:
    filters.language()
    page.empty()
    st.stop()

page.banner(simulated=dimensions.simulated)
filters.settle(build, builds.today())
filters.show(next(each.filters for each in PAGES if pages[each.key] == current), build, builds.today())
state.publish()
current.run()

"""The frame of every page: pages, filters that span them, the banner. Start: streamlit run dashboard/app.py."""

from pathlib import Path

import streamlit as st

from dashboard import queries
from dashboard.components import filters, page
from dashboard.i18n import of, t
from dashboard.memory import guard_memory
from metrics.connection import NoBuildError, OtherLayoutError

PAGES = (
    st.Page("views/overview.py", title=t("总览"), url_path="overview", default=True),
    st.Page("views/dictionary.py", title=t("口径"), url_path="dictionary"),
)

# The icon is a local file: an icon given by name would be fetched from the internet.
st.set_page_config(
    page_title=t("城管执法专项行动考核"), page_icon=str(Path(__file__).with_name("icon.png")), layout="wide"
)
guard_memory()
page.style()

# Sign-in stands here once there is one: nothing below runs for somebody unknown, and PAGES become theirs.
current = st.navigation(list(PAGES), position="top")

try:
    build = queries.build()
    dimensions = queries.dimensions(build)
except OtherLayoutError:
    page.other_version()
    st.stop()
except NoBuildError:
    page.empty()
    st.stop()

page.banner(simulated=dimensions.simulated)
filters.show(build, of(dimensions.campaign, "title"), queries.today())
current.run()

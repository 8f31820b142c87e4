"""地图: 在哪里? The large map with the unit picked beside it, all units as a list, and a small map a month."""

import streamlit as st

from dashboard import state
from dashboard.components import map_page
from dashboard.queries import builds

shown = map_page.view(state.filters(), builds.today())
map_page.head(shown)
left, right = st.columns([58, 42], gap="medium")
with left, st.container(key="map_frame", gap=None):
    map_page.large_map(shown)
with right:
    map_page.panel(shown)
    map_page.unit_list(shown)
map_page.small(shown)

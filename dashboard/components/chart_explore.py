"""A chart in Plotly, for those who ask for it: the one place that needs its script of several megabytes."""

from __future__ import annotations

import streamlit as st

from dashboard.components.charts import Specification


def show(chart: Specification, *, key: str) -> None:
    """Draw a chart so that a part that is framed is enlarged, and a double click shows all of it again."""
    # Imported here: whoever looks at the drawing alone does not wait for it.
    import plotly.graph_objects as go

    free = {axis: {**chart.layout[axis], "fixedrange": False} for axis in ("xaxis", "yaxis")}
    figure = go.Figure(list(chart.traces), {**chart.layout, **free, "dragmode": "zoom"})
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False}, width="stretch")

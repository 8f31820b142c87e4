"""What reporting units have written of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from dashboard.queries import builds
from etl.narratives import read_narratives
from etl.store import Store


@dataclass(frozen=True, kw_only=True)
class Narrative:
    """A reporting unit's texts, topic by topic, and the month they were written for."""

    month: date
    texts: Sequence[tuple[str, str]]


@st.cache_data(max_entries=40, show_spinner=False)
def narratives(build: str, codes: tuple[str, ...], month: date) -> dict[str, Narrative]:
    """The latest texts of each of these units up to a month, in the revision that counts; none where none came."""
    latest = builds.run(build)(_LATEST, {"codes": list(codes), "month": month})
    months = dict(latest.select("reporting_code", "month").iter_rows())
    # A build lies in the warehouse of its store.
    rows = read_narratives(Store(folder=Path(build).parent.parent).rows, latest["path"])
    texts: dict[str, list[tuple[str, str]]] = {}
    for code, topic, text in rows.iter_rows():
        texts.setdefault(code, []).append((topic, text))
    return {code: Narrative(month=months[code], texts=found) for code, found in texts.items()}


_LATEST = """
    select reporting_code, max(month) as month, arg_max(path, month) as path
    from dim_submitted_sheet
    where
        sheet = 'progress' and path is not null
        and month <= $month and list_contains($codes, reporting_code)
    group by reporting_code
"""

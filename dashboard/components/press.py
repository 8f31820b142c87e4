"""What a reader presses: an act of the services; a refusal is told where it was pressed, what was done on top."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import format, state
from dashboard.access.principal import Principal, RefusedError
from dashboard.i18n import deferred, spoken, t
from dashboard.queries import people
from dashboard.services.reporting import NotReadyError
from etl.extensions import ExtensionError
from etl.journal import FrozenMonthError, StoreConflictError
from etl.review import ReviewError

DONE, REFUSED, PLACE = "press.done", "press.refused", "press.place"
"""Session: what a press came to, shown once, and where a refused one was."""
FAILED = deferred("没有办成，数据没有受影响。请再试一次；仍不行时，请联系省厅管理员。")
ERRORS = (NotReadyError, RefusedError, FrozenMonthError, StoreConflictError, ReviewError, ExtensionError)


def pressed(act: Callable[[Principal], str], place: str) -> None:
    """Do what was pressed at a place of the page, and keep what came of it for the run that follows.

    The act is done as whoever presses may act now: since the page was drawn, their account may have changed.
    """
    st.session_state[DONE] = st.session_state[REFUSED] = ""
    # A callback runs before the frame has put the run into the reader's language.
    state.speak()
    try:
        st.session_state[DONE] = format.unformatted(act(people.principal()))
    except ERRORS as error:
        st.session_state[REFUSED], st.session_state[PLACE] = format.unformatted(spoken(error)), place
    except Exception:
        # A callback runs outside the page: what goes wrong in it is told like a page that fails.
        logging.getLogger(__name__).exception("what was pressed at %s failed", place)
        st.session_state[REFUSED], st.session_state[PLACE] = t(FAILED), place


def refused(place: str) -> None:
    """Why what was pressed here was not done; its slot is always there, so that nothing else moves."""
    with st.container(key=f"refused_{place}"):
        if st.session_state.get(REFUSED) and st.session_state.get(PLACE) == place:
            st.error(st.session_state.pop(REFUSED))


@contextmanager
def told() -> Iterator[None]:
    """Around the forms of a page: on top what was done, and what was refused at a form that is gone by now."""
    top = st.container(key="told")
    if done := st.session_state.pop(DONE, ""):
        top.success(done)
        # Whoever pressed further down does not see the top.
        st.toast(done)
    try:
        yield
    finally:
        # Of a page that fails, too: it belongs to no other.
        if left := st.session_state.pop(REFUSED, ""):
            top.error(left)

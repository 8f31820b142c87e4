"""销号 on the page 审核: the rectified issues that wait, unit by unit, what closes them, and those closed so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import escape

import streamlit as st

from dashboard import format
from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, may
from dashboard.components import block, page, plain_table
from dashboard.components.links import link
from dashboard.components.press import pressed, refused
from dashboard.i18n import listed, of, t
from dashboard.services import closing
from dashboard.services.closing import LONGEST_EVIDENCE, Closed, Closing, Rectified
from etl.sheets import SHEETS
from metrics.period import parse_month

LEDGER = SHEETS["issues"]
CHOSEN, EVIDENCE = "closing.issues", "closing.evidence"
"""Session: what is typed into the form."""


def show(here: Doors, principal: Principal, found: Closing, names: Mapping[str, str], picked: str) -> None:
    """How many wait in which unit; of the picked unit which, and behind that those closed."""
    waiting = [each for each in found.waiting if each.unit_code == picked]
    closed = [each for each in found.closed if each.closure.unit_code == picked]
    page.line(f"<h2>{escape(t('问题销号'))}</h2>", key="closing_title")
    page.line(_summary(found, names, picked), key="closing_summary")
    if waiting:
        unit = names.get(picked, picked)
        title = t("{unit}待销号的问题（{count}个）", unit=unit, count=len(waiting))
        # By its key it stays open whatever comes and goes above it, and what is told in it is seen.
        with st.expander(title, key=f"waiting_to_close.{picked}"):
            block.show(_waiting(waiting), key="closing_waiting")
            if may(principal, "issue.close", picked):
                _form(here, picked, waiting)
    block.show(_closed(closed, names.get(picked, picked)), key="closing_closed")


def _summary(found: Closing, names: Mapping[str, str], picked: str) -> str:
    """Where something waits, as links to the units; that nothing does, else."""
    back = [each.closure for each in found.closed if each.is_given_back]
    told = [
        escape(t("{count}个已整改的问题待销号", count=len(found.waiting)))
        + _units(found.waiting, names, picked)
        if found.waiting
        else escape(t("没有待销号的问题")),
        escape(t("已销号{count}个", count=len(found.closed))) if found.closed else "",
        f'<b class="missed">{escape(t("{count}个销号后又报为未整改", count=len(back)))}</b>'
        + _units(back, names, picked)
        if back
        else "",
    ]
    return " · ".join(part for part in told if part)


def _units(found: Iterable, names: Mapping[str, str], picked: str) -> str:
    counts = Counter(each.unit_code for each in found)
    told = {code: f"{names[code]} {counts[code]}" for code in names if code in counts}
    ways = [
        f"<b>{escape(text)}</b>" if code == picked else link(text, unit=code) for code, text in told.items()
    ]
    return f' <span class="src">({listed(ways)})</span>'


def _table(titles: Sequence[str], lines: Iterable[plain_table.Line]) -> str:
    """A table that scrolls in its place however many stand in it."""
    return f'<div class="closing">{plain_table.table(titles, lines)}</div>'


def _columns(*names: str) -> list[str]:
    """Columns of the ledger as it calls them."""
    return [of(LEDGER.column(name), "title") for name in names]


def _waiting(found: Sequence[Rectified]) -> str:
    """The issues of one unit, a table for each workbook that told them last."""
    by_workbook: dict[tuple[str, int, str], list[Rectified]] = {}
    for each in found:
        by_workbook.setdefault((each.period, each.revision, each.file_name), []).append(each)
    return "".join(_of_workbook(*source, issues) for source, issues in by_workbook.items())


def _of_workbook(period: str, revision: int, file_name: str, issues: Sequence[Rectified]) -> str:
    source = t(
        "出自{month}第{n}版（{file}）的{sheet}",
        month=format.month(parse_month(period)),
        n=revision,
        file=file_name,
        sheet=of(LEDGER, "title"),
    )
    names = ("issue_id", "unit", "description", "measure", "found_on", "due_on", "closed_on")
    lines = (
        plain_table.line(
            each.issue_id,
            each.county,
            each.description,
            each.measure,
            _day(each.found_on),
            _day(each.due_on),
            _day(each.closed_on),
            str(each.row),
        )
        for each in issues
    )
    titles = (*_columns(*names), t("行号"))
    return f'<p class="src">{escape(source)}</p>{_table(titles, lines)}'


def _day(day: object) -> str:
    return format.MISSING if day is None else f"{day:%Y-%m-%d}"


def _form(here: Doors, unit_code: str, waiting: Sequence[Rectified]) -> None:
    chosen, evidence = f"{CHOSEN}.{unit_code}", f"{EVIDENCE}.{unit_code}"
    told = {each.issue_id: f"{each.issue_id} {each.county}" for each in waiting}
    if chosen in st.session_state:
        # Somebody else may have closed one in the meantime.
        st.session_state[chosen] = [issue for issue in st.session_state[chosen] if issue in told]
    with st.container(key="closing_form"), st.form("closing", border=False):
        st.pills(
            t("核查属实、可以销号的问题（可多选）"),
            list(told),
            selection_mode="multi",
            format_func=lambda issue: told.get(issue, issue),
            key=chosen,
        )
        st.text_input(
            t("销号依据：看到了什么（现场核查时间、照片编号等）"), key=evidence, max_chars=LONGEST_EVIDENCE
        )
        act = partial(_close, here, unit_code, chosen, evidence)
        st.form_submit_button(t("销号"), on_click=partial(pressed, act, "closing"))
    refused("closing")


def _close(here: Doors, unit_code: str, chosen: str, evidence: str, principal: Principal) -> str:
    issues = st.session_state.get(chosen, [])
    closing.close(here, principal, unit_code, issues, st.session_state.get(evidence, ""))
    # What is closed is no option any more, and the next issue has evidence of its own.
    st.session_state[chosen], st.session_state[evidence] = [], ""
    return t("已销号{count}个。", count=len(issues))


def _closed(found: Sequence[Closed], unit: str) -> str:
    if not found:
        return ""
    titles = (*_columns("issue_id", "unit"), t("销号依据"), t("销号人"), t("销号时间"), t("单位现报"))
    title = t("{unit}已销号的问题（{count}个）", unit=unit, count=len(found))
    body = _table(titles, (_closed_line(each) for each in found))
    return f'<details class="folded"><summary>{escape(title)}</summary>{body}</details>'


def _closed_line(each: Closed) -> plain_table.Line:
    held = each.closure
    told = (held.issue_id, each.county, held.evidence, held.closed_by, f"{held.closed_at:%Y-%m-%d %H:%M}")
    reported = escape(each.reported)
    if each.is_given_back:
        reported = f'<b class="missed">{reported}</b>'
    return plain_table.Line(cells=[*(escape(text) for text in told), reported])

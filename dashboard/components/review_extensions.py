"""准予延期 on the page 审核: what was granted for a month, and the form that grants one unit a later due day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from html import escape

import streamlit as st

from dashboard import format
from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, may
from dashboard.components import block, page, plain_table
from dashboard.components.plain_table import Line, line
from dashboard.components.press import pressed, refused
from dashboard.i18n import sentences, t
from dashboard.services import extensions
from dashboard.services.reporting import NotReadyError
from etl.campaign import Campaign
from etl.extensions import LONGEST_REASON, Extension

UNIT, LAST_DAY, REASON = "unit", "last_day", "reason"
"""What the form asks for."""
LONGEST = timedelta(days=366)
"""So far ahead the form offers days."""


def show(
    here: Doors, principal: Principal, period: str, names: Mapping[str, str], *, is_frozen: bool
) -> None:
    """What was granted for the month, by whom and why; for a reviewer of an open month the form below it."""
    page.line(f"<h2>{escape(t('各单位延期'))}</h2>", key="extensions_title")
    granted = extensions.listed(here, principal, period)
    _list(granted, names, here.campaign())
    if not is_frozen and may(principal, "extension.grant"):
        _form(here, period, names)


def _list(granted: list[Extension], names: Mapping[str, str], campaign: Campaign) -> None:
    titles = (t("单位"), t("延期后的截止日"), t("准予人"), t("准予时间"), t("理由"))
    last = {each.unit_code: each for each in granted}
    lines = [_line(each, names, campaign, holds=last[each.unit_code] is each) for each in granted]
    body = (
        plain_table.table(titles, lines)
        if granted
        else f'<p class="src">{escape(t("本月没有准予延期的单位。"))}</p>'
    )
    block.show(body, key="extensions")


def _line(each: Extension, names: Mapping[str, str], campaign: Campaign, *, holds: bool) -> Line:
    day = format.day(each.last_day)
    withdrawn = each.due_at <= campaign.due_at(each.period)
    until = t("撤回延期，恢复原定的{day}", day=day) if withdrawn else t("{day}24:00", day=day)
    if not holds:
        until = t("{until}（已被后来的决定取代）", until=until)
    granted_at = f"{each.granted_at:%Y-%m-%d %H:%M}"
    return line(names.get(each.unit_code, each.unit_code), until, each.granted_by, granted_at, each.reason)


def _form(here: Doors, period: str, names: Mapping[str, str]) -> None:
    campaign = here.campaign()
    planned, units = campaign.due_day(period), _units(campaign, names)
    with st.expander(t("准予一个单位延期"), key=f"extending.{period}"), st.form("extension", border=False):
        unit, day, reason = st.columns([2, 2, 6])
        unit.selectbox(
            t("单位"),
            list(units),
            index=None,
            placeholder=t("请选择"),
            key=_key(period, UNIT),
            format_func=units.__getitem__,
        )
        day.date_input(
            t("延期后的截止日（当日24:00）"),
            _proposed(planned, here.now().date()),
            min_value=planned,
            max_value=planned + LONGEST,
            key=_key(period, LAST_DAY),
            format="YYYY-MM-DD",
        )
        reason.text_input(t("延期理由"), key=_key(period, REASON), max_chars=LONGEST_REASON)
        st.html(f'<p class="src">{escape(_note(planned))}</p>')
        act = partial(_granted, here, period, units)
        st.form_submit_button(t("准予"), on_click=partial(pressed, act, "extension"))
        refused("extension")


def _key(period: str, field: str) -> str:
    """What is typed for one month is not for another."""
    return f"extension.{period}.{field}"


def _proposed(planned: date, today: date) -> date:
    """Today where that is later than planned and can be chosen, else the day after the planned one."""
    return today if planned < today <= planned + LONGEST else planned + timedelta(days=1)


def _note(planned: date) -> str:
    withdrawing = t("原定截止日为{day}；撤回延期，选原定截止日并写明理由。", day=format.day(planned))
    return sentences([withdrawing, t("理由仅审核人员和该单位可见。")])


def _units(campaign: Campaign, names: Mapping[str, str]) -> dict[str, str]:
    """Everybody who hands in; before the first build nobody has a name but the campaign's."""
    return {
        unit.code: names.get(unit.code, unit.short_name) for unit in (*campaign.reporting_units, campaign.top)
    }


def _granted(here: Doors, period: str, units: Mapping[str, str], principal: Principal) -> str:
    held = st.session_state
    unit_code, last_day = held[_key(period, UNIT)], held[_key(period, LAST_DAY)]
    if unit_code is None:
        raise NotReadyError("请选择单位 / choose a unit")
    extensions.grant(here, principal, unit_code, period, last_day, held.get(_key(period, REASON), ""))
    # The next unit has reasons of its own.
    held[_key(period, UNIT)], held[_key(period, REASON)] = None, ""
    unit, day = units[unit_code], format.day(last_day)
    if last_day <= here.campaign().due_day(period):
        return t("已撤回{unit}的延期，恢复原定的{day}。", unit=unit, day=day)
    return t("已准予{unit}延期至{day}24:00。", unit=unit, day=day)

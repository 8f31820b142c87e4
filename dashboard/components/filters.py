"""The filters that span the pages: drawn once, in the frame, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard import format, state
from dashboard.components import block, kpi_choice
from dashboard.components.links import link
from dashboard.i18n import LANGUAGES, deferred, of, opening, t
from dashboard.queries import builds, units
from etl.provenance import ALL, PARTS
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import parse_month

PERIODS = {
    "": deferred("惯用时段"),
    "month": deferred("当月"),
    "quarter": deferred("本季度"),
    "ytd": deferred("本年累计"),
    "rolling12": deferred("近12个月"),
}
JANUARY_FEBRUARY = deferred("1–2月合并")
"""The Spring Festival moves between the two months: as one period they compare with other years."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter: its key, label and width, its options in a build, and how an option is written.

    ``names`` gives the wording of many options at once, where there are many.
    """

    key: str
    label: str
    width: int
    options: Callable[[str, date], Sequence[str]]
    default: Callable[[str, date], str]
    written: Callable[[str, str], str]
    names: Callable[[str], Mapping[str, str]] | None = None


def _months(build: str, today: date) -> list[str]:
    return [f"{month:%Y-%m}" for month in builds.months(build, today)]


def _kpis(build: str, today: date) -> list[str]:
    return [kpi.key for kpi in builds.collected(build)]


def _levels(build: str, today: date) -> list[str]:
    return [str(level["key"]) for level in builds.compared_levels(build)]


def _groups(build: str, today: date) -> list[str]:
    return ["", *(str(group["key"]) for group in builds.dimensions(build).peer_groups)]


def _units(build: str, today: date) -> list[str]:
    return ["", *builds.unit_names(build)]


def _level(build: str, key: str) -> str:
    return of(next(level for level in builds.compared_levels(build) if level["key"] == key), "title")


def _group(build: str, key: str) -> str:
    groups = builds.dimensions(build).peer_groups
    return of(next(group for group in groups if group["key"] == key), "title") if key else t("全部组")


def _period(build: str, key: str) -> str:
    february = st.session_state[state.MONTH].endswith("-02")
    return opening(t(JANUARY_FEBRUARY if key == "ytd" and february else PERIODS[key]))


FILTERS = (
    Filter(
        key=state.MONTH,
        label=deferred("月份"),
        width=152,
        options=_months,
        default=lambda build, today: f"{builds.latest_month(build, today):%Y-%m}",
        written=lambda build, key: format.month(parse_month(key)),
    ),
    Filter(
        key=state.PERIOD,
        label=deferred("时段"),
        width=125,
        options=lambda build, today: list(PERIODS),
        default=lambda build, today: "",
        written=_period,
    ),
    Filter(
        key=state.LEVEL,
        label=deferred("层级"),
        width=125,
        options=_levels,
        default=lambda build, today: builds.map_level(build),
        written=_level,
    ),
    Filter(
        key=state.GROUP,
        label=deferred("同组"),
        width=125,
        options=_groups,
        default=lambda build, today: "",
        written=_group,
    ),
    Filter(
        key=state.KPI,
        label=deferred("指标"),
        width=235,
        options=_kpis,
        default=lambda build, today: default_kpi(builds.collected(build), build),
        written=lambda build, key: of(KPIS[key], "title"),
    ),
    Filter(
        key=state.UNIT,
        label=deferred("单位"),
        width=200,
        options=_units,
        default=lambda build, today: "",
        written=lambda build, key: builds.unit_names(build)[key] if key else t("选择单位"),
        names=builds.unit_names,
    ),
)


def settle(build: str, today: date, sight: frozenset[str] | None, *, every_month: bool) -> None:
    """Give every filter a valid value, whether or not this page draws it; ``sight``, ``every_month`` as in ``show``."""
    st.session_state[state.BUILD] = build
    for each in FILTERS:
        default = each.default(build, today)
        if sight is not None and each.key == state.MONTH:
            # Who reports works on the month that is on now, not on the last one that can be judged.
            default = _months(build, today)[0]
        state.settle(each.key, _offered(each, build, today, sight, every_month=every_month), default)
    scored = builds.scorecard(build, parse_month(st.session_state[state.MONTH])) is not None
    orders = [state.BY_SCORE, state.BY_KPI] if scored else [state.BY_KPI]
    state.settle(state.BY, orders, orders[0])
    state.settle(state.ROWS, _units(build, today) if sight is None else [""], "")
    state.settle(state.PART, list(PARTS), ALL)
    state.settle(state.CHART, ["", state.DOTS, state.FUNNEL], "")
    state.settle(state.ORDER, [state.BY_VALUE, state.BY_PLACE], state.BY_VALUE)
    state.settle(state.EXPLORE, ["", state.CANVAS, state.CHARTS], "")
    state.settle_text(state.WANTED)


def _offered(
    each: Filter, build: str, today: date, sight: frozenset[str] | None, *, every_month: bool
) -> list[str]:
    """The options of a filter a reader may choose; units out of sight are none."""
    if each.key == state.MONTH and every_month:
        return [f"{month:%Y-%m}" for month in builds.begun_months(build, today)]
    options = each.options(build, today)
    if each.key != state.UNIT:
        return options
    opened = _opened_on(build, sight)
    return [key for key in options if key != opened and (sight is None or key in sight | {""})]


def _opened_on(build: str, sight: frozenset[str] | None) -> str:
    """The unit that no choice stands for: the whole, or the first somebody reports for; "" for who sees none."""
    return builds.whole_code(build) if sight is None else units.first_in(build, sight) or ""


def show(
    drawn: Sequence[str], build: str, today: date, sight: frozenset[str] | None, *, every_month: bool
) -> None:
    """The filters a page answers to, and the switch of the language.

    ``sight``: the units seen, None for all. ``every_month``: a month nobody has reported or owes is offered too.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="frame"):
        for each in FILTERS:
            if each.key == state.KPI and each.key in drawn:
                kpi_choice.show(t(each.label), builds.collected(build), width=each.width)
            elif each.key in drawn:
                names = each.names(build) if each.names else {}
                labels = {
                    key: names.get(key) or each.written(build, key)
                    for key in _offered(each, build, today, sight, every_month=every_month)
                }
                if each.key == state.UNIT:
                    labels[""] = names.get(_opened_on(build, sight)) or labels.get("", "")
                st.selectbox(
                    t(each.label),
                    list(labels),
                    key=each.key,
                    format_func=lambda key, labels=labels: labels.get(key, key),
                    label_visibility="collapsed",
                    width=each.width,
                )
        language()


def language() -> None:
    """The switch of the language, each under its own name."""
    current = st.session_state[state.LANG]
    others = [
        f'<span lang="{key}">{link(name, lang=key)}</span>'
        for key, name in LANGUAGES.items()
        if key != current
    ]
    # Streamlit's own elements speak English whatever the reader reads; the block names them anew.
    named = {"skip": t("跳到正文"), "menu": t("菜单"), "pages": t("页面"), "options": t("展开选项")}
    block.show(f'<p class="language">{" · ".join(others)}</p>', key="language", language=current, named=named)


def default_kpi(collected: Sequence[Kpi], build: str) -> str:
    """The first KPI with a better and a worse, a target, and a monthly sheet; else the first of all."""
    dimensions = builds.dimensions(build)
    judged = [kpi.key for kpi in collected if kpi.direction != "context"]
    monthly = [
        key
        for key in judged
        if key in dimensions.targets and dimensions.frequency.get(KPIS[key].sheet) == "monthly"
    ]
    return (monthly or judged)[0]

"""单位: 这个单位怎么样? How it stands, all its KPIs, the units below it, its categories, its reports."""

import streamlit as st

from dashboard import state
from dashboard.access.doors import doors
from dashboard.access.principal import may
from dashboard.components import (
    contents,
    page,
    unit_exhibits,
    unit_explained,
    unit_facts,
    unit_narratives,
    unit_page,
    unit_score,
)
from dashboard.i18n import t
from dashboard.queries import builds, people, unit_reports, units
from dashboard.services import explanations

filters, today, principal = state.filters(), builds.today(), people.principal()
build, month, period = filters.build, filters.month, filters.period
compares, sight = may(principal, "unit.compare"), people.sight(build, principal)
asked = filters.unit or units.first_in(build, sight)
if sight is not None and asked not in sight:
    page.no_unit()
    st.stop()
picked = units.unit(build, asked)
simulated = builds.dimensions(build).simulated
code, level, names = str(picked["unit_code"]), str(picked["level"]), builds.unit_names(build)

unit_page.way(build, picked, sight)
lines = unit_page.lines(build, picked, month, today, period, compares=compares)
page.head(
    unit_page.title(build, picked, month, period),
    unit_page.notes(build, picked, month, period),
    unit_page.sentence(build, picked, lines, month, today),
)
unit_facts.show(unit_page.facts(build, picked, lines, month, today, compares=compares))
parts, at_top = {"unit_table": t("全部指标")}, st.container()
if not compares:
    unit_score.show(filters, picked, today, simulated=simulated)

kpis, reporting = builds.collected(build), str(picked["reporting_code"] or code)
told = []
if may(principal, "explanation.read", reporting):
    told = explanations.given(doors(), principal, reporting, f"{month:%Y-%m}")
explained = unit_explained.touched(kpis, told)
table = unit_page.table(build, picked, lines, month, period, compares=compares, explained=explained)
few = unit_page.level_title(build, picked) if units.is_below_reporting(build, level) else ""
reading = unit_exhibits.reading(table, below_level=few, chosen=period)
unit_exhibits.kpi_table(table, names[code], month, reading, simulated=simulated)
unit_explained.show(told, kpis, names[reporting], month)

if may(principal, "narrative.read", code):
    written, writers = unit_page.narratives(build, picked, month)
    if written:
        parts["unit_narratives"] = t("整治情况")
    unit_narratives.show(written, writers, names[code], month, simulated=simulated)

below = unit_page.below(build, picked, filters.kpi, month, today, period)
if below is not None:
    parts["unit_below"] = below.who
    unit_exhibits.units_below(below, month, kpis, simulated=simulated)

topics = unit_page.topics(build)
reported = {topic.sheet: unit_reports.reported(build, picked, topic.sheet, month) for topic in topics}
parts |= {f"unit_{topic.key}": t(topic.title) for topic in topics}
categories = unit_reports.categories(build, level, code, month)
unit_exhibits.categories(topics, categories, names[code], month, reported, simulated=simulated)

cells = unit_reports.sheets(build, reporting, month, today)
if cells:
    revisions = unit_reports.revisions(build, reporting)
    parts["unit_reports"] = t("报送记录与修订")
    unit_exhibits.reports(cells, revisions, names[reporting], month, simulated=simulated)
with at_top:
    contents.show(parts)

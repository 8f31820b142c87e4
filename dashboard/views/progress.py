"""进度: 谁还没报? Whom to remind, reports by month, sheets of this month, the share on time."""

import streamlit as st

from dashboard import format, state
from dashboard.components import (
    exhibit,
    findings,
    headings,
    notation,
    page,
    progress_head,
    progress_list,
    progress_months,
    progress_share,
    progress_sheets,
)
from dashboard.i18n import of, t
from dashboard.queries import builds, figures, locks, people, reports
from metrics.kpis import KPIS

filters, today = state.filters(), builds.today()
build, month = filters.build, filters.month
campaign, reporting = builds.campaign(build), builds.campaign(build).reporting_level
level = headings.level_title(builds.dimensions(build), reporting)
whole, names = headings.whole(build), builds.unit_names(build, reporting, short=True)
everyone = whole
if reporting != builds.top_level(build):
    everyone = headings.everyone(build, reporting)
    names = names | {campaign.top.code: t("{unit}登记表", unit=whole)}
months = reports.months_shown(build, month, today)
rows = reports.reports(build, months, today)
of_month = [row for row in rows if row["month"] == month]
frozen = locks.is_frozen(month)


def framed(what: str, **facts: object) -> exhibit.Exhibit:
    """An exhibit of this page: its title, and the name of what it is saved as."""
    return exhibit.Exhibit(
        title=headings.title(everyone, what, month),
        name=exhibit.file_name(f"{month:%Y-%m}", what),
        simulated=builds.dimensions(build).simulated,
        **facts,
    )


page.head(
    f"{whole} · {format.month(month)}",
    [*headings.standing(month), of(campaign.due, "label")],
    progress_head.sentence(of_month, names, level=level, today=today, is_frozen=frozen),
)
facts = {"names": names, "level": level, "picked": filters.unit}
left, right = st.columns([5, 8], gap="medium")
with left:
    reader = people.principal()
    sender = "" if reader.visiting else reader.name
    open_rows = [] if frozen else of_month
    found = progress_list.to_remind(
        open_rows, names, campaign_title=campaign.title_zh, today=today, sender=sender
    )
    excused = progress_list.excused(open_rows, names, today)
    shown = framed(
        t("未报、退回、迟报、缺表"),
        finding=findings.open_reports([each.row for each in found]),
        table=progress_list.table(found),
        notes=progress_list.notes(found, excused),
    )
    exhibit.show(shown, progress_list.body(found, excused, is_frozen=frozen), key="to_remind")
    by_sheet = progress_sheets.SheetMatrix(
        cells=reports.sheets(build, month, today), reports=of_month, **facts
    )
    shown = framed(
        t("月报各表"),
        finding=progress_sheets.finding(by_sheet),
        table=progress_sheets.table(by_sheet),
        notes=[progress_sheets.legend()],
    )
    exhibit.show(shown, progress_sheets.body(by_sheet, shown.title), key="sheets")
    kpi = KPIS[progress_head.ON_TIME_RATE]
    history = figures.history(
        build, months[-1], (kpi.key,), builds.top_level(build), today, "month"
    ).to_dicts()
    shown = framed(
        headings.what(kpi),
        finding=findings.on_time(next((row for row in history if row["month"] == month), None)),
        table=notation.figure_table(history, builds.unit_names(build)),
        picture=True,
        notes=[progress_share.explained()],
    )
    exhibit.show(shown, progress_share.drawing(kpi, history, month, shown.title), key="share")
with right:
    by_month = progress_months.MonthMatrix(rows=rows, months=months, month=month, today=today, **facts)
    shown = framed(
        t("月报报送"),
        finding=findings.late_most(rows, names),
        table=progress_months.table(by_month),
        notes=[progress_months.legend()],
    )
    exhibit.show(shown, progress_months.body(by_month, shown.title), key="months")

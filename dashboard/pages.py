"""The pages, one line each: a question, and the filters of the frame that change its answer.

The view of a page is ``views/<key>.py``; its address is its key.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.access.principal import Principal, may_somewhere
from dashboard.i18n import deferred
from dashboard.state import (
    BY,
    CHART,
    EXPLORE,
    GROUP,
    KPI,
    LEVEL,
    MONTH,
    ORDER,
    PART,
    PERIOD,
    ROWS,
    UNIT,
    WANTED,
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the dashboard: its address, its name, its question and the filters it answers to.

    ``picks``: what else of the view is chosen on the page itself, and stands in its address. ``first_of`` is the role whose work begins on it: for them it stands at the root. ``every_month``: months from
    before the first that anybody reported are offered too.
    """

    key: str
    title: str
    question: str
    filters: tuple[str, ...] = ()
    picks: tuple[str, ...] = ()
    first_of: str = ""
    every_month: bool = False


PAGES = (
    Page(
        key="overview",
        title=deferred("总览"),
        question=deferred("本月情况如何？"),
        filters=(MONTH, PERIOD, KPI),
        picks=(UNIT, BY),
    ),
    Page(
        key="ranking",
        title=deferred("排名"),
        question=deferred("谁在前，为什么？"),
        filters=(MONTH, PERIOD, GROUP, KPI),
        picks=(UNIT, BY),
    ),
    Page(
        key="map",
        title=deferred("地图"),
        question=deferred("在哪里？"),
        filters=(MONTH, PERIOD, LEVEL, KPI),
        picks=(UNIT, EXPLORE),
    ),
    Page(
        key="indicator",
        title=deferred("指标"),
        question=deferred("这个数怎么来的，差别是真的吗？"),
        filters=(MONTH, PERIOD, LEVEL, KPI),
        picks=(UNIT, ROWS, PART, CHART, ORDER, EXPLORE),
    ),
    Page(
        key="unit",
        title=deferred("单位"),
        question=deferred("这个单位怎么样？"),
        filters=(MONTH, UNIT),
        picks=(PERIOD, KPI),
    ),
    Page(
        key="progress",
        title=deferred("进度"),
        question=deferred("谁还没报？"),
        filters=(MONTH,),
        picks=(UNIT,),
    ),
    Page(
        key="hand_in",
        title=deferred("报送"),
        question=deferred("我还差什么？"),
        every_month=True,
        filters=(MONTH,),
        picks=(UNIT,),
        first_of="liaison",
    ),
    Page(
        key="review",
        title=deferred("审核"),
        question=deferred("这份可信吗？"),
        filters=(MONTH,),
        picks=(UNIT,),
        first_of="reviewer",
    ),
    Page(key="accounts", title=deferred("账号"), question=deferred("谁能进来，能做什么？"), first_of="admin"),
    Page(key="audit", title=deferred("审计"), question=deferred("谁做过什么？"), first_of="auditor"),
    Page(key="guide", title=deferred("指南"), question=deferred("月报怎么报？")),
    Page(
        key="dictionary",
        title=deferred("口径"),
        question=deferred("这个数怎么算，出自哪里？"),
        picks=(WANTED,),
    ),
)


def pages_of(principal: Principal) -> tuple[list[Page], Page | None]:
    """The pages somebody may open for any unit at all, and the one their work begins on; none without a role."""
    theirs = [page for page in PAGES if may_somewhere(principal, f"page.{page.key}")]
    began = [page for page in theirs if page.first_of in principal.roles]
    return theirs, (began or theirs or [None])[0]

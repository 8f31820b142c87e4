"""Points lost, item by item, as cells: one hue, darker the larger the share of an item's points that is lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from dashboard import format
from dashboard.components.links import going
from dashboard.components.ranking_points import Points
from dashboard.i18n import of, t
from metrics.kpi import Kpi
from metrics.kpis import KPIS

STEPS = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1))
"""Up to these shares of an item's points a cell is as light or dark as ``heat-1`` to ``heat-4`` of the style sheet."""


def shade(points: Points) -> int:
    """0 where nothing is lost, else the place of the first step that holds the share lost, from 1."""
    if not points.lost:
        return 0
    share = points.lost / points.full
    return next(place for place, step in enumerate(STEPS, start=1) if share <= step)


def head(kpi: Kpi, *, accent: bool) -> str:
    """An item's short name as a link to its KPI, as HTML; the full one shows on hovering and on focus."""
    title, short = of(kpi, "title"), of(kpi, "short") or of(kpi, "title")
    # Letters need more room than a narrow column has: they stand upright.
    css = "upright" if short.isascii() else ""
    named = f'class="{css}" data-full="{escape(title)}" title="{escape(title)}"'
    named += ' aria-current="true"' if accent else ""
    leads = going("indicator", kpi=kpi.key, unit="")
    if not leads:
        return f"<span {named}>{escape(short)}</span>"
    return f'<a href="#" {leads} aria-label="{escape(title)}" {named}>{escape(short)}</a>'


def cell(kpi: str, found: Sequence[Points]) -> str:
    """What an item lost, as HTML that fills its cell; a dash where it is not assessed."""
    points = next((each for each in found if each.kpi == kpi), None)
    title = of(KPIS[kpi], "title")
    if points is None:
        return f'<span title="{escape(t("{kpi}：不计权重", kpi=title))}">{format.MISSING}</span>'
    said = t(
        "{kpi} {got}/{full}分，失{lost}分", kpi=title, got=points.got, full=points.full, lost=points.lost
    )
    written = points.lost if points.lost else 0
    return f'<span class="heat-{shade(points)}" title="{escape(said)}">{written}</span>'


def legend() -> str:
    """What light and dark stand for."""
    words = [t("不到四分之一"), t("一半以内"), t("四分之三以内"), t("更多")]
    entries = "".join(
        f'<li><i class="heat-{place}"></i>{escape(word)}</li>' for place, word in enumerate(words, start=1)
    )
    also = t("–：未评，不计权重")
    return f'<ul class="legend"><li>{escape(t("各项失分，占该项满分："))}</li>{entries}<li>{escape(also)}</li></ul>'

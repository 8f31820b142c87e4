"""Cards: a figure never stands alone, but with unit, n, coverage, target, spread and change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components import block
from dashboard.components.earlier import Earlier, changes
from dashboard.components.links import link
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import QUALIFIER, Row, coverage, in_line, joined, target_text
from dashboard.components.strokes import bullet, sparkline
from dashboard.i18n import listed, of, t
from metrics.dimensions import Target
from metrics.kpi import Kpi
from metrics.period import PeriodKind


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """What a card says of one KPI: its row of figures, the months before, and how the units below stand.

    ``history`` holds the values of consecutive months, the card's own last, ``other_units`` which of them stand
    on other units than it. ``changes``: what it is held against. ``spread`` counts units that meet their target and those judged.
    """

    kpi: Kpi
    kind: PeriodKind
    row: Row
    held: Target | None
    history: Sequence[float | None]
    changes: Sequence[Earlier]
    spread: tuple[int, int]
    other_units: Sequence[bool] = ()
    note: str = ""


def show(cards: Sequence[str]) -> None:
    """A row of cards, a column on a narrow screen, and how to read their bars."""
    key = '<p class="key"><i class="tick"></i>{target} <i class="before"></i>{before}</p>'
    legend = key.format(target=escape(t("目标")), before=escape(t("上期")))
    block.show(
        f'<div class="cards-frame"><div class="cards">{"".join(cards)}</div>{legend}</div>', key="cards"
    )


def figure_card(facts: CardFacts) -> str:
    """One KPI as a card."""
    kpi, row = facts.kpi, facts.row
    title = t(of(kpi, "title"))
    name, *source = re.split("[(（]", title, maxsplit=1)
    qualifier = [part for part in ("".join(source).rstrip(")）"), t(QUALIFIER.get(facts.kind, ""))) if part]
    lines = [_target_line(facts), _spread_line(facts), _change_line(facts)]
    return card(
        title=link(name.strip(), "indicator", kpi=kpi.key),
        qualifier=listed(qualifier),
        value=format.figure(kpi, row),
        unit=format.unit(kpi),
        spark=sparkline(
            facts.history,
            row["target"],
            str(row["status"]),
            label=t("近13个月走势"),
            hollow=facts.other_units,
        ),
        bar=_bar(facts),
        lines=lines,
    )


def card(
    *, title: str, qualifier: str, value: str, unit: str, spark: str, bar: str, lines: Sequence[str]
) -> str:
    """The frame of a card; ``title``, ``spark``, ``bar`` and ``lines`` are HTML, everything else is text."""
    small = f' <span class="q">{escape(qualifier)}</span>' if qualifier else ""
    body = "".join(f"<p>{line}</p>" for line in lines if line)
    return (
        f'<section class="card"><h2>{title}{small}</h2>'
        f'<div class="figure"><span class="big">{escape(value)}<small>{escape(unit)}</small></span>{spark}</div>'
        f"{bar or '<div class=nobar></div>'}{body}</section>"
    )


def _bar(facts: CardFacts) -> str:
    value, target = facts.row["value"], facts.row["target"]
    if value is None or target is None:
        return ""
    whole = 100.0 if facts.kpi.unit_zh == "%" else 1.25 * max(float(target), float(value))
    before = facts.changes[0].beside(value) if facts.changes else None
    label = t("实际值与目标")
    return bullet(value, target, before, str(facts.row["status"]), whole=whole, label=label)


def _target_line(facts: CardFacts) -> str:
    status, row = STATUS[str(facts.row["status"])], facts.row
    parts = [target_text(facts.kpi, row["target"], facts.held)]
    if row["status"] in ("too_few_cases", "not_applicable", "not_reported", "not_due"):
        parts.insert(0, t(status.word))
    if row["status"] == "missed":
        parts.append(t("差{amount}", amount=format.short_of(facts.kpi, row)))
    parts.append(format.cases(row["cases"]) if row["cases"] is not None else "")
    return f"{html(status)} {joined(parts)}"


def _spread_line(facts: CardFacts) -> str:
    met, judged = facts.spread
    spread = t("{met}/{judged}达标", met=met, judged=judged) if judged else ""
    # Behind a survey stands its wave, named in the note, not this month's reports.
    came = "" if facts.kpi.over_time == "last_wave" else coverage(facts.row, facts.kind)
    parts = [
        link(spread, "indicator", kpi=facts.kpi.key) if spread else "",
        link(came, "progress") if came else "",
        joined([facts.note]),
    ]
    return in_line(parts)


def _change_line(facts: CardFacts) -> str:
    return joined(changes(facts.kpi, facts.changes, is_known=facts.row["value"] is not None))

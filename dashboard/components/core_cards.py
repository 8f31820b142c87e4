"""The overview's cards, put together from the figures: which KPIs, compared with what, with which notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.cards import CardFacts, card
from dashboard.components.earlier import Earlier, changes
from dashboard.components.links import link, linked
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import Row, coverage, in_line
from dashboard.components.strokes import bullet
from dashboard.i18n import deferred, listed, t
from metrics.dimensions import Target
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind

ISSUES = ("issues_rectified_rate", "issues_on_time_rate", "issues_overdue", "issues_confirmed_rate")
COMPANIONS = {"officers_per_10k": ("officers_gap", deferred("缺口{amount}（逐单位相加）"))}
"""A KPI told in the note of another's card, and the word for it."""
CARDS, NAMED = 5, 3
"""How many cards there are, and how many units one names."""


def card_kpis(collected: Sequence[Kpi], targets: Mapping[str, Target]) -> list[Kpi]:
    """The KPIs that get a card of their own: the core ones, filled up with others that have a target."""
    places = CARDS - 1 if _has_issues(collected) else CARDS
    core = [kpi for kpi in collected if kpi.core]
    others = [kpi for kpi in collected if not kpi.core and kpi.key in targets and kpi.key not in ISSUES]
    return (core + others)[:places] if len(core) < places else core[:places]


def asked_kpis(collected: Sequence[Kpi], targets: Mapping[str, Target]) -> tuple[str, ...]:
    """Every KPI the cards stand on."""
    own = [kpi.key for kpi in card_kpis(collected, targets)]
    companions = [COMPANIONS[key][0] for key in own if key in COMPANIONS]
    return (*own, *companions, *(ISSUES if _has_issues(collected) else ()))


def _has_issues(collected: Sequence[Kpi]) -> bool:
    return set(ISSUES) <= {kpi.key for kpi in collected}


def all_facts(
    kpis: Sequence[Kpi],
    *,
    month: date,
    history: pl.DataFrame,
    units: pl.DataFrame,
    targets: Mapping[str, Target],
    changes: Mapping[str, Sequence[Earlier]],
    other_units: Mapping[str, Sequence[bool]],
    kind_of: Callable[[Kpi], PeriodKind],
    survey_days_of: Callable[[Kpi], Sequence[date]],
) -> list[CardFacts]:
    """What the card of each KPI says: ``history`` at the top level, ``units`` at the reporting level.

    ``changes`` and ``other_units`` as in CardFacts, by KPI.
    """
    return [
        facts(
            kpi,
            kind_of(kpi),
            history,
            units,
            targets.get(kpi.key),
            month,
            changes[kpi.key],
            other_units[kpi.key],
            survey_days_of(kpi),
        )
        for kpi in kpis
    ]


def facts(
    kpi: Kpi,
    kind: PeriodKind,
    history: pl.DataFrame,
    units: pl.DataFrame,
    held: Target | None,
    month: date,
    changes: Sequence[Earlier],
    other_units: Sequence[bool],
    survey_days: Sequence[date],
) -> CardFacts:
    """What a card says of one KPI: ``history`` at the top level, ``units`` at the reporting level."""
    own = {row["month"]: row for row in history.filter(pl.col("kpi") == kpi.key).iter_rows(named=True)}
    statuses = units.filter(pl.col("kpi") == kpi.key)["status"].to_list()
    met, missed = statuses.count("met"), statuses.count("missed")
    return CardFacts(
        kpi=kpi,
        kind=kind,
        row=own[month],
        held=held,
        history=[own[day]["value"] for day in sorted(own)],
        changes=changes,
        other_units=other_units,
        # A single unit's own judgement is the card's already.
        spread=(met, met + missed) if len(statuses) > 1 else (0, 0),
        note=_note(kpi, history, month, survey_days),
    )


def _note(kpi: Kpi, history: pl.DataFrame, month: date, survey_days: Sequence[date]) -> str:
    if kpi.over_time == "last_wave" and survey_days:
        return t("调查截至{day}", day=format.day(survey_days[0]))
    if kpi.key in COMPANIONS:
        key, word = COMPANIONS[kpi.key]
        row = row_of(history, key, month)
        if row and row["value"] is not None:
            return t(word, amount=format.measured(KPIS[key], format.figure(KPIS[key], row)))
    return ""


def row_of(history: pl.DataFrame, key: str, month: date) -> Row | None:
    """The row of one KPI and month."""
    found = history.filter((pl.col("kpi") == key) & (pl.col("month") == month)).to_dicts()
    return found[0] if found else None


def issues_cards(
    asked: Sequence[str],
    history: pl.DataFrame,
    month: date,
    held_against: Mapping[str, Sequence[Earlier]],
    missing: Sequence[str],
) -> list[str]:
    """Issues found and reported as rectified, confirmed by the province, overdue and in time: one card, if collected.

    The register of a unit that has not reported is in neither count: such units are ``missing``, by name.
    """
    if not set(ISSUES) <= set(asked):
        return []
    share, on_time, overdue, confirmed = (row_of(history, key, month) for key in ISSUES)
    rectified, found = share["numerator"], share["denominator"]
    last_month = held_against[ISSUES[0]][0]
    value, before = last_month.counts
    moved = [replace(last_month, value=value, before=before)] if last_month.compares else []
    told = [
        t("完成率{share}", share=f"{format.figure(KPIS[ISSUES[0]], share)}%") if found else "",
        *changes(KPIS[ISSUES[2]], moved),
        coverage(share),
        _left_out(missing),
    ]
    one = card(
        title=link(t("问题整改"), "indicator", kpi=ISSUES[0]),
        qualifier=t("自报已改/发现"),
        value=f"{format.whole(rectified)}/{format.whole(found)}",
        unit=t("个"),
        spark="",
        bar=_share_bar(share, last_month),
        lines=[
            f"{_judged(ISSUES[2], overdue, t('逾期'))} · {_judged(ISSUES[1], on_time, t('按期率'))}",
            in_line([_confirmed(confirmed), *map(escape, told)]),
        ],
    )
    return [one]


def _confirmed(row: Row) -> str:
    """How many of the issues units report as rectified the province has confirmed; told apart from their own word."""
    if row["numerator"] is None:
        return ""
    return linked(
        "{word}{count}个",
        word=link(t("省厅销号"), "indicator", kpi=ISSUES[3]),
        count=escape(format.whole(row["numerator"])),
    )


def _left_out(missing: Sequence[str]) -> str:
    """Whose registers are in none of the counts."""
    if not missing:
        return ""
    if len(missing) > NAMED:
        return t("不含{count}个未报单位", count=len(missing))
    return t("不含{units}", units=listed(missing))


def _judged(key: str, row: Row, word: str) -> str:
    kpi, mark = KPIS[key], html(STATUS[str(row["status"])])
    value = format.figure(kpi, row)
    if row["value"] is not None:
        value = format.measured(kpi, value)
    if kpi.denominator and row["cases"] is not None:
        value += t("（{label}）", label=format.cases(row["cases"]))
    told = linked("{word}{value}", word=link(word, "indicator", kpi=key), value=escape(value))
    return f'<span class="nb">{mark} {told}</span>'


def _share_bar(row: Row, last_month: Earlier) -> str:
    if row["value"] is None:
        return ""
    before = last_month.beside(row["value"])
    return bullet(row["value"], 100, before, str(row["status"]), whole=100, label=t("整改完成率"))

"""The notation of figures, the same everywhere: value, unit, n, target, coverage, change, status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.marks import STATUS
from dashboard.i18n import deferred, of, t
from metrics.dimensions import Target
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind

Row = Mapping[str, object]
"""A row of queries.figures.table."""

QUALIFIER = {
    "ytd": deferred("本年累计"),
    "rolling12": deferred("近12个月"),
    "quarter": deferred("本季度"),
    "year": deferred("全年"),
}
WORD_FOR_VALUE = ("not_reported", "not_due", "not_applicable")
"""Statuses whose word stands in the place of a value."""


def is_word(row: Row) -> bool:
    """Whether a word stands in the place of the value: what has come before the month falls due is shown."""
    return row["status"] in WORD_FOR_VALUE and (row["status"] != "not_due" or row["value"] is None)


def shown(kpi: Kpi, row: Row) -> str:
    """The value, or the word for why there is none."""
    if is_word(row):
        return t(STATUS[str(row["status"])].word)
    return format.figure(kpi, row)


def labelled(kpi: Kpi, row: Row) -> str:
    """``shown`` as it stands on a map: a value without enough cases carries its sign, since its grey is no class.

    Without it somebody who does not tell green from red would take it for one.
    """
    value = shown(kpi, row)
    few = str(row["status"]) == "too_few_cases" and not is_word(row)
    return f"{STATUS['too_few_cases'].sign}{value}" if few else value


def said(kpi: Kpi, row: Row, name: str) -> str:
    """A unit's figure in one line, for hovering and reading aloud."""
    value = shown(kpi, row)
    parts = [name, value if row["value"] is None else format.measured(kpi, value)]
    if row["cases"] is not None:
        parts.append(format.cases(row["cases"]))
    if row["target"] is not None:
        parts.append(f"{t('目标')} {format.target(kpi, row['target'])}")
    parts.append(t(STATUS[str(row["status"])].word))
    return " · ".join(dict.fromkeys(parts))


def target_text(kpi: Kpi, value: float | None, held: Target | None) -> str:
    """目标 ≥90（设定值）, or 无目标."""
    if value is None:
        return t("无目标")
    label = format.target_label(held)
    return t("目标") + f" {format.target(kpi, value)}" + (t("（{label}）", label=label) if label else "")


def coverage(row: Row, kind: PeriodKind = "month") -> str:
    """15/16已报: behind how many of the reports expected a figure stands; nothing for a register.

    Over several months it counts monthly reports: 156/160份月报.
    """
    if not row["expected"] or row["expected"] == 1:
        return ""
    if kind != "month":
        return t("{reported}/{expected}份月报", reported=row["reported"], expected=row["expected"])
    return t("{reported}/{expected}已报", reported=row["reported"], expected=row["expected"])


def joined(parts: Sequence[str]) -> str:
    """Short statements in one line, escaped."""
    return in_line([escape(part) for part in parts])


def in_line(parts: Sequence[str]) -> str:
    """Short statements (HTML) in one line; where it breaks, the dot stays behind: no line begins with one."""
    *before, last = [part for part in parts if part] or [""]
    told = [*(f"{part} ·" for part in before), last]
    return " ".join(f'<span class="nb">{part}</span>' for part in told if part)


def figure_table(rows: Iterable[Row], names: Mapping[str, str]) -> pl.DataFrame:
    """Figures as they are taken away: unrounded, titled in the reader's language, a line a unit and KPI."""
    lines = [
        {
            t("月份"): row["month"],
            t("单位代码"): row["unit_code"],
            t("单位"): names.get(str(row["unit_code"]), row["unit_name"]),
            t("指标"): of(KPIS[str(row["kpi"])], "title"),
            t("分子"): row["numerator"],
            t("分母"): row["denominator"],
            t("数值"): row["value"],
            t("计量单位"): format.unit(KPIS[str(row["kpi"])]),
            "n": row["cases"],
            t("目标"): row["target"],
            t("状态"): t(STATUS[str(row["status"])].word),
            t("已报"): row["reported"],
            t("应报"): row["expected"],
        }
        for row in rows
    ]
    return _whole_where_whole(pl.DataFrame(lines, infer_schema_length=None))


def _whole_where_whole(table: pl.DataFrame) -> pl.DataFrame:
    """Counts as whole numbers: a column of which every number is one."""
    whole = [
        column.name
        for column in table.iter_columns()
        if column.dtype.is_float() and (column.drop_nulls() % 1 == 0).all()
    ]
    return table.with_columns(pl.col(whole).cast(pl.Int64))

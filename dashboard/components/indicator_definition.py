"""How a figure comes about: the question, the formula with its totals filled in, target and source, rules."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from dashboard import format
from dashboard.components import definitions
from dashboard.components.charts import interval
from dashboard.components.indicator_facts import Indicator, line_of
from dashboard.components.links import link
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import QUALIFIER, Row, coverage, joined, target_text
from dashboard.components.unit_lines import missing
from dashboard.i18n import clauses, deferred, of, t
from metrics.kpi import Kpi
from metrics.uncertainty import spread_of

CHANCE = {
    "proportion": deferred("95%区间按威尔逊法；样本越小，区间越宽"),
    "count": deferred("95%区间按泊松分布（不足10件用精确法，其余用拜尔近似）"),
    "none": deferred("全数统计，没有抽样误差，不画区间"),
}


def card(indicator: Indicator) -> str:
    """The definition of the KPI with the explained unit's totals, and the picked unit's below, as HTML."""
    kpi = indicator.kpi
    formulas = _figure(indicator, indicator.code, indicator.name, indicator.row)
    if indicator.picked_months:
        formulas += _figure(indicator, indicator.picked, indicator.picked_name, indicator.picked_months[-1])
    return (
        f'<section class="indicator-card"><p class="indicator-question">{escape(of(kpi, "question"))}</p>'
        f"{formulas}<dl>{''.join(_term(*each) for each in _terms(indicator))}</dl></section>"
    )


def _figure(indicator: Indicator, code: str, name: str, row: Row) -> str:
    return (
        _formula(indicator.kpi, name, row)
        + _status(indicator, name, row)
        + _rows(indicator.kpi, code, name, row)
    )


def _rows(kpi: Kpi, code: str, name: str, row: Row) -> str:
    """The way on to what the figure is made of: rows of workbooks, or reports and when they came."""
    if row["value"] is None:
        return ""
    if kpi.mart == "mart_report_month":
        way = link(t("看每份月报何时报送"), "progress")
    else:
        way = link(t("看{name}的每一行（工作簿、行、单元格）", name=name), rows=code, part="")
    return f'<p class="indicator-status">{way}</p>'


def _formula(kpi: Kpi, name: str, row: Row) -> str:
    """云南省 3,048 ÷ 3,302 × 100 = 92.31%."""
    if row["value"] is None:
        return ""
    finer = replace(kpi, decimals=kpi.decimals + 1) if kpi.denominator else kpi
    value = f"<b>{escape(format.measured(kpi, format.figure(finer, row)))}</b>"
    if kpi.denominator is None or row["denominator"] is None:
        worked = value
    else:
        factor = "" if kpi.factor == 1 else f" × {format.whole(kpi.factor)}"
        parts = f"{amount(kpi, row['numerator'])} ÷ {amount(kpi, row['denominator'])}{factor}"
        worked = f'<span class="nb">{escape(parts)}</span> = <span class="nb">{value}</span>'
    return f'<p class="indicator-formula"><small>{escape(name)}</small> {worked}</p>'


def amount(kpi: Kpi, value: float | None) -> str:
    """A numerator or denominator as it is counted; weighted residents are whole persons."""
    if value is None:
        return format.MISSING
    return format.whole(value) if kpi.mart == "mart_survey" else format.plain(value)


def _status(indicator: Indicator, name: str, row: Row) -> str:
    """The judgement of a figure; without a value it begins with the unit's name, else the formula has said it."""
    kpi, status = indicator.kpi, str(row["status"])
    band = interval(indicator, row)
    parts = [
        t(STATUS[status].word),
        target_text(kpi, row["target"], indicator.held) if row["target"] is not None else "",
        missing(line_of(indicator, row)),
        format.cases(row["cases"]) if row["cases"] is not None else "",
        t("95%区间 {interval}", interval=band) if band else "",
        "" if kpi.over_time == "last_wave" else coverage(row, indicator.kind),
    ]
    whose = f"<b>{escape(name)}</b> " if row["value"] is None else ""
    return f'<p class="indicator-status">{whose}{html(STATUS[status])} {joined(parts)}</p>'


def _terms(indicator: Indicator) -> list[tuple[str, str]]:
    kpi = indicator.kpi
    several = t(definitions.OVER_TIME[kpi.over_time])
    rules = [definitions.few_words(kpi), t(CHANCE[spread_of(kpi)])]
    return [
        (t("分子"), escape(of(kpi, "numerator"))),
        (t("分母"), escape(of(kpi, "denominator")) if kpi.denominator else ""),
        (t("目标"), _target(indicator)),
        (t("多月"), escape(several)),
        (t("小样本"), escape(clauses(rules))),
        (t("说明"), escape(of(kpi, "note"))),
        ("", link(t("在口径页查看"), "dictionary", wanted=of(kpi, "title"))),
    ]


def _target(indicator: Indicator) -> str:
    kpi, held = indicator.kpi, indicator.held
    if held is None:
        return escape(t("无目标"))
    label = format.target_label(held)
    number = format.target(kpi, held.number) + (t("（{label}）", label=label) if label else "")
    judged = t("只在{period}判断", period=_periods(kpi)) if kpi.judged_in else ""
    told = [t(definitions.TARGET_RULES[held.rule]), judged, of(held, "citation")]
    told.append(t("适用：{scope}", scope=of(held, "scope")))
    return f"<b>{escape(number)}</b> {escape(' · '.join(part for part in told if part))}"


def _periods(kpi: Kpi) -> str:
    return "/".join(t(QUALIFIER[kind]) for kind in kpi.judged_in)


def _term(title: str, text: str) -> str:
    return f"<div><dt>{escape(title)}</dt><dd>{text}</dd></div>" if text else ""

"""The units of a level in one table: what the figure is made of, how sure it is, what is missing to the target."""

from __future__ import annotations

from html import escape

import polars as pl

from dashboard import format
from dashboard.components import certainty_words, map_list
from dashboard.components.charts import interval
from dashboard.components.indicator_definition import amount
from dashboard.components.indicator_facts import MANY_UNITS, Indicator, line_of, ordered
from dashboard.components.links import going, link
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import Row, figure_table, is_word
from dashboard.components.unit_lines import missing
from dashboard.i18n import t
from dashboard.state import BY_PLACE, BY_VALUE
from metrics.kpi import Kpi

Cell = tuple[str, str, str]
"""CSS class, title of the column, and the cell as HTML."""


def body(indicator: Indicator, order: str) -> str:
    """The explained unit's totals, then the units below it; a row leads to the units below its own."""
    rows = ordered(indicator, order)
    head = "".join(
        f'<th scope="col" class="{css}">{escape(title)}</th>' for css, title, _ in _cells(indicator, rows[0])
    )
    whole = _line(indicator, indicator.row, "indicator-whole", "")
    lines = "".join(_line(indicator, row, _css(indicator, row), _leads(indicator, row)) for row in rows)
    scroll = " indicator-tall" if len(rows) > MANY_UNITS else ""
    return (
        f'{_orders(indicator.kpi, order)}<div class="indicator-scroll{scroll}" tabindex="0"><table class="indicator-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{whole}{lines}</tbody></table></div>"
    )


def _orders(kpi: Kpi, order: str) -> str:
    """The two orders, the one in force in bold."""
    words = ((BY_VALUE, map_list.order(kpi)), (BY_PLACE, t("按行政区划")))
    told = [f"<b>{escape(text)}</b>" if key == order else link(text, order=key) for key, text in words]
    return f'<p class="src indicator-switch">{escape(t("排列"))} {" · ".join(told)}</p>'


def _css(indicator: Indicator, row: Row) -> str:
    return "picked" if row["unit_code"] == indicator.picked else ""


def _leads(indicator: Indicator, row: Row) -> str:
    """Where a row leads: to the units below, at the lowest level to the unit picked, or let go."""
    code = str(row["unit_code"])
    if indicator.leads_to:
        return going(level=indicator.leads_to, unit=code)
    # An own office shares its code with the unit it serves and has no page of its own.
    if row["own_office"]:
        return ""
    return going(unit=indicator.back if code == indicator.picked else code)


def _line(indicator: Indicator, row: Row, css: str, leads: str) -> str:
    cells = "".join(
        f'<td class="{css_}" data-label="{escape(title)}">{text}</td>'
        for css_, title, text in _cells(indicator, row)
    )
    reached = f'{leads} tabindex="0" role="link" data-key="{escape(str(row["unit_code"]))}"' if leads else ""
    return f'<tr class="{css}" {reached}>{cells}</tr>'


def _cells(indicator: Indicator, row: Row) -> list[Cell]:
    kpi, status = indicator.kpi, str(row["status"])
    code = str(row["unit_code"])
    name = indicator.name if code == indicator.code and "own_office" not in row else indicator.names[code]
    mark = f"{html(STATUS[status])} {escape(t(STATUS[status].word))}"
    value = format.MISSING if is_word(row) else format.figure(kpi, row)
    found: list[Cell] = [
        ("name", indicator.level_name, escape(name)),
        ("value", t("数值（{unit}）", unit=format.unit(kpi)), f"<b>{escape(value)}</b>"),
        ("state", t("状态"), mark),
    ]
    if any(each["target"] is not None for each in (*indicator.rows, indicator.row)):
        found.append(("gap", t("距达标"), escape(missing(line_of(indicator, row)))))
        found.append(("part", t("目标"), escape(format.target(kpi, row["target"]))))
    return found + _evidence(indicator, row)


def _evidence(indicator: Indicator, row: Row) -> list[Cell]:
    """What the figure is made of, and what chance allows it to say."""
    kpi, found = indicator.kpi, []
    if kpi.denominator:
        found.append(("part", t("分子"), escape(amount(kpi, row["numerator"]))))
        found.append(("part", t("分母"), escape(amount(kpi, row["denominator"]))))
    if indicator.has_intervals:
        found.append(("part", t("95%区间"), escape(interval(indicator, row))))
    if _says_cases(indicator):
        found.append(("part", "n", escape(format.whole(row["cases"]))))
    if indicator.funnel is not None:
        found.append(("state", _difference_title(indicator), _difference(indicator, row)))
    return found


def _says_cases(indicator: Indicator) -> bool:
    """Whether n is another number than what already stands as numerator or denominator."""
    return indicator.kpi.mart == "mart_survey"


def _difference_title(indicator: Indicator) -> str:
    """The head of the column, with the tests its three states stand for."""
    return t("与{name}的差别（95%区间、99.8%控制限）", name=indicator.name)


def _difference(indicator: Indicator, row: Row) -> str:
    """Whether a unit differs for real; nothing where it is no point of the funnel."""
    found = indicator.certainty.get(str(row["unit_code"]))
    if found is None or row is indicator.row:
        return ""
    told, sign = escape(certainty_words.word(found)), certainty_words.sign(found)
    return f'<b class="{certainty_words.css(found)}">{sign}</b> {told}' if sign else told


def export(indicator: Indicator) -> pl.DataFrame:
    """The table as it is taken away, unrounded: the explained unit, then the units below it."""
    whole = indicator.row | {"month": f"{indicator.month:%Y-%m}"}
    rows = [whole, *indicator.rows]
    found = figure_table(rows, indicator.names)
    # An own office shares the code of the unit it serves, not its name.
    names = [indicator.name, *found[t("单位")][1:]]
    found = found.with_columns(
        pl.Series(t("单位"), names, pl.String),
        pl.Series(t("95%区间下限"), [row["lower"] for row in rows], pl.Float64),
        pl.Series(t("95%区间上限"), [row["upper"] for row in rows], pl.Float64),
        pl.Series(t("距达标（按分子）"), [row["gap"] for row in rows], pl.Int64),
    )
    if indicator.funnel is not None:
        told = ["", *(_difference_word(indicator, row) for row in indicator.rows)]
        found = found.with_columns(pl.Series(_difference_title(indicator), told, pl.String))
    return found


def _difference_word(indicator: Indicator, row: Row) -> str:
    found = indicator.certainty.get(str(row["unit_code"]))
    return "" if found is None else certainty_words.word(found)

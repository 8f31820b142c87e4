"""Every KPI of one unit in one table: what misses its target first, then what meets it, then the rest by theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import aligned
from dashboard.components.earlier import BY_MONTH, Earlier
from dashboard.components.links import link
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import QUALIFIER, shown
from dashboard.components.strokes import sparkline
from dashboard.components.unit_lines import THEME_OF, UnitLine, distance, missed, missing
from dashboard.i18n import deferred, listed, of, t
from metrics.period import PeriodKind
from metrics.query import STANDARD_KPI

NO_REPORT = {"not_reported": deferred("未报{count}项"), "not_due": deferred("未到期{count}项")}
"""Statuses of figures that nothing has been reported for, with the title of their part."""


@dataclass(frozen=True, kw_only=True)
class UnitTable:
    """What is shown: the lines of a unit, whom it is compared with and who stands above it ("" for nobody).

    ``kind`` is the period the title names; a line of another period says so. ``red_lines`` stand first.
    ``explained`` are the KPIs that rest on a value the unit has given a reason for.
    """

    code: str
    lines: Sequence[UnitLine]
    kind: PeriodKind
    red_lines: Sequence[str]
    peers: str
    above: str
    explained: frozenset[str] = frozenset()

    @property
    def has_last_year(self) -> bool:
        """Whether any figure has one of the same month last year to be held against."""
        return any(line.earlier[1].compares for line in self.lines)

    @property
    def same_units(self) -> str:
        """On which units most changes stand that do not stand on all: told once below the table, marked beside each."""
        notes = [each.on_same_units for line in self.lines for each in line.earlier]
        told = Counter(note for note in notes if note).most_common(1)
        return told[0][0] if told else ""


def body(shown_table: UnitTable) -> str:
    """The table as HTML; on a narrow screen each line becomes a block."""
    parts = "".join(_part(shown_table, title, lines) for title, lines in _parts(shown_table) if lines)
    return f'<table class="unit-table"><thead><tr>{_header(shown_table)}</tr></thead>{parts}</table>'


def _parts(shown_table: UnitTable) -> list[tuple[str, list[UnitLine]]]:
    """Titles (HTML) with their lines; what does not apply is in none of them."""
    lines = shown_table.lines
    wanting = missed(lines, shown_table.red_lines)
    met = [line for line in lines if line.status == "met"]
    waiting = [line for line in lines if line.status in NO_REPORT]
    told = ("met", "missed", "not_applicable", *NO_REPORT)
    rest = [line for line in lines if line.status not in told]
    hint = f" <span>{escape(t('差得最远的在前'))}</span>" if len(wanting) > 1 else ""
    return [
        (_counted("missed", t("未达标{count}项", count=len(wanting))) + hint, wanting),
        (_counted("met", t("达标{count}项", count=len(met))), met),
        *_without_report(waiting),
        (escape(t("不作判断{count}项", count=len(rest))), rest),
    ]


def _without_report(waiting: Sequence[UnitLine]) -> list[tuple[str, list[UnitLine]]]:
    """What is not there yet, by the reason: not judged for want of data, not for what the data say."""
    found = {status: [line for line in waiting if line.status == status] for status in NO_REPORT}
    return [
        (_counted(status, t(NO_REPORT[status], count=len(lines))), lines) for status, lines in found.items()
    ]


def _counted(status: str, text: str) -> str:
    return f"{html(STATUS[status])} {escape(text)}"


def left_out(shown_table: UnitTable) -> str:
    """The KPIs that do not apply to the unit, by name; empty without any."""
    names = [of(line.kpi, "title") for line in shown_table.lines if line.status == "not_applicable"]
    return t("不适用{count}项：{names}", count=len(names), names=listed(names)) if names else ""


def _columns(shown_table: UnitTable) -> list[tuple[str, str]]:
    """Classes and titles of the columns; the last ones only where there is anything to hold a figure against."""
    columns = [
        ("theme", t("主题")),
        ("name", t("指标")),
        ("trend", t("近13个月")),
        ("value", t("数值")),
        ("cases", "n"),
        ("target", t("目标")),
        ("gap", t("离目标")),
        ("before", t(_against(shown_table, 0))),
    ]
    columns += [("year", t(_against(shown_table, 1)))] if shown_table.has_last_year else []
    columns += [("peers", t("同组中位数"))] if shown_table.peers else []
    return columns + ([("above", t("上级（{unit}）", unit=shown_table.above))] if shown_table.above else [])


def _against(shown_table: UnitTable, place: int) -> str:
    """What most lines are held against; a line held against something else says so."""
    held = Counter(line.earlier[place].name for line in shown_table.lines if line.earlier)
    return held.most_common(1)[0][0] if held else BY_MONTH[place]


def _header(shown_table: UnitTable) -> str:
    return "".join(
        f'<th scope="col" class="{css}">{escape(text)}</th>' for css, text in _columns(shown_table)
    )


def _part(shown_table: UnitTable, title: str, lines: Sequence[UnitLine]) -> str:
    columns = _columns(shown_table)
    drawn, theme = [], ""
    for line in lines:
        own = THEME_OF.get(line.kpi.key, "")
        drawn.append(_line(shown_table, line, columns, t(own) if own and own != theme else ""))
        theme = own
    heading = f'<tr class="part"><th colspan="{len(columns)}" scope="rowgroup">{title}</th></tr>'
    return f"<tbody>{heading}{''.join(drawn)}</tbody>"


def _line(shown_table: UnitTable, line: UnitLine, columns: Sequence[tuple[str, str]], theme: str) -> str:
    cells = _cells(shown_table, line) | {"theme": escape(theme)}
    return (
        "<tr>"
        + "".join(
            f'<td class="{css}"{_labelled(title, cells[css])}>{cells[css]}</td>' for css, title in columns
        )
        + "</tr>"
    )


def _labelled(title: str, cell: str) -> str:
    """What a narrow screen writes before a cell; an empty one is left out there."""
    return f' data-label="{escape(title)}"' if cell else ' data-empty="1"'


def _cells(shown_table: UnitTable, line: UnitLine) -> dict[str, str]:
    """What stands in the columns, as HTML."""
    kpi, row = line.kpi, line.row
    before, last_year = (_change(shown_table, line, place) for place in (0, 1))
    history = [each["value"] for each in line.months]
    return {
        "name": _name(shown_table, line),
        "trend": sparkline(
            history, row["target"], line.status, label=t("近13个月走势"), hollow=line.other_units
        ),
        "value": _value(line),
        "cases": "" if row["cases"] is None else format.whole(row["cases"]),
        "target": _target(line),
        "gap": _gap(line),
        "before": before,
        "year": last_year,
        "peers": _median(line),
        "above": "" if line.above is None else aligned.number(shown(kpi, line.above)),
    }


def _name(shown_table: UnitTable, line: UnitLine) -> str:
    name = link(of(line.kpi, "title"), "indicator", kpi=line.kpi.key, unit=shown_table.code)
    small = [_period(shown_table, line), t("有说明") if line.kpi.key in shown_table.explained else ""]
    return " ".join([name, *(f"<small>{escape(text)}</small>" for text in small if text)])


def _period(shown_table: UnitTable, line: UnitLine) -> str:
    """The period of a line where it is another than the table's; of a stock or a survey, its day is the end's."""
    if line.kpi.over_time == "flow":
        same = line.kind == shown_table.kind
        return "" if same else t(QUALIFIER.get(line.kind, deferred("当月")))
    if line.kpi.over_time == "last_wave":
        return t("最近一次调查")
    return t("期末") if shown_table.kind != "month" else ""


def _value(line: UnitLine) -> str:
    unit = format.unit(line.kpi) if line.row["value"] is not None else ""
    return aligned.figure(shown(line.kpi, line.row), mark=html(STATUS[line.status]), unit=unit)


def _target(line: UnitLine) -> str:
    if line.row["target"] is None:
        return ""
    label = escape(format.target_label(line.held))
    return f"{aligned.number(format.target(line.kpi, line.row['target']))} <small>{label}</small>"


def _gap(line: UnitLine) -> str:
    if not missing(line):
        return ""
    how = _summed(line)
    small = f" <small>{escape(how)}</small>" if how else ""
    return f"{escape(missing(line))}{small}"


def _summed(line: UnitLine) -> str:
    """How officers short of the standard are counted over several units: two ways, two numbers."""
    if (line.row["expected"] or 0) < 2:
        return ""
    if line.kpi.own_total:
        return t("各单位缺口相加")
    return t("合计与标准相比") if line.kpi.key == STANDARD_KPI else ""


def _change(shown_table: UnitTable, line: UnitLine, place: int) -> str:
    """A difference in the KPI's unit; of a survey said what it is held against, and on which units where not on all."""
    earlier = line.earlier[place]
    text = format.change(line.kpi, earlier.value, earlier.before, with_unit=False)
    if not text:
        return ""
    units = earlier.on_same_units
    notes = [
        t(earlier.name) if earlier.name != _against(shown_table, place) else "",
        "*" if units and units == shown_table.same_units else units,
    ]
    return " ".join([aligned.number(text), *(f"<small>{escape(note)}</small>" for note in notes if note)])


def _compared(earlier: Earlier, before: str, change: str, units: str) -> dict[str, object]:
    """An earlier value on the units compared, the difference on these units, and how many they are."""
    difference = earlier.value - earlier.before if earlier.compares else None
    return {before: earlier.before, change: difference, units: earlier.compared if earlier.compares else None}


def _median(line: UnitLine) -> str:
    if line.median is None:
        return ""
    median = aligned.number(format.number(line.median, line.kpi.decimals))
    return f"{median} <small>{escape(t('（{count}个单位）', count=line.peers))}</small>"


def table(shown_table: UnitTable) -> pl.DataFrame:
    """The table as it is taken away, unrounded, what does not apply included."""
    return pl.DataFrame(
        [
            {
                t("主题"): t(THEME_OF.get(line.kpi.key, "")),
                t("指标"): of(line.kpi, "title"),
                t("时段"): t(QUALIFIER[line.kind]) if line.kind in QUALIFIER else t("当月"),
                t("分子"): line.row["numerator"],
                t("分母"): line.row["denominator"],
                t("数值"): line.row["value"],
                t("计量单位"): format.unit(line.kpi),
                "n": line.row["cases"],
                t("目标"): line.row["target"],
                t("状态"): t(STATUS[line.status].word),
                t("离目标"): missing(line),
                t("离目标的算法"): _summed(line) if missing(line) else "",
                t("与目标相差占目标的比例"): distance(line) if line.status == "missed" else None,
                **_compared(line.earlier[0], t("上期数值"), t("较上期"), t("较上期的同口径单位数")),
                **_compared(
                    line.earlier[1], t("去年同月数值"), t("较去年同月"), t("较去年同月的同口径单位数")
                ),
                t("同组中位数"): line.median,
                t("同组单位数"): line.peers,
                t("上级数值"): None if line.above is None else line.above["value"],
            }
            for line in shown_table.lines
        ],
        infer_schema_length=None,
    )

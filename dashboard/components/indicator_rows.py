"""The rows behind a figure: workbook, sheet, row and cell of each, and what it adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import block, exhibit, headings
from dashboard.components.choices import choice
from dashboard.components.definitions import quoted
from dashboard.components.exhibit import Exhibit
from dashboard.components.links import link
from dashboard.i18n import deferred, listed, of, t
from etl.deciding_cells import sheet_of
from etl.overdue import DAYS_OVERDUE
from etl.provenance import ALL, NUMERATOR, REST, RowsBehind, cell, is_withheld
from etl.schema import Column
from etl.sheets import SHEETS
from etl.sheets.complaints import INTEGRITY
from metrics.counted import measures
from metrics.kpi import Kpi
from metrics.period import PeriodKind

ON_PAGE = 200
"""Rows drawn; the table taken away has more."""
LONG_TEXT = 1_000
"""A text that may have so many signs is given room."""
PARTS = {ALL: deferred("全部"), NUMERATOR: deferred("计入分子"), REST: deferred("只计入分母")}
"""What the parts of the rows are called, where one sheet has both totals."""


@dataclass(frozen=True, kw_only=True)
class FigureRows:
    """The figure of one unit and the rows behind it.

    ``names`` are those of the codes that stand in rows, ``reporting_names`` of those that report.
    """

    kpi: Kpi
    month: date
    kind: PeriodKind
    name: str
    names: Mapping[str, str]
    reporting_names: Mapping[str, str]
    sheets: Sequence[RowsBehind]
    today: date
    simulated: bool


def show(found: FigureRows) -> None:
    """An exhibit a row model; before them, what part of the figure no row stands behind."""
    told = [_without_rows(found, measure) for measure in measures(found.kpi) if sheet_of(measure) is None]
    if not any(each.counts[ALL] or each.withheld for each in found.sheets):
        told.append(escape(t("没有计入的行。")))
    words = " ".join([*dict.fromkeys(told), link(t("收起明细"), rows="", part="")])
    block.show(f'<p class="src" data-arrive>{words}</p>', key="indicator_rows_head")
    for number, each in enumerate(found.sheets):
        if each.counts[ALL] or each.withheld:
            _sheet(found, each, f"indicator_rows_{number}")


def _without_rows(found: FigureRows, measure: str) -> str:
    """Why a part of the figure has no rows in any workbook."""
    if found.kpi.mart == "mart_report_month":
        return link(t("看每份月报何时报送"), "progress")
    if measure == "county_months":
        return escape(t("分母是有填报的县月数，不来自某一行。"))
    if found.kpi.own_total:
        return escape(t("应配人数按专项人口表里的人口算出，不在填报的工作簿里。"))
    return escape(
        t(
            "分母（{denominator}）来自专项的人口表，不在填报的工作簿里。",
            denominator=of(found.kpi, "denominator"),
        )
    )


def _sheet(found: FigureRows, behind: RowsBehind, key: str) -> None:
    title = of(SHEETS[behind.sheet], "title")
    what = t("{kpi} · {sheet}的明细行", kpi=of(found.kpi, "title"), sheet=title)
    shown = Exhibit(
        title=headings.title(found.name, what, found.month, found.kind),
        name=exhibit.file_name(
            f"{found.month:%Y-%m}", of(found.kpi, "title"), found.name, title, *_part_taken(behind)
        ),
        notes=[escape(note) for note in _notes(found, behind)],
        table=_export(found, behind) if behind.rows.height else None,
        simulated=found.simulated,
    )
    exhibit.show(shown, _switch(found, behind) + _table(found, behind), key=key)


def _switch(found: FigureRows, behind: RowsBehind) -> str:
    """Which rows are listed, and the way to the others: those that are not in the numerator are what is looked for."""
    if not behind.has_parts or not _is_share(found.kpi):
        return ""
    told = [
        f"<b>{text}</b>" if key == behind.part else link(text, part=key)
        for key, word in PARTS.items()
        for text in [t("{part}{count}行", part=t(word), count=format.whole(behind.counts[key]))]
    ]
    return f'<p class="src indicator-switch">{" · ".join(told)}</p>'


def part_of(kpi: Kpi, wanted: str) -> str:
    """Which rows are listed: for a figure that is not the one sum divided by the other, all."""
    return wanted if _is_share(kpi) else ALL


def _is_share(kpi: Kpi) -> bool:
    return kpi.over_time != "last_wave" and not kpi.own_total


def _part_taken(behind: RowsBehind) -> list[str]:
    """What the name of the table says where it does not hold every row."""
    part = [] if behind.part == ALL else [t(PARTS[behind.part])]
    whole = behind.rows.height == behind.row_count
    return part if whole else [*part, t("前{count}行", count=behind.rows.height)]


def _notes(found: FigureRows, behind: RowsBehind) -> list[str]:
    sums = [f"{_part(found, name)} {format.plain(total)}" for name, total in behind.totals.items()]
    count = format.whole(behind.counts[ALL] + behind.withheld)
    told = [
        t("计入{count}行；各行合计：{sums}。", count=count, sums=listed(sums)),
        _how_counted(found, behind),
    ]
    if behind.row_count > ON_PAGE:
        taken = format.whole(behind.rows.height)
        told.append(t("本页列出前{shown}行，CSV有{taken}行。", shown=format.whole(ON_PAGE), taken=taken))
    if behind.rows.height < behind.row_count:
        told.append(t("其余各行可缩小到下级单位或单月再看。"))
    if behind.withheld:
        told.append(
            t(
                "其中{count}行只计数不列出：属不公开明细的类别，或与之同单位同月，列出便可推知。",
                count=format.whole(behind.withheld),
            )
        )
    return [each for each in [*told, *_notes_on_issues(found, behind)] if each]


def _notes_on_issues(found: FigureRows, behind: RowsBehind) -> list[str]:
    """Until when days overdue are counted, and that what is listed is for few."""
    told = []
    if _has_overdue(behind):
        told.append(
            t(
                "逾期天数算到{day}；已整改的不算。状态以各单位最近一次报送的台账为准。",
                day=format.day(found.today),
            )
        )
    if "focus_area" in behind.columns and INTEGRITY in behind.rows["focus_area"]:
        told.append(t("含逐利执法与廉政风险类明细，只列给有权查看的人，请勿外传。"))
    return told


def _has_overdue(behind: RowsBehind) -> bool:
    rows = behind.rows
    return DAYS_OVERDUE in rows.columns and rows[DAYS_OVERDUE].null_count() < rows.height


def _how_counted(found: FigureRows, behind: RowsBehind) -> str:
    """What the figure is, where it is not simply the sum of its rows."""
    if found.kpi.over_time == "last_wave":
        return t("指标按人口加权：各单位满意比例乘以人口，不是各行直接相加。")
    if found.kpi.average_stock and found.kpi.denominator in behind.totals:
        return t("指标的分母是各月在岗人数的平均，不是各月之和。")
    return t("指标是应配人数减去在岗人数。") if found.kpi.own_total else ""


def _part(found: FigureRows, measure: str) -> str:
    """What a measure is to the figure; where it is neither numerator nor denominator, what it counts."""
    kpi = found.kpi
    if kpi.over_time == "last_wave":
        return t("满意回答") if measure == kpi.numerator else t("有效回答")
    if kpi.own_total or (kpi.average_stock and measure == kpi.denominator):
        return t("在岗人数")
    return t("分子") if measure == kpi.numerator else t("分母")


def _table(found: FigureRows, behind: RowsBehind) -> str:
    if behind.rows.is_empty():
        return ""
    columns = _columns(behind)
    first = behind.rows.row(0, named=True)
    titles = [(css, title) for title, css, _ in _cells(found, behind, columns, first)]
    head = "".join(f'<th scope="col" class="{css}">{escape(title)}</th>' for css, title in titles)
    lines = "".join(
        _line(found, behind, columns, row) for row in behind.rows.head(ON_PAGE).iter_rows(named=True)
    )
    return (
        f'<div class="indicator-scroll indicator-rows" tabindex="0"><table class="indicator-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _line(found: FigureRows, behind: RowsBehind, columns: Sequence[Column], row: Mapping[str, object]) -> str:
    cells = "".join(
        f'<td class="{css}" data-label="{escape(title)}">{text}</td>'
        for title, css, text in _cells(found, behind, columns, row)
    )
    return f"<tr>{cells}</tr>"


def _cells(
    found: FigureRows, behind: RowsBehind, columns: Sequence[Column], row: Mapping[str, object]
) -> Iterator[tuple[str, str, str]]:
    """Title, class and HTML of each cell of a line."""
    yield t("工作簿"), "name", escape(_workbook(found, row))
    yield t("行"), "part", str(row["row"])
    if "month" in row and behind.rows["month"].n_unique() > 1:
        yield t("计入月份"), "name", f"{row['month']:%Y-%m}"
    for column in columns:
        place = cell(row["column_letters"], column.name, row["row"])
        address = f" <small>{place}</small>" if column.name in behind.deciding else ""
        seen = _said(found, column, row)
        yield _column_title(column), _css(column), seen + address
        if column.name == "due_on" and _has_overdue(behind):
            yield t("逾期天数"), "part", format.whole(row[DAYS_OVERDUE])
    for name in behind.totals:
        yield t("计入{part}", part=_part(found, name)), "part", escape(_added(row[f"adds_{name}"]))


def _said(found: FigureRows, column: Column, row: Mapping[str, object]) -> str:
    """A cell as HTML; a text is in Chinese from its first sign to its last."""
    value = row[column.name]
    if value is not None and column.type == "text" and not column.carried_key:
        return f'<span lang="zh">{escape(str(value))}</span>'
    return quoted(_seen(found, column, row))


def _columns(behind: RowsBehind) -> list[Column]:
    """The columns shown, in the order in which they are read; one that is empty in every row is not."""
    return [
        SHEETS[behind.sheet].column(name)
        for name in behind.columns
        if behind.rows[name].null_count() < behind.rows.height
    ]


def _css(column: Column) -> str:
    if column.type == "text" and not column.carried_key:
        return "text long" if (column.max_length or 0) >= LONG_TEXT else "text"
    return "part" if column.type in ("integer", "decimal") else "name"


def _column_title(column: Column) -> str:
    # A code is shown as the unit's name.
    return t("单位") if column.type == "code" else of(column, "title")


def _workbook(found: FigureRows, row: Mapping[str, object]) -> str:
    """The workbook by unit, month and revision; the file's own name is what its sender typed."""
    unit, period = str(row["source_submission_id"]).rsplit("-", 3)[0], row["period"]
    name = found.reporting_names.get(unit, unit)
    if period is None:
        # Replaced by a later revision since; its month stands in its name.
        return t(
            "{unit} {month} 旧版", unit=name, month="-".join(str(row["source_submission_id"]).split("-")[1:3])
        )
    return t("{unit} {month} 第{revision}版", unit=name, month=f"{period:%Y-%m}", revision=row["revision"])


def _added(amount: object) -> str:
    return format.plain(amount) if amount else format.MISSING


def _seen(found: FigureRows, column: Column, row: Mapping[str, object]) -> str:
    value = row[column.name]
    if value is None:
        return t("不是职务，不显示") if is_withheld(row, column.name) else format.MISSING
    if column.type in ("unit", "code"):
        return found.names.get(str(value), str(value))
    if isinstance(value, bool):
        return t("是") if value else t("否")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return choice(str(value)) if column.type == "choice" else str(value)


def _export(found: FigureRows, behind: RowsBehind) -> pl.DataFrame:
    """The rows as they are taken away, each cell with its address."""
    rows = list(behind.rows.iter_rows(named=True))
    columns: dict[str, list[object]] = {
        t("工作簿"): [_workbook(found, row) for row in rows],
        t("工作表"): [SHEETS[behind.sheet].title_zh] * len(rows),
        t("行"): [row["row"] for row in rows],
    }
    if "month" in behind.rows.columns:
        columns[t("计入月份")] = [f"{row['month']:%Y-%m}" for row in rows]
    for column in _columns(behind):
        title = _column_title(column)
        columns[title] = [_seen(found, column, row) for row in rows]
        if column.name in behind.deciding:
            columns[t("{title}所在单元格", title=title)] = [
                cell(row["column_letters"], column.name, row["row"]) for row in rows
            ]
        if column.name == "due_on" and _has_overdue(behind):
            columns[t("逾期天数")] = [row[DAYS_OVERDUE] for row in rows]
    for name in behind.totals:
        columns[t("计入{part}", part=_part(found, name))] = [float(row[f"adds_{name}"]) for row in rows]
    return pl.DataFrame(columns)

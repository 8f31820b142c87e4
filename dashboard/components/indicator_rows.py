"""The rows behind a figure: workbook, sheet, row and cell of each, and what it adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import block, exhibit, headings
from dashboard.components.definitions import quoted
from dashboard.components.exhibit import Exhibit
from dashboard.components.links import link
from dashboard.i18n import of, t
from etl.provenance import READ_FROM, RowsBehind, cell, sheet_of
from etl.schema import Column
from etl.sheets import SHEETS
from metrics.counted import measures
from metrics.kpi import Kpi
from metrics.period import PeriodKind


@dataclass(frozen=True, kw_only=True)
class FigureRows:
    """The figure of one unit and the rows behind it; ``names`` are those of all units by code."""

    kpi: Kpi
    month: date
    kind: PeriodKind
    name: str
    names: Mapping[str, str]
    sheets: Sequence[RowsBehind]
    simulated: bool


def show(found: FigureRows) -> None:
    """An exhibit a sheet; where no row stands behind a part of the figure, why not."""
    absent = [_without_rows(found, measure) for measure in measures(found.kpi) if sheet_of(measure) is None]
    if not any(each.row_count or each.withheld for each in found.sheets):
        absent.append(escape(t("没有计入的行。")))
    words = " ".join([*dict.fromkeys(absent), link(t("收起明细"), rows="")])
    block.show(f'<p class="src" data-arrive>{words}</p>', key="indicator_rows_head")
    for each in found.sheets:
        if each.row_count or each.withheld:
            _sheet(found, each)


def _title(found: FigureRows, what: str) -> str:
    return headings.title(found.name, what, found.month, found.kind)


def _without_rows(found: FigureRows, measure: str) -> str:
    """Why a part of the figure has no rows in any workbook."""
    if found.kpi.mart == "mart_report_month":
        return link(t("看每份月报何时报送"), "progress")
    if measure == "county_months":
        return escape(t("分母是有填报的县月数,不来自某一行。"))
    return escape(
        t("分母({denominator})来自专项的人口表,不在填报的工作簿里。", denominator=_people(found.kpi))
    )


def _people(kpi: Kpi) -> str:
    return of(kpi, "denominator") or t("人口")


def _sheet(found: FigureRows, behind: RowsBehind) -> None:
    title = of(SHEETS[behind.sheet], "title")
    shown = Exhibit(
        title=_title(found, t("{kpi} · {sheet}的明细行", kpi=of(found.kpi, "title"), sheet=title)),
        name=exhibit.file_name(f"{found.month:%Y-%m}", of(found.kpi, "title"), found.name, title),
        notes=[escape(note) for note in _notes(found, behind)],
        table=_export(found, behind) if behind.rows.height else None,
        simulated=found.simulated,
    )
    exhibit.show(shown, _table(found, behind), key=f"indicator_rows_{behind.sheet}")


def _notes(found: FigureRows, behind: RowsBehind) -> list[str]:
    sums = [f"{_part(found.kpi, name)} {format.plain(total)}" for name, total in behind.totals.items()]
    told = [
        t(
            "{count}行计入,合计{sums}。",
            count=format.whole(behind.row_count + behind.withheld),
            sums=" · ".join(sums),
        )
    ]
    if behind.rows.height < behind.row_count:
        told.append(
            t("列出前{shown}行;缩小到下级单位或单月可看到其余各行。", shown=format.whole(behind.rows.height))
        )
    if behind.withheld:
        told.append(t("其中{count}行属不公开明细的类别,只计数不列出。", count=format.whole(behind.withheld)))
    return told


def _part(kpi: Kpi, measure: str) -> str:
    return t("分子") if measure == kpi.numerator else t("分母")


def _table(found: FigureRows, behind: RowsBehind) -> str:
    if behind.rows.is_empty():
        return ""
    columns = _columns(behind)
    titles = [
        ("name", t("工作簿")),
        ("part", t("行")),
        *((_css(column), _column_title(column)) for column in columns),
        *(("part", t("计入{part}", part=_part(found.kpi, name))) for name in behind.totals),
    ]
    head = "".join(f'<th scope="col" class="{css}">{escape(title)}</th>' for css, title in titles)
    lines = "".join(_line(found, behind, columns, row) for row in behind.rows.iter_rows(named=True))
    return (
        f'<div class="indicator-scroll indicator-rows" tabindex="0"><table class="indicator-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _columns(behind: RowsBehind) -> list[Column]:
    """The columns shown, in the order of the sheet."""
    return [column for column in SHEETS[behind.sheet].columns if column.name in behind.columns]


def _css(column: Column) -> str:
    return "part" if column.type in ("integer", "decimal") else "name"


def _column_title(column: Column) -> str:
    # A code is shown as the unit's name.
    return t("单位") if column.type == "code" else of(column, "title")


def _line(found: FigureRows, behind: RowsBehind, columns: Sequence[Column], row: Mapping[str, object]) -> str:
    cells = [f'<td class="name">{quoted(_workbook(row))}</td><td>{row["row"]}</td>']
    deciding = {name for names in READ_FROM[behind.sheet].values() for name in names}
    for column in columns:
        place = cell(row["column_letters"], column.name, row["row"]) if column.name in deciding else ""
        small = f" <small>{place}</small>" if place else ""
        cells.append(
            f'<td class="{_css(column)}">{quoted(_seen(found, column, row[column.name]))}{small}</td>'
        )
    cells += [f"<td>{escape(_added(row[f'adds_{name}']))}</td>" for name in behind.totals]
    return f"<tr>{''.join(cells)}</tr>"


def _workbook(row: Mapping[str, object]) -> str:
    """The file's name; of a workbook replaced since, its unit and month."""
    return str(row["file_name"] or str(row["source_submission_id"]).rpartition("-")[0])


def _added(amount: object) -> str:
    return format.plain(amount) if amount else format.MISSING


def _seen(found: FigureRows, column: Column, value: object) -> str:
    if value is None:
        return format.MISSING
    if column.type in ("unit", "code"):
        return found.names.get(str(value), str(value))
    if isinstance(value, bool):
        return t("是") if value else t("否")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _export(found: FigureRows, behind: RowsBehind) -> pl.DataFrame:
    """The listed rows as they are taken away, each deciding cell with its address."""
    rows = list(behind.rows.iter_rows(named=True))
    columns = {
        t("工作簿"): [_workbook(row) for row in rows],
        t("工作表"): [SHEETS[behind.sheet].title_zh] * len(rows),
        t("行"): [row["row"] for row in rows],
    }
    for column in _columns(behind):
        columns[_column_title(column)] = [_seen(found, column, row[column.name]) for row in rows]
        columns[t("{title}所在单元格", title=_column_title(column))] = [
            cell(row["column_letters"], column.name, row["row"]) for row in rows
        ]
    for name in behind.totals:
        columns[t("计入{part}", part=_part(found.kpi, name))] = [float(row[f"adds_{name}"]) for row in rows]
    return pl.DataFrame(columns)

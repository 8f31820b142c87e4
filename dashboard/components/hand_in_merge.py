"""What came of merging workbooks: the merged one to download, and every conflict with its files, cells and values."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby, islice

from dashboard.components import block, page, plain_table
from dashboard.components.hand_in_page import file_link
from dashboard.components.plain_table import Line
from dashboard.i18n import LANGUAGE, t
from etl.conflicts import Conflict, lines
from etl.keeping.batches import KEPT, Merging

SHOWN, SHOWN_PLACES = 100, 8
"""Conflicts drawn, and cells of one; the report in the merged workbook has them all."""


def explained() -> None:
    """What merging is for, and what to do with it."""
    text = t(
        "把上面的填报表原样发给各单位，各填各的行；收齐后在这里一次选中，合并成一份，冲突逐条列出。合并好的表请先核对，再在第2步上传。"
    )
    page.line(escape(text), key="merge_explained")


def result(made: Merging, address: str) -> None:
    """In one sentence what came of it, the way to the workbook, and the conflicts."""
    told = (
        t("合并了{files}份，{count}处冲突", files=made.files, count=len(made.conflicts))
        if made.has_workbook
        else t("没有能合并的文件")
    )
    until = t("保留到{moment}，或到下次合并为止", moment=f"{made.merged_at + KEPT:%Y-%m-%d %H:%M}")
    way = ""
    if made.has_workbook:
        link = file_link(t("下载合并好的工作簿（附合并报告）"), address, strong=True)
        way = f'<p>{link}</p><p class="src">{escape(until)}</p>'
    block.show(f'<p class="one">{escape(told)}</p>{way}{_table(made.conflicts)}', key="merged")


def _table(conflicts: Sequence[Conflict]) -> str:
    if not conflicts:
        return ""
    titles = (t("问题"), t("工作表"), t("所在行"), t("各文件所填"), t("处理"))
    told = groupby(lines(conflicts[:SHOWN], LANGUAGE.get()), key=lambda line: line["number"])
    body = [_line(list(places)) for _, places in told]
    rest = len(conflicts) - SHOWN
    more = t("另有{count}处冲突，见合并好的工作簿里的合并报告。", count=rest) if rest > 0 else ""
    return plain_table.table(titles, body, css="conflicts") + (
        f'<p class="src">{escape(more)}</p>' if more else ""
    )


def _line(places: Sequence[dict[str, str]]) -> Line:
    first = places[0]
    what, sheet, about, remedy = (escape(first[name]) for name in ("what", "sheet", "about", "remedy"))
    return Line(cells=[what, sheet, about, f'<ul class="places">{_where(places)}</ul>', remedy])


def _where(places: Sequence[dict[str, str]]) -> str:
    """The files with their cells and values; a file whose cells stand one after another is named once."""
    shown = groupby(islice(places, SHOWN_PLACES), key=lambda line: line["file"])
    lines_of_files = [
        f"<li><strong>{escape(file)}</strong> {'<br>'.join(map(_cell, own))}</li>" for file, own in shown
    ]
    if len(places) > SHOWN_PLACES:
        lines_of_files.append(f"<li>{escape(t('等{count}格', count=len(places)))}</li>")
    return "".join(lines_of_files)


def _cell(line: dict[str, str]) -> str:
    cell = " ".join(line[name] for name in ("cell", "column") if line[name])
    value = line["value"] or (t("空白") if line["cell"] else "")
    return f'<span class="src">{escape(cell)}</span> {escape(value)}' if cell else escape(value)

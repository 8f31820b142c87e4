"""Conflicts: what several workbooks do not agree on, where it stands in each, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from etl.findings import Finding, Language, Words, shown
from etl.findings import title as finding_title


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one workbook says something: its name, the cell (empty for the whole file), the value as it stands there."""

    file: str
    cell: str = ""
    column: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class ConflictKind:
    """What is wrong, and what was done or is left to do, in both languages."""

    title: Words
    remedy: Words


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """One thing the workbooks do not settle.

    ``kind`` is a key of KINDS, ``sheet`` a title, ``about`` the county, topic or number the row is known by;
    ``places`` say who wrote what where. ``detail`` adds what KINDS cannot know.
    """

    kind: str
    places: tuple[Place, ...]
    sheet: str = ""
    about: str = ""
    detail: Words | None = None


def _kind(title: tuple[str, str], remedy: tuple[str, str]) -> ConflictKind:
    return ConflictKind(title=Words(zh=title[0], en=title[1]), remedy=Words(zh=remedy[0], en=remedy[1]))


_LEFT_OUT = ("整份未合并", "The whole file was left out")

KINDS: dict[str, ConflictKind] = {
    "unreadable": _kind(("文件打不开", "The file cannot be read"), _LEFT_OUT),
    "cover_open": _kind(("看不出是哪个单位、哪个月的", "Unit or month cannot be told"), _LEFT_OUT),
    "other_unit": _kind(("是其他单位的表", "A workbook of another unit"), _LEFT_OUT),
    "other_month": _kind(("是其他月份的表", "A workbook of another month"), _LEFT_OUT),
    "too_many_rows": _kind(
        ("行数过多", "Too many rows"),
        ("未合并；请直接分表核对", "Not merged: too many rows to be merged here"),
    ),
    "values_differ": _kind(
        ("填得不一样", "Filled in differently"),
        ("该格留空，请核实后填写", "The cell is left empty: find out and fill it in"),
    ),
    "rows_differ": _kind(
        ("同一编号内容不一样", "The same number with different contents"),
        (
            "各行都保留在表中，请删去不对的行",
            "Every version stands in the sheet: delete those that are wrong",
        ),
    ),
    "foreign_row": _kind(
        ("该行属于其他单位", "The row belongs to another unit"),
        ("该行未合并；请由其所属单位填报", "The row was left out: the unit it belongs to reports it"),
    ),
    "row_without_place": _kind(
        ("看不出该行是哪个单位或栏目的", "It cannot be told whose row this is"),
        ("该行未合并；请填到表中相应的行", "The row was left out: type it into the row it belongs to"),
    ),
    "name_and_code_differ": _kind(
        ("名称与代码不是同一单位", "Name and code are of different units"),
        ("该行未合并；请核实后填写", "The row was left out: find out and fill it in"),
    ),
    "declared_in_some": _kind(
        ("只有部分文件这样声明", "Declared in some files only"),
        ("未声明；请核实后填写", "Not declared: find out and fill it in"),
    ),
    "not_read": _kind(
        ("有内容未能读取", "Something could not be read"),
        ("未合并；请对照原表核实", "Not merged: look at the file itself"),
    ),
}


def not_read(file: str, each: Finding) -> Conflict:
    """The conflict that tells of something in a file no reader takes, such as a column we do not know."""
    return Conflict(
        kind="not_read",
        sheet=each.sheet,
        places=(Place(file=file, cell=each.cell, column=each.column, value=each.value),),
        detail=Words(zh=finding_title(each, "zh"), en=finding_title(each, "en")),
    )


def packed(each: Conflict) -> dict[str, Any]:
    """A conflict as JSON can hold it."""
    return asdict(each)


def unpacked(held: Mapping[str, Any]) -> Conflict:
    """The conflict that ``packed`` made this of, also after a journey through JSON."""
    places = tuple(Place(**place) for place in held["places"])
    detail = Words(**held["detail"]) if held["detail"] else None
    return Conflict(**{**held, "places": places, "detail": detail})


def lines(
    conflicts: Sequence[Conflict], language: Language = "zh", *, whole: bool = False
) -> list[dict[str, str]]:
    """Conflicts as they are shown, a line a place: number, kind, what, sheet, about, file, cell, column, value, remedy.

    Values are masked and cut like those of findings, unless they are wanted ``whole`` for the report that goes
    back to whoever sent the files.
    """
    return [
        {
            "number": str(number),
            "kind": each.kind,
            "what": _what(each, language),
            "sheet": each.sheet,
            "about": each.about if whole else shown(each.about),
            "file": place.file,
            "cell": place.cell,
            "column": place.column,
            "value": place.value if whole else shown(place.value),
            "remedy": getattr(KINDS[each.kind].remedy, language),
        }
        for number, each in enumerate(conflicts, start=1)
        for place in each.places
    ]


def _what(each: Conflict, language: Language) -> str:
    title = getattr(KINDS[each.kind].title, language)
    if each.detail is None:
        return title
    sign = ":" if language == "zh" else ": "
    return f"{title}{sign}{getattr(each.detail, language)}"


def as_text(line: dict[str, str]) -> str:
    """A line for the terminal: where, what, the value, and what to do."""
    where = " ".join(line[name] for name in ("file", "sheet", "cell", "column") if line[name])
    about = f" [{line['about']}]" if line["about"] else ""
    value = f" | {line['value']}" if line["value"] else ""
    return f"{line['number']}. {where}{about}: {line['what']}{value} | {line['remedy']}"

"""What a workbook says about its own columns: header notes, hints, entry checks and their messages."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from etl.schema import NO, NOT_APPLICABLE, YES, Column

AUTHOR = "模板"
TYPE_WORDS = {
    "text": "文本",
    "code": "代码",
    "month": "年-月",
    "date": "日期",
    "datetime": "日期时间",
    "integer": "整数",
    "decimal": "数字",
    "choice": "单选",
    "yes_no": "是/否",
    "unit": "单位名称或代码",
}
FORM_WORDS = {"date": "如 2026-09-03", "datetime": "如 2026-09-03 10:20"}
EARLIEST_DATE = "DATE(2000,1,1)"
NOTE_WIDTH, NOTE_LINE_HEIGHT, NOTE_CHARACTERS = 240, 18, 32


def required_word(column: Column) -> str:
    return "必填" if column.required else "选填"


def limits_text(column: Column) -> str:
    """The numbers a cell may hold, in words; empty where the type sets no limit."""
    if column.minimum is not None:
        text = f"不小于{column.minimum}"
    elif column.above is not None:
        text = f"大于{column.above}"
    elif column.max_length is not None:
        text = f"不超过{column.max_length}字"
        return "" if text in column.note_zh else text
    else:
        return ""
    return f"{text}，或填“{NOT_APPLICABLE}”" if column.not_applicable else text


def header_note(column: Column) -> str:
    """Everything a person needs to fill the column: required or not, type, unit, limits, choices, note."""
    first = [required_word(column), TYPE_WORDS[column.type]]
    if column.unit:
        first.append(f"单位：{column.unit}")
    rest = [FORM_WORDS.get(column.type, ""), limits_text(column), column.note_zh]
    if column.choices:
        rest.insert(0, "可选：" + "、".join(column.choices))
    return "\n".join(["  ".join(first), *(text for text in rest if text)])


def hint(column: Column) -> str:
    """The header's note on one line, as it stands beside a cover cell."""
    texts = [required_word(column), FORM_WORDS.get(column.type, ""), column.note_zh]
    return " · ".join(text for text in texts if text)


def comment(text: str, *, width: int = NOTE_WIDTH) -> Comment:
    """A cell note whose box is as tall as its text."""
    count = sum(1 + len(line) * 2 // NOTE_CHARACTERS for line in text.split("\n"))
    return Comment(text, AUTHOR, width=width, height=NOTE_LINE_HEIGHT * count + 14)


def _number_check(column: Column, cell: str) -> DataValidation:
    """A number within its limits, or 不适用 where that is an answer.

    Excel's AND and OR stumble over text, so the kind of the cell is asked first.
    """
    minimum, sign = (column.minimum, ">=") if column.minimum is not None else (column.above or 0, ">")
    if not column.not_applicable:
        operator = "greaterThanOrEqual" if sign == ">=" else "greaterThan"
        kind = "whole" if column.type == "integer" else "decimal"
        return DataValidation(type=kind, operator=operator, formula1=str(minimum), errorStyle="stop")
    whole = f",{cell}=INT({cell})" if column.type == "integer" else ""
    formula = f'IF(ISNUMBER({cell}),AND({cell}{sign}{minimum}{whole}),{cell}="{NOT_APPLICABLE}")'
    return DataValidation(type="custom", formula1=formula, errorStyle="stop")


def entry_check(column: Column, first_cell: str, options_source: str | None) -> DataValidation | None:
    """The check Excel makes while a cell is typed; ``first_cell`` is the top-left cell of its range.

    Choices and numbers stop; units and dates only warn, since short names and dates typed in other
    forms are understood when the workbook is checked.
    """
    if options_source is not None:
        lenient = column.type == "unit"
        check = DataValidation(
            type="list", formula1=options_source, errorStyle="warning" if lenient else "stop"
        )
        expected = "请从下拉列表中选择" + ("单位，或填其名称、代码" if lenient else "")
    elif column.type in ("integer", "decimal"):
        check = _number_check(column, first_cell)
        whole = "整数" if column.type == "integer" else "数字"
        expected = f"请填{whole}，" + limits_text(column)
    elif column.type in ("date", "datetime"):
        check = DataValidation(
            type="date", operator="greaterThanOrEqual", formula1=EARLIEST_DATE, errorStyle="warning"
        )
        expected = f"请填日期，{FORM_WORDS[column.type]}"
    elif column.max_length is not None:
        check = DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=str(column.max_length), errorStyle="stop"
        )
        expected = f"请填文字，不超过{column.max_length}字"
    else:
        return None
    check.allow_blank = True
    check.showErrorMessage, check.errorTitle, check.error = True, column.title_zh[:31], expected
    return check


def options_of(column: Column, units: Sequence[str]) -> tuple[str, ...]:
    """What the drop-down of a column lists: its choices, 是/否, or unit names; empty when it has none."""
    if column.type == "yes_no":
        return (YES, NO)
    return tuple(units) if column.type == "unit" else column.choices

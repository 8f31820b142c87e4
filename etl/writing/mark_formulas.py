"""Results of formulas, kept in a marked copy: openpyxl writes formulas without what they came to.

A formula without a result is a finding, so a copy that lost results would not pass although the unit's
workbook did.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook

Results = Mapping[str, Mapping[str, object]]
"""Sheet title -> address -> the value a formula had when the workbook was saved."""

_FORMULA_CELL = re.compile(
    r'<c r="(?P<at>[A-Z]+[0-9]+)"(?P<style>(?: s="[0-9]+")?)[^>]*>(?P<formula><f[ >/].*?)<v ?/></c>',
    re.DOTALL,
)


def formula_results(workbook: Workbook, content: bytes) -> Results:
    """The stored results of every formula of a workbook, which is opened a second time if it has any."""
    places = {
        worksheet.title: [cell.coordinate for cell in worksheet._cells.values() if cell.data_type == "f"]
        for worksheet in workbook.worksheets
    }
    if not any(places.values()):
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        values = load_workbook(BytesIO(content), data_only=True)
    return {name: {at: values[name][at].value for at in found} for name, found in places.items() if found}


def with_results(content: bytes, results: Results) -> bytes:
    """The file with results beside its formulas again."""
    if not results:
        return content
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(packed, "w") as written:
        titles = re.findall(r'<sheet [^>]*name="([^"]+)"', archive.read("xl/workbook.xml").decode("utf-8"))
        parts = {f"xl/worksheets/sheet{number}.xml": name for number, name in enumerate(titles, start=1)}
        by_escaped = {escape(name, {'"': "&quot;"}): found for name, found in results.items()}
        for entry in archive.infolist():
            data = archive.read(entry)
            found = by_escaped.get(parts.get(entry.filename, ""))
            written.writestr(entry, _with_values(data.decode("utf-8"), found) if found else data)
    return packed.getvalue()


def _with_values(part: str, values: Mapping[str, object]) -> str:
    def put(found: re.Match[str]) -> str:
        kind, text = _written(values.get(found["at"]))
        if text is None:
            return found.group()
        return f'<c r="{found["at"]}"{found["style"]} t="{kind}">{found["formula"]}<v>{text}</v></c>'

    return _FORMULA_CELL.sub(put, part)


def _written(value: object) -> tuple[str, str | None]:
    """Type mark and text of a result as a file holds it."""
    if value is None:
        return "n", None
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, (datetime, date, time, timedelta)):
        return "n", str(to_excel(value))
    if isinstance(value, (int, float)):
        return "n", repr(value)
    return ("e" if str(value).startswith("#") else "str"), escape(str(value))

"""A workbook of ours as a file: properties, and bytes that depend on nothing but its contents."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter

from etl.template_sheets import SIMULATED_PROPERTY, VERSION_PROPERTY

CREATOR = "整治工作考核评估系统"


def describe(workbook: Workbook, *, title: str, version: str, simulated: bool) -> None:
    """Record title, template version and whether the contents are simulated in the file's own properties."""
    workbook.properties.title = title
    workbook.properties.creator = CREATOR
    workbook.calculation.fullCalcOnLoad = False  # no formulas; else closing an untouched file asks to save
    workbook.custom_doc_props.append(StringProperty(name=VERSION_PROPERTY, value=version))
    if simulated:
        workbook.custom_doc_props.append(StringProperty(name=SIMULATED_PROPERTY, value="yes"))


def workbook_bytes(workbook: Workbook, created: datetime) -> bytes:
    """The .xlsx file of the workbook; equal workbooks with equal ``created`` give equal bytes.

    openpyxl stamps the present time on the file and its parts, so the parts are written to a plain
    archive first and packed again under ``created``.
    """
    workbook.properties.created = workbook.properties.modified = created
    plain, packed = BytesIO(), BytesIO()
    ExcelWriter(workbook, ZipFile(plain, "w", ZIP_STORED)).save()
    with ZipFile(plain) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            entry = ZipInfo(name, date_time=created.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, parts.read(name))
    return packed.getvalue()

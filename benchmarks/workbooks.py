"""A large complaint log as a workbook, for measuring the door."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from etl.campaign import Campaign, Unit
from etl.schema import YES, Column
from etl.template import TEMPLATE_VERSION
from etl.template_sheets import sheets_for


def write_large_log(
    path: Path, campaign: Campaign, unit: Unit, period: str, count: int, seed: int = 1
) -> None:
    """A valid workbook of one reporting unit with ``count`` complaints, streamed to disk."""
    random_source = random.Random(seed)
    workbook = Workbook(write_only=True)
    data_from, data_to = campaign.window(period)
    for table in sheets_for(campaign, unit, period):
        sheet = workbook.create_sheet(table.sheet.title_zh)
        if table.sheet.layout == "form":
            for column in table.columns:
                sheet.append([column.title_zh, _cover_value(column.name, unit, period, data_from, data_to)])
            continue
        sheet.append([column.title_zh for column in table.columns])
        for row in _rows(table.sheet.key, table.columns, campaign, unit, count, random_source, data_from):
            sheet.append([_cell(sheet, value) for value in row])
    workbook.save(path)


def _cover_value(name: str, unit: Unit, period: str, data_from, data_to):
    return {
        "template_version": TEMPLATE_VERSION,
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period": period,
        "data_from": data_from,
        "data_to": data_to,
        "prepared_on": data_to,
        "trainings_zero_report": YES,
        "issues_zero_report": YES,
    }.get(name, "压力测试" if name.endswith("_by") else None)


def _cell(sheet, value):
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    return value


def _rows(
    key: str, columns: tuple[Column, ...], campaign: Campaign, unit: Unit, count: int, random_source, start
):
    leaves = campaign.leaves(unit.code)
    if key == "progress":
        yield from ([topic, "无"] for topic in columns[0].choices)
    elif key in ("basics", "monthly", "quarterly"):
        for leaf in leaves:
            yield [leaf.code, leaf.name, *([0] * (len(columns) - 2))]
    elif key == "complaints":
        names = [leaf.name for leaf in leaves if not leaf.own_office]
        for number in range(count):
            yield _complaint(number, columns, names, random_source, start)


def _complaint(number: int, columns: tuple[Column, ...], names: list[str], random_source, start):
    received = datetime(start.year, start.month, 1) + timedelta(minutes=random_source.randrange(27 * 1440))
    due = received + timedelta(days=random_source.randrange(1, 20))
    closed = received + timedelta(hours=random_source.randrange(1, 24))
    choice = {column.name: random_source.choice(column.choices) for column in columns if column.choices}
    values = {
        **choice,
        "complaint_id": f"LOG-{number:08d}",
        "unit": random_source.choice(names),
        "street": f"第{number % 40}街道",
        "received_at": received,
        "due_at": due,
        "responded_at": received + timedelta(hours=1),
        "closed_at": closed,
        "repeat_of": f"OLD-{number:08d}" if number % 25 == 0 else None,
    }
    return [values.get(column.name) for column in columns]

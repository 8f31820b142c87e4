"""The guide to mappings: its example is run as it is printed, and tells every key there is."""

import csv
import os
import re
import subprocess
import sys

import openpyxl
import pytest

from etl.campaign import load_campaign
from etl.mappings import mapping_file
from etl.read import WorkbookReader
from etl.validate import validate
from tests.etl.stores import NOW, REPOSITORY

GUIDE = (REPOSITORY / "docs" / "mappings.zh-CN.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def block(kind: str, name: str = "") -> str:
    [text] = [text for each, title, text in BLOCKS if (each, title) == (kind, name)]
    return text


def value(text: str):
    """What a cell of the example holds: a true date where it looks like one."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return openpyxl.utils.datetime.from_ISO8601(text)
    return text or None


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for kind, name, text in BLOCKS:
        if kind == "csv":
            sheet = workbook.create_sheet(name)
            for row in csv.reader(text.splitlines()):
                sheet.append([value(cell) for cell in row])
    workbook.save(folder / "台账.xlsx")
    (folder / "映射.toml").write_text(block("toml"), encoding="utf-8")
    [command] = [text for kind, _, text in BLOCKS if kind == "bash"]
    done = subprocess.run(
        [sys.executable, *command.split()[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return folder, done


def test_the_example_ends_as_it_is_printed(done):
    _, ended = done
    assert ended.returncode == 1
    assert ended.stdout == block("text", "stdout")
    chinese = [line.split(" / ")[0] for line in ended.stderr.splitlines()]
    assert chinese == block("text", "stderr").splitlines()


def test_the_workbooks_of_the_example_pass_the_check(done):
    folder, _ = done
    campaign = load_campaign(REPOSITORY / "data" / "campaigns" / "pingshan-2018")
    rows = {}
    with WorkbookReader() as reader:
        for path in sorted((folder / "workbooks").glob("*.xlsx")):
            checked = validate(reader.read(path), campaign, today=NOW.date(), history=lambda *_: None)
            assert [each for each in checked.findings if each.severity == "must"] == []
            rows[path.stem] = checked.sheets["complaints"]
    assert {name: sheet.content for name, sheet in rows.items()} == {
        "440310-2018-06": "zero_report",
        "440310-2018-07": "reported",
        "440310-2018-08": "reported",
    }
    july, august = rows["440310-2018-07"].rows, rows["440310-2018-08"].rows
    columns = ["complaint_id", "channel", "matter", "excluded_reason", "closed_on_time"]
    assert july.select(columns).rows() == [
        ("LS-201807-0001", "12345热线", "噪声", "无", True),
        ("LS-201807-0003", "网络平台", "市容环卫", "无", False),
        ("LS-201807-0002", "网络平台", "市容环卫", "咨询建议", True),
    ]
    assert august.select(columns).rows() == [("LS-201808-0001", "现场", "其他", "无", False)]


def test_every_key_is_told_with_an_example():
    told = block("toml")
    keys = {*mapping_file.KEYS, *mapping_file.LOG_KEYS, *mapping_file.SOURCE_KEYS, *mapping_file.COLUMN_KEYS}
    keys |= {"column", "equals", "when", "gives"}
    assert {key for key in keys if not re.search(rf"\b{key}\b", told)} == set()

"""What a load says: a summary first, then the first findings of each kind and how many more there are."""

import json
import shutil
from pathlib import Path

import pytest

from etl.campaign import load_campaign
from etl.command_words import print_load
from etl.findings import Finding, Words, finding
from etl.load import LoadedFile
from etl.load_report import LISTED_PER_KIND, report_lines
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import load_into, write_workbook, yunnan


def refused(name: str, *findings: Finding) -> LoadedFile:
    return LoadedFile(path=Path(name), findings=findings, acceptance=None)


def at(kind: str, row: int) -> Finding:
    return finding(kind, sheet="投诉台账", cell=f"A{row}", rule="r", before="b", others="")


MORE = finding(
    "more_findings",
    severity="verify",
    sheet="投诉台账",
    count=50,
    of="open_case_missing",
    title=Words(zh="", en=""),
)
MANY = [
    refused("a.xlsx", *(at("open_case_missing", row) for row in range(1, 16)), MORE, at("date_order", 3)),
    refused("b.xlsx", *(at("open_case_missing", row) for row in range(1, 16))),
    refused("c.xlsx"),
]


def test_a_load_is_summed_up_and_its_findings_are_capped_by_kind_across_files():
    lines = list(report_lines(MANY, "zh"))
    assert lines[:5] == [
        "共3份：接收0份，未接收3份",
        "必须修改1处，核实80处，提示0处",
        "  [强制性] 日期先后颠倒：1处，1份文件",
        "  [核实性] 未办结的工单没有列出：80处，2份文件",
        "",
    ]
    listed = [line for line in lines if line.startswith("[核实性]")]
    assert len(listed) == LISTED_PER_KIND == 20
    assert {line.split()[1] for line in listed} == {"a.xlsx", "b.xlsx"}
    assert len([line for line in lines if line.startswith("[强制性]")]) == 1
    assert lines[-1] == "另有60处“未办结的工单没有列出”没有逐一列出（--format json 列出各文件查到的全部问题）"
    assert list(report_lines(MANY, "en"))[1] == "1 to be mended, 80 to be verified, 0 for information"


def test_json_has_every_finding(capsys):
    print_load(MANY, "json", "zh")
    assert len(json.loads(capsys.readouterr().out)) == sum(len(file.findings) for file in MANY)


def test_what_was_accepted_before_is_told(tmp_path):
    campaign = yunnan()
    path = write_workbook(tmp_path / "a.xlsx", campaign, campaign.reporting_units[-1], "2026-09")
    load_into(tmp_path / "store", [path], campaign)
    loaded = load_into(tmp_path / "store", [path], campaign)
    assert next(report_lines(loaded.files, "zh")) == "共1份：接收1份（其中1份此前已接收，无变化），未接收0份"


# A log that cannot hold something


def campaign_without(folder: Path, *columns: str):
    """Yunnan's campaign with columns of the complaint log left out."""
    shutil.copytree(yunnan().folder, folder)
    path = folder / "campaign.toml"
    before, sheet, after = path.read_text(encoding="utf-8").partition('sheet = "complaints"')
    assert sheet
    after = after.replace('without = ["summary"]', f"without = {json.dumps(['summary', *columns])}", 1)
    path.write_text(before + sheet + after, encoding="utf-8")
    return load_campaign(folder)


@pytest.mark.parametrize(
    ("without", "found"),
    [((), True), (("closed_at",), False), (("closed_at", "closed_on_time", "due_at"), False)],
)
def test_a_log_without_closing_times_misses_no_open_case(tmp_path, without, found):
    campaign = campaign_without(tmp_path / "campaign", *without)
    unit = campaign.reporting_units[-1]
    files = []
    for month in ("2026-09", "2026-10"):
        rows = example_workbook_rows(campaign, unit, month, 4)
        for at_row, row in enumerate(rows["complaints"]):
            row |= {"complaint_id": f"{month}-{at_row}", "closed_at": None, "closed_on_time": None}
        path = write_workbook(tmp_path / f"{month}.xlsx", campaign, unit, month, rows=rows)
        files.append(path)
    loaded = load_into(tmp_path / "store", files, campaign)
    kinds = {each.kind for file in loaded.files for each in file.findings}
    assert all(file.is_in for file in loaded.files), kinds
    assert ("open_case_missing" in kinds) == found
    assert "due_unknown" not in kinds or "due_at" not in without

"""The command line of the data: demo, template, check, convert, load, build, status."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from etl.campaign import Campaign, CampaignError, load_campaign
from etl.journal import Journal, StoreConflictError
from etl.store import Store

DATA = Path(__file__).resolve().parent.parent / "data"
SHANGHAI = ZoneInfo("Asia/Shanghai")

BAD_COMMAND = 2

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Excel 工作簿 → 检查 → 接收 → 指标库 / workbooks, checked, accepted and built",
)

StoreOption = Annotated[
    Path, typer.Option("--store", envvar="STORE_DIR", help="数据目录 / the store's folder")
]
CampaignOption = Annotated[
    str, typer.Option("--campaign", envvar="CAMPAIGN", help="专项名称 / campaign, a folder in data/campaigns")
]
MonthOption = Annotated[str, typer.Option("--month", help="报告期 YYYY-MM / reporting month")]
FindingsFormat = Annotated[Literal["text", "json"], typer.Option("--format", help="text | json")]
Language = Annotated[Literal["zh", "en"], typer.Option("--language", help="zh | en")]

DEFAULT_STORE = Path("data/store")
DEFAULT_CAMPAIGN = "yunnan-2025"


def shanghai_now() -> datetime:
    """The clock of this program: Asia/Shanghai, without zone. Nothing below the command line reads it."""
    return datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


@app.command()
def template(
    unit: Annotated[str, typer.Option("--unit", help="行政区划代码或名称 / code or name of the unit")],
    month: MonthOption,
    out: Annotated[Path, typer.Option("--out", help="输出文件 / file to write")],
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """生成某单位某月的报送工作簿 / write the workbook a unit fills in for a month."""
    from etl.writing.issue_template import issue_template

    chosen = _campaign(campaign)
    period = _period(chosen, month)
    found = chosen.find_unit(unit, (*chosen.reporting_units, chosen.top))
    if found.unit is None:
        _usage(
            f"没有填报单位“{unit}”;可用:{'、'.join(u.short_name for u in chosen.reporting_units)}"
            f" / no reporting unit {unit}"
        )
    content = issue_template(chosen, found.unit, period, _existing(store))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    typer.echo(f"{out}", err=True)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="工作簿 / workbooks")],
    output: FindingsFormat = "text",
    language: Language = "zh",
    marked: Annotated[
        Path | None, typer.Option("--marked", help="把标注后的副本写入此目录 / folder for marked copies")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """检查工作簿,一次列出全部问题,不存入 / list every finding, store nothing."""
    from etl.load import check_file
    from etl.read import WorkbookReader

    chosen = _campaign(campaign)
    _require_files(files)
    existing = _existing(store)
    checked = []
    with WorkbookReader() as reader:
        for path in files:
            checked.append(check_file(path, reader, chosen, now=shanghai_now(), history=_history(existing)))
    if marked is not None:
        _write_marked(checked, marked, language)
    _print_findings([(file.path, file.findings) for file in checked], output, language)
    raise typer.Exit(1 if any(file.blocked for file in checked) else 0)


@app.command()
def convert(
    file: Annotated[Path, typer.Argument(help="外来台账(CSV 或 xlsx)/ a foreign log")],
    mapping: Annotated[str, typer.Option("--mapping", help="映射名称 / mapping, a .toml in data/mappings")],
    out: Annotated[Path, typer.Option("--out", help="输出目录 / folder for the workbooks")],
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", envvar="CAMPAIGN", help="缺省用映射所写的专项 / default: the mapping's own"
        ),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """把外来台账转成本系统工作簿,每单位每月一份;转不了的行列出原因 / a foreign log becomes our workbooks."""
    from etl.convert import LogError, MappingError, load_mapping, write_workbooks
    from etl.convert import convert as convert_log
    from etl.findings import from_refusal
    from etl.gate import Refusal
    from etl.reading.foreign_log import read_log

    _require_files([file])
    try:
        chosen_mapping = load_mapping(_named(mapping, DATA / "mappings", ".toml"))
    except MappingError as error:
        _usage(str(error))
    chosen = _campaign(campaign or chosen_mapping.campaign)
    log = read_log(file)
    if isinstance(log, Refusal):
        _print_findings([(file, (from_refusal(log),))], "text", "zh")
        raise typer.Exit(1)
    try:
        converted = convert_log(
            log.rows, chosen_mapping, chosen, today=shanghai_now().date(), lines=log.lines
        )
    except LogError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for path in write_workbooks(converted, chosen, out):
        typer.echo(path)
    for row in converted.unmapped.head(20).iter_rows(named=True):
        typer.echo(
            f"第{row['line']}行未转换:{row['reason_zh']} / line {row['line']}: {row['reason_en']}", err=True
        )
    typer.echo(
        f"转换 {sum(workbook.rows.height for workbook in converted.workbooks)} 行,"
        f"未转换 {converted.unmapped.height} 行(全部列于 unmapped.csv)"
        if converted.unmapped.height
        else "全部转换 / everything converted",
        err=True,
    )
    raise typer.Exit(1 if converted.unmapped.height else 0)


@app.command()
def load(
    files: Annotated[list[Path], typer.Argument(help="工作簿 / workbooks")],
    by: Annotated[str, typer.Option("--by", help="经办人 / who loads them")] = "命令行",
    output: FindingsFormat = "text",
    language: Language = "zh",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """检查、接收并重建指标库;同一文件再次装入不产生变化 / check, accept and build; idempotent."""
    from etl.build import CheckFailedError
    from etl.load import load as load_files

    chosen = _campaign(campaign)
    _require_files(files)
    opened = _opened(store)
    try:
        loaded = load_files(
            files,
            opened,
            Journal(opened.journal_url),
            chosen,
            received_by=by,
            simulated=False,
            now=shanghai_now,
            progress=lambda done, total, file: typer.echo(f"[{done}/{total}] {_outcome(file)}", err=True),
        )
    except (StoreConflictError, CheckFailedError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    _print_findings([(file.path, file.findings) for file in loaded.files], output, language)
    raise typer.Exit(0 if all(file.acceptance for file in loaded.files) else 1)


@app.command()
def build(
    full: Annotated[bool, typer.Option("--full", help="从头重建 / from scratch")] = False,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """由已接收的工作簿重建指标库 / rebuild the warehouse from what was accepted."""
    from etl.build import CheckFailedError
    from etl.build import build as build_warehouse

    chosen = _campaign(campaign)
    opened = _opened(store)
    journal = Journal(opened.journal_url)
    held = journal.campaign()
    if held is not None and held != chosen.name:
        typer.echo(
            f"这个库属于“{held}”;请加 --campaign {held} / this store belongs to campaign {held}", err=True
        )
        raise typer.Exit(1)
    try:
        built = build_warehouse(opened, journal, chosen, now=shanghai_now(), full=full)
    except CheckFailedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(built.path.name)


@app.command()
def status(
    month: MonthOption,
    output: Annotated[Literal["table", "csv", "json"], typer.Option("--format")] = "table",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """某月的报送完整性,带截止日 / the completeness matrix of a month, with due dates."""
    from etl.completeness import as_text, completeness

    chosen = _campaign(campaign)
    period = _period(chosen, month)
    existing = _existing(store)
    submissions = Journal(existing.journal_url).submissions(period=period) if existing else []
    matrix = completeness(chosen, submissions, period, shanghai_now())
    if output == "csv":
        typer.echo(matrix.write_csv(), nl=False)
    elif output == "json":
        typer.echo(json.dumps(matrix.to_dicts(), ensure_ascii=False, indent=1))
    else:
        typer.echo(as_text(matrix, chosen.due.label_zh))


@app.command()
def demo(
    months: Annotated[int, typer.Option("--months", min=1, max=36, help="月数 / how many months")] = 13,
    until: Annotated[str | None, typer.Option("--until", help="最后一个月 YYYY-MM / the last month")] = None,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / seed")] = 1,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """生成模拟数据,经同一入口装入 / simulated workbooks for every reporting unit, through the same door."""
    from etl.build import CheckFailedError
    from etl.demo import make_demo

    chosen = _campaign(campaign)
    opened = _opened(store)
    last = _period(chosen, until) if until else None
    try:
        made = make_demo(
            opened,
            Journal(opened.journal_url),
            chosen,
            months=months,
            until=last,
            seed=seed,
            now=shanghai_now(),
            progress=_progress,
        )
    except (StoreConflictError, CheckFailedError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(made, err=True)


def _campaign(name: str) -> Campaign:
    try:
        return load_campaign(_named(name, DATA / "campaigns", ""))
    except CampaignError as error:
        _usage(str(error))


def _named(name: str, folder: Path, suffix: str) -> Path:
    """A file or folder of data named on the command line; a path to one of your own is taken as it is."""
    direct = Path(name)
    if direct.exists():
        return direct
    path = folder / f"{name}{suffix}"
    if not path.exists():
        known = "、".join(
            sorted(p.stem if suffix else p.name for p in folder.iterdir() if not p.name.startswith("."))
        )
        _usage(f"没有“{name}”;可用:{known} / no {name}; known: {known}")
    return path


def _period(campaign: Campaign, month: str) -> str:
    if month not in campaign.periods:
        _usage(
            f"“{month}”不是该专项的报告期({campaign.first_period} 至 {campaign.last_period},写法 YYYY-MM)"
            f" / {month} is not a month of this campaign ({campaign.first_period} to {campaign.last_period})"
        )
    return month


def _opened(folder: Path) -> Store:
    folder.mkdir(parents=True, exist_ok=True)
    return Store(folder=folder)


def _existing(folder: Path) -> Store | None:
    """The store if it holds a journal: commands that only look make nothing."""
    return Store(folder=folder) if (folder / "journal.sqlite").exists() else None


def _history(store: Store | None):
    from etl.accept import stored_history

    return stored_history(store, Journal(store.journal_url)) if store else lambda *_: None


def _require_files(files: list[Path]) -> None:
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        _usage(f"找不到文件:{'、'.join(missing)} / no such file")


def _usage(message: str):
    typer.echo(message, err=True)
    raise typer.Exit(BAD_COMMAND)


def _print_findings(files, output: str, language: str) -> None:
    from etl.findings import as_text, render

    if output == "json":
        rows = [render(each, str(path), language) for path, findings in files for each in findings]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for path, findings in files:
        for each in findings:
            typer.echo(as_text(each, path.name, language))


def _write_marked(checked, folder: Path, language: str) -> None:
    from etl.mark import marked_copy

    folder.mkdir(parents=True, exist_ok=True)
    for file in checked:
        if file.checked is not None:
            (folder / file.path.name).write_bytes(marked_copy(file.content, file.findings, language))


def _outcome(file) -> str:
    if file.acceptance is None:
        return f"{file.path.name}: 未接收,有必须修改的问题 / not accepted"
    done = file.acceptance
    word = "已接收 / accepted" if done.is_new else "此前已接收,无变化 / already received"
    return f"{file.path.name}: {word} {done.unit_code} {done.period} 第{done.revision}版"


def _progress(done: int, total: int, file) -> None:
    width = 30
    filled = width * done // total
    end = "\n" if done == total else ""
    if sys.stderr.isatty():
        sys.stderr.write(
            f"\r[{'#' * filled}{'.' * (width - filled)}] {done}/{total} {file.path.name[:40]:<40}{end}"
        )
        sys.stderr.flush()
    elif done == total or done % 20 == 0:
        sys.stderr.write(f"{done}/{total} {file.path.name}\n")


def main() -> None:
    """Run the command line; texts are UTF-8 wherever it runs."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    app()


if __name__ == "__main__":
    main()

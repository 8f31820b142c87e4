"""The command line of the data: demo, template, check, merge, convert, load, build, status, backup, restore, purge.

What a command needs is imported in the command: nothing waits for a library that it does not need.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from etl.act import COMMAND_LINE
from etl.command_words import (
    BAD_COMMAND,
    DATA,
    campaign_period,
    check_text,
    end_with_faults,
    existing_store,
    history_of,
    keep_earlier,
    merged_text,
    named_campaign,
    named_path,
    opened_store,
    outcome_text,
    print_conflicts,
    print_findings,
    print_load,
    require_campaign,
    require_files,
    show_progress,
    system_user,
    tell_unmapped,
    write_marked,
    wrong_command,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")

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
    str,
    typer.Option(
        "--campaign",
        envvar="CAMPAIGN",
        help="专项：data/campaigns 中的名称，或任何专项目录的路径"
        " / campaign: a name in data/campaigns, or the path of any campaign's folder",
    ),
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

    chosen = named_campaign(campaign)
    period = campaign_period(chosen, month)
    found = chosen.find_unit(unit, (*chosen.reporting_units, chosen.top))
    if found.unit is None:
        wrong_command(
            f"没有填报单位“{unit}”；可用：{'、'.join(u.short_name for u in chosen.reporting_units)}"
            f" / no reporting unit {unit}"
        )
    content = issue_template(chosen, found.unit, period, existing_store(store, chosen))
    out.parent.mkdir(parents=True, exist_ok=True)
    keep_earlier(out, content)
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
    """检查工作簿，一次列出全部问题，不存入 / list every finding, store nothing."""
    from etl.check import check_file
    from etl.read import WorkbookReader

    chosen = named_campaign(campaign)
    require_files(files)
    existing = existing_store(store, chosen)
    checked = []
    with WorkbookReader() as reader:
        for path in files:
            checked.append(check_file(path, reader, chosen, now=shanghai_now(), history=history_of(existing)))
    if marked is not None:
        write_marked(checked, marked, language)
    print_findings([(file.path, file.findings) for file in checked], output, language)
    for file in checked:
        typer.echo(check_text(file), err=True)
    raise typer.Exit(1 if any(file.blocked for file in checked) else 0)


@app.command()
def merge(
    files: Annotated[
        list[Path], typer.Argument(help="同一单位同一月份的工作簿 / workbooks of a unit and month")
    ],
    out: Annotated[Path, typer.Option("--out", help="输出文件 / file to write")],
    output: FindingsFormat = "text",
    language: Language = "zh",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """把各县（市、区）报来的表合并成一份，并列出冲突 / counties' workbooks into one, with what they do not agree on."""
    from etl.merge import MOST_FILES
    from etl.merge_files import merge_files
    from etl.read import WorkbookReader

    chosen = named_campaign(campaign)
    require_files(files)
    if not 2 <= len(files) <= MOST_FILES:
        wrong_command(f"一次合并2至{MOST_FILES}份文件 / 2 to {MOST_FILES} files are merged at once")
    existing = existing_store(store, chosen)
    named = [(path.name, path) for path in files]
    with WorkbookReader() as reader:
        made = merge_files(named, reader.read, chosen, existing, today=shanghai_now().date())
    if made.content is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        keep_earlier(out, made.content)
        out.write_bytes(made.content)
    print_conflicts(made.merged.conflicts, output, language)
    typer.echo(merged_text(made.merged, out), err=True)
    raise typer.Exit(1 if made.merged.conflicts else 0)


@app.command()
def convert(
    file: Annotated[
        Path, typer.Argument(help="外来台账（CSV、制表或分号分隔的文本，xlsx，ods） / a foreign log")
    ],
    mapping: Annotated[
        str,
        typer.Option(
            "--mapping",
            help="映射：data/mappings 中的名称，或任何 .toml 文件的路径；写法见 docs/mappings.zh-CN.md"
            " / mapping: a name in data/mappings, or the path of any .toml file",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="输出目录 / folder for the workbooks")],
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign",
            envvar="CAMPAIGN",
            help="专项名称或目录，缺省用映射所写的 / name or folder, default: the mapping's own",
        ),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """把外来台账转成本系统工作簿，每单位每月一份；转不了的行列出原因 / a foreign log becomes our workbooks."""
    from etl.convert import LogError, MappingError, convert_log, load_mapping, read_log, write_workbooks
    from etl.gate import Refusal
    from etl.mappings.log_notes import is_whole, log_notes
    from etl.mappings.log_refusals import refusal_text
    from etl.read import WorkbookReader

    require_files([file])
    try:
        chosen_mapping = load_mapping(named_path(mapping, DATA / "mappings", ".toml"))
    except MappingError as error:
        wrong_command(str(error))
    chosen = named_campaign(campaign or chosen_mapping.campaign)
    try:
        with WorkbookReader() as reader:
            log = read_log(file, chosen_mapping, reader.read)
        if isinstance(log, Refusal):
            typer.echo(refusal_text(log, file.name), err=True)
            raise typer.Exit(1)
        converted = convert_log(log, chosen_mapping, chosen, today=shanghai_now().date())
    except LogError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    written = write_workbooks(converted, chosen, out)
    for path in written:
        typer.echo(path)
    for path in sorted(set(out.glob("*.xlsx")) - set(written)):
        typer.echo(f"{path} 是以前留下的，不是这次转换的 / {path} was left by an earlier run", err=True)
    for line in log_notes(log, converted):
        typer.echo(line, err=True)
    tell_unmapped(converted)
    raise typer.Exit(0 if is_whole(log, converted) else 1)


@app.command()
def load(
    files: Annotated[list[Path], typer.Argument(help="工作簿 / workbooks")],
    by: Annotated[str, typer.Option("--by", help="经办人 / who loads them")] = COMMAND_LINE,
    output: FindingsFormat = "text",
    language: Language = "zh",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """检查、接收并重建指标库；同一文件再次装入不产生变化 / check, accept and build; idempotent."""
    from etl.journal import Journal, StoreConflictError
    from etl.load import load as load_files

    chosen = named_campaign(campaign)
    require_files(files)
    opened = opened_store(store)
    journal = Journal(opened.journal_url)
    try:
        loaded = load_files(
            files,
            opened,
            journal,
            chosen,
            received_by=by,
            simulated=False,
            now=shanghai_now,
            user=system_user(),
            progress=lambda done, total, file: typer.echo(f"[{done}/{total}] {outcome_text(file)}", err=True),
        )
    except StoreConflictError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    print_load(loaded.files, output, language)
    if journal.is_simulated():
        typer.echo(
            f"注意：{store} 装的是模拟数据，不再接收真实填报表"
            f" / note: {store} holds simulated data and takes no real workbook",
            err=True,
        )
    if loaded.failure is not None:
        typer.echo(str(loaded.failure), err=True)
    done = loaded.failure is None and all(file.is_in for file in loaded.files)
    raise typer.Exit(0 if done else 1)


@app.command()
def build(
    full: Annotated[bool, typer.Option("--full", help="从头重建 / from scratch")] = False,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """由已接收的工作簿重建指标库 / rebuild the warehouse from what was accepted."""
    from etl.build import CheckFailedError
    from etl.build import build as build_warehouse
    from etl.journal import Journal

    chosen = named_campaign(campaign)
    opened = opened_store(store)
    journal = Journal(opened.journal_url)
    require_campaign(journal, chosen)
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
    """某月的报送完整性，带截止日 / the completeness matrix of a month, with due dates."""
    from etl.completeness import as_text, completeness
    from etl.extensions import NO_EXTENSIONS, in_force
    from etl.journal import Journal

    chosen = named_campaign(campaign)
    period = campaign_period(chosen, month)
    existing = existing_store(store, chosen)
    if existing is None:
        typer.echo(
            f"{store} 中没有库，以下是尚无人报送时的样子"
            f" / there is no store in {store}: this is how it looks before anybody has reported",
            err=True,
        )
    submissions, extensions = [], NO_EXTENSIONS
    if existing:
        journal = Journal(existing.journal_url)
        submissions = journal.submissions(period=period)
        with journal.reading() as connection:
            extensions = in_force(connection, chosen)
    matrix = completeness(chosen, submissions, period, shanghai_now(), extensions)
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
    """生成模拟数据，经同一入口装入 / simulated workbooks for every reporting unit, through the same door."""
    from etl.build import CheckFailedError
    from etl.demo import NothingReceivedError, make_demo
    from etl.journal import Journal, StoreConflictError

    chosen = named_campaign(campaign)
    opened = opened_store(store)
    last = campaign_period(chosen, until) if until else None
    try:
        made = make_demo(
            opened,
            Journal(opened.journal_url),
            chosen,
            months=months,
            until=last,
            seed=seed,
            now=shanghai_now(),
            progress=show_progress,
        )
    except (StoreConflictError, CheckFailedError, NothingReceivedError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(made, err=True)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="备份目录，最好在另一块盘上 / folder, best on another disk")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """备份数据目录并核对，不必停止服务 / back up the store and verify it, while the server runs."""
    from etl.keeping.backup import backup as make_backup
    from etl.keeping.manifest import BackupError, as_text, unfinished
    from etl.migrate import OtherJournalError
    from etl.store import Store

    try:
        made = make_backup(Store(folder=store), folder, shanghai_now(), user=system_user())
    except (BackupError, OtherJournalError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(made.folder)
    typer.echo(f"已备份并核对 / backed up and verified: {as_text(made.manifest)}", err=True)
    typer.echo(
        f"与上一份备份共用{made.shared}个文件 / {made.shared} files shared with the one before", err=True
    )
    for path in unfinished(folder):
        typer.echo(
            f"{path} 没有完成；若不是正在备份，可以删除 / {path} was never finished: delete it unless it is running",
            err=True,
        )
    end_with_faults(made.manifest.faults)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="某一份备份 / one backup, a folder with manifest.json")],
    verify_only: Annotated[
        bool, typer.Option("--verify-only", help="只核对备份，不恢复 / verify the backup, restore nothing")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", envvar="CAMPAIGN", help="缺省用备份所属的专项 / default: the backup's own"
        ),
    ] = None,
) -> None:
    """核对备份，恢复到空目录并重建指标库 / verify a backup, make a store of it in an empty folder, build."""
    from etl.keeping.manifest import BackupError, as_text, read_manifest
    from etl.keeping.restore import restore as restore_backup
    from etl.keeping.verify import verified
    from etl.migrate import OtherJournalError
    from etl.store import Store

    try:
        if verify_only:
            manifest = verified(folder)
            typer.echo(f"备份完好 / the backup is whole: {as_text(manifest)}")
            end_with_faults(manifest.faults)
            return
        held = read_manifest(folder).campaign
        # Before anything is copied: what cannot be built afterwards ends the command here.
        chosen = named_campaign(campaign or held) if held else None
        manifest, last = restore_backup(folder, Store(folder=store), shanghai_now(), user=system_user())
    except (BackupError, OtherJournalError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"已恢复到 {store} 并核对 / restored and verified: {as_text(manifest)}")
    if last is not None:
        typer.echo(
            f"最后一次操作 / last act: {last['at']:%Y-%m-%d %H:%M:%S} {last['who']} {last['action']} {last['object']}"
        )
    if chosen is not None:
        build(full=False, store=store, campaign=str(chosen.folder))
    end_with_faults(manifest.faults)


@app.command()
def purge(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出，不清除 / list what would go, remove nothing")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """清除保留期满的填报表原件；数据、审计和校验码保留 / remove workbooks as received that are past their time; the data stay."""
    from etl.journal import Journal
    from etl.keeping.batches import forget
    from etl.keeping.purge import BusyError, listed, summary
    from etl.keeping.purge import purge as purge_workbooks

    chosen = named_campaign(campaign)
    existing = existing_store(store, chosen)
    for path in forget(existing, shanghai_now(), dry_run=dry_run) if existing else ():
        typer.echo(f"merging\t{path.name}\t{path.parent.name}")
    if existing is None or chosen.workbooks_days is None:
        typer.echo(
            "没有可清除的原件：没有库，或专项未设 [keeping] workbooks_days（原件一直保留）"
            " / no workbook to purge: no store, or no [keeping] workbooks_days in the campaign (they are kept for good)",
            err=True,
        )
        return
    journal, told = Journal(existing.journal_url), {"user": system_user()}
    try:
        due = purge_workbooks(
            existing,
            journal,
            chosen.workbooks_days,
            shanghai_now(),
            who=COMMAND_LINE,
            told=told,
            dry_run=dry_run,
        )
    except BusyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for line in listed(due):
        typer.echo(line)
    typer.echo(summary(due, chosen.workbooks_days, dry_run=dry_run), err=True)


def main() -> None:
    """Run the command line; texts are UTF-8 wherever it runs, and a path that cannot be used is told."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    try:
        app()
    except OSError as error:
        typer.echo(
            f"无法读写 {error.filename}：{error.strerror} / cannot read or write {error.filename}", err=True
        )
        sys.exit(BAD_COMMAND)


if __name__ == "__main__":
    main()

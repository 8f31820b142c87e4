"""What the commands share: how names on the command line are understood, and how outcomes are told.

What a command needs is imported where it is used: nothing waits for a library that it does not need.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from errno import EACCES
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from etl.campaign import Campaign
    from etl.check import CheckedFile
    from etl.conflicts import Conflict
    from etl.convert import Converted
    from etl.findings import Finding, Language
    from etl.journal import Journal
    from etl.load import LoadedFile
    from etl.merge import Merged
    from etl.store import Store
    from etl.validate import History

DATA = Path(__file__).resolve().parent.parent / "data"
SHOWN_ROWS = 20
NO_ANSWER, BAD_COMMAND = 1, 2


def named_campaign(name: str) -> Campaign:
    """The campaign of this name or folder; what is wrong with its files ends the command."""
    from etl.campaign import CampaignError, load_campaign

    try:
        return load_campaign(named_path(name, DATA / "campaigns", ""))
    except CampaignError as error:
        wrong_command(str(error))


def named_path(name: str, folder: Path, suffix: str) -> Path:
    """A file or folder of data named on the command line; a path to one of your own is taken as it is."""
    direct = Path(name)
    if direct.exists():
        return direct
    path = folder / f"{name}{suffix}"
    if not path.exists():
        known = "、".join(
            sorted(p.stem if suffix else p.name for p in folder.iterdir() if not p.name.startswith("."))
        )
        wrong_command(
            f"没有“{name}”；可用：{known}；也可以写自己的{'文件' if suffix else '目录'}的路径，如 /srv/{name}{suffix}"
            f" / no {name}; known: {known}; the path of a {'file' if suffix else 'folder'} of your own will do, too"
        )
    return path


def campaign_period(campaign: Campaign, month: str) -> str:
    """A month of the campaign, as written; any other ends the command."""
    if month not in campaign.periods:
        wrong_command(
            f"“{month}”不是该专项的报告期（{campaign.first_period} 至 {campaign.last_period}，写法 YYYY-MM）"
            f" / {month} is not a month of this campaign ({campaign.first_period} to {campaign.last_period})"
        )
    return month


def opened_store(folder: Path) -> Store:
    """The store in this folder, made if it is not there."""
    from etl.store import Store

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
    except OSError as error:
        wrong_command(
            f"数据目录 {folder.resolve()} 建不了或不能写（{error.strerror}）；请管理员建好并授权给运行本程序的账户，"
            "或用 --store 另指一个目录"
            " / this folder cannot be made or written to: have an administrator make it for the user this program runs as,"
            " or name another by --store"
        )
    return Store(folder=folder)


def existing_store(folder: Path, campaign: Campaign) -> Store | None:
    """The campaign's store if it holds a journal: commands that only look make nothing."""
    if not (folder / "journal.sqlite").exists():
        return None
    from etl.journal import Journal
    from etl.store import Store

    store = Store(folder=folder)
    require_campaign(Journal(store.journal_url), campaign)
    return store


def require_campaign(journal: Journal, campaign: Campaign) -> None:
    """End the command where the store belongs to another campaign."""
    held = journal.campaign()
    if held not in (None, campaign.name):
        typer.echo(
            f"这个库属于“{held}”；请加 --campaign {held}，或用 --store 另指一个目录"
            f" / this store belongs to campaign {held}: add --campaign {held}, or name another --store",
            err=True,
        )
        raise typer.Exit(NO_ANSWER)


def history_of(store: Store | None) -> History:
    """Rows of earlier months as the store holds them; nothing without a store."""
    if store is None:
        return lambda *_: None
    from etl.closures import checking_history
    from etl.journal import Journal

    return checking_history(store, Journal(store.journal_url))


def require_files(files: list[Path]) -> None:
    """End the command where a file named on it does not exist."""
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        wrong_command(f"找不到文件：{'、'.join(missing)} / no such file")


def system_user() -> str:
    """Who types a command, to the operating system; a number where it has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def end_with_faults(faults: Sequence[str]) -> None:
    """End the command where something is amiss with what was kept, loudly: a nightly job must report it."""
    for fault in faults:
        typer.echo(f"!!! {fault}", err=True)
    if faults:
        raise typer.Exit(NO_ANSWER)


def wrong_command(message: str) -> NoReturn:
    """Say what is wrong with the command line, and end with its exit code."""
    typer.echo(message, err=True)
    raise typer.Exit(BAD_COMMAND)


def print_findings(
    files: Iterable[tuple[Path, Sequence[Finding]]], output: Literal["text", "json"], language: Language
) -> None:
    """Findings on standard output: a line each, or one JSON list."""
    from etl.findings import as_text, render

    if output == "json":
        rows = [render(each, str(path), language) for path, findings in files for each in findings]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for path, findings in files:
        for each in findings:
            typer.echo(as_text(each, path.name, language))


def print_load(files: Sequence[LoadedFile], output: Literal["text", "json"], language: Language) -> None:
    """What came of a load on standard output: a summary and the findings, or every finding as one JSON list."""
    from etl.load_report import report_lines

    if output == "json":
        print_findings([(file.path, file.findings) for file in files], output, language)
        return
    for line in report_lines(files, language):
        typer.echo(line)


def print_conflicts(
    conflicts: Sequence[Conflict], output: Literal["text", "json"], language: Language
) -> None:
    """Conflicts on standard output: a line a place, or one JSON list."""
    from etl.conflicts import as_text, lines

    told = lines(conflicts, language)
    if output == "json":
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for line in told:
        typer.echo(as_text(line))


def merged_text(merged: Merged, out: Path) -> str:
    """How merging ended, in one line."""
    files, conflicts = len(merged.shares), len(merged.conflicts)
    if not files:
        return f"没有可合并的文件，{conflicts}处冲突 / nothing was merged, {conflicts} conflicts"
    return f"{out}：合并了{files}份，{conflicts}处冲突 / {files} files merged, {conflicts} conflicts"


def write_marked(checked: Sequence[CheckedFile], folder: Path, language: Language) -> None:
    """A marked copy of every file that could be read, under its own name; never over a file checked."""
    from etl.mark import is_markable, marked_copy

    folder.mkdir(parents=True, exist_ok=True)
    taken = {file.path.resolve() for file in checked}
    for file in checked:
        if file.checked is not None:
            markable = is_markable(file.content)
            name = file.path.name if markable else f"{file.path.stem}.xlsx"
            path = _free_path(folder / name, taken)
            path.write_bytes(marked_copy(file.content, file.findings, language))
            taken.add(path.resolve())
            if not markable:
                typer.echo(
                    f"{file.path.name}：.ods 写不进标注，只有问题清单 / marks cannot be written into an .ods: the list alone",
                    err=True,
                )
            typer.echo(f"标注后的副本 / marked copy: {path}", err=True)
        else:
            typer.echo(
                f"{file.path.name}：打不开，没有标注后的副本 / does not open: no marked copy", err=True
            )


def _free_path(path: Path, taken: set[Path]) -> Path:
    """This path, or the first numbered one beside it that is neither a file checked nor a copy just made."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(each for each in chain([path], numbered) if each.resolve() not in taken)


def keep_earlier(path: Path, content: bytes) -> None:
    """Move a file that is about to be replaced by another aside: it may be a workbook somebody has filled in."""
    if path.exists() and path.read_bytes() != content:
        aside = _free_path(
            path.with_stem(f"{path.stem}-旧"), {each.resolve() for each in path.parent.iterdir()}
        )
        path.rename(aside)
        typer.echo(f"原有文件另存为 {aside} / the file that was there is now {aside}", err=True)


def check_text(file: CheckedFile) -> str:
    """How a check ended, in one line: how many findings of each severity."""
    if not file.findings:
        return f"{file.path.name}：没有发现问题 / nothing found"
    counted = Counter(finding.severity for finding in file.findings)
    must, verify, info = (counted[severity] for severity in ("must", "verify", "info"))
    return (
        f"{file.path.name}：必须修改{must}处，核实{verify}处，提示{info}处"
        f" / {must} to be mended, {verify} to be verified, {info} for information"
    )


def outcome_text(file: LoadedFile) -> str:
    """What became of a file at the door, in one line."""
    if file.refused:
        return f"{file.path.name}：未接收 / not accepted: {file.refused}"
    if file.acceptance is None:
        return f"{file.path.name}：未接收，有必须修改的问题 / not accepted"
    done = file.acceptance
    if done.is_returned:
        return f"{file.path.name}：第{done.revision}版已退回或撤回，请修改后再报 / this revision was returned or withdrawn: mend it first"
    word = "已接收 / accepted" if done.is_new else "此前已接收，无变化 / already received"
    return f"{file.path.name}：{word} {done.unit_code} {done.period} 第{done.revision}版"


def one_line(text: str) -> str:
    """A sentence that may quote a cell, with ␤ for each of the cell's line breaks."""
    return "␤".join(text.splitlines())


def tell_unmapped(converted: Converted) -> None:
    """How many rows of a log were converted; the first that were not, each with its reason."""
    for row in converted.unmapped.head(SHOWN_ROWS).iter_rows(named=True):
        sheet = str(row.get("sheet") or "")
        where, where_en = (f"工作表“{sheet}”", f"sheet {sheet}, ") if sheet else ("", "")
        typer.echo(
            one_line(
                f"{where}第{row['line']}行未转换：{row['reason_zh']}"
                f" / {where_en}line {row['line']}: {row['reason_en']}"
            ),
            err=True,
        )
    done, left = sum(workbook.rows.height for workbook in converted.workbooks), converted.unmapped.height
    zero = sum(not workbook.rows.height for workbook in converted.workbooks)
    zh = f"转换{done}行，未转换{left}行" + ("（全部列于 unmapped.csv）" if left else "")
    en = f"{done} {'row' if done == 1 else 'rows'} converted, {left} not" + (
        " (all listed in unmapped.csv)" if left else ""
    )
    if zero:
        zh, en = f"{zh}，零报告{zero}份", f"{en}; zero reports: {zero}"
    typer.echo(f"{zh} / {en}", err=True)


def show_progress(done: int, total: int, file: LoadedFile) -> None:
    """A bar on a terminal, a line every twenty files elsewhere."""
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
